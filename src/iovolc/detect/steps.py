"""Steps in short series: the generalised likelihood ratio over all splits, its significance and its date.

A step is one change of level; a transient leaves the level and returns to it. Retrospective: all epochs are used at
once. Not for the search of one epoch against its predecessors (:mod:`iovolc.detect.epoch`).
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel

Plane = NDArray[np.float32]
Vector = NDArray[np.float64]

LEAST_EPOCHS: Final = 3
SHRINKAGE: Final = 10.0
"""Weight, in epochs, of the stated variance against the series' own scatter about the fit."""
LEAST_P: Final = 1e-6
"""The thresholds are simulated down to p = 1e-5; no smaller p than a tenth of that is given."""
_LEAST_SHARE: Final = 1e-14
"""Of all weights: a difference of sums is not told better."""

_BLOCK: Final = 8
"""So many ends of a transient are passed over at a time."""
_SURE: Final = 1.0 - 1e-9
"""Rounding must not pass over the best."""

_LEVELS: Final = (0.1, 1e-2, 1e-3, 1e-4, 1e-5)
_EPOCHS: Final = (3, 4, 5, 6, 8, 10, 15, 20)
_STEP: Final = (
    (3.8, 8.1, 12.5, 17.3, 22.3), (4.5, 9.0, 13.7, 18.2, 22.9), (5.0, 9.7, 14.6, 19.8, 24.8),
    (5.4, 10.3, 15.3, 20.4, 26.4), (6.0, 11.1, 16.4, 21.6, 26.9), (6.3, 11.7, 17.2, 22.7, 28.3),
    (6.9, 12.6, 18.5, 24.4, 30.2), (7.3, 13.0, 19.0, 25.3, 32.0),
)  # fmt: skip
_TRANSIENT: Final = (
    (2.7, 6.8, 11.2, 15.7, 20.0), (4.5, 9.0, 13.6, 18.5, 22.9), (5.7, 10.5, 15.4, 20.3, 25.7),
    (6.7, 11.8, 16.8, 22.0, 27.2), (8.1, 13.5, 19.0, 24.7, 30.9), (9.2, 14.9, 20.7, 26.4, 32.3),
    (10.8, 17.0, 23.2, 29.9, 36.2), (11.8, 18.2, 24.8, 31.4, 39.4),
)  # fmt: skip
_DATE_DROP: Final = 7.35
"""(1 - exp(-c/2))^2 = 0.95: how far the ratio may drop at other splits that the data do not exclude."""


@dataclass(frozen=True, slots=True)
class Step:
    """The best step or transient of one series.

    Parameters
    ----------
    evidence : float
        -log10 of its p-value.
    amplitude, sigma : float
        The new level less the old one, and its standard deviation.
    first : int
        Number of the first epoch at the new level.
    until : int
        Number of the first epoch back at the old one; the length of the series if there is none.
    earliest, latest : int
        Range of ``first`` that the data do not exclude at 95 %.
    stretch : float
        Standard deviation of the residuals in units of the stated one, shrunk towards 1.
    """

    evidence: float
    amplitude: float
    sigma: float
    first: int
    until: int
    earliest: int
    latest: int
    stretch: float


@dataclass(frozen=True, slots=True)
class _Series:
    """Sums over a series up to each epoch: of weights, and of weighted values about their mean."""

    weights: Vector
    sums: Vector
    around: float
    shrinkage: float

    def split(self, first: NDArray[np.intp], until: NDArray[np.intp]) -> tuple[Vector, Vector, Vector, Vector]:
        """Ratio, jump, its sigma and the stretch, for parts of the series that begin and end so."""
        n = len(self.weights) - 1
        w_in, s_in = self.weights[until] - self.weights[first], self.sums[until] - self.sums[first]
        w_out = np.maximum(self.weights[-1] - w_in, _LEAST_SHARE * self.weights[-1])
        jump = s_in / w_in - (self.sums[-1] - s_in) / w_out
        gain = w_in * w_out / (w_in + w_out) * jump**2
        s2 = (self.shrinkage + np.maximum(self.around - gain, 0.0)) / (self.shrinkage + n - 2)
        return gain / s2, jump, np.sqrt(s2 * (1.0 / w_in + 1.0 / w_out)), np.sqrt(s2)


@lru_cache(maxsize=8)
def thresholds(longest: int) -> tuple[Vector, Vector]:
    """Thresholds of the largest ratio for p = 0.1 to 1e-5, of steps and of transients, by length of the series.

    Parameters
    ----------
    longest : int
        Epochs of the longest series.

    Returns
    -------
    tuple of ndarray, shape (longest + 1, 5)
        Row n is for n epochs; interpolated in ln n, and linear in it beyond 20 epochs.

    Notes
    -----
    From 2e6 trials of Gaussian series of equal sigma each. Where the sigmas of epochs differ by more than a factor of
    two the thresholds are approximate.
    """
    n = np.log(np.maximum(np.arange(longest + 1), LEAST_EPOCHS))
    return _interpolated(n, _STEP), _interpolated(n, _TRANSIENT)


