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
from iovolc.model.grid import Grid, SheetName
from iovolc.publish.sampling import SPLIT_LAT, map_lat_lon, map_shape

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
    sheet = grid.sheet(name)
    mask = np.zeros(sheet.shape, dtype=bool)
    mask.flat[flat] = True
    rows = np.flatnonzero(mask.any(axis=1))
    if name == "equator":
        offset = (map_shape(grid)[0] - sheet.shape[0]) // 2
        return _runs(mask[rows[0] : rows[-1] + 1], int(rows[0]) + offset)
    first, index = _polar_index(grid, name)
    on_map = mask.ravel()[index]
    return _runs(on_map, first)


def _runs(mask: NDArray[np.bool_], first_row: int) -> Runs:
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, start = np.nonzero(edges == 1)
    stop = np.nonzero(edges == -1)[1]
    return row + first_row, start, stop


def _boxes(runs: Runs, grid: Grid) -> NDArray[np.object_]:
    row, start, stop = runs
    scale = grid.pixels_per_degree
    return shapely.box(start / scale - 180.0, 90.0 - (row + 1) / scale, stop / scale - 180.0, 90.0 - row / scale)


@lru_cache(maxsize=4)
def _polar_index(grid: Grid, name: SheetName) -> tuple[int, NDArray[np.int32]]:
    """First map row of a polar cap, and for each of its map pixels the sheet's pixel that it lies in.

    Map pixels just poleward of 60 degrees may lie in a sheet pixel whose centre is equatorward of it, which no
    footprint holds; they are moved poleward by three quarters of a pixel.
    """
    lat, lon_e = map_lat_lon(grid)
    cap = round((90.0 - SPLIT_LAT) * grid.pixels_per_degree)
    first = 0 if name == "north" else lat.size - cap
    nearest = SPLIT_LAT + _CLAMP_PX / grid.pixels_per_degree
    rows = lat[first : first + cap]
    moved = np.copysign(np.maximum(np.abs(rows), nearest), rows)
    sheet = grid.sheet(name)
    row, col = (np.rint(part).astype(np.int32) for part in sheet_pixel(sheet, moved[:, None], lon_e[None, :]))
    return first, row * sheet.shape[1] + col
