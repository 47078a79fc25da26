"""From differences against single predecessors to one difference with its full variance.

Per pixel the median over the predecessors of the finest available resolution is taken; the spread of so few epochs is
shrunk towards the noise that the residual itself shows around the place (science: never a raw MAD below 20 epochs).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from iovolc.geometry.compiled import KERNEL
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]


_SHARED_PX = 5
"""A feature of one map is sought in the other within this window."""
MAD_TO_SIGMA = 1.4826
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
    stack = np.stack(differences)
    bounds = np.flatnonzero(np.diff(np.array(groups), prepend=groups[0] - 1, append=groups[-1] + 1)).astype(np.int64)
    median = np.full(stack.shape[1:], np.nan, np.float32)
    spread = np.full(stack.shape[1:], np.nan, np.float32)
    count, first = (np.zeros(stack.shape[1:], np.uint8) for _ in range(2))
    of_tone, of_light = (np.zeros(stack.shape[1:], np.float32) for _ in range(2))
    tone, light = (_stacked(planes, stack.shape) for planes in (tone_variances, light_variances))
    _medians(stack, bounds, tone, light, median, spread, count, first, of_tone, of_light)
    return Combined(median, spread, count, first, of_tone, of_light)


def _stacked(planes: Sequence[Plane] | None, shape: tuple[int, ...]) -> Plane:
    """Planes over each other, shape (predecessor, row, col); of one row and column where none varies."""
    if planes is None:
        return np.zeros((shape[0], 1, 1), np.float32)
    if all(plane.size == 1 for plane in planes):
        return np.stack(planes)
    return np.stack([np.broadcast_to(plane, shape[1:]) for plane in planes])


@njit(**KERNEL)
def _medians(
    stack: Plane,
    bounds: NDArray[np.int64],
    tone: Plane,
    light: Plane,
    median: Plane,
    spread: Plane,
    count: NDArray[np.uint8],
    first: NDArray[np.uint8],
    of_tone: Plane,
    of_light: Plane,
) -> None:
    """Fill the last six, shape (row, col), from the differences, shape (predecessor, row, col).

    A row at a time, all its columns side by side: what is missing is sorted behind the others, as infinity.
    """
    rows, cols = median.shape
    values = np.empty((stack.shape[0], cols), np.float32)
    for row in range(rows):
        for g in range(len(bounds) - 1):
            held = values[: bounds[g + 1] - bounds[g]]
            number = np.zeros(cols, np.int64)
            total, common = np.zeros(cols, np.float32), np.zeros(cols, np.float32)
            for k in range(bounds[g], bounds[g + 1]):
                _take(stack[k, row], held[k - bounds[g]], number)
                _add_known(stack[k, row], tone[k, min(row, tone.shape[1] - 1)], total)
                _add_known(stack[k, row], light[k, min(row, light.shape[1] - 1)], common)
            number[count[row] > 0] = 0
            if not number.any():
                continue
            middle = _middles(held, number)
            for k in range(held.shape[0]):
                _away(held[k], middle)
            around = _middles(held, number)
            for col in np.flatnonzero(number):
                n = number[col]
                first[row, col] = _first_known(stack[bounds[g] : bounds[g + 1], row, col]) + bounds[g]
                median[row, col] = middle[col]
                spread[row, col] = MAD_TO_SIGMA * around[col]
                count[row, col] = n
                of_tone[row, col] = total[col] / (n * n)
                of_light[row, col] = common[col] / n


@njit(**KERNEL)
def _first_known(values: Plane) -> int:
    for k in range(values.size):
        if np.isfinite(values[k]):
            return k
    return values.size


@njit(**KERNEL)
def _take(line: Plane, out: Plane, number: NDArray[np.int64]) -> None:
    for col in range(line.size):
        known = np.isfinite(line[col])
        out[col] = line[col] if known else np.float32(np.inf)
        number[col] += known


@njit(**KERNEL)
def _add_known(line: Plane, variance_of: Plane, total: Plane) -> None:
    """Add the variances, of each column or one of all, where the line is known."""
    if variance_of.size == 1 and variance_of[0] == 0.0:
        return
    many = int(variance_of.size > 1)
    for col in range(line.size):
        if np.isfinite(line[col]):
            total[col] += variance_of[col * many]


@njit(**KERNEL)
def _middles(values: Plane, number: NDArray[np.int64]) -> Plane:
    """Sort each column, and give the median of its first ``number`` values; 0 of none."""
    count = values.shape[0]
    for step in range(count):  # odd-even transposition: every step is the same for all columns
        for k in range(step % 2, count - 1, 2):
            _exchange(values[k], values[k + 1])
    out = np.zeros(number.size, np.float32)
    for col in np.flatnonzero(number):
        n = number[col]
        out[col] = np.float32(0.5) * (values[(n - 1) // 2, col] + values[n // 2, col])
    return out


@njit(**KERNEL)
def _exchange(first: Plane, second: Plane) -> None:
    for i in range(first.size):
        low, high = min(first[i], second[i]), max(first[i], second[i])
        first[i], second[i] = low, high


@njit(**KERNEL)
def _away(line: Plane, middle: Plane) -> None:
    for i in range(line.size):
        line[i] = abs(line[i] - middle[i])


def gradient(values: Plane, sheet: Sheet) -> Plane:
    """Steepest slope within one pixel, per kilometre.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        NaN where there is no data.
    sheet : Sheet
        The sheet, whole.
    """
    slope = np.hypot(*slopes(values, sheet))
    return maximum_filter(slope, size=3, mode=("nearest", "wrap" if sheet.wraps else "nearest"))


def slopes(values: Plane, sheet: Sheet) -> tuple[Plane, Plane]:
    """Slopes along rows and columns, per kilometre.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        NaN where there is no data.
    sheet : Sheet
        The sheet, whole.
    """
    known = np.isfinite(values)
    column_km = np.broadcast_to(_row_pixel_km(sheet)[:, None], values.shape)
    across = _slope(values, known, 1, wraps=sheet.wraps) / column_km
    return across.astype(np.float32), (_slope(values, known, 0, wraps=False) / sheet.pixel_km).astype(np.float32)


def _slope(values: Plane, known: NDArray[np.bool_], axis: int, *, wraps: bool) -> Plane:
    """Half the difference of the two neighbours, the whole one to the only neighbour at an edge; 0 without any."""
    mode = "wrap" if wraps else "edge"
    pad = [(1, 1) if k == axis else (0, 0) for k in range(2)]
    padded, there = np.pad(values, pad, mode=mode), np.pad(known, pad, mode=mode)
    sides: list[tuple[Plane, NDArray[np.bool_]]] = []
    for part in (slice(None, -2), slice(2, None)):
        at = tuple(part if k == axis else slice(None) for k in range(2))
        sides.append((np.where(there[at], padded[at], values), there[at]))
    (low, has_low), (high, has_high) = sides
    steps = np.maximum(has_low.astype(np.float32) + has_high, np.float32(1.0))
    return np.where(known, (high - low) / steps, np.float32(0.0)).astype(np.float32)


def shared_gradient(newer: Plane, difference: Plane, sheet: Sheet) -> Plane:
    """Steepest slope that newer epoch and baseline both have about here, per kilometre.

    A misplaced feature is in both maps, so both have its slope; a new one is in one map only, and its own edge must
    not count as a sign of misregistration.

    Parameters
    ----------
    newer, difference : ndarray, shape (row, col), float32
        The newer epoch, and newer minus baseline; NaN where there is no data.
    sheet : Sheet
        The sheet, whole.
    """
    baseline = gradient(newer - difference, sheet)
    across = "wrap" if sheet.wraps else "nearest"
    near = maximum_filter(baseline, size=_SHARED_PX, mode=("nearest", across))
    return np.minimum(gradient(newer, sheet), near)


def _row_pixel_km(sheet: Sheet) -> NDArray[np.float64]:
    rows = sheet.shape[0]
    if not sheet.wraps:
        return np.full(rows, sheet.pixel_km)
    lat = (sheet.top_m - (np.arange(rows) + 0.5) * sheet.pixel_m) / (sheet.pixel_m * sheet.shape[1] / (2 * math.pi))
    return sheet.pixel_km * np.cos(lat)
