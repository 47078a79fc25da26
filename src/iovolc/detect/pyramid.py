"""Weighted planes at ever coarser pixels, so that wide filters cost little."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.hands import in_parts
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]

_LEAST_SIGMA_PX = 1.5


@dataclass(frozen=True, slots=True)
class Scale:
    """A size of the matched filter.

    Parameters
    ----------
    fwhm_km : float
        Full width at half maximum of its Gaussian.
    """

    fwhm_km: float

    @property
    def sigma_km(self) -> float:
        """Standard deviation of the Gaussian."""
        return self.fwhm_km / FWHM_PER_SIGMA

    def factor(self, sheet: Sheet) -> int:
        """By how much the sheet may be reduced: the Gaussian keeps 1.5 pixels of sigma, rows and columns divide."""
        factor = 1
        while (
            self.sigma_km / (sheet.pixel_km * factor * 2) >= _LEAST_SIGMA_PX
            and sheet.shape[0] % (factor * 2) == 0
            and sheet.shape[1] % (factor * 2) == 0
        ):
            factor *= 2
        return factor


def scales(grid: Grid, smallest_km: float, largest_km: float, step: float) -> tuple[Scale, ...]:
    """Sizes from the smallest, but at least two pixels, to the largest in equal ratios."""
    first = max(smallest_km, 2.0 * grid.pixel_km)
    count = max(1, int(np.floor(np.log(largest_km / first) / np.log(step) + 1e-9)) + 1)
    return tuple(Scale(first * step**i) for i in range(count))


def reduce_weighted(difference: Plane, weight: Plane, factor: int) -> tuple[Plane, Plane, Plane]:
    """Sums over blocks of ``factor`` x ``factor`` pixels: weight times difference, weight, and pixels of any weight.

    Parameters
    ----------
    difference, weight : ndarray, shape (row, col), float32
        Rows and columns divide by ``factor``.
    factor : int
        Edge of a block.
    """
    return reduce_products(difference, weight, factor), *reduce_weights(weight, factor)


def reduced_sheet(sheet: Sheet, factor: int) -> Sheet:
    """The sheet at pixels of ``factor`` x ``factor`` of its own."""
    rows, cols = sheet.shape
    return replace(sheet, shape=(rows // factor, cols // factor), pixel_m=sheet.pixel_m * factor)


def reduce_products(difference: Plane, weight: Plane, factor: int) -> Plane:
    """Sums over blocks of weight times difference; parameters as for :func:`reduce_weighted`."""
    products = np.zeros(_reduced_shape(weight, factor), np.float32)

    def some(first: int, end: int) -> None:
        fine = slice(first * factor, end * factor)
        _add_products(difference[fine], weight[fine], factor, products[first:end])

    in_parts(some, products.shape[0], weight.size)
    return products


def reduce_weights(weight: Plane, factor: int) -> tuple[Plane, Plane]:
    """Sums over blocks of weight, and of pixels of any weight; parameters as for :func:`reduce_weighted`."""
    weights, counts = (np.zeros(_reduced_shape(weight, factor), np.float32) for _ in range(2))

    def some(first: int, end: int) -> None:
        _add_weights(weight[first * factor : end * factor], factor, weights[first:end], counts[first:end])

    in_parts(some, weights.shape[0], weight.size)
    return weights, counts


def reduce_sums(plane: Plane, factor: int) -> Plane:
    """Sums over blocks of ``factor`` x ``factor`` pixels, by which rows and columns divide."""
    sums = np.zeros(_reduced_shape(plane, factor), np.float32)

    def some(first: int, end: int) -> None:
        _add_blocks(plane[first * factor : end * factor], factor, sums[first:end])

    in_parts(some, sums.shape[0], plane.size)
    return sums


def _reduced_shape(plane: Plane, factor: int) -> tuple[int, int]:
    return plane.shape[0] // factor, plane.shape[1] // factor


@kernel
def _add_products(difference: Plane, weight: Plane, factor: int, products: Plane) -> None:
    rows, cols = products.shape
    for row in range(rows * factor):
        sums, own, values = products[row // factor], weight[row], difference[row]
        for col in range(cols):
            for k in range(col * factor, (col + 1) * factor):
                sums[col] += own[k] * values[k]


@kernel
def _add_blocks(plane: Plane, factor: int, sums: Plane) -> None:
    rows, cols = sums.shape
    for row in range(rows * factor):
        total, own = sums[row // factor], plane[row]
        for col in range(cols):
            for k in range(col * factor, (col + 1) * factor):
                total[col] += own[k]


@kernel
def _add_weights(weight: Plane, factor: int, weights: Plane, counts: Plane) -> None:
    rows, cols = weights.shape
    for row in range(rows * factor):
        sums, held, own = weights[row // factor], counts[row // factor], weight[row]
        for col in range(cols):
            for k in range(col * factor, (col + 1) * factor):
                sums[col] += own[k]
                held[col] += np.float32(own[k] > 0)


def expand(values: NDArray[Any], factor: int) -> NDArray[Any]:
    """Each value repeated over its block of ``factor`` x ``factor`` pixels."""
    if factor == 1:
        return values
    rows, cols = values.shape
    out = np.empty((rows * factor, cols * factor), values.dtype)

    def some(first: int, end: int) -> None:
        blocks = out[first * factor : end * factor].reshape(end - first, factor, cols, factor)
        blocks[...] = values[first:end, None, :, None]

    in_parts(some, rows, out.size)
    return out


def reduced(plane: Plane | float, factor: int) -> Plane | float:
    """The middle pixel of each block of ``factor`` x ``factor`` pixels; a number stands for all."""
    half = factor // 2
    return plane[half::factor, half::factor] if isinstance(plane, np.ndarray) else plane
