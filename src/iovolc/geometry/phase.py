"""Displacement of one patch against another by phase correlation, many patches at once.

Not for where the patches lie on Io: :mod:`iovolc.geometry.tiles` cuts them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel

Patches = NDArray[np.float32]

EXCLUSION_PX: Final = 3
"""A second peak lies at least this far from the first."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """Where the correlation of each pair of patches peaks.

    Parameters
    ----------
    col_px, row_px : ndarray, shape (patch,)
        What the first patch shows at (col, row) the second shows at (col + col_px, row + row_px).
    ratio : ndarray, shape (patch,)
        Height of the peak over the next one that lies apart from it.
    """

    col_px: NDArray[np.float64]
    row_px: NDArray[np.float64]
    ratio: NDArray[np.float64]


def phase_peaks(first: Patches, second: Patches, *, max_shift_px: int, low_pass_cycles: float) -> Peaks:
    """Sub-pixel displacement of each second patch against its first one.

    Parameters
    ----------
    first, second : ndarray, shape (patch, size, size), float32
        Windowed features of zero mean, without NaN.
    max_shift_px : int
        Displacements are sought up to this many pixels along each axis.
    low_pass_cycles : float
        Sigma of the Gaussian that weights the phase, in cycles per pixel; finer detail is noise and interpolation.

    Notes
    -----
    The whitened cross-power spectrum (Kuglin & Hines 1975) is weighted with a Gaussian, so that the peak of a pure
    shift is a Gaussian and a parabola through its logarithm finds the sub-pixel position without bias.
    """
    size = first.shape[-1]
    reach = min(max_shift_px, size // 2 - 2)
    surfaces = _surface(first, second, _low_pass(size, low_pass_cycles), reach + 1)
    return Peaks(*_locate(surfaces, reach))


def _low_pass(size: int, sigma: float) -> NDArray[np.float32]:
    rows = scipy.fft.fftfreq(size)[:, None]
    cols = scipy.fft.rfftfreq(size)[None, :]
    return np.exp(-0.5 * (rows**2 + cols**2) / sigma**2).astype(np.float32)


def _surface(first: Patches, second: Patches, weight: NDArray[np.float32], reach: int) -> Patches:
    size = first.shape[-1]
    cross = scipy.fft.rfft2(second, workers=1)
    cross *= np.conj(scipy.fft.rfft2(first, workers=1))
    power = np.abs(cross)
    cross *= weight / (power + 1e-12)
    surface = np.asarray(scipy.fft.irfft2(cross, s=(size, size), workers=1), np.float32)
    around = np.arange(-reach, reach + 1)
    return surface[:, around[:, None], around[None, :]]


@kernel
def _locate(surfaces: Patches, reach: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    count, size, _ = surfaces.shape
    middle = size // 2
    cols = np.zeros(count)
    rows = np.zeros(count)
    ratios = np.zeros(count)
    for k in range(count):
        best_row, best_col, best = middle, middle, -np.inf
        for row in range(middle - reach, middle + reach + 1):
            for col in range(middle - reach, middle + reach + 1):
                if surfaces[k, row, col] > best:
                    best_row, best_col, best = row, col, surfaces[k, row, col]
        other = 0.0
        for row in range(middle - reach, middle + reach + 1):
            for col in range(middle - reach, middle + reach + 1):
                apart = max(abs(row - best_row), abs(col - best_col)) >= EXCLUSION_PX
                if apart and surfaces[k, row, col] > other:
                    other = surfaces[k, row, col]
        if best <= 0.0:
            continue
        ratios[k] = best / max(other, 1e-3 * best)
        rows[k] = (
            best_row - middle + _vertex(surfaces[k, best_row - 1, best_col], best, surfaces[k, best_row + 1, best_col])
        )
        cols[k] = (
            best_col - middle + _vertex(surfaces[k, best_row, best_col - 1], best, surfaces[k, best_row, best_col + 1])
        )
    return cols, rows, ratios


@kernel
def _vertex(before: float, peak: float, after: float) -> float:
    if before <= 0.0 or after <= 0.0:
        return 0.0
    left, middle, right = np.log(before), np.log(peak), np.log(after)
    curvature = left - 2.0 * middle + right
    if curvature >= 0.0:
        return 0.0
    return max(-0.5, min(0.5, 0.5 * (left - right) / curvature))
