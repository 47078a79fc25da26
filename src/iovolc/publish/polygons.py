"""Footprints as polygons in longitude and latitude, cut at the antimeridian and closed over the poles.

Every footprint is laid on the rows of the global map and built from boxes between parallels and meridians. So an edge
never crosses the antimeridian, a polar cap runs along the whole edge of the map, and all edges are straight lines in
longitude and latitude, as GeoParquet's planar edges are.
"""

from functools import lru_cache
from typing import Final, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

from iovolc.geometry.sphere import sheet_pixel
from iovolc.model.detection import Footprint
from iovolc.model.grid import OWNER_LAT, Grid, SheetName
from iovolc.publish.sampling import map_lat_lon, map_shape

Runs = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]

_CLAMP_PX: Final = 0.75


def footprint_polygon(footprint: Footprint, grid: Grid) -> Polygon | MultiPolygon:
    """The outline of a footprint.

    Parameters
    ----------
    footprint : Footprint
        Pixels by sheet.
    grid : Grid
        To which they belong.

    Returns
    -------
    Polygon or MultiPolygon
        Valid, in degrees (east longitude, latitude), exteriors anticlockwise, parts in a fixed order.
    """
    boxes = [_boxes(_map_runs(name, flat, grid), grid) for name, flat in footprint.pixels]
    merged = shapely.union_all(np.concatenate(boxes)) if boxes else Polygon()
    clean = shapely.normalize(shapely.simplify(merged, 0.0))
    return cast("Polygon | MultiPolygon", shapely.orient_polygons(clean, exterior_cw=False))


def _map_runs(name: SheetName, flat: NDArray[np.int32], grid: Grid) -> Runs:
    """Runs of map pixels in a footprint: row, first column, column after the last."""
    if name == "equator":
        rows, cols = grid.sheet(name).shape
        return _runs(np.unique(flat), cols, (map_shape(grid)[0] - rows) // 2)
    first, places, begins = _polar_places(grid, name)
    own = np.unique(flat)
    counts = begins[own + 1] - begins[own]
    held = np.repeat(begins[own + 1] - np.cumsum(counts), counts) + np.arange(counts.sum())
    return _runs(np.sort(places[held]), map_shape(grid)[1], first)


def _runs(places: NDArray[np.int32], cols: int, first_row: int) -> Runs:
    """Runs of ascending flat indices on rows of so many columns."""
    row, col = np.divmod(places.astype(np.intp), cols)
    begins = (np.diff(col, prepend=-2) != 1) | (np.diff(row, prepend=-1) != 0)
    ends = np.roll(begins, -1)
    return row[begins] + first_row, col[begins], col[ends] + 1


def _boxes(runs: Runs, grid: Grid) -> NDArray[np.object_]:
    row, start, stop = runs
    scale = grid.pixels_per_degree
    return shapely.box(start / scale - 180.0, 90.0 - (row + 1) / scale, stop / scale - 180.0, 90.0 - row / scale)


@lru_cache(maxsize=4)
def _polar_places(grid: Grid, name: SheetName) -> tuple[int, NDArray[np.int32], NDArray[np.int64]]:
    """First map row of a polar cap; its map pixels in the order of the sheet's pixels; where those of each begin.

    Map pixels just poleward of 60 degrees may lie in a sheet pixel whose centre is equatorward of it, which no
    footprint holds; they are moved poleward by three quarters of a pixel.
    """
    lat, lon_e = map_lat_lon(grid)
    cap = round((90.0 - OWNER_LAT) * grid.pixels_per_degree)
    first = 0 if name == "north" else lat.size - cap
    nearest = OWNER_LAT + _CLAMP_PX / grid.pixels_per_degree
    rows = lat[first : first + cap]
    moved = np.copysign(np.maximum(np.abs(rows), nearest), rows)
    sheet = grid.sheet(name)
    row, col = (np.rint(part).astype(np.int32) for part in sheet_pixel(sheet, moved[:, None], lon_e[None, :]))
    lies_in = (row * sheet.shape[1] + col).ravel()
    counts = np.bincount(lies_in, minlength=sheet.shape[0] * sheet.shape[1])
    return first, np.argsort(lies_in, kind="stable").astype(np.int32), np.append(0, np.cumsum(counts))
