"""Incidence, emission and phase angle of single places of the triaxial body."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc.geometry.backplanes import surface
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
    point_km, normal = surface(np.asarray(lat, np.float64), np.asarray(lon_e, np.float64))
    sun, observer = unit_vectors(*sub_solar), unit_vectors(*sub_observer)
    towards = range_km * observer - point_km if np.isfinite(range_km) else observer
    view = towards / np.linalg.norm(towards, axis=-1, keepdims=True)
    pairs = ((normal, sun), (normal, view), (view, sun))
    incidence, emission, phase = (np.degrees(np.arccos(np.clip((a * b).sum(axis=-1), -1.0, 1.0))) for a, b in pairs)
    return incidence, emission, phase
