"""Compiled bilinear interpolation that knows missing pixels, the seam and the poles.

A position is a column and row with the first pixel's centre at (0.5, 0.5). Inside the image's outer edges the
nearest pixels are extended by half a pixel; outside there is nothing. Not for projections
(:mod:`iovolc.geometry.views`).
"""

import math
from typing import Final

from numba import njit
from numpy import float32
from numpy.typing import NDArray

EDGE_TOLERANCE_PX: Final = 1e-6
"""Rounding must not push a pixel off the edge that it shares with the image."""


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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
    height, width = pixels.shape
    y = row - 0.5
    last = height - 1.0
    if not (math.isfinite(col) and math.isfinite(y)):
        return 0.0, 0.0
    c0, c1, f = column_pair(col, width, period)
    if c0 < 0:
        return 0.0, 0.0
    if 0.0 <= y < last:
        r0 = int(y)
        return _four(pixels, r0, c0, c1, f, r0 + 1, c0, c1, f, y - r0)
    if y < 0.0:
        edge, gap, beyond = 0, top_gap, -y
    else:
        edge, gap, beyond = height - 1, bottom_gap, y - last
    if gap > 0.0:
        d0, d1, g = column_pair(col + 0.5 * period, width, period)
        return _four(pixels, edge, c0, c1, f, edge, d0, d1, g, min(beyond / gap, 0.5))
    if beyond > 0.5 + EDGE_TOLERANCE_PX:
        return 0.0, 0.0
    return _four(pixels, edge, c0, c1, f, edge, c0, c1, f, 0.0)


@njit(cache=True, nogil=True)
def _four(
    pixels: NDArray[float32],
    r0: int, c0: int, c1: int, f: float,
    r1: int, d0: int, d1: int, g: float,
    h: float,
) -> tuple[float, float]:  # fmt: skip
    near, far = 1.0 - h, h
    total = near * ((1.0 - f) * pixels[r0, c0] + f * pixels[r0, c1]) + far * (
        (1.0 - g) * pixels[r1, d0] + g * pixels[r1, d1]
    )
    if not math.isnan(total):
        return total, 1.0
    total, weight = 0.0, 0.0
    for value, part in (
        (pixels[r0, c0], near * (1.0 - f)),
        (pixels[r0, c1], near * f),
        (pixels[r1, d0], far * (1.0 - g)),
        (pixels[r1, d1], far * g),
    ):
        if not math.isnan(value):
            total += part * value
            weight += part
    return total, weight
