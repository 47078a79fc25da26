"""IR-MAD: which places did not change between two images of several bands, whatever their gains and offsets.

Iteratively reweighted multivariate alteration detection (Nielsen 2007, IEEE Trans. Image Process. 16, 463).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.stats import chi2

Matrix = NDArray[np.float64]

_ITERATIONS = 30
_TOLERANCE = 1e-3
_RIDGE = 1e-6


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
    probability: Matrix = np.ones(int(good.sum()))
    previous = np.zeros(bands)
    for _ in range(_ITERATIONS):
        variates, correlation = _variates(first[good], second[good], weight[good] * probability)
        spread = 2.0 * np.maximum(1.0 - correlation, 1e-9)
        observed: Matrix = (variates**2 / spread).sum(axis=1)
        narrowed = max(1.0, float(np.median(observed)) / float(chi2.median(bands)))
        probability = chi2.sf(observed / narrowed, bands)
        if np.max(np.abs(correlation - previous)) < _TOLERANCE:
            break
        previous = correlation
    out[good] = probability
    return out


def _variates(first: Matrix, second: Matrix, weight: Matrix) -> tuple[Matrix, Matrix]:
    """Differences of the canonical variates and their correlations, strongest first."""
    share: Matrix = weight / weight.sum()
    a, b = first - share @ first, second - share @ second
    aa, bb, ab = ((x * share[:, None]).T @ y for x, y in ((a, a), (b, b), (a, b)))
    aa += _RIDGE * float(np.trace(aa)) * np.eye(len(aa))
    bb += _RIDGE * float(np.trace(bb)) * np.eye(len(bb))
    values, left = eigh(ab @ np.linalg.solve(bb, ab.T), aa)
    keep = np.argsort(values)[::-1][: min(len(aa), len(bb))]
    correlation = np.sqrt(np.clip(values[keep], 0.0, 1.0))
    left = left[:, keep]
    right = np.linalg.solve(bb, ab.T @ left) / np.maximum(correlation, 1e-9)
    return a @ left - b @ right, correlation
