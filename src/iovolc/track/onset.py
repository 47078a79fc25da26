"""When a change began: an interval between two looks, never a date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from iovolc.model.detection import EpochInfo
from iovolc.track.changes import Change, epoch_order
from iovolc.track.looks import Look, Looks

OnsetFlag = Literal["span_overlap", "first_seen"]


@dataclass(frozen=True, slots=True)
class Onset:
    """The interval in which a change began.

    Parameters
    ----------
    after_utc : datetime or None
        Start of the last adequate look without the change.
    before_utc : datetime or None
        Stop of the first look with it; None where the two looks are unordered.
    flag : str or None
        ``first_seen`` where no adequate look came before, ``span_overlap`` where the last look without the change and
        the first with it overlap in time, so that nothing is claimed.
    clear_utc : datetime or None
        Stop of the last adequate look without the change: a step that was over by then is another one.
    """

    after_utc: datetime | None
    before_utc: datetime | None
    flag: OnsetFlag | None
    clear_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Epochs without the change, and the first one with it."""

    without: tuple[EpochInfo, ...]
    first: EpochInfo

    @property
    def last(self) -> EpochInfo | None:
        return max(self.without, key=epoch_order, default=None)


def onset(first: Change, others: Iterable[Change], looks: Looks) -> Onset:
    """The onset of an event.

    The looks of the change that dates it decide; those of others may narrow the interval, never contradict it.

    Parameters
    ----------
    first : Change
        The detection that dates the event (:func:`iovolc.track.tiers.dating`).
    others : iterable of Change
        The event's other detections; only looks that were over when the first epoch with the change began count.
    looks : mapping of str to sequence of Look
        Adequate looks by detection id, oldest first.
    """
    own = _own(first.epoch, looks.get(first.id, ()))
    bracket = _closer(own, [look for change in others for look in looks.get(change.id, ())])
    if bracket.last is None:
        return Onset(None, bracket.first.stop_utc, "first_seen")
    if bracket.first.start_utc < bracket.last.stop_utc:
        return Onset(None, None, "span_overlap")
    after_utc, clear_utc = (
        max(times) for times in zip(*((one.start_utc, one.stop_utc) for one in bracket.without), strict=True)
    )
    return Onset(after_utc, bracket.first.stop_utc, None, clear_utc)


def _own(first: EpochInfo, looks: Sequence[Look]) -> _Bracket:
    """The bracket that the looks of one change give."""
    without = tuple(look.epoch for look in looks if look.state == "without")
    last = max(map(epoch_order, without), default=None)
    shown = [look.epoch for look in looks if look.state == "with"]
    within = [epoch for epoch in shown if last is None or epoch_order(epoch) > last]
    return _Bracket(without, min(within, key=epoch_order, default=first))


def _closer(own: _Bracket, looks: Sequence[Look]) -> _Bracket:
    """The bracket with the looks of others that were over when its first epoch with the change began.

    Another channel of that visit was not over, nor does one that shows the change count beside one that denies it.
    """
    over = [look for look in looks if look.epoch.stop_utc < own.first.start_utc]
    without = (*own.without, *(look.epoch for look in over if look.state == "without"))
    clear = max((epoch.stop_utc for epoch in without), default=None)
    shown = [look.epoch for look in over if look.state == "with"]
    within = [epoch for epoch in shown if clear is None or epoch.start_utc > clear]
    return _Bracket(without, min(within, key=epoch_order, default=own.first))
