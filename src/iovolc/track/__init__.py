"""What changes mean over time: events, their names and their onset."""

from collections.abc import Mapping, Sequence

import pandas as pd

from iovolc.config import TrackConfig
from iovolc.model.detection import Detected, EpochInfo, Feature, Footprint, Segmented, Tracked
from iovolc.model.frames import conform, empty
from iovolc.model.grid import Grid
from iovolc.model.tables import DETECTIONS, EVENTS, SEGMENTS
from iovolc.track.chains import Chain
from iovolc.track.changes import read_changes
from iovolc.track.events import Context, event_id, event_rows
from iovolc.track.linking import Rules, link
from iovolc.track.looks import read_looks
from iovolc.track.names import index
from iovolc.track.onset import onset
from iovolc.track.places import footprint_of, joined_places
from iovolc.track.support import owners, read_segments, supporting
from iovolc.track.tiers import dating

__all__ = ["track"]


def track(
    detected: Detected,
    epochs: Sequence[EpochInfo],
    features: Sequence[Feature],
    grid: Grid,
    config: TrackConfig,
    q: float,
    channels: Sequence[str],
    segmented: Segmented | None = None,
) -> Tracked:
    """Join detections to events over time and channels.

    The result is a function of what the tables say: the order of their rows does not matter.

    Parameters
    ----------
    detected : Detected
        Detections, looks and footprints of all epochs.
    epochs : sequence of EpochInfo
        Every epoch that a detection or look names.
    features : sequence of Feature
        Named features of Io.
    grid : Grid
        To which the footprints belong.
    config : TrackConfig
        Gates and distances.
    q : float
        False-discovery rate of the run.
    channels : sequence of str
        Channels of the run: each has its ``dlna_<channel>``.
    segmented : Segmented or None
        Steps found from all epochs; they narrow onsets and second events, and never make one.

    Returns
    -------
    Tracked
        Events, detections and segments with their ``event_id``, and the union of each event's footprints.

    Raises
    ------
    AlgorithmError
        If a detection lacks its epoch or footprint, or a look its epoch.
    """
    table = EVENTS.with_channels(channels)
    if detected.detections.empty:
        return Tracked(empty(table), empty(DETECTIONS), {}, segmented.segments if segmented else empty(SEGMENTS))
    looks = read_looks(detected.looks, epochs)
    chains = link(read_changes(detected, epochs, grid), Rules(config, q, looks, grid))
    steps = read_segments(segmented, grid) if segmented else ()
    firsts = [dating(chain.changes, q) for chain in chains]
    support = [
        supporting(chain, first, onset(first, chain.changes, looks), steps, config) if steps else ()
        for chain, first in zip(chains, firsts, strict=True)
    ]
    rows = event_rows(chains, Context(looks, index(features), grid, config, q), support)
    names = [event_id(chain) for chain in chains]
    owner = {change.id: name for name, chain in zip(names, chains, strict=True) for change in chain.changes}
    joined = detected.detections.assign(event_id=detected.detections["detection_id"].map(owner))
    footprints = {name: _footprint(chain, grid) for name, chain in zip(names, chains, strict=True)}
    return Tracked(
        conform(pd.DataFrame(rows), table),
        conform(joined, DETECTIONS),
        {name: footprints[name] for name in sorted(footprints)},
        _joined(segmented, owners(support, names)),
    )


def _joined(segmented: Segmented | None, owner: Mapping[str, str]) -> pd.DataFrame:
    if segmented is None or segmented.segments.empty:
        return empty(SEGMENTS)
    segments = segmented.segments
    return conform(segments.assign(event_id=segments["segment_id"].map(owner)), SEGMENTS)


def _footprint(chain: Chain, grid: Grid) -> Footprint:
    return footprint_of(joined_places([change.footprint for change in chain.changes], grid), grid)
