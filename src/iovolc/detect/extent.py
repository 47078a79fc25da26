"""How far a change extends: the outline that, blurred as the maps are, fits the difference best.

A filter's answer is as wide as the filter, and where it ends hangs on one pixel's noise. Here the outline that the
search drew is moved outward or inward as a whole, so that all of its length tells by how much. Its form stays.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter

from iovolc.detect.clusters import Cluster, covered
from iovolc.detect.cutout import squeeze, unwrapped, window_about
from iovolc.detect.pieces import Field
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid, Sheet

Wide = NDArray[np.float64]
Mask = NDArray[np.bool_]

_REACH = 1.5
"""How far an outline may move, in resolution elements."""
_DEPTH = 0.9
"""Nor may it move, either way, by more than this share of the footprint's depth."""
_STEPS = 24
_PRIOR = 0.7
"""Standard deviation of that move before the difference is looked at, in resolution elements (assumed)."""
_SURROUNDINGS = 4.0
"""The difference outside is known from a margin as wide as the change, or as this many resolution elements."""
_FINE = 3.0
"""Cells of a resolution element: finer ones tell no more."""
_WIDEST = 128


@dataclass(frozen=True, slots=True)
class _Window:
    """The surroundings of a footprint on its sheet; lengths in pixels along columns.

    Parameters
    ----------
    rows, cols : ndarray of int64
        Of the sheet.
    squeeze : float
        Width of a pixel over its height.
    inside, free : ndarray, shape (row, col), bool
        The footprint, and where it may extend to: what this sheet owns and shows, and no other change takes.
    beyond : ndarray, shape (row, col), float64
        Distance from the outline, negative inside.
    km2 : ndarray, shape (row, col), float64
        Areas of the pixels.
    """

    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    squeeze: float
    inside: Mask
    free: Mask
    beyond: Wide
    km2: Wide


def with_extent(
    clusters: Sequence[Cluster],
    fields: Mapping[str, Field],
    area_km2: Mapping[str, NDArray[np.float32]],
    grid: Grid,
    resolution_km: float,
) -> tuple[Cluster, ...]:
    """The clusters with footprints that end where the changes do.

    What lies on several sheets stays as it was found.

    Parameters
    ----------
    clusters : sequence of Cluster
        All changes of an epoch, strongest first: none grows into another.
    fields : mapping of str to Field
        What was searched, by sheet.
    area_km2 : mapping of str to ndarray, shape (pixel,), float32
        Of each sheet's pixels; flat row-major.
    grid : Grid
        The grid.
    resolution_km : float
        Full width at half maximum of the point-spread function of the difference.
    """
    taken = covered((cluster.footprint for cluster in clusters), grid)
    found: list[Cluster] = []
    for cluster in clusters:
        footprint = cluster.footprint
        if len(footprint.pixels) == 1:
            name, pixels = footprint.pixels[0]
            sheet, field = grid.sheet(name), fields[name]
            width = max(resolution_km / sheet.pixel_km, 1.0)
            window = _window(pixels.astype(np.int64), field, taken[name], area_km2[name], sheet, width)
            pixels = _moved(window, _move(window, field, cluster.sign, width), sheet)
            footprint = Footprint(((name, pixels),))
            taken[name].ravel()[pixels] = True
        found.append(replace(cluster, footprint=footprint))
    return tuple(found)


