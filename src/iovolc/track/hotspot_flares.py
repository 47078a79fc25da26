"""Whether a light curve holds a flare, a sudden rise and an exponential fade, and how fast it fades.

Works on ln I of one band. Not for what counts as an outburst (:mod:`iovolc.track.hotspot_states`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.track.hotspot_series import Point

Floats = NDArray[np.float64]

LEAST_DETECTIONS: Final = 5
MAX_P: Final = 0.01
"""A flare is believed from this probability down."""
SHUFFLES: Final = 199
EFOLDS_DAYS: Final[Floats] = np.asarray(np.geomspace(1.0, 300.0, 18), np.float64)
"""Times of fading that are tried; the flare found is told from :data:`_FINE_DAYS`."""
HEIGHTS: Final[Floats] = np.asarray(np.geomspace(1.0, 3000.0, 16), np.float64)
"""Heights over the usual brightness that are tried; a flare at least doubles it."""
_FINE_DAYS: Final[Floats] = np.asarray(np.geomspace(EFOLDS_DAYS[0], EFOLDS_DAYS[-1], 120), np.float64)
_FINE_HEIGHTS: Final[Floats] = np.asarray(np.geomspace(HEIGHTS[0], HEIGHTS[-1], 120), np.float64)
_FREE: Final = 3
_MOST_STARTS: Final = 25
_SEED: Final = 20130815


@dataclass(frozen=True, slots=True)
class Flare:
    """A rise and an exponential fade.

    Parameters
    ----------
    start_days : float
        The look in which it was first seen; it began after the one before.
    efold_days : float
        In how many days its excess falls to 1/e.
    low_days, high_days : float
        68 % limits of it by the likelihood; at the ends of :data:`EFOLDS_DAYS` it may lie beyond.
    p_value : float
        Probability that shuffled looks fit a flare as well.
    """

    start_days: float
    efold_days: float
    low_days: float
    high_days: float
    p_value: float


def flare(points: Sequence[Point]) -> Flare | None:
    """The flare of a light curve, or None if there is none to believe.

    ``ln I = ln(e^mu + A exp(-(t - t0) / tau))`` from t0 on against a steady mu: the likelihood ratio over all t0, tau
    and A, its null the same values in shuffled order. A flare seen in a single look is none: in any order it fits.

    Parameters
    ----------
    points : sequence of Point
        In any order; limits are left aside.
    """
    seen = sorted((point.days, point.log_value) for point in points if point.limit == "detection")
    if len(seen) < LEAST_DETECTIONS:
        return None
    days, value = (np.array(column) for column in zip(*seen, strict=True))
    if float(np.ptp(value)) < math.log(1.0 + HEIGHTS[0]):
        return None
    starts = _starts(value)
    templates = _templates(days, days[starts], EFOLDS_DAYS, HEIGHTS)
    rng = np.random.default_rng(_SEED)
    orders = np.stack([value, *(rng.permutation(value) for _ in range(SHUFFLES))], axis=1)
    left = _left(templates.reshape(-1, days.size), orders - orders.mean(axis=0))
    least = left.min(axis=0)
    p_value = float(np.count_nonzero(least <= least[0] * (1.0 + 1e-9)) / least.size)
    if p_value > MAX_P:
        return None
    best = int(np.unravel_index(int(np.argmin(left[:, 0])), templates.shape[:3])[0])
    return _described(days, value, float(days[starts[best]]), p_value)


def _starts(value: Floats) -> NDArray[np.intp]:
    """Looks in which a flare may first be seen: those that rise the most."""
    rise = np.diff(value, prepend=np.median(value))
    return np.sort(np.argsort(-rise, kind="stable")[:_MOST_STARTS])


def _templates(days: Floats, starts: Floats, efolds_days: Floats, heights: Floats) -> Floats:
    """Ln I above the usual, less its mean; shape (start, e-folding time, height, look)."""
    since = days - starts[:, None]
    decay = np.exp(-np.maximum(since, 0.0)[:, None] / efolds_days[:, None]) * (since >= 0.0)[:, None]
    shapes = np.log1p(decay[:, :, None] * heights[:, None])
    return shapes - shapes.mean(axis=-1, keepdims=True)


def _left(templates: Floats, values: Floats) -> Floats:
    """Sum of squares that each template leaves of each column of values."""
    return np.sum(values**2, axis=0) - 2.0 * templates @ values + np.sum(templates**2, axis=1)[:, None]


def _described(days: Floats, value: Floats, start_days: float, p_value: float) -> Flare:
    templates = _templates(days, np.array([start_days]), _FINE_DAYS, _FINE_HEIGHTS)
    left = _left(templates.reshape(-1, days.size), (value - value.mean())[:, None]).reshape(templates.shape[1:3])
    by_efold = np.maximum(left.min(axis=1), np.finfo(np.float64).tiny)
    ratio = max(days.size - _FREE, 1) * np.log(by_efold / by_efold.min())
    inside = np.asarray(_FINE_DAYS[ratio <= 1.0], np.float64)
    return Flare(
        start_days, float(_FINE_DAYS[int(np.argmin(by_efold))]), float(inside.min()), float(inside.max()), p_value
    )  # fmt: skip
