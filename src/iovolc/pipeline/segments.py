"""Segments: the steps in the history of every channel of a manifest, from all its epochs at once.

An epoch's level against the channel's base is kept in the store, so that a new epoch costs one match; a new base
costs all. One channel is held in memory at a time, at the coarse scale of :mod:`iovolc.detect.levels`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from iovolc.config import DetectConfig, LightConfig
from iovolc.cube.cache import cache_key, cached, cached_arrays
from iovolc.cube.entry import EpochEntry
from iovolc.cube.manifest import Manifest
from iovolc.detect.levels import Level, base_of, level_of, ranked
from iovolc.detect.look import Look
from iovolc.detect.segments import History, find_segments
from iovolc.detect.steps import LEAST_EPOCHS
from iovolc.light.match import Frame
from iovolc.light.partners import Law
from iovolc.model import frames
from iovolc.model.detection import EpochInfo, Footprint, Segmented
from iovolc.model.tables import SEGMENTS
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.lighting import light_settings
from iovolc.pipeline.tones import frame_of, look_at, unchanged_probability

_STAGE = "segments"
_LEVELS = "levels"
_PARTS = ("value", "noise", "floor")


@dataclass(frozen=True, slots=True)
class _Channel:
    """The epochs of a channel that can be compared with each other, and how."""

    store: Path
    entries: tuple[EpochEntry, ...]
    siblings: tuple[EpochEntry, ...]
    config: DetectConfig
    light: LightConfig

    @property
    def relative(self) -> bool:
        return any(entry.quantity == "relative" for entry in self.entries)

    @property
    def settings(self) -> tuple[Any, ...]:
        config = {name: getattr(self.config, name) for name in ("sigma_model", "sigma_rank", "reuse_correlation")}
        return ALGORITHM_VERSIONS["detect"], config, light_settings(self.light), self.relative

    @property
    def key(self) -> str:
        hashes = [entry.content_hash for entry in self.entries]
        return cache_key(_STAGE, *self.settings, hashes, sorted(entry.content_hash for entry in self.siblings))


@dataclass(frozen=True, slots=True)
class _Task:
    """One epoch to be brought to its channel's base."""

    channel: _Channel
    entry: EpochEntry
    base: EpochEntry


def segments(manifest: Manifest, context: Context) -> Segmented:
    """The segments of all channels with three or more epochs.

    Parameters
    ----------
    manifest : Manifest
        What makes the cube.
    context : Context
        Store, configuration and workers.
    """
    found: list[Segmented] = []
    for name in manifest.channels:
        channel = _channel(manifest, name, context)
        if len(channel.entries) >= LEAST_EPOCHS:

            def compute(channel: _Channel = channel) -> Segmented:
                return _compute(channel, context)

            found.append(cached(context.store, _STAGE, channel.key, compute, save=_save, load=_load))
    held = [part.segments for part in found if len(part.segments)]
    table = frames.conform(pd.concat(held, ignore_index=True), SEGMENTS) if held else frames.empty(SEGMENTS)
    return Segmented(table, {name: footprint for part in found for name, footprint in sorted(part.footprints.items())})


def _channel(manifest: Manifest, name: str, context: Context) -> _Channel:
    """A channel's calibrated epochs, or all of them by rank where fewer than three are calibrated."""
    entries = tuple(sorted(manifest.of_channel(name), key=lambda entry: entry.order))
    calibrated = tuple(entry for entry in entries if entry.quantity != "relative")
    chosen = calibrated if len(calibrated) >= LEAST_EPOCHS else entries
    config = context.config
    return _Channel(context.store, chosen, tuple(manifest.entries), config.detect, config.light)


def _compute(channel: _Channel, context: Context) -> Segmented:
    frame, places = frame_of(channel.entries[0].pixels_per_degree)
    looks = [_look(channel, entry, frame) for entry in channel.entries]
    base_id = base_of(looks, frame).record.id
    base = next(entry for entry in channel.entries if entry.observation_id == base_id)
    tasks = [_Task(channel, entry, base) for entry in channel.entries]
    levels = tuple(_level(arrays) for arrays in context.runner.map(_bring, tasks, "segments"))
    epochs = tuple(
        EpochInfo(entry.observation_id, entry.channel, entry.mission, entry.instrument, entry.start_utc, entry.stop_utc)
        for entry in channel.entries
    )
    return find_segments(History(epochs, levels, channel.relative), frame, places)


def _look(channel: _Channel, entry: EpochEntry, frame: Frame) -> Look:
    look = look_at(channel.store, entry, channel.light)
    return ranked(look, frame) if channel.relative else look


def _bring(task: _Task) -> Mapping[str, Any]:
    """An epoch's level, from the store or computed and kept."""
    channel = task.channel
    others = sorted(entry.content_hash for entry in _images(task, channel.siblings))
    key = cache_key(_LEVELS, *channel.settings, task.entry.content_hash, task.base.content_hash, others)
    return cached_arrays(channel.store, _LEVELS, key, lambda: _arrays(_matched(task)))


def _images(task: _Task, entries: Sequence[EpochEntry]) -> list[EpochEntry]:
    """All bands of the two images: with two common ones they tell what did not change."""
    images = {(one.mission, one.instrument, one.start_utc, one.stop_utc) for one in (task.entry, task.base)}
    return [one for one in entries if (one.mission, one.instrument, one.start_utc, one.stop_utc) in images]


def _matched(task: _Task) -> Level:
    channel = task.channel
    frame, _ = frame_of(task.entry.pixels_per_degree)
    config, light = channel.config, channel.light
    known = unchanged_probability(channel.store, task.entry, [task.base], _images(task, channel.siblings), light)
    return level_of(
        _look(channel, task.entry, frame),
        _look(channel, task.base, frame),
        frame,
        sigma_model=config.sigma_rank if channel.relative else config.sigma_model,
        reuse_correlation=config.reuse_correlation,
        unchanged=known.get(task.base.observation_id),
        law=Law(config.sigma_model, light.sigma_phase, light.sigma_slant),
    )


def _arrays(level: Level) -> dict[str, Any]:
    return {f"{part}/{name}": plane for part in _PARTS for name, plane in getattr(level, part).items()}


def _level(arrays: Mapping[str, Any]) -> Level:
    def part(wanted: str) -> dict[str, Any]:
        split = {key: key.partition("/") for key in sorted(arrays)}
        return {name: arrays[key] for key, (held, _, name) in split.items() if held == wanted}

    return Level(*(part(name) for name in _PARTS))


def _save(found: Segmented, folder: Path) -> None:
    found.segments.to_parquet(folder / "segments.parquet", compression="zstd")
    pixels = {f"{name}/{sheet}": flat for name, one in found.footprints.items() for sheet, flat in one.pixels}
    np.savez(folder / "footprints.npz", allow_pickle=False, **pixels)


def _load(folder: Path) -> Segmented:
    parts: dict[str, list[tuple[Any, Any]]] = {}
    with np.load(folder / "footprints.npz", allow_pickle=False) as archive:
        for key in archive.files:
            name, _, sheet = key.partition("/")
            parts.setdefault(name, []).append((sheet, archive[key]))
    table = frames.conform(pd.read_parquet(folder / "segments.parquet"), SEGMENTS)
    return Segmented(table, {name: Footprint(tuple(mine)) for name, mine in parts.items()})
