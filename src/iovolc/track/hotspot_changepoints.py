"""Whether the brightness of a place has just changed: Bayesian online change points (Adams and MacKay 2007).

Works on ln I of one band. Not for the size of a change (:mod:`iovolc.track.hotspot_states`).
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from iovolc.track.hotspot_series import USUAL_SCATTER, Point

Floats = NDArray[np.float64]

LEAST_DETECTIONS: Final = 5
ALARM: Final = 0.9
HAZARD_DAYS: Final = 300.0
"""Mean time between changes that is taken for granted."""
_LEVEL_LOOKS: Final = 0.1
_SPREAD_LOOKS: Final = 2.0
"""The prior of level and scatter weighs as much as so many looks."""
_LEAST_HAZARD: Final = 1e-9


def change_probability(points: Sequence[Point]) -> float | None:
    """Probability that the level of a light curve changed between its last two detections.

    Values scatter about a level; with the hazard ``1 - exp(-days / 300)`` of each interval both are drawn anew (Normal
    and Gamma priors about the median and :data:`USUAL_SCATTER`, so that predictions are Student's t).

    Parameters
    ----------
    points : sequence of Point
        In any order; limits are left aside.

    Returns
    -------
    float or None
        None with fewer than :data:`LEAST_DETECTIONS` detections. From :data:`ALARM` it is worth an alarm.
    """
    seen = sorted((point.days, point.log_value) for point in points if point.limit == "detection")
    if len(seen) < LEAST_DETECTIONS:
        return None
    days, values = (np.array(column) for column in zip(*seen, strict=True))
    prior = np.array(
        [float(np.median(values[:-1])), _LEVEL_LOOKS, _SPREAD_LOOKS / 2.0, USUAL_SCATTER**2 * _SPREAD_LOOKS / 2.0]
    )[:, None]
    runs, log_weight = prior, np.zeros(1)
    for gap_days, value in zip(np.diff(days, prepend=days[0]), values, strict=True):
        if runs[1, -1] > _LEVEL_LOOKS:  # before the first look nothing can have changed
            hazard = max(-math.expm1(-float(gap_days) / HAZARD_DAYS), _LEAST_HAZARD)
            log_weight = np.append(logsumexp(log_weight) + math.log(hazard), log_weight + math.log1p(-hazard))
            runs = np.concatenate((prior, runs), axis=1)
        log_weight = log_weight + _log_predictive(float(value), runs)
        log_weight = log_weight - logsumexp(log_weight)
        runs = _with(float(value), runs)
    return float(np.exp(log_weight[0]))


def _log_predictive(value: float, runs: Floats) -> Floats:
    """Ln of Student's t of a value under each run: level, looks that it rests on, shape and rate of the precision."""
    level, looks, shape, rate = runs
    width2 = 2.0 * rate * (looks + 1.0) / looks
    norm = np.asarray(gammaln(shape + 0.5) - gammaln(shape), np.float64) - 0.5 * np.log(math.pi * width2)
    return norm - (shape + 0.5) * np.log1p((value - level) ** 2 / width2)


def _with(value: float, runs: Floats) -> Floats:
    """The runs with one more look."""
    level, looks, shape, rate = runs
    more = rate + looks * (value - level) ** 2 / (2.0 * (looks + 1.0))
    return np.stack(((looks * level + value) / (looks + 1.0), looks + 1.0, shape + 0.5, more))
