"""Straight edges, as map seams make them and volcanoes do not."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc.geometry.compiled import KERNEL

_DIRECTIONS = 36
_LEAST_STEP = 0.5
"""Least step over the change's contrast."""
_HALF_WIDTH = 1.5
"""A step is taken between the places this many cells to both sides of a line."""


def straight_edge(values: NDArray[np.float64], inside: NDArray[np.bool_], contrast: float) -> float:
    """Largest share of a straight line beside a footprint along which the values step the same way.

    Every line of every direction that passes the footprint and crosses its window is tried (a Radon transform of the
    sign of the steps). A seam steps all along; a footprint's own edge only along its own length, which is much shorter
    than the window. Shares are of the line, or of the window's shorter edge where the line is shorter.

    Parameters
    ----------
    values : ndarray, shape (row, col)
        NaN where there is no data.
    inside : ndarray, shape (row, col), bool
        The footprint, much smaller than the window.
    contrast : float
        What makes a step: half of this.
    """
    rows, cols = np.nonzero(inside)
    return float(_straight_edge(np.ascontiguousarray(values), rows, cols, _LEAST_STEP * abs(contrast)))


@njit(**KERNEL)
def _straight_edge(
    values: NDArray[np.float64], rows: NDArray[np.intp], cols: NDArray[np.intp], least_step: float
) -> float:
    height, width = values.shape
    reach = int(math.hypot(height, width)) + 4
    length = min(height, width)
    best = 0.0
    for k in range(_DIRECTIONS):
        angle = math.pi * k / _DIRECTIONS
        cosine, sine = math.cos(angle), math.sin(angle)
        right, down = round(_HALF_WIDTH * cosine), round(_HALF_WIDTH * sine)
        low, high = 2 * reach, 0
        for n in range(len(rows)):
            at = math.floor(cols[n] * cosine + rows[n] * sine + 0.5) + reach
            low, high = min(low, at), max(high, at)
        net, count = np.zeros(2 * reach + 1), np.zeros(2 * reach + 1)
        for i in range(abs(down), height - abs(down)):
            for j in range(abs(right), width - abs(right)):
                at = math.floor(j * cosine + i * sine + 0.5) + reach
                if at < low - 2 or at > high + 2:
                    continue
                step = values[i + down, j + right] - values[i - down, j - right]
                if not np.isnan(step):
                    count[at] += 1.0
                    if abs(step) >= least_step:
                        net[at] += math.copysign(1.0, step)
        for at in range(low - 2, high + 3):
            best = max(best, abs(net[at]) / max(count[at], length))
    return best
