"""What a hot spot does over time: a pure fold over its looks in one band, from state to state.

States begin in intervals between two looks, never at a date. Entering one takes 3 sigma, leaving it 1.5, so that noise
does not make it flicker. Absence counts only where the place was looked at deeply enough.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Final, Literal

import numpy as np
from scipy.special import ndtr

from iovolc.model.glow import Limit
from iovolc.track.hotspot_series import Baseline

Activity = Literal["new", "brightening", "active", "outburst", "fading", "quiescent", "reactivated"]

ENTER_SIGMA: Final = 3.0
LEAVE_SIGMA: Final = 1.5
LOG_FACTOR: Final = math.log(2.0)
"""A change is one by at least a factor of two."""
ADEQUATE: Final = 0.8
"""A look without the source counts if it would have been seen with this probability."""
_LIMIT_SIGMAS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a place in one band.

    Parameters
    ----------
    time_utc : datetime
        Middle of the observation.
    value : float
        Intensity, or limit (5 sigma).
    log_sigma : float
        One-sigma error of ln I, calibration included.
    limit : str
        ``detection``, ``upper`` or ``lower``.
    outburst : float or None
        Probability that it is as bright as an outburst; None where the band does not tell.
    """

    time_utc: datetime
    value: float
    log_sigma: float
    limit: Limit = "detection"
    outburst: float | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """A state and when it began.

    Parameters
    ----------
    activity : str
        One of :data:`iovolc.model.tables.ACTIVITIES`.
    after_utc : datetime or None
        Last look before it began; None where no adequate one came before.
    before_utc : datetime
        First look in it.
    probability : float
        That it is so, from the errors of the looks.
    """

    activity: Activity
    after_utc: datetime | None
    before_utc: datetime
    probability: float


@dataclass(frozen=True, slots=True)
class Rules:
    """When a place is quiet, and what is usual there.

    Parameters
    ----------
    quiescent_days : float
        How long nothing must be seen.
    quiescent_share : float
        Limits count below this share of the median brightness.
    baseline : Baseline or None
        An outburst must stand out from its peak; None where too little is known.
    """

    quiescent_days: float
    quiescent_share: float
    baseline: Baseline | None


@dataclass(frozen=True, slots=True)
class _State:
    phases: tuple[Phase, ...] = ()
    values: tuple[float, ...] = ()
    last: Look | None = None
    limits: tuple[Look, ...] = ()
    dark: tuple[datetime, ...] = ()

    @property
    def activity(self) -> Activity | None:
        return self.phases[-1].activity if self.phases else None


def phases(looks: Sequence[Look], rules: Rules) -> tuple[Phase, ...]:
    """The states of a place in order of time; empty if it was never seen.

    Parameters
    ----------
    looks : sequence of Look
        In order of time, one band.
    rules : Rules
        Thresholds.
    """
    return reduce(lambda state, look: _step(state, look, rules), looks, _State()).phases


def detection_probability(value: float, limit: float) -> float:
    """Probability that a source would have been seen in a look whose limit is 5 sigma."""
    return float(ndtr((value - limit) / (limit / _LIMIT_SIGMAS)))


def _step(state: _State, look: Look, rules: Rules) -> _State:
    return _unseen(state, look, rules) if look.limit == "upper" else _seen(state, look, rules)


def _unseen(state: _State, look: Look, rules: Rules) -> _State:
    last = state.last
    if last is None:
        return replace(state, limits=(*state.limits, look))
    if look.value >= rules.quiescent_share * float(np.median(state.values)):
        return state  # too shallow to tell
    state = replace(state, dark=(*state.dark, look.time_utc))
    if state.activity == "quiescent":
        return state
    if look.time_utc - state.dark[0] >= timedelta(days=rules.quiescent_days):
        return _enter(state, "quiescent", last.time_utc, state.dark[0], 1.0)
    if state.activity != "fading" and math.log(last.value / look.value) >= LOG_FACTOR:
        probability = detection_probability(last.value, look.value)
        return _enter(state, "fading", last.time_utc, look.time_utc, probability)
    return state


def _seen(state: _State, look: Look, rules: Rules) -> _State:
    activity, after_utc, probability = _next(state, look, rules)
    after = state if activity == state.activity else _enter(state, activity, after_utc, look.time_utc, probability)
    return replace(after, values=(*state.values, look.value), last=look, dark=())


def _next(state: _State, look: Look, rules: Rules) -> tuple[Activity, datetime | None, float]:
    """The state after a look that saw the place, the last look before it, and how sure it is."""
    before = state.last.time_utc if state.last is not None else None
    if state.dark:
        before = state.dark[-1]
    if state.last is None:
        before, seen = _adequate(state.limits, look.value)
        first: tuple[Activity, datetime | None, float] = ("active", None, 1.0)
        first = ("new", before, seen) if before is not None else first
        burst = _bursts(state, look, rules)
        return ("outburst", before, burst) if burst > 0.0 else first
    burst = _bursts(state, look, rules)
    if burst > 0.0:
        return "outburst", before, burst
    if state.activity == "quiescent":
        return "reactivated", before, 1.0
    z, change = _change(state.last, look)
    for activity, sign in (("brightening", 1.0), ("fading", -1.0)):
        enters = sign * z >= ENTER_SIGMA and sign * change >= LOG_FACTOR
        stays = state.activity == activity and sign * z >= LEAVE_SIGMA
        if enters or stays:
            return ("brightening" if sign > 0 else "fading"), before, float(ndtr(sign * z))
    return "active", before, float(ndtr(ENTER_SIGMA - abs(z)))


def _adequate(limits: Sequence[Look], value: float) -> tuple[datetime | None, float]:
    """The last look that would have shown a source of this brightness."""
    for look in reversed(limits):
        seen = detection_probability(value, look.value)
        if seen >= ADEQUATE:
            return look.time_utc, seen
    return None, 0.0


def _bursts(state: _State, look: Look, rules: Rules) -> float:
    """Probability of an outburst: bright enough, and far above what is usual there; 0 if it is none."""
    if look.outburst is None or look.outburst < 0.5:
        return 0.0
    if rules.baseline is None:
        return look.outburst
    width = math.hypot(rules.baseline.scatter, look.log_sigma)
    z = (math.log(look.value) - rules.baseline.peak) / width
    least = LEAVE_SIGMA if state.activity == "outburst" else ENTER_SIGMA
    return look.outburst if z >= least else 0.0


def _change(last: Look, look: Look) -> tuple[float, float]:
    """Significance and size of the change of ln I; a saturated look never fades, nor does one brighten after it."""
    change = math.log(look.value / last.value)
    if (look.limit == "lower" and change < 0.0) or (last.limit == "lower" and change > 0.0):
        return 0.0, 0.0
    return change / math.hypot(last.log_sigma, look.log_sigma), change


def _enter(
    state: _State, activity: Activity, after_utc: datetime | None, before_utc: datetime, probability: float
) -> _State:
    return replace(state, phases=(*state.phases, Phase(activity, after_utc, before_utc, probability)))
