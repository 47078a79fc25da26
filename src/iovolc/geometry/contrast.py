"""What is compared between patches: even contrast and its gradient, and how well two patches agree.

Not for displacements (:mod:`iovolc.geometry.phase`).
"""

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel

Patches = NDArray[np.float32]


@kernel
def features(patches: Patches, radius: int, minimum: float) -> tuple[Patches, Patches, NDArray[np.float32]]:
    """Two windowed features of each patch, and the first one before windowing.

    Parameters
    ----------
    patches : ndarray, shape (patch, size, size), float32
        Values; NaN where there is no data.
    radius : int
        Half width, in pixels, of the square over which contrast is made even.
    minimum : float
        A local standard deviation under this share of the patch's own is not blown up further.

    Returns
    -------
    contrast, gradient : ndarray, shape (patch, size, size), float32
        Intensity less its local mean over its local standard deviation, and the length of its gradient; of zero mean,
        under a Hann window, zero where there is no data.
    plain : ndarray, shape (patch, size, size), float32
        The contrast without window; NaN where there is no data.
    """
    count, size, _ = patches.shape
    plain = np.empty_like(patches)
    contrast = np.empty_like(patches)
    gradient = np.empty_like(patches)
    hann = np.empty(size, np.float32)
    for i in range(size):
        hann[i] = 0.5 - 0.5 * np.cos(2.0 * np.pi * (i + 0.5) / size)
    sums = np.zeros((3, size + 1, size + 1))
    for k in range(count):
        _even_contrast(patches[k], radius, minimum, sums, plain[k])
        _gradient_length(plain[k], gradient[k])
        contrast[k] = plain[k]
        _window(contrast[k], hann)
        _window(gradient[k], hann)
    return contrast, gradient, plain


@kernel
def _even_contrast(patch: Patches, radius: int, minimum: float, sums: NDArray[np.float64], out: Patches) -> None:
    """Fill ``out``, shape (size, size), by way of the summed-area tables of count, value and square."""
    size = patch.shape[0]
    total, number = 0.0, 0
    for i in range(size):
        for j in range(size):
            if not np.isnan(patch[i, j]):
                total += patch[i, j]
                number += 1
    centre = total / max(number, 1)
    for i in range(size):
        line0, line1, line2 = 0.0, 0.0, 0.0
        for j in range(size):
            value = patch[i, j] - centre
            if not np.isnan(value):
                line0 += 1.0
                line1 += value
                line2 += value * value
            sums[0, i + 1, j + 1] = sums[0, i, j + 1] + line0
            sums[1, i + 1, j + 1] = sums[1, i, j + 1] + line1
            sums[2, i + 1, j + 1] = sums[2, i, j + 1] + line2
    floor = minimum * minimum * sums[2, size, size] / max(number, 1) + 1e-30
    for i in range(size):
        top, bottom = max(0, i - radius), min(size, i + radius + 1)
        for j in range(size):
            left, right = max(0, j - radius), min(size, j + radius + 1)
            n = sums[0, bottom, right] - sums[0, top, right] - sums[0, bottom, left] + sums[0, top, left]
            if np.isnan(patch[i, j]) or n < 1.0:
                out[i, j] = np.nan
                continue
            mean = (sums[1, bottom, right] - sums[1, top, right] - sums[1, bottom, left] + sums[1, top, left]) / n
            square = (sums[2, bottom, right] - sums[2, top, right] - sums[2, bottom, left] + sums[2, top, left]) / n
            spread = np.sqrt(max(square - mean * mean, 0.0) + floor)
            out[i, j] = (patch[i, j] - centre - mean) / spread


@kernel
def _gradient_length(values: Patches, out: Patches) -> None:
    size = values.shape[0]
    for i in range(size):
        up, down = max(0, i - 1), min(size - 1, i + 1)
        for j in range(size):
            left, right = max(0, j - 1), min(size - 1, j + 1)
            x = values[i, right] - values[i, left]
            y = values[down, j] - values[up, j]
            out[i, j] = np.sqrt(x * x + y * y)


@kernel
def _window(values: Patches, hann: Patches) -> None:
    """Take the windowed mean off, weight with the window, and leave zero where there is no data; in place."""
    size = values.shape[0]
    total, weight = 0.0, 0.0
    for i in range(size):
        for j in range(size):
            if not np.isnan(values[i, j]):
                total += values[i, j] * hann[i] * hann[j]
                weight += hann[i] * hann[j]
    mean = total / weight if weight > 0.0 else 0.0
    for i in range(size):
        for j in range(size):
            value = values[i, j]
            values[i, j] = 0.0 if np.isnan(value) else (value - mean) * hann[i] * hann[j]


@kernel
def aligned_correlation(
    first: Patches, second: Patches, col_px: NDArray[np.float64], row_px: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Pearson correlation of each pair of patches after the second is moved back by its displacement.

    Parameters
    ----------
    first, second : ndarray, shape (patch, size, size), float32
        NaN where there is no data.
    col_px, row_px : ndarray, shape (patch,)
        Displacement of the second patch in pixels; rounded to whole ones.
    """
    count, size, _ = first.shape
    out = np.zeros(count)
    for k in range(count):
        down, right = int(np.rint(row_px[k])), int(np.rint(col_px[k]))
        n, sa, sb, saa, sbb, sab = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(max(0, -down), min(size, size - down)):
            for j in range(max(0, -right), min(size, size - right)):
                a, b = first[k, i, j], second[k, i + down, j + right]
                if np.isnan(a) or np.isnan(b):
                    continue
                n += 1.0
                sa += a
                sb += b
                saa += a * a
                sbb += b * b
                sab += a * b
        product = (n * saa - sa * sa) * (n * sbb - sb * sb)
        if n > 1.0 and product > 0.0:
            out[k] = (n * sab - sa * sb) / np.sqrt(product)
    return out
