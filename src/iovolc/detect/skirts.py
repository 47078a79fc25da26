"""How far large changes reach beyond their footprints: they thin outward, and the search sees the inner half alone.

Not for footprints themselves (:mod:`iovolc.detect.extent`).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from iovolc.detect.clusters import Cluster, covered
from iovolc.detect.cutout import CLEAR, squeeze, unwrapped, window_about
from iovolc.model.grid import Grid, Sheet


def reached(clusters: Sequence[Cluster], grid: Grid, widest_km: float) -> dict[str, NDArray[np.bool_]]:
    """Footprints of changes and, of those that no filter is as wide as, what lies about them within half their depth.

    What is smaller has no skirt to speak of; and what is scattered all over a map, as artefacts are, must not take away
    the ground by which it would be known for scatter.

    Parameters
    ----------
    clusters : sequence of Cluster
        The changes.
    grid : Grid
        The grid.
    widest_km : float
        Full width at half maximum of the widest filter of the search.

    Returns
    -------
    dict of str to ndarray, shape (row, col), bool
        By sheet.
    """
    found = covered((cluster.footprint for cluster in clusters), grid)
    for cluster in clusters:
        parts = cluster.footprint.pixels
        area_km2 = sum(_area_km2(pixels, grid.sheet(name)) for name, pixels in parts)
        if math.sqrt(area_km2 / math.pi) > widest_km / 2.0:
            for name, pixels in parts:
                _add_skirt(found[name], pixels, grid.sheet(name))
    return found


def _area_km2(pixels: NDArray[np.int32], sheet: Sheet) -> float:
    return pixels.size * sheet.pixel_km**2 * squeeze(sheet, float((pixels // sheet.shape[1]).mean()))


def _add_skirt(found: NDArray[np.bool_], pixels: NDArray[np.int32], sheet: Sheet) -> None:
    rows, cols = unwrapped(pixels.astype(np.int64), sheet)
    narrow = squeeze(sheet, float(rows.mean()))
    margin = CLEAR * math.sqrt(pixels.size * narrow / math.pi) + 1.0  # no footprint is deeper than a disc of its area
    at_row, at_col, inside = window_about(rows, cols, sheet, math.ceil(margin), math.ceil(margin / narrow))
    inner, outer = (np.asarray(distance_transform_edt(side, sampling=(1.0, narrow))) for side in (inside, ~inside))
    found[np.ix_(at_row, at_col % sheet.shape[1])] |= outer <= min(CLEAR * float(inner.max()), margin)