def _window(
    pixels: NDArray[np.int64], field: Field, taken: Mask, area_km2: NDArray[np.float32], sheet: Sheet, width: float
) -> _Window:
    rows, cols = unwrapped(pixels, sheet)
    narrow = squeeze(sheet, float(rows.mean()))
    radius = math.sqrt(pixels.size * narrow / math.pi)
    margin = _REACH * width + min(radius, _SURROUNDINGS * width) + 1.0
    down, right = math.ceil(margin), min(math.ceil(margin / narrow), (sheet.shape[1] - int(np.ptp(cols)) - 1) // 2)
    at_row, at_col, inside = window_about(rows, cols, sheet, down, right)
    part = np.ix_(at_row, at_col % sheet.shape[1])
    free = inside | ((field.weight[part] > 0) & field.owned[part] & ~taken[part])
    outer, inner = (np.asarray(distance_transform_edt(side, sampling=(1.0, narrow))) for side in (~inside, inside))
    beyond = np.where(inside, 0.5 - inner, outer - 0.5)
    km2 = area_km2.reshape(sheet.shape)[part].astype(np.float64)
    return _Window(at_row, at_col % sheet.shape[1], narrow, inside, free & (beyond < margin), beyond, km2)


def _move(window: _Window, field: Field, sign: int, width: float) -> float:
    """By how much the outline lies too far inside: the mean over all moves, by how well each fits.

    It may move outward as far as inward, so that what is not told stays where it is.
    """
    reach = min(_REACH * width, -_DEPTH * float(window.beyond.min()))
    if reach <= 0.0:
        return 0.0
    step = max(1, int(width / _FINE), math.ceil(max(window.inside.shape) / _WIDEST))
    cells = (slice(None, None, step), slice(None, None, step))
    beyond, free = window.beyond[cells], window.free[cells]
    part = np.ix_(window.rows[cells[0]], window.cols[cells[1]])
    difference = field.difference[part][free].astype(np.float64)
    weight = field.weight[part][free].astype(np.float64)
    # Noise is as wide as the resolution: so many cells tell one value.
    alike = max((math.sqrt(math.pi / math.log(16.0)) * width / step) ** 2 / window.squeeze, 1.0)
    moves = np.linspace(-reach, reach, _STEPS)
    templates = _drawn(beyond, moves, step, width / FWHM_PER_SIGMA, window.squeeze)[:, free]
    fits = _gains(templates, sign * difference, weight)
    told = 0.5 * fits / alike - 0.5 * (moves / (_PRIOR * width)) ** 2
    share = np.exp(told - told.max())
    return float((share * moves).sum() / share.sum())


def _drawn(beyond: Wide, moves: Wide, step: int, sigma: float, narrow: float) -> Wide:
    """What ends so far beyond the outline, as the maps show it, 1 inside; shape (move, row, col)."""
    filled = np.clip(0.5 - (beyond - moves[:, None, None]) / step, 0.0, 1.0)
    return np.asarray(gaussian_filter(filled, (0.0, sigma / step, sigma / step / narrow), mode="nearest"))


def _gains(templates: Wide, difference: Wide, weight: Wide) -> Wide:
    """By how much each template, of any amplitude above 0 and over any level, lowers chi-square; shape (template,)."""
    total = weight.sum()
    if total <= 0.0:
        return np.zeros(len(templates))
    templates = templates - (templates @ weight / total)[:, None]
    power = templates**2 @ weight
    shared = templates @ (weight * (difference - (weight @ difference) / total))
    return np.divide(np.maximum(shared, 0.0) ** 2, power, out=np.zeros_like(power), where=power > 0.0)


def _moved(window: _Window, move: float, sheet: Sheet) -> NDArray[np.int32]:
    """The pixels nearest to the outline's inside that together have the area within the moved one."""
    within = np.clip(0.5 - (window.beyond - move), 0.0, 1.0)
    area_km2 = float((within * window.km2)[window.free].sum())
    # Of pixels as far out, those come first of which more neighbours lie inside.
    beside = gaussian_filter(window.inside.astype(np.float64), 1.0, mode="nearest")
    rows, cols = np.nonzero(window.free)
    order = np.lexsort((-beside[rows, cols], window.beyond[rows, cols]))
    each = window.km2[rows, cols][order]
    count = int(np.searchsorted(np.cumsum(each) - 0.5 * each, area_km2))
    chosen = order[: max(count, 1)]
    flat = window.rows[rows[chosen]] * sheet.shape[1] + window.cols[cols[chosen]]
    return np.sort(flat).astype(np.int32)
