"""A line of pixels at work: places of one array, so that the compiler knows that they do not overlap.

Only then does it take several pixels at once. Not for which pixels these are (:mod:`iovolc.geometry.fused`).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry import taps
from iovolc.geometry.compiled import kernel

Pixels = NDArray[np.float32]
Work = NDArray[np.float64]
Places = NDArray[np.int64]

STRETCH: Final = 256
"""Pixels of a line."""
X: Final = 0
COS_X: Final = STRETCH
SIN_X: Final = 2 * STRETCH
"""Projected coordinate of the target pixels, its cosine and sine."""
SHIFT: Final = 3 * STRETCH
"""Displacement; three lines."""
COL: Final = 6 * STRETCH
ROW: Final = 7 * STRETCH
COARSE: Final = 8 * STRETCH
FINE: Final = 9 * STRETCH
MU: Final = 10 * STRETCH
"""What a projection gives (:data:`iovolc.geometry.views.Position`)."""
ACROSS: Final = 11 * STRETCH
DOWN: Final = 12 * STRETCH
"""Points of a pixel; 0 where it needs no look."""
PART: Final = 13 * STRETCH
TOTAL: Final = 14 * STRETCH
WEIGHT: Final = 15 * STRETCH
"""Sums over a pixel's points of weighted values and weights."""
ACROSS_PIXEL: Final = 16 * STRETCH
DOWN_PIXEL: Final = 17 * STRETCH
"""Position within the four pixels around it."""
AREA: Final = 18 * STRETCH
"""Of the image's pixel on the ground in square kilometres; not above 0 where it is unknown."""
SIZE: Final = 19 * STRETCH


@kernel
def add(pixels: Pixels, edges: tuple[float, float, float], size: int, work: Work, places: Places) -> None:
    """Interpolate at ``COL`` and ``ROW``, and add to ``TOTAL`` and ``WEIGHT``, as :func:`taps.bilinear` does.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    edges : tuple of float
        Period, top gap and bottom gap.
    size : int
        Pixels of the line.
    work : ndarray
        The line; from a later pixel on for a part of it.
    places : ndarray
        Is written over.
    """
    if pixels.shape[0] > 1 and pixels.shape[1] > 1:
        _aim(pixels.shape, size, work, places)
        if _blend(pixels.ravel(), pixels.shape[1], size, work, places):
            for j in range(size):
                work[TOTAL + j] += work[PART + j]
                work[WEIGHT + j] += 1.0
            return
    else:
        work[PART : PART + size] = math.nan
    for j in range(size):
        part, share = work[PART + j], 1.0
        if math.isnan(part):
            part, share = taps.bilinear(pixels, work[COL + j], work[ROW + j], edges[0], edges[1], edges[2])
        work[TOTAL + j] += part
        work[WEIGHT + j] += share


@kernel
def _aim(shape: tuple[int, int], size: int, work: Work, places: Places) -> None:
    """First of the four pixels around each position, and how far it lies right of it and below; NaN outside."""
    width, right, low = shape[1], shape[1] - 1.0, shape[0] - 1.0
    for j in range(size):
        x, y = work[COL + j] - 0.5, work[ROW + j] - 0.5
        inside = (x >= 0.0) & (x < right) & (y >= 0.0) & (y < low)
        x, y = x if inside else 0.0, y if inside else 0.0
        col, row = np.int64(x), np.int64(y)
        places[j] = row * width + col
        work[ACROSS_PIXEL + j] = x - col if inside else math.nan
        work[DOWN_PIXEL + j] = y - row


@kernel
def _blend(flat: Pixels, width: int, size: int, work: Work, places: Places) -> bool:
    """Write ``PART``: NaN where a pixel around is missing or outside; tell whether none is."""
    missing, one, next_row = 0, np.uint64(1), np.uint64(width)
    for j in range(size):
        f, h = work[ACROSS_PIXEL + j], work[DOWN_PIXEL + j]
        at = np.uint64(places[j])
        below = at + next_row
        total = (1.0 - h) * ((1.0 - f) * flat[at] + f * flat[at + one]) + h * (
            (1.0 - f) * flat[below] + f * flat[below + one]
        )
        work[PART + j] = total
        missing += math.isnan(total)
    return missing == 0
