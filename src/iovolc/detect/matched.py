"""Matched filter: the best amplitude of a Gaussian change of given size at every pixel, and its significance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc import body
from iovolc.detect.pyramid import Scale, reduce_weighted
from iovolc.geometry.compiled import KERNEL
from iovolc.geometry.smooth import smooth
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]

SURROUNDINGS = 4.0
"""Width of the surroundings that an amplitude is told against, in widths of the filter."""
_MAD_TO_SIGMA = 1.4826
_LEAST_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Response:
    """The filter's answer on one sheet, at the scale's reduced pixels.

    Parameters
    ----------
    amplitude : ndarray, shape (row, col), float32
        Best amplitude against the surroundings; 0 where the place is not covered.
    alone : ndarray, shape (row, col), float32
        The same by itself.
    sigma : ndarray, shape (row, col), float32
        Its standard deviation if the noise were white; inf where not covered.
    factor : int
        Reduction of the sheet.
    """

    amplitude: Plane
    alone: Plane
    sigma: Plane
    factor: int

    def told(self) -> Plane:
        """The amplitude, but at most twice what the place shows by itself.

        Beside a strong change everything stands out against the surroundings, with the other sign.
        """
        positive = np.clip(self.amplitude, 0.0, np.maximum(2.0 * self.alone, 0.0))
        negative = np.clip(self.amplitude, np.minimum(2.0 * self.alone, 0.0), 0.0)
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
    alone, sigma = _divide(summed, total, counts, spread, _LEAST_COVERAGE * factor * factor)
    wide_km = SURROUNDINGS * scale.sigma_km
    around = smooth(products, sheet, wide_km) / np.maximum(smooth(weights, sheet, wide_km), np.float32(1e-20))
    against = np.where(np.isfinite(sigma), alone - around, np.float32(0.0))
    return Response(against, alone, sigma, factor)


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


def noise_factor(responses: Mapping[str, Response], owned: Mapping[str, NDArray[np.bool_]], grid: Grid) -> float:
    """How much wider the filter's answers scatter than for white noise: 1.4826 MAD about zero, over all sheets.

    Parameters
    ----------
    responses : mapping of str to Response
        By sheet.
    owned : mapping of str to ndarray of bool
        Pixels that belong to the sheet, full size.
    grid : Grid
        The grid.

    Returns
    -------
    float
        1 for white noise of the stated variance; nan where nothing is covered.
    """
    parts: list[NDArray[np.float32]] = []
    for sheet in grid.sheets:
        if sheet.name not in responses:
            continue
        response = responses[sheet.name]
        step, own = response.factor, owned[sheet.name]
        below, above = step // 2, (step - 1) // 2  # the two middle rows, so that north and south are equals
        mine = own[below::step, below::step] & own[above::step, below::step]
        good = np.isfinite(response.sigma) & mine
        parts.append(np.abs(response.amplitude[good] / response.sigma[good]))
    values = np.concatenate(parts) if parts else np.empty(0, np.float32)
    return _MAD_TO_SIGMA * float(np.median(values)) if values.size else math.nan
