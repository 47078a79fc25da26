"""Whether another reader puts an image where its label, by our rules, puts it.

Not for deciding who is right: a disagreement is an error that prints both (E207).
"""

import math
from typing import Final

import numpy as np
import rasterio
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS
from pyproj.enums import TransformDirection

from iovolc.archive.opening import GDAL_FAILURES
from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry import crs
from iovolc.geometry.locate import locate
from iovolc.geometry.longitudes import wrap180
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Bounds, Projected

TOLERANCE_PX: Final = 0.6
"""More than the half pixel by which readers differ over what a corner is."""

Values = NDArray[np.float64]
Placed = Projected | Bounds


def lattice(shape: tuple[int, int]) -> tuple[Values, Values]:
    """Columns and rows of 25 pixel centres spread over an image, corners included."""
    rows, cols = (np.unique(np.linspace(0, size - 1, 5).round()) + 0.5 for size in shape)
    grid = np.meshgrid(cols, rows)
    return grid[0].ravel(), grid[1].ravel()


def places(placement: Placed, shape: tuple[int, int], cols: ArrayLike, rows: ArrayLike) -> tuple[Values, Values]:
    """Planetocentric latitude and east longitude, in degrees, of pixel positions; NaN off the map.

    Parameters
    ----------
    placement : Projected or Bounds
        Where the image lies.
    shape : tuple of int
        Rows, columns.
    cols, rows : array-like
        The first pixel's centre is (0.5, 0.5).
    """
    cols, rows = np.asarray(cols, np.float64), np.asarray(rows, np.float64)
    if isinstance(placement, Bounds):
        lat = placement.top_lat + rows * (placement.bottom_lat - placement.top_lat) / shape[0]
        return lat, placement.left_lon_e + cols * (placement.right_lon_e - placement.left_lon_e) / shape[1]
    a, b, c, d, e, f = placement.transform
    x, y = a * cols + b * rows + c, d * cols + e * rows + f
    projection = crs.read(placement.crs_wkt)
    if projection.method == "geographic":
        return y * projection.unit, x * projection.unit
    lon_e, lat = projection.from_lon_lat.transform(x, y, direction=TransformDirection.INVERSE)
    # PROJ bends what lies beyond the antimeridian back; equirectangular maps run on.
    if projection.method.startswith("Equidistant Cylindrical"):
        lon_e = _run_on(projection, x)
    seen = np.isfinite(lon_e) & np.isfinite(lat)
    return np.where(seen, lat, np.nan), np.where(seen, lon_e, np.nan)


def _run_on(projection: crs.Projection, x: Values) -> Values:
    per_unit = math.degrees(projection.unit / projection.radius_m)
    per_unit /= math.cos(math.radians(projection.parameter("Latitude of 1st standard parallel")))
    return projection.parameter("Longitude of natural origin") + x * per_unit


def gap_px(placement: Placed, shape: tuple[int, int], seen: tuple[Values, Values], lat: Values, lon_e: Values) -> float:
    """The largest distance, in pixels, between where two readers show the same places.

    Parameters
    ----------
    placement : Projected or Bounds
        By our rules.
    shape : tuple of int
        Rows, columns.
    seen : tuple of ndarray
        Columns and rows at which the other reader shows the places.
    lat, lon_e : ndarray
        The places, in planetocentric degrees; NaN where the other reader has none.

    Returns
    -------
    float
        Infinite if no place is shown, or one is not shown by us.
    """
    known = np.isfinite(lat) & np.isfinite(lon_e)
    if not known.any():
        return math.inf
    ours = source(placement, shape)
    found = locate(ours, unit_vectors(lat[known], lon_e[known]))
    across = found.col - seen[0][known]
    turn = abs(ours.period)
    if turn:
        across -= np.round(across / turn) * turn
    off = np.hypot(across, found.row - seen[1][known])
    return float(off.max()) if np.isfinite(off).all() else math.inf


def gdal_gap(name: str, driver: str, ours: Placed, shape: tuple[int, int], origin: Origin) -> AmbiguousGeometry | None:
    """Compare with GDAL's georeferencing of the same file.

    Parameters
    ----------
    name : str
        As GDAL opens it; must be checked before.
    driver : str
        The only driver that is asked.
    ours : Projected or Bounds
        By our rules, for the pixels as GDAL shows them.
    shape : tuple of int
        Rows, columns.
    origin : Origin
        For the message.

    Returns
    -------
    AmbiguousGeometry or None
        E207 if the places differ by more than :data:`TOLERANCE_PX`; None also where GDAL has no georeferencing.
    """
    theirs = _gdal_placement(name, driver, shape)
    if theirs is None:
        return None
    cols, rows = lattice(shape)
    lat, lon_e = places(theirs, shape, cols, rows)
    gap = gap_px(ours, shape, (cols, rows), lat, lon_e)
    return None if gap <= TOLERANCE_PX else disagreement(ours, shape, ("GDAL", lat, lon_e), gap, origin)


def disagreement(
    ours: Placed, shape: tuple[int, int], theirs: tuple[str, Values, Values], gap: float, origin: Origin
) -> AmbiguousGeometry:
    """E207 that prints where both put the first and the last pixel of :func:`lattice`."""
    name, lat, lon_e = theirs
    label = _ends(*places(ours, shape, *lattice(shape)))
    far = f"{gap:.1f} pixels apart" if math.isfinite(gap) else "apart"
    detail = f"the label has the first and last pixel at {label}, {name} at {_ends(lat, lon_e)}, up to {far}"
    return AmbiguousGeometry([origin.finding("E207", detail, "projection")])


def _ends(lat: Values, lon_e: Values) -> str:
    return " and ".join(f"{lat[i]:.3f} N {float(wrap180(lon_e[i])):.3f} E" for i in (0, -1))


def _gdal_placement(name: str, driver: str, shape: tuple[int, int]) -> Projected | None:
    try:
        with rasterio.open(name, driver=driver) as dataset:
            transform, system = dataset.transform, dataset.crs
            if transform.is_identity or transform.is_degenerate or (dataset.height, dataset.width) != shape:
                return None
            wkt = "" if system is None else system.to_wkt()
    except GDAL_FAILURES:
        return None
    # GDAL takes degrees without a coordinate system for Earth's: only the transform counts then.
    if not wkt or CRS.from_wkt(wkt).is_geographic:
        wkt = "IAU_2015:50100"
    return Projected(wkt, tuple(transform)[:6])
