"""Matched filter: the best amplitude of a Gaussian change of given size at every pixel, and its significance."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.detect.broad import block_px, smooth_broadly
from iovolc.detect.pyramid import Scale, reduce_products, reduce_weights
from iovolc.geometry.box import Box
from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import box_alone, smooth_part
from iovolc.hands import in_rows
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

    def told_by(self, *, against: bool) -> tuple[Plane, Plane]:
        """Amplitude and its sigma were the noise white, by itself or against the surroundings."""
        return (self.against, self.against_sigma) if against else (self.amplitude, self.sigma)

    def told(self, level: Plane) -> Plane:
        """The amplitude against the surroundings, but at most what the place shows beyond the level of its region.

        Beside a strong change everything stands out against the surroundings, with the other sign.
        """
        out = np.empty_like(self.amplitude)
        in_rows(_at_most, self.against, self.amplitude, level, out)
        return out


@kernel
def _at_most(values: Plane, amplitudes: Plane, level: Plane, out: Plane) -> None:
    """Each value brought between 0 and what the amplitude there is beyond the level."""
    for row in range(values.shape[0]):
        for col in range(values.shape[1]):
            value, limit = values[row, col], amplitudes[row, col] - level[row, col]
            if value > 0 and limit > 0:
                out[row, col] = min(value, limit)
            elif value < 0 and limit < 0:
                out[row, col] = max(value, limit)
            else:
                out[row, col] = 0.0


@dataclass(frozen=True, slots=True)
class Cover:
    """What the filter's answers to all differences of one weight share.

    Parameters
    ----------
    sheet, scale : Sheet, Scale
        The sheet, and the size of the filter.
    box : Box
        The part of the reduced sheet that holds any weight.
    weight : ndarray, shape (row, col), float32
        That part of the weight, at full size.
    total, around : ndarray, shape (row, col), float32
        Mean weight under the filter and in the surroundings, in the box.
    sigma : ndarray, shape (row, col), float32
        As in :class:`Response`, on the whole reduced sheet.
    """

    sheet: Sheet
    scale: Scale
    box: Box
    weight: Plane
    total: Plane
    around: Plane
    sigma: Plane

    @property
    def factor(self) -> int:
        """Reduction of the sheet."""
        return self.scale.factor(self.sheet)

    def nothing(self) -> Response:
        """The answer to no difference at all."""
        zero = np.zeros(self.box.shape, np.float32)
        return Response(zero, zero, self.sigma, self.factor)

    def answer(self, difference: Plane) -> Response:
        """The answer to a difference of this weight, finite everywhere."""
        products = reduce_products(self.box.finer(self.factor).cut(difference), self.weight, self.factor)
        summed, around = _means(products, self.box, self.sheet, self.scale)
        amplitude, against = np.empty_like(summed), np.empty_like(summed)
        in_rows(_divide, summed, around, self.total, self.around, self.box.cut(self.sigma), amplitude, against)
        return Response(self.box.put(amplitude), self.box.put(against), self.sigma, self.factor)


def cover(weight: Plane, sheet: Sheet, scale: Scale) -> Cover:
    """What all answers under a weight share; parameters as for :func:`respond`."""
    factor = scale.factor(sheet)
    weights, counts = reduce_weights(weight, factor)
    wide_km = SURROUNDINGS * scale.sigma_km
    edge = block_px(sheet, weights.shape, wide_km)
    box = box_alone(weights, sheet, wide_km).coarser(edge).grown(1, 1).finer(edge)
    total, around = _means(box.cut(weights), box, sheet, scale)
    spread = 1.0 / (4.0 * math.pi * sigma_px_squared(sheet, scale, factor, weights.shape[0]))
    least, sigma = _LEAST_COVERAGE * factor * factor, np.empty_like(total)
    in_rows(partial(_sigma, least), total, box.cut(counts), spread[box.rows], sigma)
    return Cover(sheet, scale, box, box.finer(factor).cut(weight), total, around, box.put(sigma, math.inf))


def _means(part: Plane, box: Box, sheet: Sheet, scale: Scale) -> tuple[Plane, Plane]:
    """Means under the filter and in the surroundings; the box is one of whole blocks of the latter."""
    wide_km = SURROUNDINGS * scale.sigma_km
    edge = block_px(sheet, box.shape, wide_km)
    narrow = smooth_part(part, box, sheet, scale.sigma_km)
    return narrow, smooth_broadly(part, box.coarser(edge), edge, sheet, wide_km)


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
    return cover(weight, sheet, scale).answer(difference)


@kernel
def _sigma(least: float, total: Plane, counts: Plane, spread: NDArray[np.float64], sigma: Plane) -> None:
    """Sigma of the amplitude where at least ``least`` pixels count, elsewhere inf."""
    for row in range(total.shape[0]):
        for col in range(total.shape[1]):
            if counts[row, col] >= least and total[row, col] > 0:
                sigma[row, col] = math.sqrt(spread[row] / total[row, col])
            else:
                sigma[row, col] = np.inf


@kernel
def _divide(
    summed: Plane, summed_around: Plane, total: Plane, around: Plane, sigma: Plane, amplitude: Plane, against: Plane
) -> None:
    """The amplitude, and the same less that of the surroundings; 0 where not covered."""
    for row in range(total.shape[0]):
        for col in range(total.shape[1]):
            if sigma[row, col] < np.inf:
                amplitude[row, col] = summed[row, col] / total[row, col]
                mean = summed_around[row, col] / max(around[row, col], np.float32(1e-20))
                against[row, col] = amplitude[row, col] - mean
            else:
                amplitude[row, col] = against[row, col] = 0.0


def sigma_px_squared(sheet: Sheet, scale: Scale, factor: int, rows: int) -> NDArray[np.float64]:
    """Product of the Gaussian's two widths in reduced pixels, per row."""
    pixel_km = sheet.pixel_km * factor
    squared = np.full(rows, (scale.sigma_km / pixel_km) ** 2)
    if sheet.wraps:
        lat = (sheet.top_m / 1000.0 - (np.arange(rows) + 0.5) * pixel_km) / body.RADIUS_KM
        squared /= np.cos(lat)
    return squared
