"""Reliability: how unlike the null clusters, and how unlike the artefacts of maps, a candidate is.

It orders candidates and decides nothing: an isolation forest has no null distribution.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

from iovolc.detect.artefacts import Artefacts
from iovolc.detect.flags import LIMITS

Matrix = NDArray[np.float64]

_LEAST_NULL = 20


def isolation(candidates: Matrix, null: Matrix, seed: int) -> NDArray[np.float64]:
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


def trust(found: Artefacts) -> float:
    """Product over the artefact measures of ``1 / (1 + (measure / limit)^4)``: 1 without any sign of an artefact.

    Each measure halves the trust where it reaches the limit from which it makes a change doubtful. The fourth power
    keeps a dozen harmless measures, each at half of its limit, from adding up to doubt.
    """
    product = 1.0
    for name, limit in LIMITS.items():
        product /= 1.0 + (getattr(found, name) / limit) ** 4
    return product


def reliability(isolated: NDArray[np.float64], found: Sequence[Artefacts]) -> NDArray[np.float64]:
    """Isolation from the null times trust, 0 to 1, for each candidate."""
    return isolated * np.array([trust(one) for one in found], dtype=np.float64)
