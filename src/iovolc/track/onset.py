"""When a change began: an interval between two looks, never a date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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

    @property
    def is_ordered(self) -> bool:
        """Whether all looks without the change were over when the first one with it began."""
        return all(one.stop_utc < self.first.start_utc for one in self.without)


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
    bracket = _narrowed(_Bracket((), first.epoch), looks.get(first.id, ()))
    for change in others:
        closer = _narrowed(bracket, _over(looks.get(change.id, ()), bracket.first))
        bracket = closer if closer.is_ordered else bracket
    if bracket.last is None:
        return Onset(None, bracket.first.stop_utc, "first_seen")
    if bracket.first.start_utc < bracket.last.stop_utc:
        return Onset(None, None, "span_overlap")
    after_utc, clear_utc = (
        max(times) for times in zip(*((one.start_utc, one.stop_utc) for one in bracket.without), strict=True)
    )
    return Onset(after_utc, bracket.first.stop_utc, None, clear_utc)


def _over(looks: Sequence[Look], first: EpochInfo) -> list[Look]:
    """The looks that were over when an epoch began; another channel of the same visit was not."""
    return [look for look in looks if look.epoch.stop_utc < first.start_utc]


def _narrowed(bracket: _Bracket, looks: Sequence[Look]) -> _Bracket:
    """The bracket with those looks that lie within it."""
    first = epoch_order(bracket.first)
    without = tuple(look.epoch for look in looks if look.state == "without" and epoch_order(look.epoch) < first)
    closer = replace(bracket, without=(*bracket.without, *without))
    after = epoch_order(closer.last) if closer.last is not None else None
    shown = [look.epoch for look in looks if look.state == "with" and epoch_order(look.epoch) < first]
    within = [epoch for epoch in shown if after is None or epoch_order(epoch) > after]
    return replace(closer, first=min(within, key=epoch_order, default=bracket.first))
