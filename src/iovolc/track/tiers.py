"""How sure an event is: significance over the whole run, and independent evidence."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from iovolc.track.chains import Chain
from iovolc.track.changes import Change

Tier = Literal["A", "B", "C"]


def simes(p_values: Sequence[float]) -> float:
    """Simes' combined p-value: the least ``n p_(i) / i`` (Simes 1986, Biometrika 73, 751)."""
    ordered = np.sort(np.asarray(p_values, dtype=np.float64))
    return float(min(1.0, (ordered.size * ordered / np.arange(1, ordered.size + 1)).min()))


def counting(changes: Sequence[Change], q: float) -> list[Change]:
    """The changes that count: the significant ones, or all if none is."""
    return [change for change in changes if change.pooled_q <= q] or list(changes)


def tier(chain: Chain, q: float, *, unordered: bool) -> Tier:
    """The tier of an event.

    B needs a detection that is significant among all of the run and that neither a shift nor a fault of one map
    explains. A needs besides two calibrated
    detections of the event's sign, each significant in its own epoch, from another channel or another visit: two
    detections on one image and channel are not independent.

    Parameters
    ----------
    chain : Chain
        The event.
    q : float
        False-discovery rate.
    unordered : bool
        Whether the looks before and after overlap in time; then B is the most.
    """
    changes = chain.changes
    if min(change.pooled_q for change in changes) > q or all(change.rivalled for change in counting(changes, q)):
        return "C"
    alone = {
        (change.visit, change.channel)
        for change in changes
        if change.q_value <= q
        and not change.relative
        and not change.rivalled
        and change.sign == chain.sign_in(change.channel)
    }
    return "A" if len(alone) >= 2 and not unordered else "B"
