"""What the pixels of an image show, as it came: places, emission and area, without resampling.

Point sources are measured here. Not for the common grid (:mod:`iovolc.geometry.warp`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.geometry import crs
from iovolc.geometry.ellipsoid import disc_lat_lon, disc_pixel
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import tangent_basis, unit_vectors
from iovolc.model.observation import Bounds, Disc, Placement

Values = NDArray[np.float64]

_HALF_PX = 0.5


@dataclass(frozen=True, slots=True)
class Ground:
    """What the pixels of an image show, all of its shape; NaN where it is not Io.

    Parameters
    ----------
    lat, lon_e : ndarray
        Planetocentric degrees of the pixels' centres.
    cos_emission : ndarray
        Cosine of the emission angle; 1 for maps, whose pixels are areas of the ground.
    pixel_km2 : ndarray
        Area of a pixel, of discs as projected on the sky.
    """

    lat: Values
    lon_e: Values
    cos_emission: Values
    pixel_km2: Values


def ground_of(placement: Placement, shape: tuple[int, int]) -> Ground:
    """What every pixel of an image shows.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    row, col = np.mgrid[: shape[0], : shape[1]] + 0.5
    lat, lon_e = place_at(placement, shape, col, row)
    if isinstance(placement, Disc):
        cos_emission = np.full(shape, np.nan)
        shown = np.isfinite(lat)
        cos_emission[shown] = disc_pixel(placement, lat[shown], lon_e[shown]).cos_emission
        return Ground(lat, lon_e, cos_emission, np.full(shape, placement.km_per_px**2))
    shown = np.isfinite(lat)
    km2 = np.full(shape, np.nan)
    found = locate(source(placement, shape), unit_vectors(lat[shown], lon_e[shown]))
    km2[shown] = found.coarse_km * found.fine_km
    return Ground(lat, lon_e, np.where(shown, 1.0, np.nan), km2)


def place_at(placement: Placement, shape: tuple[int, int], col: ArrayLike, row: ArrayLike) -> tuple[Values, Values]:
    """The places that an image shows at pixel positions.

    Parameters
    ----------
    placement : Projected, Bounds or Disc
        Where the image lies on Io.
    shape : tuple of int
        Rows, columns.
    col, row : float or ndarray
        The first pixel's centre is (0.5, 0.5).

    Returns
    -------
    lat, lon_e : ndarray
        Planetocentric degrees; NaN where it is not Io.
    """
    x, y = np.broadcast_arrays(np.asarray(col, np.float64), np.asarray(row, np.float64))
    if isinstance(placement, Disc):
        return disc_lat_lon(placement, x, y)
    if isinstance(placement, Bounds):
        lon_e = placement.left_lon_e + x * (placement.right_lon_e - placement.left_lon_e) / shape[1]
        lat = placement.top_lat + y * (placement.bottom_lat - placement.top_lat) / shape[0]
    else:
        a, b, c, d, e, f = placement.transform
        units = (a * x + b * y + c, d * x + e * y + f)
        lon_e, lat = crs.read(placement.crs_wkt).from_lon_lat.transform(*units, direction="INVERSE")
        lon_e, lat = np.asarray(lon_e, np.float64), np.asarray(lat, np.float64)
    known = np.isfinite(lat) & np.isfinite(lon_e) & (np.abs(lat) <= 90.0)
    wrapped = (np.where(known, lon_e, 0.0) + 180.0) % 360.0 - 180.0
    return np.where(known, lat, np.nan), np.where(known, wrapped, np.nan)


def ground_jacobian(placement: Placement, shape: tuple[int, int], col: float, row: float) -> Values:
    """How far a place moves on the ground with its pixel: km to the east and north per column and row, shape (2, 2).

    Infinite where the image does not show Io half a pixel away.
    """
    cols = col + np.array([0.0, -_HALF_PX, _HALF_PX, 0.0, 0.0])
    rows = row + np.array([0.0, 0.0, 0.0, -_HALF_PX, _HALF_PX])
    lat, lon_e = place_at(placement, shape, cols, rows)
    if not np.isfinite(lat).all():
        return np.full((2, 2), np.inf)
    vectors = unit_vectors(lat, lon_e)
    steps = np.stack((vectors[2] - vectors[1], vectors[4] - vectors[3]), axis=1) * body.RADIUS_KM
    return np.stack(tangent_basis(float(lat[0]), float(lon_e[0]))) @ steps
