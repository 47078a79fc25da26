"""From the rank of a cluster among null clusters to p- and q-values."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from iovolc.detect.null import NullClusters
from iovolc.model.detection import Footprint

SHAPE_PRIOR_SIGMA = 0.05
"""Standard deviation of the prior of the tail's shape about 0."""
PRIOR_PEAKS = 20.0
"""Null peaks that the prior of the mean excess counts for."""
_LEAST_SAMPLE = 50
_EXTRAPOLATION = 1000.0
_LEAST_P = 1e-15
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Tail:
    """Generalised Pareto tail of null peaks above the seed threshold.

    Parameters
    ----------
    shape, scale : float
        Its parameters; the shape is not taken below 0, so the tail has no end point and errs on the safe side.
    shape_sigma : float
        Standard deviation of the shape given sample and prior.
    count : int
        Null clusters behind it.
    floor : float
        Smallest p-value that this sample supports.
    """

    shape: float
    scale: float
    shape_sigma: float
    count: int
    floor: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """By what the clusters of a comparison were judged.

    Parameters
    ----------
    null : NullClusters
        Clusters of the surrogate fields.
    p : ndarray of float64
        p-values of all clusters.
    inflation : float
        By how much significances were divided (:class:`iovolc.detect.bulk.Bulk`).
    real : tuple of Footprint
        Where the clusters lie that passed.
    """

    null: NullClusters
    p: NDArray[np.float64]
    inflation: float
    real: tuple[Footprint, ...]


def fit_tail(z: NDArray[np.float64], threshold: float) -> Tail:
    """Generalised Pareto tail of the excesses over a threshold, by probability-weighted moments and a prior.

    Parameters
    ----------
    z : ndarray of float64
        Null peaks, all above the threshold.
    threshold : float
        Seed threshold of the search.

    Notes
    -----
    Moments and the large-sample error of the shape near 0 after Hosking and Wallis 1987, Technometrics 29, 339. Peaks
    of Gaussian fields have exponential tails to first order (Worsley et al. 1996, Human Brain Mapping 4, 58), that is
    shape 0, and a few dozen peaks tell the shape badly; so it is shrunk towards 0 by a normal prior, as Coles and
    Dixon 1999, Extremes 2, 5, and Martins and Stedinger 2000, Water Resources Research 36, 737, do for floods. Above a
    threshold u such peaks exceed it by 1/u on average; that counts for :data:`PRIOR_PEAKS` peaks, so that a coarse
    epoch whose surrogates hold hardly any cluster still has a tail.
    """
    excess = np.sort(z - threshold)
    count = len(excess)
    mean = (PRIOR_PEAKS / threshold + float(excess.sum())) / (PRIOR_PEAKS + count)
    floor = 1.0 / (_EXTRAPOLATION * (PRIOR_PEAKS + count))
    if count < 2:
        return Tail(0.0, mean, SHAPE_PRIOR_SIGMA, count, floor)
    first = float(excess.mean())
    ranks = (count - np.arange(1, count + 1)) / (count - 1)
    second = float((ranks * excess).mean())
    measured = 2.0 - first / max(first - 2.0 * second, 1e-9)
    error2 = 4.0 / (3.0 * count)
    share = SHAPE_PRIOR_SIGMA**2 / (SHAPE_PRIOR_SIGMA**2 + error2)
    shape = min(max(share * measured, 0.0), 0.5)
    return Tail(shape, mean * (1.0 - shape), math.sqrt(share * error2), count, floor)


def survival(tail: Tail, z: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Share of null clusters with a peak above ``z``, never under the tail's floor."""
    excess = np.maximum(z - threshold, 0.0) / tail.scale
    share = np.exp(-excess) if tail.shape < 1e-6 else (1.0 + tail.shape * excess) ** (-1.0 / tail.shape)
    return np.maximum(share, tail.floor)


def p_values(
    scale: NDArray[np.int64], z: NDArray[np.float64], null: NullClusters, threshold: float
) -> tuple[NDArray[np.float64], dict[int, Tail]]:
    """Share of null clusters of about the same scale that peak at least as high.

    Parameters
    ----------
    scale : ndarray of int64
        Best scale of each cluster, or the class of rings.
    z : ndarray of float64
        Peak significance of each cluster.
    null : NullClusters
        The null; both signs together, since surrogates are symmetric.
    threshold : float
        Seed threshold of the search.

    Returns
    -------
    p : ndarray of float64
    tails : dict of int to Tail
        The tail used for each scale.
    """
    p = np.ones(len(z))
    tails: dict[int, Tail] = {}
    for index in sorted(set(scale.tolist())):
        tails[index] = fit_tail(_sample(null, index), threshold)
        mine = scale == index
        p[mine] = survival(tails[index], z[mine], threshold)
    return p, tails


def _sample(null: NullClusters, index: int) -> NDArray[np.float64]:
    """Null peaks of this scale; neighbouring scales join until the sample is large enough. Rings stay by themselves."""
    if index == null.ring_class:
        return null.z[null.scale == index]
    if null.ring_class is not None:
        plain = null.scale != null.ring_class
        null = replace(null, scale=null.scale[plain], z=null.z[plain], ring_class=None)
    for reach in range(int(null.scale.max(initial=0)) + index + 1):
        near = np.abs(null.scale - index) <= reach
        if near.sum() >= _LEAST_SAMPLE:
            return null.z[near]
    return null.z


def q_values(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Benjamini-Hochberg adjusted p-values."""
    return false_discovery_control(p, method="bh") if len(p) else p


def needed_z(verdict: Verdict, count: int, threshold: float, q: float) -> tuple[float, ...]:
    """The significance with which one more cluster would pass at a false-discovery rate, by scale.

    Parameters
    ----------
    verdict : Verdict
        Of the comparison.
    count : int
        Number of scales.
    threshold : float
        Seed threshold of the search; never less than this.
    q : float
        The rate.
    """
    low, high = math.log(_LEAST_P), 0.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        passes = would_pass(np.array([math.exp(middle)]), verdict.p, q)[0]
        low, high = (middle, high) if passes else (low, middle)
    return tuple(
        verdict.inflation * _z_of(fit_tail(_sample(verdict.null, index), threshold), low, threshold)
        for index in range(count)
    )


def _z_of(tail: Tail, log_p: float, threshold: float) -> float:
    """The peak that this share of null clusters exceeds; infinite below the tail's floor."""
    if log_p < math.log(tail.floor):
        return math.inf
    excess = -log_p if tail.shape < 1e-6 else math.expm1(-tail.shape * log_p) / tail.shape
    return threshold + tail.scale * max(excess, 0.0)


def would_pass(p: NDArray[np.float64], others: NDArray[np.float64], q: float) -> NDArray[np.bool_]:
    """Whether a cluster, were it alone with the others, would pass at a false-discovery rate.

    Parameters
    ----------
    p : ndarray of float64
        p-values of clusters, each of which is added to the others by itself.
    others : ndarray of float64
        p-values of the others.
    q : float
        The rate.
    """
    return np.array([q_values(np.append(others, own))[-1] <= q for own in p], np.bool_)
