"""Statistics of one light curve: its usual brightness with limits counted as limits, and its own cycle if it has one.

Works on ln I of one band. Not for what the place does from look to look (:mod:`iovolc.track.hotspot_states`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from astropy.timeseries import LombScargle  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_ndtr

from iovolc.model.glow import Limit
from iovolc.robust import MAD_TO_SIGMA

Floats = NDArray[np.float64]

PERIODS_DAYS: Final = (100.0, 1500.0)
LEAST_CYCLES: Final = 3.0
LEAST_DETECTIONS: Final = 12
MAX_FAP: Final = 0.01
"""A cycle is believed from this false-alarm probability down, seen in as many detections over as many cycles."""
SHUFFLES: Final = 199
USUAL_SCATTER: Final = 0.6
"""Scatter of ln I of a hot spot, and how far it differs from one to the next (ln): the prior of all baselines."""
SCATTER_SPREAD: Final = 0.5
LEAST_SCATTER: Final = 0.15
_CLIP_SIGMA: Final = 3.0
_CLIPS: Final = 2
_USUAL_SHARE: Final = 0.95
_SEED: Final = 20131215


@dataclass(frozen=True, slots=True)
class Point:
    """One look in one band.

    Parameters
    ----------
    days : float
        Time, from any origin.
    log_value : float
        ln of the value or limit.
    sigma : float
        One-sigma error of it.
    limit : str
        ``detection``, ``upper`` or ``lower``.
    """

    days: float
    log_value: float
    sigma: float
    limit: Limit = "detection"


class Baseline(Protocol):
    """What is usual for a place."""

    @property
    def scatter(self) -> float:
        """One-sigma scatter of ln I about it."""
        ...

    @property
    def peak(self) -> float:
        """The highest ln I that is usual."""
        ...


@dataclass(frozen=True, slots=True)
class Steady:
    """A usual brightness, ln I, with its scatter."""

    mean: float
    scatter: float

    @property
    def peak(self) -> float:
        """The mean: what is brighter by its scatter is not usual."""
        return self.mean


@dataclass(frozen=True, slots=True)
class Cycle:
    """A brightness that comes and goes.

    Parameters
    ----------
    period_days : float
        Its period.
    fap : float
        Probability that shuffled values give as strong a period.
    scatter : float
        Robust one-sigma scatter of ln I about its first two harmonics.
    peak : float
        Its usual maximum, ln I, at whatever time: cycles wander, and their maxima are not outbursts.
    """

    period_days: float
    fap: float
    scatter: float
    peak: float


def steady(points: Sequence[Point]) -> Steady:
    """Mean and scatter of ln I with limits as limits (a Tobit model), outbursts left aside.

    Parameters
    ----------
    points : sequence of Point
        At least one detection. The scatter is drawn towards :data:`USUAL_SCATTER`, the more so the fewer they are.
    """
    found = _tobit(points)
    for _ in range(_CLIPS):
        cut = found.mean + _CLIP_SIGMA * found.scatter
        inside = [point for point in points if point.limit == "upper" or point.log_value <= cut]
        if not any(point.limit == "detection" for point in inside):
            break
        found = _tobit(inside)
    return found


def _tobit(points: Sequence[Point]) -> Steady:
    value = np.array([point.log_value for point in points])
    sigma = np.array([point.sigma for point in points])
    sign = np.array([{"detection": 0.0, "upper": -1.0, "lower": 1.0}[point.limit] for point in points])

    def cost(parameters: Floats) -> float:
        mean, log_scatter = parameters
        width = np.hypot(math.exp(log_scatter), sigma)
        z = (value - mean) / width
        tail = np.asarray(log_ndtr(-sign * z), np.float64)
        likelihood = np.where(sign == 0.0, -0.5 * z**2 - np.log(width), tail)
        prior = 0.5 * ((log_scatter - math.log(USUAL_SCATTER)) / SCATTER_SPREAD) ** 2
        return float(prior - likelihood.sum())

    seen = value[sign == 0.0]
    start = float(np.median(seen if seen.size else value))
    found = minimize(cost, np.array([start, math.log(USUAL_SCATTER)]), method="Nelder-Mead").x
    return Steady(float(found[0]), max(math.exp(float(found[1])), LEAST_SCATTER))


def cycle(points: Sequence[Point]) -> Cycle | None:
    """The period of a light curve, or None if there is none to believe.

    Floating-mean Lomb-Scargle over :data:`PERIODS_DAYS`, on detections alone; the false-alarm probability is the share
    of shuffled series with as high a peak. The brightest values count as their 95 % quantile, so that an outburst
    neither makes nor hides a period.

    Parameters
    ----------
    points : sequence of Point
        In any order.
    """
    seen = sorted((point.days, point.log_value, point.sigma) for point in points if point.limit == "detection")
    if len(seen) < LEAST_DETECTIONS:
        return None
    days, value, sigma = (np.array(column) for column in zip(*seen, strict=True))
    value = np.minimum(value, np.quantile(value, _USUAL_SHARE))
    longest = min(PERIODS_DAYS[1], float(days[-1] - days[0]) / LEAST_CYCLES)
    if longest <= PERIODS_DAYS[0] or float(np.ptp(value)) == 0.0:
        return None
    frequency = _frequencies(longest, float(days[-1] - days[0]))
    power = _power(days, value, sigma, frequency)
    rng = np.random.default_rng(_SEED)
    best = float(power.max())
    higher = sum(
        float(_power(days, value[order], sigma[order], frequency).max()) >= best
        for order in (rng.permutation(value.size) for _ in range(SHUFFLES))
    )
    fap = (1 + higher) / (1 + SHUFFLES)
    if fap > MAX_FAP:
        return None
    period = 1.0 / float(frequency[int(np.argmax(power))])
    return _fitted(days, value, period, fap)


def baseline(points: Sequence[Point]) -> Baseline:
    """The cycle if there is one to believe, else the steady brightness."""
    return cycle(points) or steady(points)


def _fitted(days: Floats, value: Floats, period_days: float, fap: float) -> Cycle:
    design = _harmonics(days, period_days)
    coefficients = np.linalg.lstsq(design, value, rcond=None)[0]
    residual = value - design @ coefficients
    lost = math.sqrt(value.size / max(value.size - design.shape[1], 1))
    scatter = max(lost * MAD_TO_SIGMA * float(np.median(np.abs(residual))), LEAST_SCATTER)
    return Cycle(period_days, fap, scatter, max(float((design @ coefficients).max()), float(value.max())))


def _harmonics(days: Floats, period_days: float) -> Floats:
    turn = 2.0 * math.pi * days / period_days
    return np.stack([np.ones_like(turn), np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)], axis=1)


def _frequencies(longest_days: float, span_days: float) -> Floats:
    low, high = 1.0 / longest_days, 1.0 / PERIODS_DAYS[0]
    return np.linspace(low, high, max(int(8.0 * span_days * (high - low)), 16))


def _power(days: Floats, value: Floats, sigma: Floats, frequency: Floats) -> Floats:
    periodogram: Any = LombScargle(days, value, sigma, fit_mean=True)  # its methods have no types
    return np.asarray(periodogram.power(frequency, method="cython"), np.float64)
