"""The rival hypothesis: nothing changed, the newer image is only out of place."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]

_STEPS = 7
_MARGIN_PX = 3


def shift_explains(
    newer: Plane, difference: Plane, weight: Plane, pixels: NDArray[np.int32], sheet: Sheet, sigma_px: float
) -> bool:
    """Whether a shift within 3 sigma explains a change better than a change of brightness does.

    Both models are judged around the footprint by chi-square with the Bayesian penalty: two numbers for a shift, three
    for a change (its brightness and the two that say where it is).

    Parameters
    ----------
    newer : ndarray, shape (row, col), float32
        The newer epoch in its own tone.
    difference : ndarray, shape (row, col), float32
        Newer minus the baseline in the same tone.
    weight : ndarray, shape (row, col), float32
        Inverse variance without the part for misregistration; 0 where there is no data.
    pixels : ndarray of int32
        Flat indices of the footprint.
    sheet : Sheet
        The sheet.
    sigma_px : float
        Registration sigma in pixels.
    """
    rows, cols = np.divmod(pixels.astype(np.int64), sheet.shape[1])
    if sheet.wraps and cols.max() - cols.min() > sheet.shape[1] // 2:
        roll = sheet.shape[1] // 2
        cols = (cols + roll) % sheet.shape[1]
        newer, difference, weight = (np.roll(plane, roll, axis=1) for plane in (newer, difference, weight))
    margin = _MARGIN_PX + math.ceil(3.0 * sigma_px)
    row0, row1 = max(0, rows.min() - margin), min(sheet.shape[0], rows.max() + margin + 1)
    col0, col1 = max(0, cols.min() - margin), min(sheet.shape[1], cols.max() + margin + 1)
    part = (slice(row0, row1), slice(col0, col1))
    observed = newer[part].astype(np.float64)
    baseline = observed - difference[part]
    good = (weight[part] > 0) & np.isfinite(observed) & np.isfinite(baseline)
    if good.sum() < 10:
        return False
    inside = np.zeros(observed.shape, bool)
    inside[rows - row0, cols - col0] = True
    chi_change = _chi_change(observed - baseline, weight[part], good, inside)
    chi_shift = _chi_shift(observed, baseline, weight[part], good, sigma_px)
    return chi_shift + 2.0 * math.log(good.sum()) < chi_change + 3.0 * math.log(good.sum())


def _chi_change(
    change: NDArray[np.float64], weight: Plane, good: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> float:
    mine = good & inside
    level = float((change[mine] * weight[mine]).sum() / max(weight[mine].sum(), 1e-30)) if mine.any() else 0.0
    return float((weight[good] * (change[good] - level * inside[good]) ** 2).sum())


def _chi_shift(
    observed: NDArray[np.float64],
    baseline: NDArray[np.float64],
    weight: Plane,
    good: NDArray[np.bool_],
    sigma_px: float,
) -> float:
    filled = np.where(np.isfinite(baseline), baseline, np.nanmedian(baseline))
    row, col = np.meshgrid(*(np.arange(n, dtype=float) for n in filled.shape), indexing="ij")
    best = math.inf
    reach = 3.0 * sigma_px
    for down in np.linspace(-reach, reach, _STEPS):
        for right in np.linspace(-reach, reach, _STEPS):
            if math.hypot(down, right) > reach + 1e-9:
                continue
            moved = map_coordinates(filled, [row + down, col + right], order=1, mode="nearest")
            prior = (down * down + right * right) / max(sigma_px, 1e-6) ** 2
            best = min(best, float((weight[good] * (observed[good] - moved[good]) ** 2).sum()) + prior)
    return best
