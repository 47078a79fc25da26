"""Maps whose rows are even in planetographic latitude, brought to rows even in planetocentric latitude.

Placements know the sphere only, where both latitudes are the same. On a spheroid of Io's axes they differ by up to
0.43 degrees, 13.7 km. Not for projections other than those whose rows are even in latitude.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc.archive.formats.agreement import Placed, places
from iovolc.archive.product import Stored
from iovolc.model.observation import Bounds

Values = NDArray[np.float64]
NEGLIGIBLE_DEG: Final = 1e-4


def flattening(equatorial_radius: float, polar_radius: float) -> float:
    """Flattening of a spheroid from its radii, in any unit."""
    return (equatorial_radius - polar_radius) / equatorial_radius


def matters(flat: float) -> bool:
    """Whether the two latitudes differ on this spheroid; their largest difference is about ``flat`` radians."""
    return abs(math.degrees(flat)) > NEGLIGIBLE_DEG


def centric(lat_graphic: ArrayLike, flat: float) -> Values:
    """Planetocentric latitude, in degrees, of a planetographic one: ``tan(centric) = (1 - f)**2 tan(graphic)``.

    Snyder, Map Projections (USGS Professional Paper 1395), formula 3-28.
    """
    phi = np.radians(np.asarray(lat_graphic, np.float64))
    return np.degrees(np.arctan2((1.0 - flat) ** 2 * np.sin(phi), np.cos(phi)))


def graphic(lat_centric: ArrayLike, flat: float) -> Values:
    """The inverse of :func:`centric`."""
    phi = np.radians(np.asarray(lat_centric, np.float64))
    return np.degrees(np.arctan2(np.sin(phi), (1.0 - flat) ** 2 * np.cos(phi)))


def centric_edges(top_lat: float, bottom_lat: float, flat: float) -> tuple[float, float]:
    """Planetocentric top and bottom edge of a map that :func:`centric_rows` resamples; edges beyond a pole stay."""
    top, bottom = (lat if abs(lat) > 90.0 else float(centric(lat, flat)) for lat in (top_lat, bottom_lat))
    return top, bottom


def centric_bounds(placement: Placed, shape: tuple[int, int], flat: float) -> tuple[Bounds, tuple[float, float]]:
    """The place after :func:`centric_rows`, and the planetographic edges that it needs.

    Parameters
    ----------
    placement : Projected or Bounds
        Of the rows as they are stored, even in latitude, which is taken for planetographic.
    shape : tuple of int
        Rows, columns.
    flat : float
        Flattening of the spheroid.
    """
    (top, bottom), (left, right) = (
        axis.tolist() for axis in places(placement, shape, (0.0, float(shape[1])), (0.0, float(shape[0])))
    )
    return Bounds(left, right, *centric_edges(top, bottom, flat)), (top, bottom)


def centric_rows(stored: Stored, edges: tuple[float, float], flat: float, nodata: float | None = None) -> Stored:
    """Resample rows that are even in planetographic latitude to rows even in planetocentric latitude.

    Parameters
    ----------
    stored : Stored
        First row at the top.
    edges : tuple of float
        Planetographic latitude of the outer edges of the first and the last row, in degrees.
    flat : float
        Flattening of the spheroid.
    nodata : float or None
        Stored number that must not be mixed into others.

    Returns
    -------
    Stored
        As many rows, between :func:`centric_edges`, linear between the two nearest rows (at most 0.5 % closer or
        wider than before on Io's axes); floating-point numbers. A pixel is valid if both are.
    """
    count = stored.numbers.shape[0]
    top, bottom = centric_edges(*edges, flat)
    wanted = top + (np.arange(count) + 0.5) * (bottom - top) / count
    position = (graphic(wanted, flat) - edges[0]) * count / (edges[1] - edges[0]) - 0.5
    position = np.clip(np.where(np.abs(wanted) > 90.0, np.arange(count), position), 0.0, count - 1.0)
    first = np.minimum(position.astype(np.intp), max(count - 2, 0))
    second = np.minimum(first + 1, count - 1)
    share = (position - first)[:, np.newaxis]
    known = stored.valid if nodata is None else stored.valid & (stored.numbers != nodata)
    with np.errstate(invalid="ignore", over="ignore"):
        numbers = stored.numbers[first] * (1.0 - share) + stored.numbers[second] * share
    # A row that is met exactly does not need its neighbour.
    valid = (known[first] | (share == 1.0)) & (known[second] | (share == 0.0))
    nearest = np.where(share[:, 0] < 0.5, first, second)
    saturated = None if stored.saturated is None else stored.saturated[nearest]
    return Stored(numbers, valid, saturated)
