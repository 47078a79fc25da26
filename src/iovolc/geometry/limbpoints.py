"""From the shifts of single limb points to that of the disc: a robust straight fit.

Not for finding the points (:mod:`iovolc.geometry.edge`).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.robust import MAD_TO_SIGMA

Values = NDArray[np.float64]

HUBER: Final = 1.345
"""Scales up to which a point counts fully: 95 % efficient for normal errors (Huber 1981, Robust Statistics)."""

USED: Final = 4.0
"""Scales from which a point is an outlier; from twice as many it counts nothing."""

PASSES: Final = 30
LEAST_SCALE_PX: Final = 0.02
WORST_CONDITION: Final = 1e4
N_ARCS: Final = 12
UNSEEN: Final = 1.8
"""Ratio of the true errors to those that the arcs' scatter tells, of drawn discs with Io's ground and volcanoes: a side
brighter than the other moves the whole disc and leaves no scatter (``benchmarks/limb_truth.py``)."""

CENTRE: Final = (0, 1)
RADIUS: Final = 2


@dataclass(frozen=True, slots=True)
class Shift:
    """What moves the expected limb onto the points.

    Parameters
    ----------
    right, down, outward : float
        Pixels; what was held fixed is 0.
    sigma : tuple of float
        Standard errors of the three; what was held fixed has 0. Infinite where the points do not determine them.
    used : ndarray, shape (direction,), bool
        Points that count.
    rms : float
        Scatter of the points used, in pixels.
    """

    right: float
    down: float
    outward: float
    sigma: tuple[float, float, float]
    used: NDArray[np.bool_]
    rms: float


def fit_shift(shift: Values, right: Values, down: Values, *, free: tuple[int, ...], correlated: float) -> Shift:
    """Least squares with Huber's weights, then with none for gross outliers.

    Huber's weights have one minimum, so that noise cannot make it jump to another.

    Parameters
    ----------
    shift : ndarray, shape (direction,)
        Pixels outwards; NaN for directions without a point.
    right, down : ndarray, shape (direction,)
        The outward directions.
    free : tuple of int
        What is fitted, of right (0), down (1) and outward (2).
    correlated : float
        How many neighbouring points share one error at least, for the standard errors.
    """
    known = np.isfinite(shift)
    design = np.stack((right, down, np.ones_like(right)), axis=1)[:, list(free)]
    if known.sum() < 3 * len(free):
        return Shift(0.0, 0.0, 0.0, (math.inf, math.inf, math.inf), np.zeros_like(known), math.inf)
    design, data = design[known], shift[known]
    weight, scale = np.ones_like(data), math.inf
    left, solution = data, np.zeros(len(free))
    for step in range(PASSES):
        root = np.sqrt(weight)
        solution = np.asarray(np.linalg.lstsq(design * root[:, None], data * root, rcond=None)[0], np.float64)
        left = data - design @ solution
        scale = max(MAD_TO_SIGMA * float(np.median(np.abs(left))), LEAST_SCALE_PX)
        off = np.maximum(np.abs(left), LEAST_SCALE_PX) / scale
        weight = np.minimum(1.0, HUBER / off)
        if step >= PASSES // 3:
            weight *= np.clip(2.0 - off / USED, 0.0, 1.0)
    near = np.abs(left) < USED * scale
    used = known.copy()
    used[known] = near
    values, sigma = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    errors = _errors(design, left, weight, max(correlated, 1.0))
    for place, index in enumerate(free):
        values[index], sigma[index] = float(solution[place]), float(errors[place])
    rms = math.sqrt(float(np.mean(left[near] ** 2)))
    return Shift(values[0], values[1], values[2], (sigma[0], sigma[1], sigma[2]), used, rms)


def _errors(design: Values, left: Values, weight: Values, correlated: float) -> Values:
    """Standard errors from the scatter of whole arcs of the limb, over which uneven ground moves the points alike."""
    n_free = design.shape[1]
    count = int(min(N_ARCS, max(n_free + 1, len(left) // correlated)))
    starts = np.arange(count) * len(left) // count
    total = np.add.reduceat(weight, starts)
    variance = float(np.sum(np.add.reduceat(weight * left, starts) ** 2 / total)) / (count - n_free)
    normal = design.T @ (design * weight[:, None])
    if np.linalg.cond(normal) >= WORST_CONDITION:
        return np.full((n_free,), math.inf, np.float64)
    spread: Values = np.sqrt(variance * np.linalg.inv(normal).diagonal())
    return UNSEEN * spread
