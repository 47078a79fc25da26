"""Incidence, emission and phase angle of a place on the sphere."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.geometry.sphere import unit_vectors

Angles = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def illumination(
    lat: ArrayLike,
    lon_e: ArrayLike,
    *,
    sub_solar: tuple[float, float],
    sub_observer: tuple[float, float],
    range_km: float,
) -> Angles:
    """Incidence, emission and phase angle in degrees; nan where the label does not tell.

    Parameters
    ----------
    lat, lon_e : array_like
        Planetocentric degrees.
    sub_solar, sub_observer : tuple of float
        Latitude and east longitude in degrees; nan where unknown.
    range_km : float
        Distance of the observer from Io's centre; nan or inf for a distant one.
    """
    normal = unit_vectors(lat, lon_e)
    sun = unit_vectors(*sub_solar)
    towards = unit_vectors(*sub_observer) - (normal * (body.RADIUS_KM / range_km) if np.isfinite(range_km) else 0.0)
    view = towards / np.linalg.norm(towards, axis=-1, keepdims=True)
    pairs = ((normal, sun), (normal, view), (view, sun))
    incidence, emission, phase = (np.degrees(np.arccos(np.clip((a * b).sum(axis=-1), -1.0, 1.0))) for a, b in pairs)
    return incidence, emission, phase
