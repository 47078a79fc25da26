"""Tone and grain of an image in coarse cells: grain, its roughness from pixel to pixel, tells frames of a mosaic apart.

Noise and sharpness both make grain. Not for measuring a point-spread function (:mod:`iovolc.light.resolution`).
"""

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel

Image = NDArray[np.float32]


@kernel
def tone_and_grain(pixels: Image, rows: int, cols: int) -> tuple[Image, Image]:
    """Mean value and mean roughness of the pixels in each of ``rows`` x ``cols`` cells with the same outer edges.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    rows, cols : int
        At most those of the image.

    Returns
    -------
    tone, grain : ndarray, shape (rows, cols), float32
        Grain is the mean size of the mixed second difference, which straight edges along rows and columns do not
        have. NaN where less than half of a cell has data.
    """
    height, width = pixels.shape
    tone, grain = np.zeros((rows, cols), np.float32), np.zeros((rows, cols), np.float32)
    known, held = np.zeros((rows, cols), np.int32), np.zeros((rows, cols), np.int32)
    cell = np.empty(width, np.int64)
    for j in range(width):
        cell[j] = j * cols // width
    for i in range(height - 1):
        row = i * rows // height
        for j in range(width - 1):
            held[row, cell[j]] += 1
            difference = pixels[i, j] - pixels[i, j + 1] - pixels[i + 1, j] + pixels[i + 1, j + 1]
            if not np.isnan(difference):
                tone[row, cell[j]] += pixels[i, j]
                grain[row, cell[j]] += abs(difference)
                known[row, cell[j]] += 1
    for row in range(rows):
        for col in range(cols):
            count = known[row, col]
            enough = count > 0 and 2 * count >= held[row, col]
            tone[row, col] = tone[row, col] / count if enough else np.nan
            grain[row, col] = grain[row, col] / count if enough else np.nan
    return tone, grain
