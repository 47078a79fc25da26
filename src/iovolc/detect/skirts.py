"""How far changes reach beyond their footprints: edges are blurred, and deposits thin outward.

Not for footprints themselves (:mod:`iovolc.detect.extent`).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from iovolc.detect.clusters import Cluster
from iovolc.detect.cutout import CLEAR, LEAST_RADIUS_PX, squeeze, unwrapped, window_about
from iovolc.model.grid import Grid, Sheet


def reached(clusters: Sequence[Cluster], grid: Grid) -> dict[str, NDArray[np.bool_]]:
    """What changes may reach: their footprints, and what lies within half an equal-area radius of them.

    Parameters
    ----------
    clusters : sequence of Cluster
        The changes.
    grid : Grid
        The grid.

    Returns
    -------
    dict of str to ndarray, shape (row, col), bool
        By sheet.
    """
    found = {sheet.name: np.zeros(sheet.shape, bool) for sheet in grid.sheets}
    for cluster in clusters:
        radius_km = math.sqrt(
            sum(_area_km2(pixels, grid.sheet(name)) for name, pixels in cluster.footprint.pixels) / math.pi
        )
        for name, pixels in cluster.footprint.pixels:
            _add(found[name], pixels, radius_km, grid.sheet(name))
    return found


def _area_km2(pixels: NDArray[np.int32], sheet: Sheet) -> float:
    return pixels.size * sheet.pixel_km**2 * squeeze(sheet, float((pixels // sheet.shape[1]).mean()))


def _add(found: NDArray[np.bool_], pixels: NDArray[np.int32], radius_km: float, sheet: Sheet) -> None:
    rows, cols = unwrapped(pixels.astype(np.int64), sheet)
    narrow = squeeze(sheet, float(rows.mean()))
    margin_px = CLEAR * max(radius_km / sheet.pixel_km, LEAST_RADIUS_PX)
    at_row, at_col, inside = window_about(rows, cols, sheet, math.ceil(margin_px), math.ceil(margin_px / narrow))
    near = np.asarray(distance_transform_edt(~inside, sampling=(1.0, narrow))) <= margin_px
    found[np.ix_(at_row, at_col % sheet.shape[1])] |= near
