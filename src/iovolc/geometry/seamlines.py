"""Lines across which a map steps the same way all along, found among all lines of a direction.

The unit of a step is the typical one around it, and how far the mean of a line strays by chance is measured on all
parallel lines of the same map. Not for what is a step (:mod:`iovolc.geometry.seams`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from iovolc.geometry.compiled import inlined, kernel
from iovolc.robust import MAD_TO_SIGMA

Steps = NDArray[np.float64]

SLOPES: Final = np.arange(-6.0, 7.0) * 0.06
"""Sideways over lengthways: up to 20 degrees from the direction, ends within a degree over twenty."""
MIN_KNOWN: Final = 0.8
APART_CELLS: Final = 12
ROW_STEP: Final = 4
"""Lines begin in every fourth row."""
THINNED: Final = 5
"""Chance is measured on every fifth line: neighbours say the same."""
SHORT_OF: Final = 0.5
"""Where the steps are smaller than this on average, a line has ended."""
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line down a plane, and how far others carry it on.

    Parameters
    ----------
    first, last : int
        Rows, the last not included.
    at_first : float
        Column in the first row.
    slope : float
        Columns per row.
    sigmas : float
        Distance of the mean step along it from the median of all lines, over their spread.
    ends : tuple of int
        Rows between which it and the lines that lie along it step.
    """

    first: int
    last: int
    at_first: float
    slope: float
    sigmas: float
    ends: tuple[int, int]

    def values(self, plane: Steps) -> Steps:
        """What a plane holds along it, row by row."""
        rows = np.arange(self.first, self.last)
        cols = np.floor(self.at_first + self.slope * (rows - self.first) + 0.5).astype(np.intp)
        return plane[rows, cols % plane.shape[1]]

    def at(self, row: float) -> float:
        """Column in a row, also beyond the ends and across the plane's edges."""
        return self.at_first + self.slope * (row - self.first)


def outstanding(steps: Steps, length: int, *, sigmas: float, least: float) -> list[Line]:
    """Lines whose mean step is beyond chance.

    Parameters
    ----------
    steps : ndarray, shape (row, col)
        Steps across the left edges of cells; NaN where not known. The columns close a circle.
    length : int
        Rows of a line.
    sigmas : float
        Least distance of the mean from that of the other lines, over their spread.
    least : float
        Least mean.
    """
    if len(steps) < length:
        return []
    means = _means(np.ascontiguousarray(steps), length, SLOPES)
    known = means[np.isfinite(means)][::THINNED]
    if not known.size:
        return []
    middle = float(np.median(known))
    spread = MAD_TO_SIGMA * float(np.median(np.abs(known - middle)))
    means[~(np.abs(means) >= least)] = middle
    beyond = np.abs(means - middle) / max(spread, TINY)
    steepest = beyond.argmax(axis=0)
    beyond = np.take_along_axis(beyond, steepest[None], axis=0)[0]
    # Of neighbours that are one line, the clearest.
    peaks = beyond == maximum_filter1d(beyond, APART_CELLS // 2, axis=1, mode="wrap")
    lines: list[Line] = []
    for start, col in np.argwhere(peaks & (beyond >= sigmas)).tolist():
        row, k = start * ROW_STEP, steepest[start, col]
        line = Line(row, row + length, col, float(SLOPES[k]), float(beyond[start, col]), (row, row + length))
        along = line.values(steps) * np.sign(means[k, start, col])
        lines.append(replace(line, ends=_extent(np.nan_to_num(along) - SHORT_OF, row)))
    return lines


def _extent(values: Steps, row: int) -> tuple[int, int]:
    """The run of rows whose values have the largest sum."""
    total = np.concatenate(((0.0,), np.cumsum(values)))
    last = int(np.argmax(total - np.minimum.accumulate(total)))
    return row + int(np.argmin(total[: last + 1])), row + last


def joined(lines: Sequence[Line], cols: int, *, circle: int = 0) -> list[Line]:
    """The clearest of all lines that lie along one another, carried on by them; the clearest first.

    Parameters
    ----------
    lines : sequence of Line
        In any order.
    cols : int
        Columns of the plane, which close a circle.
    circle : int
        Rows after which the plane begins again; 0 if it does not.
    """
    laps = (0, circle, -circle) if circle else (0,)
    seams: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.sigmas):
        for (number, seam), lap in product(enumerate(seams), laps):
            if _carries_on(line, seam, cols, lap):
                ends = (min(seam.ends[0], line.ends[0] + lap), max(seam.ends[1], line.ends[1] + lap))
                seams[number] = replace(seam, ends=ends)
                break
        else:
            seams.append(line)
    return seams


def _carries_on(line: Line, seam: Line, cols: int, lap: int) -> bool:
    middle, reach = 0.5 * (line.first + line.last), 0.5 * (line.last - line.first)
    aside = line.at(middle) - seam.at(middle + lap)
    aside -= round(aside / cols) * cols
    return abs(aside) < APART_CELLS and seam.ends[0] - reach <= middle + lap <= seam.ends[1] + reach


@kernel
def _means(steps: Steps, length: int, slopes: Steps) -> NDArray[np.float32]:
    """Mean step along lines of all slopes that begin in the cells of every fourth row; NaN where few are known."""
    rows, cols = steps.shape
    known = np.where(np.isnan(steps), 0.0, 1.0)
    value = np.where(np.isnan(steps), 0.0, steps)
    out = np.full((slopes.size, (rows - length) // ROW_STEP + 1, cols), np.nan, np.float32)
    for k in range(slopes.size):
        total, count = np.zeros(cols), np.zeros(cols)
        for row in range(rows):
            _add(total, value[row], _shift(slopes[k], row), 1.0)
            _add(count, known[row], _shift(slopes[k], row), 1.0)
            start = row - length + 1
            if start < 0:
                continue
            shift = _shift(slopes[k], start)
            for col in range(cols if start % ROW_STEP == 0 else 0):
                if count[col] >= MIN_KNOWN * length:
                    out[k, start // ROW_STEP, (col + shift) % cols] = total[col] / count[col]
            _add(total, value[start], shift, -1.0)
            _add(count, known[start], shift, -1.0)
    return out


@inlined
def _shift(slope: float, row: int) -> int:
    return math.floor(slope * row + 0.5)


@inlined
def _add(total: Steps, values: Steps, shift: int, sign: float) -> None:
    """Add values to the lines that pass them; the columns close a circle."""
    cols = total.size
    first = shift % cols
    for col in range(cols - first):
        total[col] += sign * values[col + first]
    for col in range(cols - first, cols):
        total[col] += sign * values[col + first - cols]
