"""Status (how sure we are) and activity (what the place does) as pure functions of what was found.

The states are those of the event tables; they follow from the looks alone, never from a stored state.
"""

from collections.abc import Sequence
from typing import Final

from iovolc.track.chains import Chain
from iovolc.track.changes import Change
from iovolc.track.looks import Look, Looks
from iovolc.track.onset import Onset

_FACTOR: Final = 2.0
_SIGMAS: Final = 3.0


def status(tier: str, undone: float, strong_overlap: float, *, seconded: bool = False) -> str:
    """How sure we are that the event is there.

    Parameters
    ----------
    tier : str
        Its tier. C stays a candidate; B is provisional, A confirmed, unless it has been undone.
    undone : float
        Share of its footprint that significant opposite changes have undone.
    strong_overlap : float
        Share from which it is finished rather than fading.
    seconded : bool
        Whether a segment shows it in further data: that confirms B, too.
    """
    if tier == "C":
        return "candidate"
    if undone >= strong_overlap:
        return "finished"
    if undone > 0.0:
        return "fading"
    return "confirmed" if tier == "A" or seconded else "provisional"


def activity(chain: Chain, chains: Sequence[Chain], onset: Onset, looks: Looks, strong_overlap: float) -> str:
    """What the place does.

    Parameters
    ----------
    chain : Chain
        The event.
    chains : sequence of Chain
        All events, by number.
    onset : Onset
        When it began.
    looks : mapping of str to sequence of Look
        Adequate looks by detection id, oldest first.
    strong_overlap : float
        Share undone from which an event is over.
    """
    if chain.undone >= strong_overlap:
        return "quiescent"
    if chain.reverts or chain.undone > 0.0:
        return "fading"
    trend = _trend(chain, looks)
    if trend is not None:
        return trend
    if len(chain.sightings) > 1 and chain.sightings[-1].visit > chain.sightings[0].visit:
        return "active"
    if any(chains[number].undone >= strong_overlap for number in chain.earlier):
        return "reactivated"
    return "new" if onset.flag is None else "active"


def is_new_site(chain: Chain, tiers: Sequence[str]) -> bool:
    """Whether no event of tier A or B lay at the place before.

    Parameters
    ----------
    chain : Chain
        The event.
    tiers : sequence of str
        Tiers of all events, by number.
    """
    return not chain.parents and all(tiers[number] == "C" for number in chain.earlier)


def _trend(chain: Chain, looks: Looks) -> str | None:
    """``brightening`` or ``fading`` where the change grew or shrank between its last two epochs of one channel.

    By a factor of 2 and 3 sigma, measured directly between the two epochs.
    """
    latest = max(change.visit for change in chain.changes)
    for change in chain.changes:
        before = [one for one in chain.changes if one.channel == change.channel and one.visit < change.visit]
        if change.visit != latest or not before:
            continue
        previous = max(before, key=lambda one: (one.visit, abs(one.contrast)))
        look = _look_at(looks.get(change.id, ()), previous)
        if look is None or abs(look.contrast) < _SIGMAS * look.contrast_sigma:
            continue
        grown = look.contrast * previous.sign
        if grown >= (_FACTOR - 1.0) * abs(previous.contrast):
            return "brightening"
        if grown <= (1.0 / _FACTOR - 1.0) * abs(previous.contrast):
            return "fading"
    return None


def _look_at(looks: Sequence[Look], previous: Change) -> Look | None:
    return next((look for look in looks if look.epoch == previous.epoch), None)