def _interpolated(log_n: Vector, table: tuple[tuple[float, ...], ...]) -> Vector:
    known = np.log(np.array(_EPOCHS, np.float64))
    values = np.array(table)
    slope = (values[-1] - values[-2]) / (known[-1] - known[-2])
    inside: Vector = np.column_stack([np.interp(log_n, known, values[:, k]) for k in range(values.shape[1])])
    return inside + np.maximum(log_n - known[-1], 0.0)[:, None] * slope


@kernel
def evidence_of(ratio: float, levels: Vector) -> float:
    """-log10 p of a ratio, of two ways to look, between the thresholds of one length of series.

    Steps and transients are both sought, so that p is twice that of the better one (Bonferroni).
    """
    low, height = 0.0, 0.0
    found = 0.0
    for i in range(levels.size):
        high = levels[i]
        found = height + (ratio - low) / (high - low)
        if ratio <= high:
            break
        low, height = high, height + 1.0
    return min(max(found - math.log10(2.0), 0.0), -math.log10(LEAST_P))


def fit_step(values: Vector, variance: Vector, shrinkage: float = SHRINKAGE) -> Step | None:
    """The best step or transient of a series, in plain steps.

    Parameters
    ----------
    values, variance : ndarray, shape (epoch,)
        In order of time, finite, three or more.
    shrinkage : float
        Weight of the stated variance, in epochs.

    Returns
    -------
    Step or None
        None where the series is too short.

    Notes
    -----
    For epochs a to b against the others the ratio is ``W_in W_out / W (mean_in - mean_out)^2 / s^2`` with weights W of
    inverse variance and ``s^2 = (shrinkage + residual) / (shrinkage + n - 2)``. A step is such a part that touches an
    end of the series. The range of dates is the likelihood-ratio set of Siegmund 1988, International Statistical
    Review 56, 31.
    """
    n = len(values)
    if n < LEAST_EPOCHS:
        return None
    weight = 1.0 / variance
    centred = values - (weight * values).sum() / weight.sum()
    series = _Series(
        np.concatenate([[0.0], np.cumsum(weight)]),
        np.concatenate([[0.0], np.cumsum(weight * centred)]),
        float((weight * centred**2).sum()),
        shrinkage,
    )
    candidates = [_best(series, np.arange(1, n), np.array([n])), *_transients(series, n)]
    levels = thresholds(n)
    told = [(evidence_of(ratio, levels[int(until < n)][n]), ratio, until == n) for ratio, _, until in candidates]
    k = max(range(len(told)), key=told.__getitem__)
    evidence, (top, first, until) = told[k][0], candidates[k]
    _, jump, sigma, stretch = (float(one[0]) for one in series.split(np.array([first]), np.array([until])))
    firsts = np.arange(1, until)
    near = firsts[series.split(firsts, np.array([until]))[0] >= top - _DATE_DROP]
    return Step(evidence, jump, sigma, first, until, int(near.min()), int(near.max()), stretch)


def _best(series: _Series, first: NDArray[np.intp], until: NDArray[np.intp]) -> tuple[float, int, int]:
    """The largest ratio of some parts, and the first part that has it."""
    ratio = series.split(first, until)[0]
    k = int(np.argmax(ratio))
    return float(ratio[k]), int(np.broadcast_to(first, ratio.shape)[k]), int(np.broadcast_to(until, ratio.shape)[k])


def _transients(series: _Series, n: int) -> list[tuple[float, int, int]]:
    """The transient with the largest ratio; among equal ones the earliest."""
    starts = (_best(series, np.array([first]), np.arange(first + 1, n)) for first in range(1, n - 1))
    return [max(starts, key=lambda found: found[0])]


