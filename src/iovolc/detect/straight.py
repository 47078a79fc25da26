"""Straight edges, as the frames of mosaics have them and volcanoes do not."""

import math

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel

_DIRECTIONS = 36
_LEAST_STEP = 0.5
"""Least step over the change's contrast."""
_HALF_WIDTH = 1.0
"""A step is taken between the places this many cells to both sides of a line."""
_MISS = 2.0
"""A place without the step costs a run as much as two with it bring."""
_LEAST_LENGTH = 24.0
"""Cells; the edge of a round footprint of this size is straight for half of it."""


def straight_edge(values: NDArray[np.float64], inside: NDArray[np.bool_], contrast: float) -> float:
    """Longest straight run beside a footprint along which the values step the same way, over the footprint's length.

    Every line of every direction that passes the footprint is tried. A seam, or the side of a frame, steps all along
    the footprint or beyond it: 1 and more. The edge of a round footprint is straight, to within the width of a step,
    for a third of its length if it is large, and for half if it is small.

    Parameters
    ----------
    values : ndarray, shape (row, col)
        NaN where there is no data.
    inside : ndarray, shape (row, col), bool
        The footprint.
    contrast : float
        What makes a step: half of this.
    """
    rows, cols = np.nonzero(inside)
    return float(_straight_edge(np.ascontiguousarray(values), rows, cols, _LEAST_STEP * abs(contrast)))


@kernel
def _straight_edge(
    values: NDArray[np.float64], rows: NDArray[np.intp], cols: NDArray[np.intp], least_step: float
) -> float:
    height, width = values.shape
    reach = int(math.hypot(height, width)) + 4
    best = 0.0
    for k in range(_DIRECTIONS):
        angle = math.pi * k / _DIRECTIONS
        cosine, sine = math.cos(angle), math.sin(angle)
        right, down = round(_HALF_WIDTH * cosine), round(_HALF_WIDTH * sine)
        low, high, first, last = 1e9, -1e9, 1e9, -1e9
        for n in range(len(rows)):
            across, along = cols[n] * cosine + rows[n] * sine, rows[n] * cosine - cols[n] * sine
            low, high = min(low, across), max(high, across)
            first, last = min(first, along), max(last, along)
        length = max(last - first + 1.0, _LEAST_LENGTH)
        for at in range(math.floor(low) - 2, math.ceil(high) + 3):
            up, under = 0.0, 0.0
            for t in range(-reach, reach + 1):
                j, i = math.floor(at * cosine - t * sine + 0.5), math.floor(at * sine + t * cosine + 0.5)
                if i < abs(down) or i >= height - abs(down) or j < abs(right) or j >= width - abs(right):
                    continue
                step = values[i + down, j + right] - values[i - down, j - right]
                if np.isnan(step):
                    continue
                up = max(up + (1.0 if step >= least_step else -_MISS), 0.0)
                under = max(under + (1.0 if step <= -least_step else -_MISS), 0.0)
                best = max(best, up / length, under / length)
    return best
