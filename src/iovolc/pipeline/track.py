"""Track: from the detections of a manifest to events."""

from collections.abc import Sequence
from dataclasses import replace

from iovolc.archive.gazetteer import load_features
from iovolc.cube.entry import EpochEntry
from iovolc.cube.manifest import Manifest
from iovolc.model.detection import EpochInfo, Tracked
from iovolc.model.grid import Grid
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import Scan
from iovolc.pipeline.forced import forced
from iovolc.pipeline.segments import segments
from iovolc.pipeline.select import likely_events, select_events
from iovolc.track import track as join


def track(manifest: Manifest, scan: Scan, context: Context) -> Tracked:
    """Join the detections to events.

    Parameters
    ----------
    manifest : Manifest
        What was scanned.
    scan : Scan
        Its changes.
    context : Context
        Store and configuration.
    """
    config = context.config
    epochs, grid = _infos(manifest.entries), Grid.at(manifest.pixels_per_degree)
    tracked = join(
        replace(scan.detected, forced=forced(scan, epochs, context)),
        epochs,
        load_features(),
        grid,
        config.track,
        config.detect.q,
        manifest.channels,
        segments(manifest, context),
    )
    return select_events(likely_events(tracked, config.track.candidate_q), config.select)


def _infos(entries: Sequence[EpochEntry]) -> list[EpochInfo]:
    return [
        EpochInfo(entry.observation_id, entry.channel, entry.mission, entry.instrument, entry.start_utc, entry.stop_utc)
        for entry in entries
    ]
