"""What segments add to events: a narrower onset and a second look. They never make an event nor save a candidate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

from iovolc.config import TrackConfig
from iovolc.model.detection import Segmented
from iovolc.model.grid import Grid
from iovolc.track.chains import Chain
from iovolc.track.changes import Change
from iovolc.track.onset import Onset
from iovolc.track.places import places_of
from iovolc.track.regions import Region, overlap, region
from iovolc.track.tiers import Tier

LATER_P: Final = 0.01
"""At one place that a significant detection has named, later epochs must show the step with this p."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One step in the history of a place, as tracking sees it.

    Parameters
    ----------
    id, channel : str
        From the segments table.
    sign : int
        +1 brighter, -1 darker.
    after_utc, before_utc : datetime
        Between these the step lies.
    later_p : float
        The step by the epochs after ``before_utc`` alone; nan if there is none.
    region : Region
        Its footprint.
    """

    id: str
    channel: str
    sign: int
    after_utc: datetime
    before_utc: datetime
    later_p: float
    region: Region


def read_segments(segmented: Segmented, grid: Grid) -> tuple[Segment, ...]:
    """All segments by id."""
    rows = cast("list[dict[str, Any]]", segmented.segments.sort_values("segment_id").to_dict("records"))
    return tuple(
        Segment(
            row["segment_id"],
            row["channel"],
            1 if (row["rank_step"] if math.isnan(row["step"]) else row["step"]) > 0 else -1,
            row["after_utc"].to_pydatetime(),
            row["before_utc"].to_pydatetime(),
            row["later_p_value"],
            region(places_of(segmented.footprints[row["segment_id"]], grid), grid),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Support:
    """A segment that is an event's step, and the share of their union that both cover."""

    segment: Segment
    share: float


def supporting(
    chain: Chain, first: Change, begun: Onset, segments: Sequence[Segment], config: TrackConfig
) -> tuple[Support, ...]:
    """Segments that are this event's step: same place, sign and time.

    Parameters
    ----------
    chain : Chain
        The event.
    first : Change
        The change that dates it.
    begun : Onset
        When it began, as the causal looks have it.
    segments : sequence of Segment
        All of the run.
    config : TrackConfig
        Overlaps.
    """
    found: list[Support] = []
    for one in segments:
        late = one.after_utc >= first.epoch.stop_utc
        early = begun.clear_utc is not None and one.before_utc <= begun.clear_utc
        if late or early or one.sign != chain.sign_in(one.channel) or not one.region.cells & chain.region.cells:
            continue
        shared = overlap(one.region, chain.region)
        if shared.of_union >= config.min_overlap and shared.of_smaller >= config.strong_overlap:
            found.append(Support(one, shared.of_union))
    return tuple(found)


def refined(begun: Onset, support: Sequence[Support], channel: str) -> Onset:
    """The onset narrowed by the segments of the channel that dates it, never contradicted by them.

    Overlapping spans stay unordered. An event that no adequate look preceded gets its lower bound from them.
    """
    after, before = begun.after_utc, begun.before_utc
    if before is None:
        return begun
    for one in (item.segment for item in support if item.segment.channel == channel):
        later = one.after_utc if after is None else max(after, one.after_utc)
        if later < min(before, one.before_utc):
            after, before = later, min(before, one.before_utc)
    return begun if after is None else replace(begun, after_utc=after, before_utc=before, flag=None)


def is_seconded(chain: Chain, first: Change, support: Sequence[Support]) -> bool:
    """Whether a segment shows the event in data that no detection of it rests on.

    That is another channel, or epochs later than the event's only visit.
    """
    channels = {change.channel for change in chain.changes}
    once = len({change.visit for change in chain.changes}) == 1
    return any(
        one.channel not in channels or (once and one.before_utc >= first.epoch.stop_utc and one.later_p <= LATER_P)
        for one in (item.segment for item in support)
    )


def lifted(tier: Tier, chain: Chain, begun: Onset, *, seconded: bool) -> Tier:
    """Tier B becomes A where a segment is the second data set; ranks and unordered spans stay B."""
    calibrated = any(not change.relative for change in chain.changes)
    return "A" if tier == "B" and seconded and calibrated and begun.flag != "span_overlap" else tier


def owners(support: Sequence[Sequence[Support]], names: Sequence[str]) -> dict[str, str]:
    """The event of each segment that has one, by segment id: the one that shares most with it."""
    best: dict[str, tuple[float, str]] = {}
    for name, mine in zip(names, support, strict=True):
        for one in mine:
            best[one.segment.id] = max(best.get(one.segment.id, (-1.0, "")), (one.share, name))
    return {segment: name for segment, (_, name) in sorted(best.items())}
