"""Straight edges, as map seams make them and volcanoes do not."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

_DIRECTIONS = 36
_LEAST_LENGTH = 0.5
"""Least length of a line over the window's shorter edge."""


def largest_step(values: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    """Largest jump of a window's mean from one straight line to the next, beside a footprint.

    The window is summed along straight lines of every direction (a Radon transform). A straight seam makes the mean
    jump by its whole height; a footprint's own edge, shorter than the window, by a part of it only.

    Parameters
    ----------
    values : ndarray, shape (row, col)
        NaN where there is no data.
    inside : ndarray, shape (row, col), bool
        The footprint, much smaller than the window.
    """
    rows, cols = np.nonzero(inside)
    return float(_largest_step(np.ascontiguousarray(values), rows, cols))


@njit(cache=True, nogil=True)
def _largest_step(values, rows, cols):  # noqa: ANN001, ANN202
    height, width = values.shape
    reach = int(math.hypot(height, width)) + 4
    least = _LEAST_LENGTH * min(height, width)
    best = 0.0
    for k in range(_DIRECTIONS):
        angle = math.pi * k / _DIRECTIONS
        cosine, sine = math.cos(angle), math.sin(angle)
        total, count = np.zeros(2 * reach + 1), np.zeros(2 * reach + 1)
        for i in range(height):
            for j in range(width):
                if not np.isnan(values[i, j]):
                    at = math.floor(j * cosine + i * sine + 0.5) + reach
                    total[at] += values[i, j]
                    count[at] += 1.0
        low, high = 2 * reach, 0
        for n in range(len(rows)):
            at = math.floor(cols[n] * cosine + rows[n] * sine + 0.5) + reach
            low, high = min(low, at), max(high, at)
        for at in range(max(low - 2, 1), min(high + 3, 2 * reach)):
            if count[at - 1] >= least and count[at + 1] >= least:
                best = max(best, abs(total[at + 1] / count[at + 1] - total[at - 1] / count[at - 1]))
    return best
