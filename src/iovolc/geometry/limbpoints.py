"""From the shifts of single limb points to that of the disc: a robust straight fit.

Not for finding the points (:mod:`iovolc.geometry.edge`).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

TUKEY: Final = 4.0
PASSES: Final = 30
LEAST_SCALE_PX: Final = 0.02
WORST_CONDITION: Final = 1e4
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
    """Least squares with Tukey's weights, begun from the least absolute deviations.

    Parameters
    ----------
    shift : ndarray, shape (direction,)
        Pixels outwards; NaN for directions without a point.
    right, down : ndarray, shape (direction,)
        The outward directions.
    free : tuple of int
        What is fitted, of right (0), down (1) and outward (2).
    correlated : float
        How many neighbouring points share one error, for the standard errors.
    """
    known = np.isfinite(shift)
    design = np.stack((right, down, np.ones_like(right)), axis=1)[:, list(free)]
    if known.sum() < 3 * len(free):
        return Shift(0.0, 0.0, 0.0, (math.inf, math.inf, math.inf), np.zeros_like(known), math.inf)
    weight, scale = known.astype(np.float64), math.inf
    data, off = np.where(known, shift, 0.0), np.zeros_like(shift)
    solution = np.zeros(len(free))
    for step in range(PASSES):
        root = np.sqrt(weight)[:, None]
        solution = np.asarray(np.linalg.lstsq(design * root, data * root[:, 0], rcond=None)[0], np.float64)
        off = np.abs(data - design @ solution)
        scale = max(1.4826 * float(np.median(off[known])), LEAST_SCALE_PX)
        if step < PASSES // 3:
            weight = known / np.maximum(off, LEAST_SCALE_PX)
        else:
            weight = known * np.clip(1.0 - (off / (TUKEY * scale)) ** 2, 0.0, None) ** 2
    used = known & (off < TUKEY * scale)
    return _result(solution, design, data, used, free, correlated)


def _result(
    solution: Values, design: Values, data: Values, used: NDArray[np.bool_], free: tuple[int, ...], correlated: float
) -> Shift:
    left = (data - design @ solution)[used]
    degrees = max(len(left) / max(correlated, 1.0) - len(free), 1.0)
    rms = math.sqrt(float(np.mean(left * left))) if len(left) else math.inf
    normal = design[used].T @ design[used] / max(correlated, 1.0)
    variance = rms**2 * (len(left) / max(correlated, 1.0)) / degrees
    determined = np.linalg.cond(normal) < WORST_CONDITION
    spread = np.sqrt(np.diag(np.linalg.inv(normal)) * variance) if determined else np.full(len(free), math.inf)
    values, sigma = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    for place, index in enumerate(free):
        values[index], sigma[index] = float(solution[place]), float(spread[place])
    right, down, outward = values
    return Shift(right, down, outward, (sigma[0], sigma[1], sigma[2]), used, rms)
