"""How sure an event is: significance over the whole run, and independent evidence."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from scipy.stats import false_discovery_control

from iovolc.track.chains import Chain
from iovolc.track.changes import Change, strength_order

Tier = Literal["A", "B", "C"]

_LARGEST_P: Final = 0.99


def cauchy(p_values: Sequence[float]) -> float:
    """Cauchy combination of p-values that may depend on each other in any way (Liu and Xie 2020, JASA 115, 393).

    ``T = mean tan((0.5 - p) pi)``, ``p = 0.5 - atan(T) / pi``. A p of 1 would outweigh everything; none counts for more
    than 0.99.
    """
    angles = (0.5 - np.minimum(np.asarray(p_values, dtype=np.float64), _LARGEST_P)) * np.pi
    return float(np.arctan2(1.0, np.tan(angles).mean()) / np.pi)


def counting(changes: Sequence[Change], q: float) -> list[Change]:
    """The changes that count: the significant ones, or all if none is."""
    return [change for change in changes if change.pooled_q <= q] or list(changes)


def sound(changes: Sequence[Change]) -> list[Change]:
    """The changes that neither a shift nor a fault of one map explains and whose null nothing contradicts."""
    return [change for change in changes if not change.doubtful and not change.rivalled]


def dating(changes: Sequence[Change], q: float) -> Change:
    """The earliest change that is significant and that nothing else explains; without one, the earliest of all.

    Of several at one time the most significant. A mere candidate tells little of when an event began.
    """
    sure = [change for change in sound(changes) if change.pooled_q <= q]
    return min(sure or changes, key=lambda change: (change.epoch.stop_utc, strength_order(change)))


def event_p(chain: Chain) -> float:
    """Combined p-value of an event's sound changes; of all of them where none is sound."""
    return cauchy([change.p_value for change in sound(chain.changes) or chain.changes])


def event_q_values(p_values: Sequence[float], sure: Sequence[bool]) -> list[float]:
    """Benjamini-Hochberg adjusted p-values over the events of a run.

    Over its detections, an event that many looks show would make room for many false ones that one look shows; over all
    events, so would those that something else explains as well.

    Parameters
    ----------
    p_values : sequence of float
        Of all events (:func:`event_p`).
    sure : sequence of bool
        Which of them have a sound change and may be sure: those are held against each other, the rest against all.
    """
    if not len(p_values):
        return []
    p, among = np.asarray(p_values, dtype=np.float64), np.asarray(sure, dtype=np.bool_)
    q = false_discovery_control(p, method="bh")
    if among.any():
        q[among] = false_discovery_control(p[among], method="bh")
    return q.tolist()


def tier(chain: Chain, event_q: float, q: float, *, unordered: bool) -> Tier:
    """The tier of an event.

    B needs a sound change (:func:`sound`) and significance among all events of the run that have one. A needs besides
    two calibrated detections of the event's sign, each significant in its own epoch, from another channel or another
    visit: two detections on one image and channel are not independent. Where the diagnostics of a comparison contradict
    its null (flag ``null_contradicted``), what is significant there counts for nothing, and an event that is
    significant there alone is C.

    Parameters
    ----------
    chain : Chain
        The event.
    event_q : float
        Its adjusted p-value (:func:`event_q_values`).
    q : float
        False-discovery rate.
    unordered : bool
        Whether the looks before and after overlap in time; then B is the most.
    """
    changes = sound(chain.changes)
    if not changes or event_q > q:
        return "C"
    alone = {
        (change.visit, change.channel)
        for change in changes
        if change.q_value <= q and not change.relative and change.sign == chain.sign_in(change.channel)
    }
    return "A" if len(alone) >= 2 and not unordered else "B"
