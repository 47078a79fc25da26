"""Reliability: how unlike the null clusters a candidate is. Orders candidates; decides nothing."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

Matrix = NDArray[np.float64]

_LEAST_NULL = 20


def reliability(candidates: Matrix, null: Matrix, seed: int) -> NDArray[np.float64]:
    """Isolation of each candidate from the null clusters, as the share of null clusters that are less isolated.

    Parameters
    ----------
    candidates : ndarray, shape (candidate, feature)
        Features such as significance, log area over the scale's area, and scale.
    null : ndarray, shape (null cluster, feature)
        The same features of clusters found in surrogate fields.
    seed : int
        Seed of the forest.

    Returns
    -------
    ndarray, shape (candidate,)
        0 to 1; 0.5 where the null is too small to learn from.
    """
    if len(candidates) == 0 or len(null) < _LEAST_NULL:
        return np.full(len(candidates), 0.5)
    forest = IsolationForest(n_estimators=100, random_state=seed, n_jobs=1).fit(null)
    reference = np.sort(-forest.score_samples(null))
    return np.searchsorted(reference, -forest.score_samples(candidates)) / len(reference)
