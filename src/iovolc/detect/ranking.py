"""Reliability: how unlike the null clusters, and how unlike the artefacts of maps, a candidate is.

It orders candidates and decides nothing: neither an isolation forest nor a learned function has a null distribution.
"""

import math
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


MEASURES: Final = tuple(LIMITS)
"""The artefact measures, in the order of :func:`features`."""
CAP: Final = 2.5
"""Measures count up to this many times their limit."""


def features(strength: float, area_px: float, found: Artefacts) -> NDArray[np.float64]:
    """What the learned reliability is a function of.

    Parameters
    ----------
    strength : float
        Matched-filter signal-to-noise ratio.
    area_px : float
        Footprint in pixels.
    found : Artefacts
        Its measures.

    Returns
    -------
    ndarray, shape (2 + measure,)
        Logarithms of strength and area, and each measure over its limit, at most ``CAP``.
    """
    measures = [min(getattr(found, name) / LIMITS[name], CAP) for name in MEASURES]
    return np.array([math.log(max(strength, 1.0)), math.log(max(area_px, 1.0)), *measures])


@dataclass(frozen=True, slots=True)
class Learned:
    """A logistic function that tells changes from artefacts (``benchmarks/train_reliability.py``).

    Parameters
    ----------
    offset : float
        The score without any features.
    strength, area : float
        Weights of the logarithms of signal-to-noise ratio and area in pixels.
    measures : mapping of str to float
        Weight of each artefact measure, none of which is above 0; a measure that is not named counts nothing.
    """

    offset: float
    strength: float
    area: float
    measures: Mapping[str, float] = field(default_factory=dict[str, float])

    def probability(self, candidate: NDArray[np.float64]) -> float:
        """Of a change rather than an artefact, of :func:`features`, where both are as common."""
        weights = np.array([self.strength, self.area, *(self.measures.get(name, 0.0) for name in MEASURES)])
        return float(1.0 / (1.0 + np.exp(-(self.offset + candidate @ weights))))


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
    isolated: NDArray[np.float64],
    found: Sequence[Artefacts],
    known: Sequence[tuple[float, float]],
    learned: Learned | None,
) -> NDArray[np.float64]:
    """Reliability of each candidate, 0 to 1.

    Parameters
    ----------
    isolated : ndarray, shape (candidate,)
        Isolation from the null.
    found : sequence of Artefacts
        Measures of each.
    known : sequence of tuple of float
        Signal-to-noise ratio and area in pixels of each.
    learned : Learned or None
        What was learned of changes and artefacts; None leaves it out.
    """
    product = isolated * np.array([trust(one) for one in found], dtype=np.float64)
    if learned is None:
        return product
    chances = [learned.probability(features(*pair, one)) for pair, one in zip(known, found, strict=True)]
    return np.sqrt(isolated) * np.array(chances, dtype=np.float64)
