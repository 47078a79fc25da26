"""From the sheets of the grid to one equirectangular map, or to a view of one place.

Places equatorward of 60 degrees are read from ``equator``, the others from the polar sheets, so that the maps agree
with the footprints. Not for source images (:mod:`iovolc.geometry`).
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.compiled import inlined, kernel
from iovolc.geometry.sphere import lat_lon, polar_parts, sheet_pixel, tangent_basis, unit_vectors
from iovolc.model.grid import OWNER_LAT, Grid, Sheet, SheetName

Array = NDArray[Any]
Sheets = Mapping[SheetName, Array]


def map_shape(grid: Grid) -> tuple[int, int]:
    """Rows and columns of the global map with the grid's pixels per degree."""
    return 180 * grid.pixels_per_degree, 360 * grid.pixels_per_degree


def map_lat_lon(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes of the rows and east longitudes of the columns of the global map (pixel centres, degrees)."""
    rows, cols = map_shape(grid)
    scale = grid.pixels_per_degree
    return 90.0 - (np.arange(rows) + 0.5) / scale, -180.0 + (np.arange(cols) + 0.5) / scale


def mosaic(grid: Grid, sheets: Sheets) -> Array:
    """The global map of a layer: rows of ``equator`` as they are, polar caps resampled.

    Parameters
    ----------
    grid : Grid
        Whose sheets these are.
    sheets : mapping of sheet name to ndarray, shape of the sheet
        Floats are interpolated bilinearly over the valid pixels, all else is taken from the nearest pixel.

    Returns
    -------
    ndarray, shape (180 ppd, 360 ppd)
        North up, -180 to 180 degrees east.
    """
    lat, lon_e = map_lat_lon(grid)
    cap = round((90.0 - OWNER_LAT) * grid.pixels_per_degree)
    equator = sheets["equator"]
    margin = (equator.shape[0] - (lat.size - 2 * cap)) // 2
    out = np.empty(map_shape(grid), dtype=equator.dtype)
    out[cap:-cap] = equator[margin:-margin]
    _fill_caps(grid, sheets, lat, lon_e, cap, out)
    return out


def coarse_mosaic(grid: Grid, sheets: Sheets, factor: int) -> NDArray[np.float32]:
    """The global map of a layer of numbers with ``factor`` times fewer pixels a degree.

    Parameters
    ----------
    grid : Grid
        Whose sheets these are.
    sheets : mapping of sheet name to ndarray, shape of the sheet
        Equatorward of 60 degrees whole blocks are averaged over what data they hold; the polar caps are sampled.
    factor : int
        Divides the grid's pixels per degree.

    Returns
    -------
    ndarray, shape (180 ppd / factor, 360 ppd / factor), float32
        North up, -180 to 180 degrees east.
    """
    scale = grid.pixels_per_degree // factor
    lat = 90.0 - (np.arange(180 * scale) + 0.5) / scale
    lon_e = -180.0 + (np.arange(360 * scale) + 0.5) / scale
    cap = round((90.0 - OWNER_LAT) * scale)
    out = np.empty((lat.size, lon_e.size), np.float32)
    equator = sheets["equator"]
    rows = factor * (lat.size - 2 * cap)
    margin = (equator.shape[0] - rows) // 2
    out[cap:-cap] = block_means(equator[margin : margin + rows], factor)
    _fill_caps(grid, sheets, lat, lon_e, cap, out)
    return out


def _fill_caps(
    grid: Grid, sheets: Sheets, lat: NDArray[np.float64], lon_e: NDArray[np.float64], cap: int, out: Array
) -> None:
    """Fill the first and the last ``cap`` rows of a global map from the polar sheets, as :func:`sample` would."""
    caps: tuple[tuple[SheetName, slice], ...] = (("north", slice(0, cap)), ("south", slice(lat.size - cap, lat.size)))
    for name, rows in caps:
        sheet, array = grid.sheet(name), sheets[name]
        fill = _cap_bilinear if np.issubdtype(array.dtype, np.floating) else _cap_nearest
        fill(array, *polar_parts(sheet, lat[rows], lon_e), sheet.left_m, sheet.top_m, sheet.pixel_m, out[rows])


def block_means(values: Array, factor: int) -> NDArray[np.float32]:
    """Mean of the data of every block of ``factor`` by ``factor`` pixels; NaN where a block holds none."""
    if factor == 1:
        return values.astype(np.float32)
    rows, cols = (size // factor for size in values.shape)
    total, many = np.zeros((rows, cols), np.float32), np.zeros((rows, cols), np.float32)
    for row in range(factor):
        for col in range(factor):
            part = values[row::factor, col::factor]
            known = np.isfinite(part)
            total += np.where(known, part, np.float32(0.0))
            many += known
    return np.where(many > 0, total / np.maximum(many, 1.0), np.float32(np.nan))


def local_view(
    lat: float, lon_e: float, half_km: float, size_px: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places of the pixels of a north-up azimuthal equidistant view.

    Parameters
    ----------
    lat, lon_e : float
        Centre, degrees.
    half_km : float
        From the centre to the middle of an edge.
    size_px : int
        Pixels along an edge.

    Returns
    -------
    lat, lon_e : ndarray, shape (size_px, size_px)
        Degrees; first row north, first column west.
    """
    steps = ((np.arange(size_px) + 0.5) / size_px * 2.0 - 1.0) * half_km
    return view_places(lat, lon_e, *np.meshgrid(steps, -steps))


def view_places(
    lat: float, lon_e: float, x_km: NDArray[np.float64], y_km: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and east longitudes of places of an azimuthal equidistant view.

    Parameters
    ----------
    lat, lon_e : float
        Centre, degrees.
    x_km, y_km : ndarray of one shape
        East and north of the centre, in the view's plane.

    Notes
    -----
    Snyder, Map Projections: A Working Manual (1987), equations 25-14 ff., written with vectors.
    """
    distance = np.hypot(x_km, y_km)
    angle = distance / body.RADIUS_KM
    east, north = tangent_basis(lat, lon_e)
    with np.errstate(invalid="ignore"):
        heading = np.nan_to_num((x_km / distance)[..., None] * east + (y_km / distance)[..., None] * north)
    return lat_lon(np.cos(angle)[..., None] * unit_vectors(lat, lon_e) + np.sin(angle)[..., None] * heading)


def view(grid: Grid, layer: Callable[[SheetName], Array], lat: Array, lon_e: Array) -> Array:
    """A layer at given places.

    Parameters
    ----------
    grid : Grid
        Whose sheets these are.
    layer : callable of a sheet name
        Gives the array of the sheet; asked only for the sheets that are needed.
    lat, lon_e : ndarray of one shape
        Degrees.
    """
    parts: tuple[tuple[SheetName, Array], ...] = (
        ("equator", np.abs(lat) < OWNER_LAT),
        ("north", lat >= OWNER_LAT),
        ("south", lat <= -OWNER_LAT),
    )
    out: Array | None = None
    for name, here in parts:
        if not here.any():
            continue
        found = sample(grid.sheet(name), layer(name), lat[here], lon_e[here])
        out = np.empty(lat.shape, dtype=found.dtype) if out is None else out
        out[here] = found
    if out is None:
        raise ValueError("a view needs at least one place")
    return out


def sample(sheet: Sheet, array: Array, lat: Array, lon_e: Array) -> Array:
    """An array of a sheet at places that the sheet shows: bilinear for floats, nearest for all else.

    Missing neighbours are left out of the mean; where they weigh more than half there is no data.
    """
    row, col = sheet_pixel(sheet, lat, lon_e)
    if not np.issubdtype(array.dtype, np.floating):
        return array[_rows(sheet, np.rint(row)), _cols(sheet, np.rint(col))]
    out = np.empty(row.shape, array.dtype)
    _bilinear(array, row.reshape(-1), col.reshape(-1), sheet.wraps, out.reshape(-1))
    return out


@kernel
def _bilinear(array: Array, rows: Array, cols: Array, wraps: bool, out: Array) -> None:
    for i in range(out.size):
        out[i] = _between(array, rows[i], cols[i], wraps)


@kernel
def _cap_bilinear(
    array: Array, rho: Array, east: Array, up: Array, left_m: float, top_m: float, pixel_m: float, out: Array
) -> None:
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            row, col = _pixel(rho[i] * east[j], rho[i] * up[j], left_m, top_m, pixel_m)
            out[i, j] = _between(array, row, col, False)


@kernel
def _cap_nearest(
    array: Array, rho: Array, east: Array, up: Array, left_m: float, top_m: float, pixel_m: float, out: Array
) -> None:
    height, width = array.shape
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            row, col = _pixel(rho[i] * east[j], rho[i] * up[j], left_m, top_m, pixel_m)
            out[i, j] = array[min(max(int(np.rint(row)), 0), height - 1), min(max(int(np.rint(col)), 0), width - 1)]


@inlined
def _pixel(x_m: float, y_m: float, left_m: float, top_m: float, pixel_m: float) -> tuple[float, float]:
    return (top_m - y_m) / pixel_m - 0.5, (x_m - left_m) / pixel_m - 0.5


@inlined
def _between(array: Array, row: float, col: float, wraps: bool) -> float:
    """Mean of the four pixels about a place by their nearness; NaN where those without data weigh more than half."""
    height, width = array.shape
    row0, col0 = math.floor(row), math.floor(col)
    down, right = row - row0, col - col0
    total = weight = 0.0
    for below in range(2):
        at_row = min(max(row0 + below, 0), height - 1)
        over = down if below else 1.0 - down
        for after in range(2):
            at_col = (col0 + after) % width if wraps else min(max(col0 + after, 0), width - 1)
            share = over * (right if after else 1.0 - right)
            pixel = array[at_row, at_col]
            if np.isfinite(pixel):
                total += pixel * share
                weight += share
    return total / weight if weight > 0.5 else np.nan


def _rows(sheet: Sheet, row: Array) -> NDArray[np.intp]:
    return np.clip(row, 0, sheet.shape[0] - 1).astype(np.intp)


def _cols(sheet: Sheet, col: Array) -> NDArray[np.intp]:
    if sheet.wraps:
        return col.astype(np.intp) % sheet.shape[1]
    return np.clip(col, 0, sheet.shape[1] - 1).astype(np.intp)
