"""The surroundings of one cluster, cut out of its sheet."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from iovolc import body
from iovolc.detect.clusters import Cluster
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]

_REACH = 2.0
"""The surroundings reach as far as this many equal-area radii from the footprint: its own size."""
_LEAST_RADIUS_PX = 4.0
_WIDEST_PX = 96
CLEAR = 0.5
"""Ground counts from so many radii on, which the blurred edge of a change does not reach."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """A window around a footprint; wide ones keep every n-th pixel only.

    Parameters
    ----------
    sharp : ndarray, shape (row, col), float64
        Newer epoch as it was taken.
    newer, older, difference : ndarray, shape (row, col), float64
        Newer epoch, baseline in the newer one's tone, both as sharp as they are compared, and their difference; NaN
        where not compared.
    inside : ndarray, shape (row, col), bool
        The footprint.
    others : ndarray, shape (row, col), bool
        Footprints of other changes.
    distance : ndarray, shape (row, col), float64
        Distance from the footprint in its equal-area radii (at least four pixels); 0 inside.
    east : ndarray, shape (row, col), float64
        Offset from the window's middle column, in the unit of rows, so that directions are true.
    step : int
        One cell in pixels.
    radius_px : float
        The equal-area radius in cells.
    pixels : ndarray, shape (row, col), int64
        Flat indices of the cells on the sheet.
    """

    sharp: NDArray[np.float64]
    newer: NDArray[np.float64]
    older: NDArray[np.float64]
    difference: NDArray[np.float64]
    inside: NDArray[np.bool_]
    others: NDArray[np.bool_]
    distance: NDArray[np.float64]
    east: NDArray[np.float64]
    step: int
    radius_px: float
    pixels: NDArray[np.int64]

    @property
    def near(self) -> NDArray[np.bool_]:
        """The footprint and its surroundings out to its own size."""
        return self.distance <= _REACH

    @property
    def around(self) -> NDArray[np.bool_]:
        """The compared surroundings out to the change's own size."""
        return ~self.inside & self.near & np.isfinite(self.difference)

    @property
    def ground(self) -> NDArray[np.int64]:
        """Flat indices, on the sheet, of the compared surroundings that no change is known to reach."""
        return self.pixels[self.around & ~self.others & (self.distance > CLEAR)]


def cut_out(
    cluster: Cluster,
    sharp: Mapping[str, Plane],
    newer: Mapping[str, Plane],
    difference: Mapping[str, Plane],
    changed: Mapping[str, NDArray[np.bool_]],
    grid: Grid,
) -> Cutout:
    """Cut the surroundings of a cluster's largest part out of its sheet.

    Parameters
    ----------
    cluster : Cluster
        The cluster.
    sharp, newer, difference : mapping of str to ndarray, shape (row, col), float32
        The newer epoch in its own tone as it was taken and as sharp as it is compared, and newer minus baseline; NaN
        where there is no data.
    changed : mapping of str to ndarray, shape (row, col), bool
        Footprints of all changes.
    grid : Grid
        The grid.
    """
    name, pixels = cluster.footprint.largest
    sheet = grid.sheet(name)
    rows, cols = unwrapped(pixels.astype(np.int64), sheet)
    narrow = squeeze(sheet, float(rows.mean()))
    radius = max(math.sqrt(len(pixels) * narrow / math.pi), _LEAST_RADIUS_PX)
    down = math.ceil(_REACH * radius) + 1
    right = math.ceil(_REACH * radius / narrow) + 1
    extent = max(int(np.ptp(rows)) + 2 * down, int(np.ptp(cols)) + 2 * right)
    step = max(1, math.ceil(extent / _WIDEST_PX))
    at_row, at_col, mask = window_about(rows, cols, sheet, down, right, step)
    wrapped = at_col % sheet.shape[1]
    part = np.ix_(at_row, wrapped)
    change = difference[name][part].astype(np.float64)
    taken, after = (planes[name][part].astype(np.float64) for planes in (sharp, newer))
    distance = distance_transform_edt(~mask, sampling=(1.0, narrow)) * step / radius
    offset = (np.arange(len(at_col), dtype=np.float64) - len(at_col) // 2) * narrow
    east = np.broadcast_to(offset, mask.shape).astype(np.float64)
    flat = at_row[:, None] * sheet.shape[1] + wrapped
    others = changed[name][part] & ~mask
    return Cutout(taken, after, after - change, change, mask, others, distance, east, step, radius / step, flat)


def window_about(
    rows: NDArray[np.int64], cols: NDArray[np.int64], sheet: Sheet, down: int, right: int, step: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The part of a sheet about some pixels.

    Parameters
    ----------
    rows, cols : ndarray of int64
        The pixels (:func:`unwrapped`).
    sheet : Sheet
        Theirs.
    down, right : int
        How far the part reaches beyond them, in pixels.
    step : int
        Every so many rows and columns are taken.

    Returns
    -------
    rows, cols : ndarray of int64
        Of the part; columns run on beyond the seam.
    inside : ndarray, shape (row, col), bool
        Which cells hold any of the pixels.
    """
    at_row = np.arange(max(int(rows.min()) - down, 0), min(int(rows.max()) + down + 1, sheet.shape[0]), step)
    low, high = int(cols.min()) - right, int(cols.max()) + right + 1
    if not sheet.wraps:
        low, high = max(low, 0), min(high, sheet.shape[1])
    at_col = np.arange(low, min(high, low + sheet.shape[1]), step)
    inside = np.zeros((at_row.size, at_col.size), bool)
    inside[
        np.clip((rows - at_row[0]) // step, 0, at_row.size - 1), np.clip((cols - at_col[0]) // step, 0, at_col.size - 1)
    ] = True
    return at_row, at_col, inside


def unwrapped(pixels: NDArray[np.int64], sheet: Sheet) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of flat indices; columns run on beyond the seam where the pixels lie across it."""
    rows, cols = np.divmod(pixels, sheet.shape[1])
    if sheet.wraps and cols.max() - cols.min() > sheet.shape[1] // 2:
        cols = np.where(cols < sheet.shape[1] // 2, cols + sheet.shape[1], cols)
    return rows, cols


def squeeze(sheet: Sheet, row: float) -> float:
    """Width of a pixel over its height."""
    if not sheet.wraps:
        return 1.0
    lat = (sheet.top_m / 1000.0 - (row + 0.5) * sheet.pixel_km) / body.RADIUS_KM
    return max(math.cos(lat), 0.05)
