"""Which part of a store a run looks at: a manifest and its events, narrowed by the configuration."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.archive.gazetteer import load_features
from iovolc.config import SelectConfig
from iovolc.cube.entry import EpochEntry
from iovolc.cube.manifest import Manifest
from iovolc.errors import ConfigError
from iovolc.model.detection import Tracked
from iovolc.model.observation import CHANNELS, parse_utc


def select_epochs(manifest: Manifest, config: SelectConfig) -> Manifest:
    """The manifest with the chosen times and channels only.

    Raises
    ------
    ConfigError
        If nothing can be what is chosen: an empty answer would look as if nothing had changed.
    """
    _require_sense(config)
    return replace(manifest, entries=tuple(entry for entry in manifest.entries if _chosen(entry, config)))


def _require_sense(config: SelectConfig) -> None:
    unknown = [name for name in config.channels if name not in CHANNELS]
    if unknown:
        raise ConfigError(f"there is no channel `{unknown[0]}`: choose among {', '.join(CHANNELS)}")
    if config.region is not None and not -90.0 <= config.region[1] < config.region[3] <= 90.0:
        raise ConfigError("a region is west, south, east, north, and its south lies below its north")
    if config.site and config.site.lower() not in {feature.name.lower() for feature in load_features()}:
        raise ConfigError(f"no named feature of Io is called `{config.site}`")


def _chosen(entry: EpochEntry, config: SelectConfig) -> bool:
    return in_time(entry.stop_utc, config) and (not config.channels or entry.channel in config.channels)


def in_time(time_utc: datetime, config: SelectConfig) -> bool:
    """Whether a moment is among the chosen times.

    Raises
    ------
    ConfigError
        If a time of the selection cannot be read.
    """
    try:
        early = bool(config.since) and time_utc < parse_utc(config.since)
        late = bool(config.until) and time_utc > parse_utc(config.until)
    except ValueError as error:
        raise ConfigError(f"a time of the selection cannot be read: {error}; write 2023-12-30T08:36:00Z") from error
    return not (early or late)


def select_events(tracked: Tracked, config: SelectConfig) -> Tracked:
    """The events and segments of the chosen region and site, with their detections."""
    events = tracked.events
    keep = inside(events, config)
    if config.site:
        keep &= (events["nearest_feature"].fillna("").str.lower() == config.site.lower()).to_numpy()
    segments = tracked.segments
    near = inside(segments, config)
    if config.site:
        near &= segments["event_id"].isin(set(events["event_id"][keep])).to_numpy()
    return _kept(tracked, keep, near)


def likely_events(tracked: Tracked, candidate_q: float) -> Tracked:
    """The events of tier A and B, and candidates up to a false-discovery rate."""
    events = tracked.events
    keep = ((events["tier"] != "C") | (events["q_value"] <= candidate_q)).to_numpy()
    return _kept(tracked, keep, np.ones(len(tracked.segments), bool))


def _kept(tracked: Tracked, keep: NDArray[np.bool_], near: NDArray[np.bool_]) -> Tracked:
    """Some events with their detections and footprints, and some segments."""
    if keep.all() and near.all():
        return tracked
    chosen = tracked.events[keep].reset_index(drop=True)
    names = set(chosen["event_id"])
    detections: pd.DataFrame = tracked.detections[tracked.detections["event_id"].isin(names)].reset_index(drop=True)
    footprints = {name: item for name, item in tracked.footprints.items() if name in names}
    segments: pd.DataFrame = tracked.segments[near].reset_index(drop=True)
    segments["event_id"] = segments["event_id"].where(segments["event_id"].isin(names), None)
    return Tracked(chosen, detections, footprints, segments)


def inside(table: pd.DataFrame, config: SelectConfig) -> NDArray[np.bool_]:
    """Which rows of a table with ``lat`` and ``lon_e`` lie in the chosen region; all without one."""
    keep = np.ones(len(table), bool)
    if config.region is None:
        return keep
    west, south, east, north = config.region
    width = (east - west) % 360.0 or 360.0
    keep &= table["lat"].between(south, north).to_numpy()
    return keep & (((table["lon_e"].to_numpy() - west) % 360.0) <= width)
