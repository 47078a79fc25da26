"""How sure an event is: significance over the whole run, and independent evidence."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from iovolc.track.chains import Chain
from iovolc.track.changes import Change

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


def tier(chain: Chain, q: float, *, unordered: bool) -> Tier:
    """The tier of an event.

    B needs a detection that is significant among all of the run and that neither a shift nor a fault of one map
    explains. A needs besides two calibrated
    detections of the event's sign, each significant in its own epoch, from another channel or another visit: two
    detections on one image and channel are not independent. Where the diagnostics of a comparison contradict its null
    (flag ``null_contradicted``), what is significant there counts for nothing towards A, and an event that is
    significant there alone is C.

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
    sound = [change.pooled_q for change in changes if not change.doubtful]
    if min(sound, default=1.0) > q or all(change.rivalled for change in counting(changes, q)):
        return "C"
    alone = {
        (change.visit, change.channel)
        for change in changes
        if change.q_value <= q
        and not change.relative
        and not change.rivalled
        and not change.doubtful
        and change.sign == chain.sign_in(change.channel)
    }
    return "A" if len(alone) >= 2 and not unordered else "B"
