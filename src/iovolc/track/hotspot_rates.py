"""How often something happens: rates with exposure and exact limits, and totals with values below limits.

The estimator of Kaplan and Meier and the limits of Garwood are written here, since the locked libraries hold neither.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per year with limits that hold the truth at least as often as asked for.

    Parameters
    ----------
    events : int
        How many were seen.
    exposure_years : float
        How long one would have been seen.
    per_year, low_per_year, high_per_year : float
        Rate and limits; without events the lower one is 0 and the upper one-sided.
    """

    events: int
    exposure_years: float
    per_year: float
    low_per_year: float
    high_per_year: float


def exposure_days(days: Sequence[float], probability: Sequence[float], lasting_days: float) -> float:
    """Time in which the beginning of an event of a duration would have been noticed.

    Parameters
    ----------
    days : sequence of float
        Times of the looks, ascending.
    probability : sequence of float
        With which each would show the event (1 for an adequate look).
    lasting_days : float
        How long an event stays visible; the first look counts for all of it.

    Notes
    -----
    The integral over beginnings of the probability that any look within the duration shows the event. For looks that
    miss nothing this is ``sum min(tau, t_i - t_i-1)``; the sum of ``p_i min(tau, t_i - t_i-1)`` forgets that a later
    look shows what one has missed, and makes rates a quarter too high where looks are many and poor.
    """
    if len(days) == 0:
        return 0.0
    at, missed = np.asarray(days, np.float64), 1.0 - np.asarray(probability, np.float64)
    edges = np.unique(np.concatenate((at, at - lasting_days)))
    middles = (edges[1:] + edges[:-1]) / 2.0
    first, last = np.searchsorted(at, middles), np.searchsorted(at, middles + lasting_days)
    unseen = np.array([missed[low:high].prod() for low, high in zip(first, last, strict=True)])
    return float(np.diff(edges) @ (1.0 - unseen))


def rate(events: int, exposure: float, *, level: float = 0.95) -> Rate:
    """A Poisson rate per year with Garwood's exact limits (Garwood 1936, Biometrika 28, 437).

    Parameters
    ----------
    events : int
        Count.
    exposure : float
        In days, above zero.
    level : float
        Coverage. Without events the upper limit is one-sided: 3.0 over the exposure at 95 %.
    """
    years = exposure / 365.25
    tail = (1.0 - level) / 2.0
    if events == 0:
        return Rate(0, years, 0.0, 0.0, -math.log(1.0 - level) / years)
    low, high = float(gammaincinv(events, tail)), float(gammaincinv(events + 1, 1.0 - tail))
    return Rate(events, years, events / years, low / years, high / years)


def censored_mean(values: Sequence[float], is_limit: Sequence[bool]) -> float:
    """Mean of positive values of which some are upper limits (Kaplan and Meier 1958, reversed in value).

    Parameters
    ----------
    values : sequence of float
        Values and upper limits.
    is_limit : sequence of bool
        Which are limits. Those below all detections count as the smallest detection's share at their own value.

    Notes
    -----
    Upper limits become right-censored times by ``x -> max - x`` (Feigelson and Nelson 1985, Astrophys. J. 293, 192).
    """
    value, limit = np.asarray(values, np.float64), np.asarray(is_limit, np.bool_)
    flipped = value.max() - value
    order = np.lexsort((limit, flipped))
    at_risk = np.arange(value.size, 0, -1, dtype=np.float64)
    survival = np.cumprod(np.where(limit[order], 1.0, 1.0 - 1.0 / at_risk))
    dropped = -np.diff(survival, prepend=1.0)
    return float(value.max() - (dropped @ flipped[order] + survival[-1] * flipped[order][-1]))


def censored_total(values: Sequence[float], is_limit: Sequence[bool]) -> float:
    """Total of as many members: their censored mean times their number."""
    return censored_mean(values, is_limit) * len(values)
