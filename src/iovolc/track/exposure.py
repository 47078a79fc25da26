"""How much of Io was watched for how long for changes of a kind, and how often they happen.

Not for hot spots (:mod:`iovolc.track.hotspot_rates`, whose Poisson limits are used here).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.track.hotspot_rates import rate

Floats = NDArray[np.float64]

_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Watch:
    """One comparison, as far as exposure goes.

    Parameters
    ----------
    since_days, seen_days : float
        When the latest predecessor and the epoch saw Io, in days of any one count.
    probability : ndarray, shape (kind, row, col)
        With which a change of each kind in between would have been found; 0 where nothing was compared.
    share : ndarray, shape (row, col)
        Share of the pixel that was compared.
    """

    since_days: float
    seen_days: float
    probability: Floats
    share: Floats


@dataclass(frozen=True, slots=True)
class AreaRate:
    """Changes per area and time with limits that hold the truth at least as often as asked for.

    Parameters
    ----------
    events : int
        How many were found.
    exposure_km2_years : float
        Area times time in which one would have been found.
    rate, low, high : float
        Per million km2 and year; without events ``low`` is 0 and ``high`` one-sided. Infinite or nan without exposure.
    """

    events: int
    exposure_km2_years: float
    rate: float
    low: float
    high: float


def map_area_km2(shape: tuple[int, int]) -> Floats:
    """Areas of the pixels of a global equirectangular map, shape (row, 1)."""
    rows, cols = shape
    edges = np.sin(np.radians(90.0 - np.arange(rows + 1) * 180.0 / rows))
    zones = 2.0 * math.pi * body.RADIUS_KM**2 * (edges[:-1] - edges[1:])
    return np.asarray(zones[:, None] / cols, np.float64)


def exposures_km2_years(watches: Iterable[Watch], *, lasting_days: float = math.inf) -> tuple[float, ...]:
    """Area times time over which a change of each kind would have been found; empty without watches.

    Parameters
    ----------
    watches : iterable of Watch
        Of one channel, by time; one is held at a time.
    lasting_days : float
        How long a change stays visible.

    Notes
    -----
    ``sum p_i min(tau, t_i - t_(i-1))`` per pixel, where ``t_(i-1)`` is the last comparison that covers it, or else the
    latest predecessor of this one: never longer than what was really watched. A change that one comparison misses and
    a later one finds is not counted for twice.
    """
    last: Floats | None = None
    totals: list[float] = []
    for watch in watches:
        rows, cols = watch.share.shape
        area = map_area_km2((rows, cols))
        last = np.full((rows, cols), -np.inf) if last is None else last
        totals = totals or [0.0] * len(watch.probability)
        covered = watch.share > 0.0
        since = np.where(np.isfinite(last), last, watch.since_days)
        span = np.clip(watch.seen_days - since, 0.0, lasting_days)
        for kind, probability in enumerate(watch.probability):
            totals[kind] += float((area * watch.share * probability * span)[covered].sum())
        last = np.where(covered, np.maximum(last, watch.seen_days), last)
    return tuple(total / _YEAR_DAYS for total in totals)


def area_rate(events: int, exposure: float, *, level: float = 0.95) -> AreaRate:
    """A rate per area and time with Garwood's exact Poisson limits.

    Parameters
    ----------
    events : int
        Count.
    exposure : float
        From :func:`exposures_km2_years`.
    level : float
        Coverage; without events the upper limit is one-sided.
    """
    if exposure <= 0.0:
        return AreaRate(events, 0.0, math.nan, 0.0, math.inf)
    found = rate(events, exposure * _YEAR_DAYS, level=level)
    return AreaRate(events, exposure, *(1e6 * x for x in (found.per_year, found.low_per_year, found.high_per_year)))
