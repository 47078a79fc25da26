"""Fewer, larger pixels: the mean over whole pixel areas, so that a later sampling at a coarse step does not alias.

Not for resampling to another projection (:mod:`iovolc.geometry.warp`).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel
from iovolc.model.observation import Bounds, Disc, Placement

Image = NDArray[np.float32]


def coarsen(pixels: Image, placement: Placement, factor: int) -> tuple[Image, Placement]:
    """An image of about ``factor`` times fewer rows and columns, and where it lies.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    placement : Projected, Bounds or Disc
        Where the image lies on Io.
    factor : int
        At least 1, which gives the image itself.

    Returns
    -------
    pixels : ndarray, shape (coarse row, coarse col), float32
        NaN where less than half of the area has data.
    placement : of the same type
        With the same outer edges; a disc is padded to a whole number of coarse pixels.
    """
    factor = max(1, min(factor, *pixels.shape))
    if factor == 1:
        return pixels, placement
    if isinstance(placement, Disc):
        padding = [(0, -size % factor) for size in pixels.shape]
        pixels = np.pad(pixels, padding, constant_values=np.nan)
    rows, cols = (round(size / factor) for size in pixels.shape)
    coarse = area_mean(np.ascontiguousarray(pixels, dtype=np.float32), rows, cols)
    return coarse, coarse_placement(placement, pixels.shape, (rows, cols))


def coarse_placement(placement: Placement, shape: tuple[int, ...], coarse: tuple[int, int]) -> Placement:
    """Where an image lies that has the same outer edges, but fewer rows and columns than ``shape``."""
    by_row, by_col = shape[0] / coarse[0], shape[1] / coarse[1]
    if isinstance(placement, Bounds):
        return placement
    if isinstance(placement, Disc):
        return replace(
            placement,
            centre_x=placement.centre_x / by_col,
            centre_y=placement.centre_y / by_row,
            km_per_px=placement.km_per_px * by_col,
        )
    a, b, c, d, e, f = placement.transform
    return replace(placement, transform=(a * by_col, b * by_row, c, d * by_col, e * by_row, f))


@kernel
def area_mean(pixels: Image, rows: int, cols: int) -> Image:
    """Mean of the valid area under each of ``rows`` x ``cols`` pixels with the same outer edges; NaN under one half."""
    height, width = pixels.shape
    out = np.full((rows, cols), np.nan, np.float32)
    total = np.empty(cols)
    weight = np.empty(cols)
    for row in range(rows):
        top, bottom = row * height / rows, (row + 1) * height / rows
        total[:] = 0.0
        weight[:] = 0.0
        for i in range(int(top), min(int(np.ceil(bottom)), height)):
            share = min(i + 1.0, bottom) - max(float(i), top)
            for col in range(cols):
                left, right = col * width / cols, (col + 1) * width / cols
                for j in range(int(left), min(int(np.ceil(right)), width)):
                    value = pixels[i, j]
                    if not np.isnan(value):
                        part = share * (min(j + 1.0, right) - max(float(j), left))
                        total[col] += part * value
                        weight[col] += part
        enough = 0.5 * (height / rows) * (width / cols)
        for col in range(cols):
            if weight[col] >= enough * (1.0 - 1e-9):
                out[row, col] = total[col] / weight[col]
    return out
