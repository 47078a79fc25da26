"""From differences against single predecessors to one difference with its full variance.

Per pixel the median over the predecessors of the finest available resolution is taken; the spread of so few epochs is
shrunk towards the noise that the residual itself shows around the place (science: never a raw MAD below 20 epochs).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.medians import first_known, mean_variance, medians, networks
from iovolc.geometry.about import largest_about
from iovolc.geometry.compiled import inlined, kernel
from iovolc.hands import by_rows, in_parts
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]
Slopes = tuple[Plane, Plane]

_CACHED_BYTES = 1 << 20
"""So much of the differences is stacked at a time: what stays in the processor's cache."""
_SHARED_PX = 5
"""A feature of one map is sought in the other within this window."""
CLIP = 3.0
CLIPPED_VARIANCE = 0.9733
"""Mean of min(x^2, 9) for a standard normal x."""


@dataclass(frozen=True, slots=True)
class Combined:
    """Median difference over predecessors on one sheet.

    Parameters
    ----------
    median, spread : ndarray, shape (row, col), float32
        Median and 1.4826 MAD over the predecessors used; NaN where there is none.
    count : ndarray, shape (row, col), uint8
        Predecessors used.
    first : ndarray, shape (row, col), uint8, or int
        The best of them, by its place in the order; of no meaning where there is none.
    tone, light : ndarray, shape (row, col), float32
        Variance from the match of tone and from the light model, which a larger area does not average down.
    """

    median: Plane
    spread: Plane
    count: NDArray[np.uint8]
    first: NDArray[np.uint8] | int = 0
    tone: Plane | float = 0.0
    light: Plane | float = 0.0


def combine(
    differences: Sequence[Plane],
    groups: Sequence[int],
    tone_variances: Sequence[Plane] | None = None,
    light_variances: Sequence[Plane] | None = None,
) -> Combined:
    """Median over the predecessors of the first group that has any valid at the pixel.

    Parameters
    ----------
    differences : sequence of ndarray, shape (row, col), float32
        Newest epoch minus each predecessor; NaN where either has no data.
    groups : sequence of int
        Group of each predecessor, ascending; smaller means finer resolution.
    tone_variances : sequence of ndarray, shape (row, col) or (1, 1), or None
        Variance of the match of tone of each predecessor, which errs for itself; None is 0.
    light_variances : sequence of ndarray, shape (row, col) or (1, 1), or None
        Variance of the light model between the newest epoch and each predecessor. It is taken to err alike for all,
        since terrain does; None is 0.
    """
    shape = differences[0].shape
    edges = np.flatnonzero(np.diff(np.array(groups), prepend=groups[0] - 1, append=groups[-1] + 1))
    median, spread = (np.full(shape, np.nan, np.float32) for _ in range(2))
    of_tone, of_light = (np.zeros(shape, np.float32) for _ in range(2))
    count, first = (np.zeros(shape, np.uint8) for _ in range(2))
    step = max(1, _CACHED_BYTES // (4 * len(differences) * shape[1]))
    for rows in (slice(top, top + step) for top in range(0, shape[0], step)):
        stack = np.stack([difference[rows] for difference in differences])
        for group in (slice(start, end) for start, end in pairwise(edges.tolist())):
            held = stack[group]
            for variances, power, out in ((tone_variances, 2, of_tone), (light_variances, 1, of_light)):
                if variances is not None:
                    mean_variance(held, _stacked(variances[group], rows), count[rows], power, out[rows])
            first_known(held, group.start, count[rows], first[rows])
            medians(held, *networks(len(held)), median[rows], spread[rows], count[rows])
    return Combined(median, spread, count, first, of_tone, of_light)


def _stacked(planes: Sequence[Plane], rows: slice) -> Plane:
    """Some rows of planes over each other, shape (predecessor, row, col); one row and column stand for all."""
    height, width = np.broadcast_shapes(*(plane.shape for plane in planes))
    part = rows if height > 1 else slice(None)
    return np.stack([np.broadcast_to(plane, (height, width))[part] for plane in planes])


def gradient(values: Plane, sheet: Sheet) -> Plane:
    """Steepest slope within one pixel, per kilometre.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        NaN where there is no data.
    sheet : Sheet
        The sheet, whole.
    """
    return largest_about(by_rows(np.hypot, *slopes(values, sheet)), 1, wraps=sheet.wraps)


def slopes(values: Plane, sheet: Sheet) -> Slopes:
    """Slopes along rows and columns, per kilometre.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        NaN where there is no data.
    sheet : Sheet
        The sheet, whole.
    """
    return _slopes(values, _row_pixel_km(sheet), sheet.pixel_km, sheet.wraps)


def _slopes(values: Plane, row_km: NDArray[np.float64], col_km: float, wraps: bool) -> Slopes:
    """Half the difference of the two neighbours, the whole one to the only neighbour beside a gap; 0 without any."""
    across, down = np.zeros_like(values), np.zeros_like(values)

    def some(first: int, end: int) -> None:
        _some_slopes(values, row_km, col_km, wraps, first, end, across, down)

    in_parts(some, values.shape[0], values.size)
    return across, down


@kernel
def _some_slopes(
    values: Plane, row_km: NDArray[np.float64], col_km: float, wraps: bool, begin: int, end: int, across: Plane,
    down: Plane,
) -> None:  # fmt: skip
    rows, cols = values.shape
    for row in range(begin, end):
        line, above, below = values[row], values[max(row - 1, 0)], values[min(row + 1, rows - 1)]
        for col in range(cols):
            here = line[col]
            if np.isfinite(here):
                left = col - 1 if col > 0 else cols - 1 if wraps else 0
                right = col + 1 if col + 1 < cols else 0 if wraps else col
                across[row, col] = _step(line[left], here, line[right]) / row_km[row]
                down[row, col] = _step(above[col], here, below[col]) / col_km


@inlined
def _step(low: np.float32, here: np.float32, high: np.float32) -> np.float32:
    known = int(np.isfinite(low)) + int(np.isfinite(high))
    low, high = low if np.isfinite(low) else here, high if np.isfinite(high) else here
    return (high - low) / np.float32(max(known, 1))


def shared_gradient(newer: Slopes, baseline: Slopes, sheet: Sheet) -> Plane:
    """Steepest slope that newer epoch and baseline both have about here, per kilometre.

    A misplaced feature is in both maps, so both have its slope; a new one is in one map only, and its own edge must
    not count as a sign of misregistration.

    Parameters
    ----------
    newer, baseline : tuple of ndarray, shape (row, col), float32
        Their :func:`slopes`.
    sheet : Sheet
        The sheet, whole.
    """
    near = largest_about(by_rows(np.hypot, *baseline), 1 + _SHARED_PX // 2, wraps=sheet.wraps)
    return np.minimum(largest_about(by_rows(np.hypot, *newer), 1, wraps=sheet.wraps), near)


def _row_pixel_km(sheet: Sheet) -> NDArray[np.float64]:
    rows = sheet.shape[0]
    if not sheet.wraps:
        return np.full(rows, sheet.pixel_km)
    lat = (sheet.top_m - (np.arange(rows) + 0.5) * sheet.pixel_m) / (sheet.pixel_m * sheet.shape[1] / (2 * math.pi))
    return sheet.pixel_km * np.cos(lat)
