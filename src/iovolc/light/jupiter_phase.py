"""How bright Jupiter is at a phase, seen from Io: the measured phase curve, made to fit an observer close by.

Jupiter was measured from afar. From Io, 5.9 Jupiter radii away, only the cap within 80.2 degrees of the point below Io
is in view, and the light comes from directions up to 9.8 degrees apart. Both effects are computed from a model disc
(:mod:`iovolc.light.jupiter_disc`) as ratios to the same model seen from afar.

Not for what a facet of Io receives (:mod:`iovolc.light.jupiter`).
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.light.jupiter_disc import MINNAERT_K, lit_disc

Values = NDArray[np.float64]

FAR_FIELD_LIMIT_DEG: Final = 130.0
"""Phase to which the curve was measured (Cassini; Mayorga et al. 2016, Astron. J. 152, 209)."""
_TABLE_NODES: Final = 16
_RADIUS_KM: Final = body.JUPITER_RADII_KM[0]
_LAST_LIT_DEG: Final = 90.0 + float(np.degrees(np.arccos(_RADIUS_KM / body.JUPITER_DISTANCE_KM)))
"""Phase beyond which no lit ground of Jupiter is in view of Io: 170.24 degrees."""


def far_field_phase(alpha_deg: ArrayLike) -> Values:
    """Brightness of Jupiter's whole disc from afar, relative to full phase, in V.

    Parameters
    ----------
    alpha_deg : array_like
        Phase angle of Jupiter in degrees, 0 to 180.

    Returns
    -------
    ndarray
        1 at phase 0. Beyond :data:`FAR_FIELD_LIMIT_DEG` the curve is extrapolated.

    Notes
    -----
    Mallama and Hilton 2018, Astron. Comput. 25, 10, equations 8 and 9; the curves differ by 0.1 % where they meet at
    12 degrees.
    """
    alpha = np.asarray(alpha_deg, dtype=np.float64)
    x = alpha / 180.0
    near_full = 10.0 ** (-0.4 * (6.16e-4 * alpha - 3.7e-4) * alpha)
    rest = 1.0309 * (1.0 + x * (-1.507 + x * (-0.363 + x * (-0.062 + x * (2.809 - 1.876 * x)))))
    return np.where(alpha <= 12.0, near_full, rest)


def near_field_factor(alpha_deg: ArrayLike) -> Values:
    """Irradiance at Io on a facet that faces Jupiter's centre, relative to that by the far-field law.

    Parameters
    ----------
    alpha_deg : array_like
        Phase angle of Jupiter at Io's centre, in degrees.

    Returns
    -------
    ndarray
        1.118 at full phase, 0 where no lit ground is in view.

    Notes
    -----
    Spherical Jupiter at the mean distance, interpolated in steps of one degree (error < 1e-4 to 160 degrees). With an
    oblate Jupiter on both sides of the ratio it is 0.3 % higher.
    """
    alphas, factors, _ = _table()
    return _interpolated(alpha_deg, alphas, factors)


def lit_centroid_offset_deg(alpha_deg: ArrayLike) -> Values:
    """Angle in Io's sky from Jupiter's centre to the centroid of its light, towards the Sun, in degrees.

    Parameters
    ----------
    alpha_deg : array_like
        Phase angle of Jupiter at Io's centre, in degrees.

    Returns
    -------
    ndarray
        From 0 at full phase to 9.76, the edge of the disc. Of the oblate Jupiter; a sphere's is up to 0.01 smaller.
    """
    alphas, _, offsets = _table()
    return _interpolated(alpha_deg, alphas, offsets)


def sigma_fraction(alpha_deg: ArrayLike) -> Values:
    """Relative standard deviation of the irradiance: 0.1 at phases under 60 degrees, 0.2 to 120, 0.4 beyond.

    The steps are ramps of 20 degrees. They cover the phase curve and the model of the disc, wholly correlated within an
    image; the gain of an epoch takes them up.

    Parameters
    ----------
    alpha_deg : array_like
        Phase angle of Jupiter in degrees.
    """
    return _interpolated(alpha_deg, np.array((50.0, 70.0, 110.0, 130.0)), np.array((0.1, 0.2, 0.2, 0.4)))


def _interpolated(x: ArrayLike, nodes: Values, values: Values) -> Values:
    return np.asarray(np.interp(np.asarray(x, dtype=np.float64), nodes, values))


@lru_cache(maxsize=1)
def _table() -> tuple[Values, Values, Values]:
    """Phase, near-field factor and offset of the centroid in degrees."""
    distance = body.JUPITER_DISTANCE_KM / _RADIUS_KM
    alphas = np.append(np.arange(0.0, _LAST_LIT_DEG), _LAST_LIT_DEG)
    sphere = np.array([_flux(float(alpha), (_RADIUS_KM, _RADIUS_KM)) for alpha in alphas[:-1]])
    oblate = np.array([_flux(float(alpha), body.JUPITER_RADII_KM) for alpha in alphas[:-1]])
    factors = sphere[:, 0] * distance**2 / minnaert_far_field(alphas[:-1])
    offsets = np.degrees(np.arctan2(oblate[:, 1].clip(0.0), oblate[:, 0]))
    return alphas, np.append(factors, 0.0), np.append(offsets, np.degrees(np.arcsin(1.0 / distance)))


def _flux(alpha_deg: float, radii_km: tuple[float, float]) -> Values:
    """Flux of a Jupiter in the direction x, the Sun in its equator on the side of y."""
    alpha = np.radians(alpha_deg)
    to_jupiter_km = np.array((body.JUPITER_DISTANCE_KM, 0.0, 0.0))
    to_sun = np.array((-np.cos(alpha), np.sin(alpha), 0.0))
    return lit_disc(to_sun, to_jupiter_km, radii_km=radii_km, nodes=_TABLE_NODES).flux


def minnaert_far_field(alpha_deg: ArrayLike, *, k: float = MINNAERT_K) -> Values:
    """Light of a Minnaert sphere of radius 1 from afar: integral of mu0^k mu^k over its lit and visible part.

    Parameters
    ----------
    alpha_deg : array_like
        Phase angle in degrees.
    k : float
        Minnaert's exponent.
    """
    x, weights = np.polynomial.legendre.leggauss(64)
    angle, steps = 0.5 * np.pi * x, 0.5 * np.pi * weights * np.cos(0.5 * np.pi * x)
    alpha = np.radians(np.asarray(alpha_deg, dtype=np.float64))[..., None]
    across = float(np.sum(0.5 * np.pi * weights * np.cos(angle) ** (2.0 * k + 1.0)))
    half = 0.5 * (np.pi - alpha)
    lon = 0.5 * alpha + half * np.sin(angle)
    facing = np.maximum(np.cos(lon), 0.0) * np.maximum(np.cos(lon - alpha), 0.0)
    return across * np.sum(facing**k * half * steps, axis=-1)
