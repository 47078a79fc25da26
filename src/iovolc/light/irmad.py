"""IR-MAD: which places did not change between two images of several bands, whatever their gains and offsets.

Iteratively reweighted multivariate alteration detection (Nielsen 2007, IEEE Trans. Image Process. 16, 463).
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.stats import chi2

from iovolc.geometry.compiled import INLINED, KERNEL

Matrix = NDArray[np.float64]

_ITERATIONS = 30
_TOLERANCE = 1e-3
_RIDGE = 1e-6
_BLOCK = 256
"""Places that are taken together, so that they stay in the processor's cache."""


def no_change_probability(first: Matrix, second: Matrix, weight: Matrix) -> Matrix:
    """Probability of no change at each place.

    Parameters
    ----------
    first, second : ndarray, shape (place, band), float64
        The two images; two or more bands each. Places with NaN get NaN.
    weight : ndarray, shape (place,)
        Weight of each place, such as its area.

    Returns
    -------
    ndarray, shape (place,)
        P(chi-square > observed) under no change.

    Notes
    -----
    Weights that favour small differences make the weighted variance too small, and each iteration more so. So the
    statistic is scaled to the median of chi-square, which fewer than half of the places can move.
    """
    out = np.full(len(first), np.nan)
    good = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1) & (weight > 0)
    bands: int = min(first.shape[1], second.shape[1])
    if good.sum() < 50 * bands:
        return out
    joint = np.ascontiguousarray(np.concatenate((first[good], second[good]), axis=1).T)
    joint -= joint.mean(axis=1, keepdims=True)  # small numbers, so that moments lose nothing
    share = np.ascontiguousarray(weight[good], np.float64)
    observed = np.zeros(len(share))
    narrowed, previous = 1.0, np.zeros(bands)
    for _ in range(_ITERATIONS):
        mean, covariance = _moments(joint, share, observed, narrowed, bands)
        transform, correlation = _canonical(covariance, first.shape[1])
        squared_distance(joint, mean, transform, 2.0 * np.maximum(1.0 - correlation, 1e-9), observed)
        narrowed = max(1.0, float(np.median(observed)) / float(chi2.median(bands)))
        if np.max(np.abs(correlation - previous)) < _TOLERANCE:
            break
        previous = correlation
    out[good] = _survival_of(observed / narrowed, bands)
    return out


@njit(**KERNEL)
def _moments(joint: Matrix, weight: Matrix, observed: Matrix, narrowed: float, bands: int) -> tuple[Matrix, Matrix]:
    """Mean and covariance of all bands, each place weighted by its probability of no change, in one pass."""
    size, places = joint.shape
    total, mean, products = 0.0, np.zeros(size), np.zeros((size, size))
    share, part = np.empty(_BLOCK), np.empty(_BLOCK)
    for first in range(0, places, _BLOCK):
        last = min(first + _BLOCK, places)
        for i in range(last - first):
            share[i] = weight[first + i] * _survival(observed[first + i] / narrowed, bands)
        total += share[: last - first].sum()
        for j in range(size):
            _times(share, joint[j, first:last], part)
            mean[j] += part[: last - first].sum()
            for k in range(j + 1):
                products[j, k] += _dot(part, joint[k, first:last])
    mean /= total
    for j in range(size):
        for k in range(j + 1):
            products[j, k] = products[j, k] / total - mean[j] * mean[k]
            products[k, j] = products[j, k]
    return mean, products


@njit(**KERNEL, fastmath={"reassoc"})
def _dot(one: Matrix, other: Matrix) -> float:
    total = 0.0
    for i in range(other.size):
        total += one[i] * other[i]
    return total


@njit(**KERNEL)
def _times(one: Matrix, other: Matrix, out: Matrix) -> None:
    for i in range(other.size):
        out[i] = one[i] * other[i]


@njit(**KERNEL)
def squared_distance(joint: Matrix, mean: Matrix, transform: Matrix, spread: Matrix, observed: Matrix) -> None:
    """Squared Mahalanobis distance of each place from the mean.

    Parameters
    ----------
    joint : ndarray, shape (band, place)
        The values.
    mean : ndarray, shape (band,)
        Of each band.
    transform : ndarray, shape (band, variate)
        What makes uncorrelated variates.
    spread : ndarray, shape (variate,)
        Their variances.
    observed : ndarray, shape (place,)
        Written.
    """
    variate = np.empty(_BLOCK)
    for first in range(0, observed.size, _BLOCK):
        last = min(first + _BLOCK, observed.size)
        out = observed[first:last]
        out[:] = 0.0
        for m in range(transform.shape[1]):
            variate[:] = 0.0
            for j in range(transform.shape[0]):
                _add_scaled(joint[j, first:last], mean[j], transform[j, m], variate)
            _add_scaled_squares(variate, 1.0 / spread[m], out)


@njit(**KERNEL)
def _add_scaled(line: Matrix, mean: float, factor: float, out: Matrix) -> None:
    for i in range(line.size):
        out[i] += (line[i] - mean) * factor


@njit(**KERNEL)
def _add_scaled_squares(line: Matrix, factor: float, out: Matrix) -> None:
    for i in range(out.size):
        out[i] += line[i] * line[i] * factor


@njit(**INLINED)
def _survival(value: float, freedom: int) -> float:
    """P(chi-square > value), in closed form for whole degrees of freedom."""
    if value == 0.0:  # of all places, before the first iteration
        return 1.0
    half = 0.5 * value
    even = freedom % 2 == 0
    total = math.exp(-half) if even else math.erfc(math.sqrt(half))
    term = math.exp(-half) if even else math.exp(-half) * math.sqrt(half) / math.gamma(1.5)
    order = 1.0 if even else 1.5
    for _ in range((freedom - 1) // 2):
        if even:
            term *= half / order
            total += term
        else:
            total += term
            term *= half / order
        order += 1.0
    return total


@njit(**KERNEL)
def _survival_of(values: Matrix, freedom: int) -> Matrix:
    out = np.empty_like(values)
    for i in range(values.size):
        out[i] = _survival(values[i], freedom)
    return out


def _canonical(covariance: Matrix, bands: int) -> tuple[Matrix, Matrix]:
    """What makes differences of the canonical variates of all bands, and their correlations, strongest first."""
    aa, bb, ab = covariance[:bands, :bands], covariance[bands:, bands:], covariance[:bands, bands:]
    aa = aa + _RIDGE * float(np.trace(aa)) * np.eye(len(aa))
    bb = bb + _RIDGE * float(np.trace(bb)) * np.eye(len(bb))
    values, left = eigh(ab @ np.linalg.solve(bb, ab.T), aa)
    keep = np.argsort(values)[::-1][: min(len(aa), len(bb))]
    correlation = np.sqrt(np.clip(values[keep], 0.0, 1.0))
    left = left[:, keep]
    right = np.linalg.solve(bb, ab.T @ left) / np.maximum(correlation, 1e-9)
    return np.concatenate((left, -right)), correlation
