"""Dilation of footprints on the sphere: over the seam, over the poles and from sheet to sheet."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from iovolc.geometry.sphere import sheet_pixel
from iovolc.model.detection import Footprint
from iovolc.model.grid import OWNER_LAT, Grid, Sheet
from iovolc.track.places import Places, lat_lon_of, sheet_starts


def dilated_places(footprint: Footprint, by_km: float, grid: Grid) -> Places:
    """All places within a distance of a footprint, itself included, ascending."""
    parts = [_dilated_on(grid.sheet(name), pixels, by_km, grid) for name, pixels in footprint.pixels]
    return np.unique(np.concatenate(parts))


def _dilated_on(sheet: Sheet, pixels: NDArray[np.int32], by_km: float, grid: Grid) -> Places:
    """Places within a distance of pixels of one sheet; those that another sheet owns are handed over to it."""
    rows, cols = np.divmod(pixels.astype(np.int64), sheet.shape[1])
    origin = _origin(cols, sheet.shape[1]) if sheet.wraps else 0
    local = (cols - origin) % sheet.shape[1]
    row0, col0 = int(rows.min()), int(local.min())
    lat, _ = lat_lon_of(sheet, pixels.astype(np.int64))
    width_km = sheet.pixel_km * (float(np.cos(np.radians(np.abs(lat).max()))) if sheet.wraps else 1.0)
    pad_row, pad_col = (math.ceil(by_km / size) for size in (sheet.pixel_km, width_km))
    mask = np.ones((int(rows.max()) - row0 + 1 + 2 * pad_row, int(local.max()) - col0 + 1 + 2 * pad_col), bool)
    mask[rows - row0 + pad_row, local - col0 + pad_col] = False
    near = distance_transform_edt(mask, sampling=(sheet.pixel_km, width_km)) <= by_km
    found_rows, found_cols = np.nonzero(near)
    found_rows, found_cols = found_rows + row0 - pad_row, found_cols + col0 - pad_col + origin
    if sheet.wraps:
        found_cols %= sheet.shape[1]
    good = (found_rows >= 0) & (found_rows < sheet.shape[0]) & (found_cols >= 0) & (found_cols < sheet.shape[1])
    return _owned(sheet, found_rows[good] * sheet.shape[1] + found_cols[good], grid)


def _origin(cols: Places, width: int) -> int:
    """The first column after the widest gap, from where columns ascend without crossing the seam."""
    used = np.unique(cols)
    gaps = np.diff(used, append=used[0] + width)
    return int(used[(int(np.argmax(gaps)) + 1) % used.size])


def _owned(sheet: Sheet, flat: Places, grid: Grid) -> Places:
    starts = dict(zip((one.name for one in grid.sheets), sheet_starts(grid), strict=False))
    lat, lon_e = lat_lon_of(sheet, flat)
    mine = (np.abs(lat) < OWNER_LAT) == (sheet.name == "equator")
    kept = flat[mine] + starts[sheet.name]
    if mine.all():
        return kept
    polar = "north" if float(lat[~mine][0]) > 0 else "south"
    other = grid.sheet(polar if sheet.name == "equator" else "equator")
    moved = _onto(other, lat[~mine].astype(np.float64), lon_e[~mine].astype(np.float64), grid)
    return np.concatenate([kept, moved + starts[other.name]])


def _onto(other: Sheet, lat: NDArray[np.float64], lon_e: NDArray[np.float64], grid: Grid) -> Places:
    """Pixels of another sheet under the four quarters of these pixels, so that no gaps open."""
    step_deg = 0.25 / grid.pixels_per_degree
    found: list[Places] = []
    for up, right in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        there = sheet_pixel(other, lat + up * step_deg, lon_e + right * step_deg / np.cos(np.radians(lat)))
        rows, cols = (np.rint(part).astype(np.int64) for part in there)
        found.append(rows * other.shape[1] + (cols % other.shape[1] if other.wraps else cols))
    flat = np.concatenate(found)
    lat_there, _ = lat_lon_of(other, flat)
    return flat[(np.abs(lat_there) < OWNER_LAT) == (other.name == "equator")]
