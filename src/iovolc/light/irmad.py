"""IR-MAD: which places did not change between two images of several bands, whatever their gains and offsets.

Iteratively reweighted multivariate alteration detection (Nielsen 2007, IEEE Trans. Image Process. 16, 463).
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.linalg import eigh
from scipy.stats import chi2

from iovolc.geometry.compiled import inlined, kernel, kernel_with

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
Triple = tuple[float, float, float]

_ITERATIONS = 30
_TOLERANCE = 1e-3
_RIDGE = 1e-6
_BLOCK = 256
"""Places that are taken together, so that they stay in the processor's cache."""
_PER_UNIT, _UNITS = 64, 8
"""Cubics of :func:`chances` in a unit of the square root of half of chi-square, and units; P is below 1e-20 beyond."""
_SAMPLE = 2001
_SAMPLE_MARGIN = 112
"""Ranks in the sample by which the median of all may differ from the sample's: five standard deviations."""
_HALF_SQRT_PI = math.gamma(1.5)


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
    good, joint, share = _side_by_side(first, second, weight)
    bands: int = min(first.shape[1], second.shape[1])
    if len(share) < 50 * bands:
        return np.full(len(first), np.nan)
    joint -= joint.mean(axis=1, keepdims=True)  # small numbers, so that moments lose nothing
    if not joint[: first.shape[1]].any() or not joint[first.shape[1] :].any():  # one and the same value everywhere
        return np.full(len(first), np.nan)
    of_distance, expected = chances(bands), float(chi2.median(bands))
    observed = np.zeros(len(share))
    narrowed, previous = 1.0, np.zeros(bands)
    for _ in range(_ITERATIONS):
        mean, covariance = _moments(joint, share, observed, narrowed, of_distance)
        transform, correlation = _canonical(covariance, first.shape[1])
        squared_distance(joint, mean, transform, 2.0 * np.maximum(1.0 - correlation, 1e-9), observed)
        narrowed = max(1.0, median(observed) / expected)
        if np.max(np.abs(correlation - previous)) < _TOLERANCE:
            break
        previous = correlation
    return _survival_of(observed, narrowed, bands, good)


@kernel
def _side_by_side(first: Matrix, second: Matrix, weight: Matrix) -> tuple[Flags, Matrix, Matrix]:
    """Which places are known in all bands, and of those alone all bands, shape (band, place), and weights."""
    places, bands, size = first.shape[0], first.shape[1], first.shape[1] + second.shape[1]
    good = np.empty(places, np.bool_)
    for i in range(places):
        good[i] = np.isfinite(first[i].sum() + second[i].sum()) and weight[i] > 0
    joint, share, at = np.empty((size, good.sum())), np.empty(good.sum()), 0
    for i in range(places):
        if good[i]:
            for j in range(size):
                joint[j, at] = first[i, j] if j < bands else second[i, j - bands]
            share[at] = weight[i]
            at += 1
    return good, joint, share


@kernel
def _moments(
    joint: Matrix, weight: Matrix, observed: Matrix, narrowed: float, chances: Matrix
) -> tuple[Matrix, Matrix]:
    """Mean and covariance of all bands, each place weighted by its probability of no change, in one pass."""
    size, places = joint.shape
    total, mean, products = 0.0, np.zeros(size), np.zeros((size, size))
    share, part = np.empty(_BLOCK), np.empty(_BLOCK)
    for first in range(0, places, _BLOCK):
        last = min(first + _BLOCK, places)
        weigh(weight[first:last], observed[first:last], 1.0 / narrowed, chances, share)
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


@lru_cache
def chances(freedom: int) -> Matrix:
    """P(chi-square > 2 s^2) as cubics of s, to 5e-9: coefficients from the constant on, shape (cubic, 4)."""
    s = np.arange(_PER_UNIT * _UNITS + 1) / _PER_UNIT
    cubics = CubicSpline(s * _PER_UNIT, chi2.sf(2.0 * s * s, freedom)).c
    return np.ascontiguousarray(cubics[::-1].T)


@kernel
def weigh(weight: Matrix, observed: Matrix, scale: float, chances: Matrix, out: Matrix) -> None:
    """Weights times the probability of no change.

    Parameters
    ----------
    weight, observed : ndarray, shape (place,)
        Weights and squared distances.
    scale : float
        Times the distances it is chi-square.
    chances : ndarray
        From :func:`chances`.
    out : ndarray, shape (place or more,)
        Written.
    """
    last = np.float64(chances.shape[0])
    factor = 0.5 * scale * _PER_UNIT * _PER_UNIT
    for i in range(weight.size):
        s = min(math.sqrt(observed[i] * factor), last)
        k = np.uint32(min(s, last - 1.0))
        t = s - k
        chance = chances[k, 0] + t * (chances[k, 1] + t * (chances[k, 2] + t * chances[k, 3]))
        out[i] = weight[i] * max(chance, 0.0)


