"""Correlation of an image with the base map block by block, and how far the blocks' mean is from zero.

Not for what the correlations mean (:mod:`iovolc.geometry.variants`).
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from iovolc.geometry.even import Plane, lattice

MAX_LAT: Final = 70.0
"""Nearer to the poles maps are smeared, and a degree of longitude is short."""
SIZES_DEG: Final = (20, 10)
FEW_BLOCKS: Final = 40
MIN_BLOCKS: Final = 6
MIN_SHOWN: Final = 0.5
SMALLEST_TAIL: Final = 1e-300
TINY: Final = 1e-12

Correlations = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of an image that show enough.

    Parameters
    ----------
    size_deg : int
        Edge of a block.
    shown : ndarray, shape (all blocks,), bool
        Which blocks show enough.
    values, weights : ndarray, shape (block, pixel)
        Pixels, 0 where there is no data, and their share of the surface.
    """

    size_deg: int
    shown: NDArray[np.bool_]
    values: Plane
    weights: Plane

    @classmethod
    def of(cls, image: Plane) -> "Blocks | None":
        """Large blocks, or small ones where few large ones show enough; None for too little of Io."""
        known = np.isfinite(image)
        cos_lat = np.cos(np.radians(lattice()[0]))[:, None]
        for size_deg in SIZES_DEG:
            shown = _cut(known, size_deg).mean(axis=1) >= MIN_SHOWN
            values = np.nan_to_num(_cut(image, size_deg)[shown])
            weights = _cut(known * cos_lat, size_deg)[shown]
            if len(values) >= (FEW_BLOCKS if size_deg != SIZES_DEG[-1] else MIN_BLOCKS):
                return cls(size_deg, shown, values, weights)
        return None

    def correlations(self, plane: Plane) -> Correlations:
        """Correlation of each block with the same block of a plane; 0 where the plane has no data."""
        other = _cut(plane, self.size_deg)[self.shown]
        missing = ~np.isfinite(other)
        weights = np.where(missing, 0.0, self.weights) if missing.any() else self.weights
        other = np.where(missing, 0.0, other)
        total = np.maximum(weights.sum(axis=1), 1e-12)
        first, second = weights * self.values, weights * other
        mean, mean_other = first.sum(axis=1) / total, second.sum(axis=1) / total
        spread = _dot(first, self.values) / total - mean * mean
        spread_other = _dot(second, other) / total - mean_other * mean_other
        covariance = _dot(first, other) / total - mean * mean_other
        product = np.maximum(spread, 0.0) * np.maximum(spread_other, 0.0)
        return np.where(product > TINY, covariance / np.sqrt(np.maximum(product, TINY)), 0.0)


def sigma_of_mean(values: Correlations) -> float:
    """The mean over blocks, in standard errors from zero, as a normal deviate.

    Student's t, so that few blocks claim little; it takes the blocks as independent.
    """
    error = float(values.std(ddof=1)) / math.sqrt(values.size)
    t = float(values.mean()) / max(error, 1e-9)
    tail = float(stdtr(values.size - 1, -abs(t)))
    return math.copysign(float(ndtri(max(tail, SMALLEST_TAIL))), t)


def _dot(first: Plane, second: Plane) -> Correlations:
    return np.einsum("ij,ij->i", first, second)


def _cut(plane: NDArray[Any], size_deg: int) -> NDArray[Any]:
    """The blocks of a plane within the latitudes compared, shape (block, pixel)."""
    margin = round(90.0 - MAX_LAT)
    inner = plane[margin:-margin]
    rows, cols = inner.shape[0] // size_deg, inner.shape[1] // size_deg
    return inner.reshape(rows, size_deg, cols, size_deg).swapaxes(1, 2).reshape(rows * cols, -1)
