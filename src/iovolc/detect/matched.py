"""Matched filter: the best amplitude of a Gaussian change of given size at every pixel, and its significance."""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc import body
from iovolc.detect.pyramid import Scale, reduce_weighted
from iovolc.geometry.compiled import KERNEL
from iovolc.geometry.smooth import smooth
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]

SURROUNDINGS = 4.0
"""Width of the surroundings that an amplitude is told against, in widths of the filter."""
WHITE_SHARE = 1.0 + SURROUNDINGS**-2 - 4.0 / (1.0 + SURROUNDINGS**2)
"""Variance of white noise under the filter and its surroundings, in units of that under the filter alone."""
_LEAST_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Response:
    """The filter's answer on one sheet, at the scale's reduced pixels.

    Parameters
    ----------
    amplitude : ndarray, shape (row, col), float32
        Best amplitude; 0 where the place is not covered.
    against : ndarray, shape (row, col), float32
        The same less that of the surroundings, :data:`SURROUNDINGS` times as wide: light and tone err over large areas
        and drop out.
    sigma : ndarray, shape (row, col), float32
        Standard deviation of ``amplitude`` if the noise were white; inf where not covered.
    factor : int
        Reduction of the sheet.
    """

    amplitude: Plane
    against: Plane
    sigma: Plane
    factor: int

    @property
    def against_sigma(self) -> Plane:
        """Standard deviation of ``against`` if the noise were white; inf where not covered."""
        return math.sqrt(WHITE_SHARE) * self.sigma

    def told(self) -> Plane:
        """The amplitude against the surroundings, but at most what the place shows by itself.

        Beside a strong change everything stands out against the surroundings, with the other sign.
        """
        positive = np.clip(self.against, 0.0, np.maximum(self.amplitude, 0.0))
        negative = np.clip(self.against, np.minimum(self.amplitude, 0.0), 0.0)
        return positive + negative


def respond(difference: Plane, weight: Plane, sheet: Sheet, scale: Scale) -> Response:
    """Inverse-variance weighted mean of the difference under the scale's Gaussian.

    Parameters
    ----------
    difference : ndarray, shape (row, col), float32
        Finite everywhere.
    weight : ndarray, shape (row, col), float32
        Inverse variance; 0 where there is no data or the pixel is masked.
    sheet : Sheet
        The sheet of both.
    scale : Scale
        Size of the filter.
    """
    factor = scale.factor(sheet)
    products, weights, counts = reduce_weighted(difference, weight, factor)
    total = smooth(weights, sheet, scale.sigma_km)
    summed = smooth(products, sheet, scale.sigma_km)
    spread = 1.0 / (4.0 * math.pi * sigma_px_squared(sheet, scale, factor, weights.shape[0]))
    amplitude, sigma = _divide(summed, total, counts, spread, _LEAST_COVERAGE * factor * factor)
    wide_km = SURROUNDINGS * scale.sigma_km
    around = smooth(products, sheet, wide_km) / np.maximum(smooth(weights, sheet, wide_km), np.float32(1e-20))
    return Response(amplitude, np.where(np.isfinite(sigma), amplitude - around, np.float32(0.0)), sigma, factor)


@njit(**KERNEL)
def _divide(
    summed: Plane, total: Plane, counts: Plane, spread: NDArray[np.float64], least: float
) -> tuple[Plane, Plane]:
    """Amplitude and its sigma where at least ``least`` pixels count."""
    amplitude = np.zeros_like(total)
    sigma = np.full_like(total, np.inf)
    for row in range(total.shape[0]):
        for col in range(total.shape[1]):
            if counts[row, col] >= least and total[row, col] > 0:
                amplitude[row, col] = summed[row, col] / total[row, col]
                sigma[row, col] = math.sqrt(spread[row] / total[row, col])
    return amplitude, sigma


def sigma_px_squared(sheet: Sheet, scale: Scale, factor: int, rows: int) -> NDArray[np.float64]:
    """Product of the Gaussian's two widths in reduced pixels, per row."""
    pixel_km = sheet.pixel_km * factor
    squared = np.full(rows, (scale.sigma_km / pixel_km) ** 2)
    if sheet.wraps:
        lat = (sheet.top_m / 1000.0 - (np.arange(rows) + 0.5) * pixel_km) / body.RADIUS_KM
        squared /= np.cos(lat)
    return squared
