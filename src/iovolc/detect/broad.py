"""Means over surroundings that change little from pixel to pixel: told of blocks, and between their middles.

Not for the filters that changes are searched with (:mod:`iovolc.detect.matched`).
"""

import math

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.pyramid import reduce_sums
from iovolc.geometry.box import Box
from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import smooth, smooth_part, widths_px
from iovolc.hands import in_parts
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]

_LEAST_SIGMA_PX = 2.5
"""So many blocks to a sigma, at least: between their middles the mean errs by about 1 % of what it varies by."""
_LEAST_SHARE = np.float32(1e-6)
_BLOCKS_VARIANCE = 0.25
"""Of the sums over blocks and of the lines between their middles, in squared blocks; the Gaussian is that narrower."""


def block_px(sheet: Sheet, shape: tuple[int, int], sigma_km: float) -> int:
    """Edge of the blocks whose means tell those under a Gaussian: a power of two that rows and columns divide by.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    shape : tuple of int
        Of the plane, which is on the sheet or on the sheet reduced by a whole factor.
    sigma_km : float
        Standard deviation of the Gaussian.
    """
    _, sigma_px = widths_px(sheet, shape[0], sigma_km)
    edge = 1
    while sigma_px >= 2 * edge * _LEAST_SIGMA_PX and not any(size % (2 * edge) for size in shape):
        edge *= 2
    return edge


def smooth_broadly(part: Plane, blocks: Box, edge: int, sheet: Sheet, sigma_km: float) -> Plane:
    """As :func:`iovolc.geometry.smooth.smooth_part`, told of blocks and between their middles.

    Parameters
    ----------
    part : ndarray, shape (row, col), float32
        What lies in the box of the blocks; C-contiguous.
    blocks : Box
        Of the plane of blocks.
    edge : int
        Edge of a block in pixels (:func:`block_px`).
    sheet, sigma_km : Sheet, float
        As for :func:`block_px`.
    """
    if edge == 1:
        return smooth_part(part, blocks, sheet, sigma_km)
    sums = smooth_part(reduce_sums(part, edge), blocks, sheet, _narrower_km(sheet, blocks.shape, sigma_km))
    return between(sums / np.float32(edge * edge), edge, wraps=blocks.closed)


def mean_about(sums: Plane, counts: Plane, shape: tuple[int, int], sheet: Sheet, sigma_km: float) -> Plane:
    """Mean of what is known about each pixel, weighted by a Gaussian; about 0 where nothing is known within its reach.

    Parameters
    ----------
    sums, counts : ndarray, shape (block row, block col), float32
        Sum of the known values of each block, and their number.
    shape : tuple of int
        Of the plane of the pixels.
    sheet, sigma_km : Sheet, float
        As for :func:`block_px`.

    Returns
    -------
    ndarray, shape (row, col), float32
    """
    edge = shape[0] // sums.shape[0]
    narrower_km = sigma_km if edge == 1 else _narrower_km(sheet, sums.shape, sigma_km)
    share, mean = (smooth(plane, sheet, narrower_km) / np.float32(edge * edge) for plane in (counts, sums))
    mean /= np.maximum(share, _LEAST_SHARE)
    return between(mean, edge, wraps=sheet.wraps)


def _narrower_km(sheet: Sheet, shape: tuple[int, int], sigma_km: float) -> float:
    block_km = sheet.pixel_km * round(sheet.shape[0] / shape[0])
    return math.sqrt(sigma_km**2 - _BLOCKS_VARIANCE * block_km**2)


def between(values: Plane, edge: int, *, wraps: bool) -> Plane:
    """Values of blocks told at each of their pixels, linearly between the blocks' middles.

    Parameters
    ----------
    values : ndarray, shape (block row, block col), float32
        Finite.
    edge : int
        Edge of a block in pixels: 1, or even.
    wraps : bool
        Whether the first column follows the last.
    """
    if edge == 1:
        return values
    rows, cols = values.shape
    out = np.empty((rows * edge, cols * edge), np.float32)
    in_parts(lambda first, end: _between(values, edge, wraps, first, out[first:end]), out.shape[0], out.size)
    return out


@kernel
def _between(values: Plane, edge: int, wraps: bool, first: int, out: Plane) -> None:
    rows, cols = values.shape
    line = np.empty(cols + 2, np.float32)  # with the column before the first and the one after the last
    share = ((np.arange(edge) + 0.5) / edge).astype(np.float32)
    half = edge // 2
    for row in range(out.shape[0]):
        above, step = divmod(first + row + half, edge)
        upper, lower = values[max(above - 1, 0)], values[min(above, rows - 1)]
        for col in range(cols):
            line[col + 1] = upper[col] + (lower[col] - upper[col]) * share[step]
        line[0], line[cols + 1] = (line[cols], line[1]) if wraps else (line[1], line[cols])
        for block in range(cols + 1):
            left, rise = line[block], line[block + 1] - line[block]
            begin = block * edge - half
            for k in range(max(-begin, 0), min(edge, out.shape[1] - begin)):
                out[row, begin + k] = left + rise * share[k]
