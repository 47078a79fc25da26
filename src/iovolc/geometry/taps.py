"""Compiled bilinear interpolation that knows missing pixels, the seam and the poles.

A position is a column and row with the first pixel's centre at (0.5, 0.5). Inside the image's outer edges the
nearest pixels are extended by half a pixel; outside there is nothing. Not for projections
(:mod:`iovolc.geometry.views`).
"""

import math
from typing import Final

import numpy as np
from numpy import float32
from numpy.typing import NDArray

from iovolc.geometry.compiled import inlined, kernel

EDGE_TOLERANCE_PX: Final = 1e-6
"""Rounding must not push a pixel off the edge that it shares with the image."""
OUTSIDE: Final = (-1, -1, 0.0, -1, -1, 0.0, -1, -1, 0.0)
WEIGHT_TOLERANCE: Final = 1e-6
"""Half of the weights must count as half, whatever the order in which they were added."""


@inlined
def column_pair(col: float, width: int, period: float) -> tuple[int, int, float]:
    """The two columns around a position and the weight of the second; the first is -1 outside the image.

    Parameters
    ----------
    col : float
        Position in pixels from the left edge.
    width : int
        Columns of the image.
    period : float
        Pixels in 360 degrees of longitude; 0 if longitude does not repeat, negative if it does but the image does
        not close the circle.
    """
    if period != 0.0:
        turn = abs(period)
        col -= turn * math.floor(col / turn)
        if period < 0.0 and col > turn - EDGE_TOLERANCE_PX:
            col -= turn
    x = col - 0.5
    last = width - 1.0
    if period > 0.0:
        if x < 0.0:
            x += period
        if x > last:
            return width - 1, 0, min((x - last) / (period - last), 1.0)
    elif not (-0.5 - EDGE_TOLERANCE_PX <= x <= last + 0.5 + EDGE_TOLERANCE_PX):
        return -1, -1, 0.0
    x = min(max(x, 0.0), last)
    first = min(int(x), max(width - 2, 0))
    return first, min(first + 1, width - 1), x - first


@inlined
def bilinear(
    pixels: NDArray[float32], col: float, row: float, period: float, top_gap: float, bottom_gap: float
) -> tuple[float, float]:
    """Weighted sum and weight (0 to 1) of the valid pixels around a position.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    col, row : float
        Position in pixels from the top left corner; NaN gives weight 0.
    period : float
        As in :func:`column_pair`.
    top_gap, bottom_gap : float
        Distance in rows of the first (last) row's centre from the same row on the other side of the pole; 0 if the
        image does not reach the pole.
    """
    x, y = col - 0.5, row - 0.5
    if 0.0 <= x < pixels.shape[1] - 1 and 0.0 <= y < pixels.shape[0] - 1:
        c, r = int(x), int(y)
        f, h = x - c, y - r
        total = (1.0 - h) * ((1.0 - f) * pixels[r, c] + f * pixels[r, c + 1]) + h * (
            (1.0 - f) * pixels[r + 1, c] + f * pixels[r + 1, c + 1]
        )
        weight = 1.0
        if math.isnan(total):
            total, weight = _valid_only(pixels, r, r + 1, h, c, c + 1, f, c, c + 1, f)
    else:
        total, weight = _at_edge(pixels, col, row, period, top_gap, bottom_gap)
    return total, weight


@kernel
def _at_edge(
    pixels: NDArray[float32], col: float, row: float, period: float, top_gap: float, bottom_gap: float
) -> tuple[float, float]:
    """As :func:`bilinear`, where the image may end, close its circle or go on across a pole."""
    r0, r1, h, c0, c1, f, d0, d1, g = _around(pixels.shape[0], pixels.shape[1], col, row, period, top_gap, bottom_gap)
    total, weight = 0.0, 0.0
    if r0 >= 0:
        total, weight = _valid_only(pixels, r0, r1, h, c0, c1, f, d0, d1, g)
    return total, weight


@inlined
def _around(
    height: int, width: int, col: float, row: float, period: float, top_gap: float, bottom_gap: float
) -> tuple[int, int, float, int, int, float, int, int, float]:
    """Two rows with the weight of the second, and for each row two columns with the weight of the second."""
    y = row - 0.5
    last = height - 1.0
    if not (math.isfinite(col) and math.isfinite(y)):
        return OUTSIDE
    c0, c1, f = column_pair(col, width, period)
    if c0 < 0:
        return OUTSIDE
    if 0.0 <= y < last:
        r0 = int(y)
        return r0, r0 + 1, y - r0, c0, c1, f, c0, c1, f
    if y < 0.0:
        edge, gap, beyond = 0, top_gap, -y
    else:
        edge, gap, beyond = height - 1, bottom_gap, y - last
    if gap > 0.0:
        d0, d1, g = column_pair(col + 0.5 * period, width, period)
        return edge, edge, min(beyond / gap, 0.5), c0, c1, f, d0, d1, g
    if beyond > 0.5 + EDGE_TOLERANCE_PX:
        return OUTSIDE
    return edge, edge, 0.0, c0, c1, f, c0, c1, f


@kernel
def _valid_only(
    pixels: NDArray[float32],
    r0: int, r1: int, h: float,
    c0: int, c1: int, f: float,
    d0: int, d1: int, g: float,
) -> tuple[float, float]:  # fmt: skip
    """Weighted sum and weight of the pixels that are not NaN."""
    total, weight = 0.0, 0.0
    for value, part in (
        (pixels[r0, c0], (1.0 - h) * (1.0 - f)),
        (pixels[r0, c1], (1.0 - h) * f),
        (pixels[r1, d0], h * (1.0 - g)),
        (pixels[r1, d1], h * g),
    ):
        if not math.isnan(value):
            total += part * value
            weight += part
    return total, weight


@kernel
def at(
    pixels: NDArray[float32],
    edges: tuple[float, float, float],
    col: NDArray[np.float64],
    row: NDArray[np.float64],
    min_weight: float,
) -> NDArray[float32]:
    """Interpolated values at positions; NaN where less than ``min_weight`` of the weights is valid.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    edges : tuple of float
        Period, top gap and bottom gap as in :func:`bilinear`.
    col, row : ndarray, shape (place,), float64
        Positions in pixels.
    min_weight : float
        Between 0 and 1.
    """
    found = np.full(col.size, np.nan, np.float32)
    for i in range(col.size):
        total, weight = bilinear(pixels, col[i], row[i], edges[0], edges[1], edges[2])
        if weight > 0.0 and weight >= min_weight - WEIGHT_TOLERANCE:
            found[i] = total / weight
    return found


@kernel
def accumulate(
    pixels: NDArray[float32],
    edges: tuple[float, float, float],
    col: NDArray[np.float64],
    row: NDArray[np.float64],
    places: NDArray[np.int64],
    total: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> None:
    """Add the interpolation at each position to ``total`` and ``weight`` at its place."""
    for i in range(places.size):
        part, share = bilinear(pixels, col[i], row[i], edges[0], edges[1], edges[2])
        total[places[i]] += part
        weight[places[i]] += share