@kernel
def step_planes(
    values: Plane, variance: Plane, of_step: Vector, of_transient: Vector, shrinkage: float
) -> tuple[Plane, Plane, NDArray[np.int16], NDArray[np.int16]]:
    """:func:`fit_step` at every pixel of a stack.

    Parameters
    ----------
    values, variance : ndarray, shape (epoch, row, col), float32
        In order of time; values are NaN where an epoch shows nothing.
    of_step, of_transient : ndarray, shape (epochs + 1, 5)
        From :func:`thresholds`.
    shrinkage : float
        Weight of the stated variance, in epochs.

    Returns
    -------
    evidence, amplitude : ndarray, shape (row, col), float32
        0 where fewer than three epochs show the place.
    first, until : ndarray, shape (row, col), int16
        Numbers of epochs of the stack, as in :class:`Step`.
    """
    epochs, rows, cols = values.shape
    evidence = np.zeros((rows, cols), np.float32)
    amplitude = np.zeros((rows, cols), np.float32)
    first = np.zeros((rows, cols), np.int16)
    until = np.full((rows, cols), epochs, np.int16)
    number = np.empty(epochs, np.int64)
    weights, sums, centred = np.zeros(epochs + 1), np.zeros(epochs + 1), np.zeros(epochs + 1)
    low, high = np.zeros(epochs // _BLOCK + 1), np.zeros(epochs // _BLOCK + 1)
    for row in range(rows):
        for col in range(cols):
            n, around = _gather(values[:, row, col], variance[:, row, col], number, weights, sums)
            if n < LEAST_EPOCHS:
                continue
            for k in range(n + 1):
                centred[k] = sums[k] - weights[k] / weights[n] * sums[n]
            _blocks(centred, n, low, high)
            step, a = _best_step(centred, weights, n)
            brief, other, b = _best_transient(centred, weights, n, low, high)
            degrees = shrinkage + n - 2
            lasting = evidence_of(step * degrees / (shrinkage + max(around - step, 0.0)), of_step[n])
            passing = evidence_of(brief * degrees / (shrinkage + max(around - brief, 0.0)), of_transient[n])
            evidence[row, col] = max(lasting, passing)
            if passing > lasting or (passing == lasting and brief > step):  # of p alike, as beyond the least told
                a = other
                until[row, col] = number[b]
            else:
                b = n
            first[row, col] = number[a]
            amplitude[row, col] = _jump(weights, sums, n, a, b)
    return evidence, amplitude, first, until


@kernel
def _gather(
    values: Plane, variance: Plane, number: NDArray[np.int64], weights: Vector, sums: Vector
) -> tuple[int, float]:
    """Fill running weights and weighted sums of a series' finite values; their count and scatter about the mean."""
    n = 0
    squares = 0.0
    for k in range(values.size):
        if math.isnan(values[k]):
            continue
        weight = 1.0 / variance[k]
        number[n] = k
        weights[n + 1] = weights[n] + weight
        sums[n + 1] = sums[n] + weight * values[k]
        squares += weight * values[k] * values[k]
        n += 1
    return n, max(squares - sums[n] * sums[n] / weights[n], 0.0) if n else 0.0


@kernel
def _jump(weights: Vector, sums: Vector, n: int, a: int, b: int) -> float:
    """Weighted mean of epochs a to b less that of the others."""
    inside = weights[b] - weights[a]
    summed = sums[b] - sums[a]
    return summed / inside - (sums[n] - summed) / (weights[n] - inside)


@kernel
def _best_step(centred: Vector, weights: Vector, n: int) -> tuple[float, int]:
    """The part up to the end with the largest gain."""
    best, at = -1.0, 1
    for a in range(1, n):
        gain = _gain(centred, weights, n, a, n)
        if gain > best:
            best, at = gain, a
    return best, at


@kernel
def _gain(centred: Vector, weights: Vector, n: int, a: int, b: int) -> float:
    """By how much a level of their own for epochs a to b lowers the scatter; ``centred`` are sums about the mean."""
    inside, moved = weights[b] - weights[a], centred[b] - centred[a]
    return weights[n] * moved * moved / (inside * (weights[n] - inside))


@kernel
def _best_transient(centred: Vector, weights: Vector, n: int, low: Vector, high: Vector) -> tuple[float, int, int]:
    """The inner part of the largest gain, the earliest of equals; blocks that cannot hold it are passed over.

    ``low`` and ``high`` are the extremes of the centred sums by block.
    """
    whole, blocks = weights[n], (n - 1) // _BLOCK + 1
    best, at, end = -1.0, 1, 2
    for begin in range(blocks):
        first, last = max(1, begin * _BLOCK), min(n - 2, (begin + 1) * _BLOCK - 1)
        for finish in range(begin, blocks):
            start, stop = finish * _BLOCK, min(n - 1, (finish + 1) * _BLOCK - 1)
            far = max(high[finish] - low[begin], high[begin] - low[finish])
            near, wide = max(weights[start] - weights[last], 0.0), weights[stop] - weights[first]
            if whole * far * far < best * _SURE * min(near * (whole - near), wide * (whole - wide)):
                continue
            for a in range(first, last + 1):
                for b in range(max(a + 1, start), stop + 1):
                    gain = _gain(centred, weights, n, a, b)
                    if gain > best or (gain == best and (a < at or (a == at and b < end))):
                        best, at, end = gain, a, b
    return best, at, end


@kernel
def _blocks(centred: Vector, n: int, low: Vector, high: Vector) -> None:
    """The least and the largest of each block of the first n sums."""
    for block in range((n - 1) // _BLOCK + 1):
        low[block] = high[block] = centred[block * _BLOCK]
        for k in range(block * _BLOCK + 1, min((block + 1) * _BLOCK, n)):
            low[block], high[block] = min(low[block], centred[k]), max(high[block], centred[k])
