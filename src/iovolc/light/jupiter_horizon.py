"""Where Jupiter's light comes from in Io's sky, and what the horizon leaves of a source 19.5 degrees wide.

Vectors are body-fixed (x to the sub-Jovian meridian, z north) and of unit length. Not for how much light there is
(:mod:`iovolc.light.jupiter`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from iovolc import body
from iovolc.light.jupiter_disc import lit_disc
from iovolc.light.jupiter_phase import lit_centroid_offset_deg

Values = NDArray[np.float64]
Vector = NDArray[np.float64]

HORIZON_DEG: Final = (80.0, 100.0)
"""Zenith angles of Jupiter's centre between which its disc (half width 9.76 degrees) can be cut by the horizon."""
_ZENITH_STEP_DEG: Final = 0.5
_AZIMUTH_STEP_DEG: Final = 5.0


def jupiter_phase_deg(sub_solar: Vector, sub_jovian: Vector) -> Values:
    """Phase angle of Jupiter seen from Io, in degrees: 0 is full Jupiter.

    Parameters
    ----------
    sub_solar : ndarray, shape (3,)
        Direction of the Sun.
    sub_jovian : ndarray, shape (..., 3)
        Direction of Jupiter's centre.
    """
    across = np.linalg.norm(np.cross(sub_jovian, sub_solar), axis=-1)
    return np.degrees(np.arctan2(across, -(sub_jovian @ sub_solar)))


def lit_centroid(sub_solar: Vector, sub_jovian: Vector) -> Vector:
    """Direction of the centroid of Jupiter's light: its centre, moved towards the Sun.

    Parameters
    ----------
    sub_solar : ndarray, shape (3,)
        Direction of the Sun.
    sub_jovian : ndarray, shape (..., 3)
        Direction of Jupiter's centre, from Io's centre or from each place.

    Returns
    -------
    ndarray, shape (..., 3)
        Unit vectors.
    """
    cosine = (sub_jovian @ sub_solar)[..., None]
    sunward = sub_solar - cosine * sub_jovian
    length = np.linalg.norm(sunward, axis=-1, keepdims=True)
    offset = np.radians(lit_centroid_offset_deg(np.degrees(np.arctan2(length, -cosine))))
    aligned = length < 1e-9  # no side is sunward
    moved = np.cos(offset) * sub_jovian + np.sin(offset) / np.where(aligned, 1.0, length) * sunward
    return np.where(aligned, sub_jovian, moved)


@dataclass(frozen=True, slots=True)
class SoftHorizon:
    """What the horizon does to the light of a source as wide as Jupiter, at one moment; made by :func:`soft_horizon`.

    Parameters
    ----------
    sub_solar : ndarray, shape (3,)
        Direction of the Sun.
    hidden : ndarray, shape (zenith angle, azimuth)
        Moment of the light below the horizon, relative to the whole flux, for facets from which Jupiter's centre has a
        zenith angle of 80 to 100 degrees and that are turned from it towards an azimuth, north through east.
    """

    sub_solar: Vector
    hidden: Values

    def factor(self, normals: Vector, to_jupiter: Vector) -> Values:
        """Irradiance of facets relative to one that faces the centroid of the light.

        Parameters
        ----------
        normals : ndarray, shape (..., 3)
            Of the facets.
        to_jupiter : ndarray, shape (3,) or (..., 3)
            Direction of Jupiter's centre, from Io's centre or from each facet: the parallax of up to 0.25 degrees is
            worth 2.4 % at 80 degrees.

        Returns
        -------
        ndarray, shape (...)
            The cosine of the incidence to the centroid where all the disc stands above the horizon, 0 where none does.
        """
        cosine = np.sum(normals * to_jupiter, axis=-1)
        shadowless = np.sum(normals * lit_centroid(self.sub_solar, to_jupiter), axis=-1)
        low, high = np.cos(np.radians(HORIZON_DEG))
        cut = np.asarray((cosine < low) & (cosine > high))
        factor = np.where(cosine <= high, 0.0, shadowless)
        factor[cut] += self._hidden_at(normals[cut], np.broadcast_to(to_jupiter, normals.shape)[cut])
        return np.maximum(factor, 0.0)

    def _hidden_at(self, normals: Vector, to_jupiter: Vector) -> Values:
        east, north = _horizon_axes(to_jupiter)
        zenith = np.degrees(np.arccos(np.sum(normals * to_jupiter, axis=-1)))
        azimuth = np.degrees(np.arctan2(np.sum(normals * east, axis=-1), np.sum(normals * north, axis=-1))) % 360.0
        steps = ((zenith - HORIZON_DEG[0]) / _ZENITH_STEP_DEG, azimuth / _AZIMUTH_STEP_DEG)
        return ndimage.map_coordinates(self.hidden, steps, order=1, mode="grid-wrap")


def soft_horizon(
    sub_solar: Vector, sub_jovian: Vector, *, jupiter_distance_km: float = body.JUPITER_DISTANCE_KM
) -> SoftHorizon:
    """The soft horizon of the partly lit, oblate Jupiter of one moment, by quadrature over its disc.

    Parameters
    ----------
    sub_solar, sub_jovian : ndarray, shape (3,)
        Directions of the Sun and of Jupiter's centre.
    jupiter_distance_km : float
        From Io's centre to Jupiter's.
    """
    disc = lit_disc(sub_solar, jupiter_distance_km * sub_jovian)
    zenith = np.radians(np.arange(HORIZON_DEG[0], HORIZON_DEG[1] + _ZENITH_STEP_DEG, _ZENITH_STEP_DEG))[:, None, None]
    azimuth = np.radians(np.arange(0.0, 360.0, _AZIMUTH_STEP_DEG))[:, None]
    east, north = _horizon_axes(sub_jovian)
    across = np.sin(azimuth) * east + np.cos(azimuth) * north
    below = np.maximum(-(np.cos(zenith) * sub_jovian + np.sin(zenith) * across) @ disc.directions.T, 0.0)
    return SoftHorizon(sub_solar, below @ disc.weights / max(float(np.linalg.norm(disc.flux)), 1e-300))


def facet_factor(normals: Vector, sub_solar: Vector, sub_jovian: Vector) -> Values:
    """Irradiance of facets by Jupiter, relative to one that faces the centroid of its light; see :class:`SoftHorizon`.

    Parameters
    ----------
    normals : ndarray, shape (..., 3)
        Of the facets.
    sub_solar, sub_jovian : ndarray, shape (3,)
        Directions of the Sun and of Jupiter's centre.
    """
    return soft_horizon(sub_solar, sub_jovian).factor(normals, sub_jovian)


def _horizon_axes(to_jupiter: Vector) -> tuple[Vector, Vector]:
    """Unit vectors across the direction of Jupiter, which stays near the equator: east and north."""
    east = np.stack((-to_jupiter[..., 1], to_jupiter[..., 0], np.zeros(to_jupiter.shape[:-1])), axis=-1)
    east = east / np.linalg.norm(east, axis=-1, keepdims=True)
    return east, np.asarray(np.cross(to_jupiter, east), dtype=np.float64)