@kernel
def median(values: Matrix) -> float:
    """The median: a sorted sample tells between which values it lies, and it is sought among those.

    Parameters
    ----------
    values : ndarray, shape (place,), float64
        At least one; without NaN.
    """
    size = values.size
    sample = np.sort(values[:: max(size // _SAMPLE, 1)])
    low = sample[max(sample.size // 2 - _SAMPLE_MARGIN, 0)]
    high = sample[min(sample.size // 2 + _SAMPLE_MARGIN, sample.size - 1)]
    kept, below, count = np.empty(size + 1), 0, 0
    for i in range(size):
        kept[count] = values[i]
        count += int(low <= values[i]) & int(values[i] <= high)
        below += int(values[i] < low)
    first, second = (size - 1) // 2 - below, size // 2 - below
    if first < 0 or second >= count:
        return float(np.median(values))
    inner = np.partition(kept[:count], second)
    return 0.5 * (inner[second] + (inner[second] if first == second else inner[:second].max()))


@kernel_with(fastmath={"reassoc"})
def _dot(one: Matrix, other: Matrix) -> float:
    total = 0.0
    for i in range(other.size):
        total += one[i] * other[i]
    return total


@kernel
def _times(one: Matrix, other: Matrix, out: Matrix) -> None:
    for i in range(other.size):
        out[i] = one[i] * other[i]


@kernel
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
    size, variates = transform.shape
    scaled = np.zeros((size + -size % 3, variates + -variates % 3))
    offset = np.zeros(scaled.shape[1])
    for m in range(variates):
        for j in range(size):
            scaled[j, m] = transform[j, m] / math.sqrt(spread[m])
            offset[m] -= mean[j] * scaled[j, m]
    begun = np.empty(3 * _BLOCK)
    for first in range(0, observed.size, _BLOCK):
        last = min(first + _BLOCK, observed.size)
        out = observed[first:last]
        out[:] = 0.0
        for m in range(0, variates, 3):
            for k in range(3):
                begun[k * _BLOCK : (k + 1) * _BLOCK] = offset[m + k]
            for j in range(0, size, 3):
                second, third = min(j + 1, size - 1), min(j + 2, size - 1)
                lines = joint[j, first:last], joint[second, first:last], joint[third, first:last]
                rows = scaled[j : j + 3]
                factors = _factors(rows, m), _factors(rows, m + 1), _factors(rows, m + 2)
                if j + 3 < size:
                    _add_scaled(lines, factors, begun)
                else:
                    _add_squares(lines, factors, begun, out)


@inlined
def _factors(three: Matrix, m: int) -> Triple:
    return three[0, m], three[1, m], three[2, m]


@inlined
def _scaled(x: float, y: float, z: float, factors: Triple) -> float:
    return x * factors[0] + y * factors[1] + z * factors[2]


@kernel
def _add_scaled(lines: tuple[Matrix, Matrix, Matrix], factors: tuple[Triple, Triple, Triple], out: Matrix) -> None:
    """Add to three variates that lie one after the other in a block's lines."""
    x, y, z = lines
    one, two, three = factors
    for i in range(x.size):
        out[i] += _scaled(x[i], y[i], z[i], one)
        out[_BLOCK + i] += _scaled(x[i], y[i], z[i], two)
        out[2 * _BLOCK + i] += _scaled(x[i], y[i], z[i], three)


@kernel
def _add_squares(
    lines: tuple[Matrix, Matrix, Matrix], factors: tuple[Triple, Triple, Triple], begun: Matrix, out: Matrix
) -> None:
    """Add the squares of three variates, to which these lines are the last to add."""
    x, y, z = lines
    one, two, three = factors
    for i in range(out.size):
        u = begun[i] + _scaled(x[i], y[i], z[i], one)
        v = begun[_BLOCK + i] + _scaled(x[i], y[i], z[i], two)
        w = begun[2 * _BLOCK + i] + _scaled(x[i], y[i], z[i], three)
        out[i] += u * u + v * v + w * w


@inlined
def _survival(value: float, freedom: int) -> float:
    """P(chi-square > value), in closed form for whole degrees of freedom."""
    if value == 0.0:  # of all places, before the first iteration
        return 1.0
    half = 0.5 * value
    even = freedom % 2 == 0
    term = math.exp(-half) if even else math.exp(-half) * math.sqrt(half) / _HALF_SQRT_PI
    total = term if even else math.erfc(math.sqrt(half))
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


@kernel
def _survival_of(observed: Matrix, narrowed: float, freedom: int, good: Flags) -> Matrix:
    """P(chi-square > observed / narrowed) of the good places, in their order; NaN of the others."""
    out, at = np.full(good.size, np.nan), 0
    for i in range(good.size):
        if good[i]:
            out[i] = _survival(observed[at] / narrowed, freedom)
            at += 1
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
