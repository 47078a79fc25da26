"""Reliability: how unlike the null clusters, and how unlike the artefacts of maps, a candidate is.

It orders candidates and decides nothing: neither an isolation forest nor a learned function has a null distribution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

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
        Features such as significance, log area, and class of scale.
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


MEASURES: Final = tuple(LIMITS)
"""The artefact measures, in the order of :func:`features`."""
CAP: Final = 2.5
"""Measures count up to this many times their limit."""


def features(found: Artefacts) -> NDArray[np.float64]:
    """What the learned reliability is a function of: each measure over its limit, at most ``CAP``, shape (measure,)."""
    return np.array([min(getattr(found, name) / LIMITS[name], CAP) for name in MEASURES])


@dataclass(frozen=True, slots=True)
class Learned:
    """A logistic function that tells changes from artefacts (``benchmarks/train_reliability.py``).

    Parameters
    ----------
    offset : float
        The score without any sign of an artefact.
    weights : mapping of str to float
        Of each artefact measure, none of which is above 0; a measure that is not named counts nothing.
    """

    offset: float
    weights: Mapping[str, float] = field(default_factory=dict[str, float])

    def probability(self, found: Artefacts) -> float:
        """Of a change rather than an artefact, where both are as common."""
        weights = np.array([self.weights.get(name, 0.0) for name in MEASURES])
        return float(1.0 / (1.0 + np.exp(-(self.offset + features(found) @ weights))))


def trust(found: Artefacts) -> float:
    """Product over the artefact measures of ``1 / (1 + (measure / limit)^4)``: 1 without any sign of an artefact.

    Each measure halves the trust where it reaches the limit from which it makes a change doubtful. The fourth power
    keeps a dozen harmless measures, each at half of its limit, from adding up to doubt.
    """
    product = 1.0
    for name, limit in LIMITS.items():
        product /= 1.0 + (getattr(found, name) / limit) ** 4
    return product


def reliability(
    isolated: NDArray[np.float64], found: Sequence[Artefacts], learned: Learned | None
) -> NDArray[np.float64]:
    """Reliability of each candidate, 0 to 1.

    Parameters
    ----------
    isolated : ndarray, shape (candidate,)
        Isolation from the null.
    found : sequence of Artefacts
        Measures of each.
    learned : Learned or None
        What was learned of changes and artefacts; None leaves it out.

    Notes
    -----
    Isolation times trust, or the square root of that times the learned probability: what the training could not vary,
    such as obliqueness and the errors of registration, only trust knows of.
    """
    product = isolated * np.array([trust(one) for one in found], dtype=np.float64)
    if learned is None:
        return product
    return np.sqrt(product) * np.array([learned.probability(one) for one in found], dtype=np.float64)
