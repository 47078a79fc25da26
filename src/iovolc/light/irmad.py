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
        _observe(joint, mean, transform, 2.0 * np.maximum(1.0 - correlation, 1e-9), observed)
        narrowed = max(1.0, float(np.median(observed)) / float(chi2.median(bands)))
        if np.max(np.abs(correlation - previous)) < _TOLERANCE:
            break
        previous = correlation
    out[good] = _survival_of(observed / narrowed, bands)
    return out


@njit(**KERNEL)
def _moments(joint: Matrix, weight: Matrix, observed: Matrix, narrowed: float, bands: int) -> tuple[Matrix, Matrix]:
    """Mean and covariance of all bands, each place weighted by its probability of no change, in one pass."""
    size = joint.shape[0]
    total, mean, products = 0.0, np.zeros(size), np.zeros((size, size))
    share, part = np.empty(_BLOCK), np.empty(_BLOCK)
    for first in range(0, joint.shape[1], _BLOCK):
        block = joint[:, first : first + _BLOCK]
        number = block.shape[1]
        for i in range(number):
            share[i] = weight[first + i] * _survival(observed[first + i] / narrowed, bands)
        total += share[:number].sum()
        for j in range(size):
            for i in range(number):
                part[i] = share[i] * block[j, i]
            mean[j] += part[:number].sum()
            for k in range(j + 1):
                products[j, k] += _dot(part[:number], block[k])
    mean /= total
    for j in range(size):
        for k in range(j + 1):
            products[j, k] = products[j, k] / total - mean[j] * mean[k]
            products[k, j] = products[j, k]
    return mean, products


@njit(**KERNEL, fastmath={"reassoc"})
def _dot(one: Matrix, other: Matrix) -> float:
    total = 0.0
    for i in range(one.size):
        total += one[i] * other[i]
    return total


@njit(**KERNEL)
def _observe(joint: Matrix, mean: Matrix, transform: Matrix, spread: Matrix, observed: Matrix) -> None:
    """Sum of the squared differences of the canonical variates in units of their variance."""
    variate = np.empty(_BLOCK)
    for first in range(0, joint.shape[1], _BLOCK):
        block, out = joint[:, first : first + _BLOCK], observed[first : first + _BLOCK]
        out[:] = 0.0
        for m in range(transform.shape[1]):
            variate[:] = 0.0
            for j in range(transform.shape[0]):
                for i in range(out.size):
                    variate[i] += (block[j, i] - mean[j]) * transform[j, m]
            for i in range(out.size):
                out[i] += variate[i] * variate[i] / spread[m]


@njit(**INLINED)
def _survival(value: float, freedom: int) -> float:
    """P(chi-square > value), in closed form for whole degrees of freedom."""
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
