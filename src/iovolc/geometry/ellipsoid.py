"""The triaxial body of Io as a perspective camera sees it from a finite distance, and back.

Maps live on the sphere: a pixel of the disc belongs to the planetocentric direction of the point of the ellipsoid
that it shows. Taking the sphere instead would move features by up to 14 km. Mountains are not modelled.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import lat_lon, tangent_basis, unit_vectors
from iovolc.model.observation import Disc

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DiscPositions:
    """Where a disc shows some places.

    Parameters
    ----------
    col, row : ndarray, float64
        Pixels, the first pixel's centre being (0.5, 0.5); NaN where not visible.
    visible : ndarray, bool
        Whether the place faces the observer.
    cos_emission : ndarray, float64
        Cosine of the angle between the ellipsoid's normal and the direction to the observer.
    """

    col: Values
    row: Values
    visible: NDArray[np.bool_]
    cos_emission: Values


def disc_pixel(disc: Disc, lat: ArrayLike, lon_e: ArrayLike) -> DiscPositions:
    """Where a disc shows places in planetocentric degrees; arrays of the broadcast shape."""
    vectors = unit_vectors(lat, lon_e)
    shape = vectors.shape[:-1]
    found = locate(source(disc, (1, 1)), vectors.reshape(-1, 3))
    cos_emission = found.cos_emission.reshape(shape)
    return DiscPositions(found.col.reshape(shape), found.row.reshape(shape), cos_emission > 0.0, cos_emission)


def disc_lat_lon(disc: Disc, col: ArrayLike, row: ArrayLike) -> tuple[Values, Values]:
    """What a disc shows at pixel positions: the nearer intersection of the line of sight with the ellipsoid.

    Parameters
    ----------
    disc : Disc
        The perspective view.
    col, row : float or ndarray
        Pixels, the first pixel's centre being (0.5, 0.5); broadcast against each other.

    Returns
    -------
    lat, lon_e : ndarray
        Planetocentric degrees; NaN off the limb.
    """
    start = plane_points(disc, col, row)
    ray = start - disc.range_km * unit_vectors(disc.sub_observer_lat, disc.sub_observer_lon_e)
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    radii = np.array(body.TRIAXIAL_RADII_KM)
    a = np.sum((ray / radii) ** 2, axis=-1)
    b = np.sum(start / radii * (ray / radii), axis=-1)
    c = np.sum((start / radii) ** 2, axis=-1) - 1.0
    under_root = b * b - a * c
    reach_km = (-b - np.sqrt(np.where(under_root < 0.0, np.nan, under_root))) / a
    return lat_lon(start + reach_km[..., None] * ray)


def plane_points(disc: Disc, col: ArrayLike, row: ArrayLike) -> Values:
    """Points in the plane through Io's centre across the line of sight, in km; shape (..., 3)."""
    x = (np.asarray(col, np.float64) - disc.centre_x) * disc.km_per_px
    y = (disc.centre_y - np.asarray(row, np.float64)) * disc.km_per_px
    angle = np.radians(disc.north_angle_deg)
    east, north = tangent_basis(disc.sub_observer_lat, disc.sub_observer_lon_e)
    right = x * np.cos(angle) + y * np.sin(angle)
    up = y * np.cos(angle) - x * np.sin(angle)
    return right[..., None] * east + up[..., None] * north
