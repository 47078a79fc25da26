"""Jupitershine: the light that Io's ground receives from Jupiter, in units of direct sunlight at normal incidence.

The irradiance of a facet is ``K_J * C``: that of a facet that faces the centroid of the lit part of Jupiter's disc
(:func:`normal_irradiance_ratio`) times :func:`facet_factor`, the cosine of the incidence to that centroid, or what
remains of it where part of the disc is below the horizon. A photometric function carries the cosine itself: it takes
``K_J`` and the incidence (:mod:`iovolc.light.jupiter_planes`), never the factor besides.

Not for eclipses (:mod:`iovolc.light.eclipse`), in which Jupiter gives no light either.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.light.jupiter_horizon import SoftHorizon, facet_factor, jupiter_phase_deg, lit_centroid, soft_horizon
from iovolc.light.jupiter_phase import (
    far_field_phase,
    lit_centroid_offset_deg,
    near_field_factor,
    sigma_fraction,
)

__all__ = [
    "SoftHorizon",
    "facet_factor",
    "far_field_phase",
    "irradiance_ratio",
    "jupiter_phase_deg",
    "lit_centroid",
    "lit_centroid_offset_deg",
    "near_field_factor",
    "normal_irradiance_ratio",
    "sigma_fraction",
    "soft_horizon",
]

Values = NDArray[np.float64]


def irradiance_ratio(
    alpha_deg: ArrayLike, geometric_albedo: ArrayLike, jupiter_distance_km: ArrayLike = body.JUPITER_DISTANCE_KM
) -> Values:
    """Irradiance by Jupiter on a facet that faces Jupiter's centre, relative to direct sunlight at normal incidence.

    Parameters
    ----------
    alpha_deg : array_like
        Phase angle of Jupiter seen from Io, in degrees.
    geometric_albedo : array_like
        Of Jupiter, in the band.
    jupiter_distance_km : array_like
        From Jupiter's centre; at the sub-Jovian point it is 0.4 % shorter than from Io's.

    Returns
    -------
    ndarray
        p (R_eq R_pol / d^2) Phi N: 0.0162 in V at full phase, 0.0036 at 90 degrees.
    """
    albedo = np.asarray(geometric_albedo, dtype=np.float64)
    distance_km = np.asarray(jupiter_distance_km, dtype=np.float64)
    disc = body.JUPITER_RADII_KM[0] * body.JUPITER_RADII_KM[1] / distance_km**2
    return albedo * disc * far_field_phase(alpha_deg) * near_field_factor(alpha_deg)


def normal_irradiance_ratio(
    alpha_deg: ArrayLike, geometric_albedo: ArrayLike, jupiter_distance_km: ArrayLike = body.JUPITER_DISTANCE_KM
) -> Values:
    """K_J: irradiance by Jupiter on a facet that faces the centroid of its light, relative to direct sunlight.

    Parameters are those of :func:`irradiance_ratio`. The cosine of the incidence is not in it.
    """
    offset = np.radians(lit_centroid_offset_deg(alpha_deg))
    return irradiance_ratio(alpha_deg, geometric_albedo, jupiter_distance_km) / np.cos(offset)
