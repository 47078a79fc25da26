"""One shift of a whole map or image against another, for labels that are off by more than the tiles search.

Not for the final registration: it finds the shift to about a tenth of a degree.
"""

import math
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.view import View, reduced
from iovolc.geometry.warp import sample

Plane = NDArray[np.float64]

STEP_DEG: Final = 1.0
MAX_LAT: Final = 70.0
MAX_SHIFT_DEG: Final = 8
MIN_OVERLAP_PX: Final = 100.0
MIN_CORRELATION: Final = 0.25
MIN_RATIO: Final = 1.25
MIN_SIGNIFICANCE: Final = 4.0
PIXELS_PER_ELEMENT: Final = 6.0
"""Neighbouring pixels of a gradient map resemble each other: so many count as one."""


def global_shift(first: View, second: View) -> tuple[float, float]:
    """How far north and east the second image shows what the first shows, in degrees of latitude and longitude.

    Parameters
    ----------
    first, second : View
        Pixels in any unit.

    Returns
    -------
    north_deg, east_deg : float
        Zero if no shift of up to 8 degrees stands out.

    Notes
    -----
    Masked normalised cross-correlation (Padfield 2012) of the gradient's length at one pixel per degree, cyclic in
    longitude.
    """
    scores, overlap = _masked_correlation(_gradient(first), _gradient(second))
    return _peak(scores, overlap)


def _gradient(view: View) -> Plane:
    """Length of the gradient on an equirectangular grid, NaN without data."""
    coarse = reduced(view, body.KM_PER_DEGREE * STEP_DEG)
    lat = np.arange(MAX_LAT - 0.5 * STEP_DEG, -MAX_LAT, -STEP_DEG)
    lon_e = np.arange(-180.0 + 0.5 * STEP_DEG, 180.0, STEP_DEG)
    values = sample(coarse.pixels, coarse.placement, lat[:, None], lon_e[None, :]).astype(np.float64)
    padded = np.pad(np.pad(values, ((0, 0), (1, 1)), mode="wrap"), ((1, 1), (0, 0)), mode="edge")
    east = (padded[1:-1, 2:] - padded[1:-1, :-2]) / np.cos(np.radians(lat))[:, None]
    return np.hypot(east, padded[2:, 1:-1] - padded[:-2, 1:-1])


def _masked_correlation(first: Plane, second: Plane) -> tuple[Plane, Plane]:
    """Correlation and number of common pixels for all shifts, shape (2 * MAX_SHIFT_DEG + 1,) * 2; rows run south."""
    shape = (scipy.fft.next_fast_len(first.shape[0] + MAX_SHIFT_DEG + 1), first.shape[1])
    masks = [np.isfinite(plane).astype(np.float64) for plane in (first, second)]
    planes = [
        np.nan_to_num(plane - np.nansum(plane) / max(float(mask.sum()), 1.0))
        for plane, mask in zip((first, second), masks, strict=True)
    ]
    m1, m2 = (scipy.fft.rfft2(mask, s=shape) for mask in masks)
    f1, f2 = (scipy.fft.rfft2(plane, s=shape) for plane in planes)
    s1, s2 = (scipy.fft.rfft2(plane * plane, s=shape) for plane in planes)
    count = np.maximum(_lags(m1, m2, shape), 1e-9)
    sum1, sum2 = _lags(f1, m2, shape), _lags(m1, f2, shape)
    covariance = _lags(f1, f2, shape) - sum1 * sum2 / count
    spread1 = np.maximum(_lags(s1, m2, shape) - sum1 * sum1 / count, 0.0)
    spread2 = np.maximum(_lags(m1, s2, shape) - sum2 * sum2 / count, 0.0)
    product = spread1 * spread2
    floor = 1e-9 * max(float(product.max()), 1e-300)
    return np.where(product > floor, covariance / np.sqrt(np.maximum(product, floor)), 0.0), count


def _lags(first: NDArray[np.complex128], second: NDArray[np.complex128], shape: tuple[int, int]) -> Plane:
    around = np.arange(-MAX_SHIFT_DEG, MAX_SHIFT_DEG + 1)
    return scipy.fft.irfft2(np.conj(first) * second, s=shape)[around[:, None], around[None, :]]


def _peak(scores: Plane, overlap: Plane) -> tuple[float, float]:
    usable = np.where(overlap >= max(MIN_OVERLAP_PX, 0.5 * float(overlap.max())), scores, -1.0)
    row, col = (int(index) for index in np.unravel_index(int(np.argmax(usable)), usable.shape))
    best = float(usable[row, col])
    rows, cols = np.indices(usable.shape)
    other = float(np.max(usable[np.maximum(abs(rows - row), abs(cols - col)) > 3], initial=0.0))
    significance = best * math.sqrt(max(overlap[row, col], 0.0) / PIXELS_PER_ELEMENT)
    edge = {0, usable.shape[0] - 1}
    if best < MIN_CORRELATION or best < MIN_RATIO * other or significance < MIN_SIGNIFICANCE or {row, col} & edge:
        return 0.0, 0.0
    down = row - MAX_SHIFT_DEG + _vertex(usable[row - 1, col], best, usable[row + 1, col])
    right = col - MAX_SHIFT_DEG + _vertex(usable[row, col - 1], best, usable[row, col + 1])
    return -down * STEP_DEG, right * STEP_DEG


def _vertex(before: float, peak: float, after: float) -> float:
    curvature = before - 2.0 * peak + after
    return 0.5 * (before - after) / curvature if curvature < 0.0 else 0.0
