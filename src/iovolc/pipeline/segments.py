"""Segments: the steps in the history of every channel of a manifest, from all its epochs at once.

An epoch's level against the channel's base is kept in the store, so that a new epoch costs one match; a new base
costs all. Levels are read band by band: memory does not grow with the history.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.config import DetectConfig, LightConfig
from iovolc.cube.cache import cache_key, cached
from iovolc.cube.entry import EpochEntry
from iovolc.cube.manifest import Manifest
from iovolc.detect.levels import Level, base_of, level_of, ranked
from iovolc.detect.look import Look
from iovolc.detect.segments import Band, History, Stepped, find_segments
from iovolc.detect.steps import LEAST_EPOCHS
from iovolc.light.match import Frame
from iovolc.light.partners import Law
from iovolc.model import frames
from iovolc.model.detection import EpochInfo, Footprint, Segmented
from iovolc.model.keeping import WhenAsked
from iovolc.model.tables import SEGMENTS
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.facts import facts_of, keep_facts, resolution_of, unchanged_probability
from iovolc.pipeline.lighting import light_settings
from iovolc.pipeline.siblings import Bands, by_image, siblings
from iovolc.pipeline.tones import frame_of, look_at

_STAGE = "segments"
_LEVELS = "levels"
_PARTS = ("value", "noise", "floor")


@dataclass(frozen=True, slots=True)
class _Channel:
    """The epochs of a channel that can be compared with each other, and how."""

    store: Path
    entries: tuple[EpochEntry, ...]
    bands: Bands
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
        others = sorted(entry.content_hash for entry in siblings(self.entries, self.bands))
        return cache_key(_STAGE, ALGORITHM_VERSIONS["track"], *self.settings, hashes, others)


@dataclass(frozen=True, slots=True)
class _Task:
    """One epoch to be brought to its channel's base; ``siblings`` are all bands of the two images."""

    store: Path
    entry: EpochEntry
    base: EpochEntry
    siblings: tuple[EpochEntry, ...]
    relative: bool
    config: DetectConfig
    light: LightConfig
    key: str


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
    bands = by_image(manifest.entries)
    for name in manifest.channels:
        channel = _channel(manifest, name, bands, context)
        if len(channel.entries) >= LEAST_EPOCHS:

            def compute(channel: _Channel = channel) -> Segmented:
                return _compute(channel, context)

            found.append(cached(context.store, _STAGE, channel.key, compute, save=_save, load=_load))
    held = [part.segments for part in found if len(part.segments)]
    table = frames.conform(pd.concat(held, ignore_index=True), SEGMENTS) if held else frames.empty(SEGMENTS)
    return Segmented(table, {name: footprint for part in found for name, footprint in sorted(part.footprints.items())})


def _channel(manifest: Manifest, name: str, bands: Bands, context: Context) -> _Channel:
    """A channel's calibrated epochs, or all of them by rank where fewer than three are calibrated."""
    entries = tuple(sorted(manifest.of_channel(name), key=lambda entry: entry.order))
    calibrated = tuple(entry for entry in entries if entry.quantity != "relative")
    chosen = calibrated if len(calibrated) >= LEAST_EPOCHS else entries
    return _Channel(context.store, chosen, bands, context.config.detect, context.config.light)


def _compute(channel: _Channel, context: Context) -> Segmented:
    frame, places = frame_of(channel.entries[0].pixels_per_degree)
    base = _base(channel, frame, context)
    tasks = [_task(channel, entry, base) for entry in channel.entries]
    levels = tuple(_level(Path(folder)) for folder in context.runner.map(_bring, tasks, "segments"))
    epochs = tuple(
        EpochInfo(entry.observation_id, entry.channel, entry.mission, entry.instrument, entry.start_utc, entry.stop_utc)
        for entry in channel.entries
    )

    def each(function: Callable[[Band], Stepped], items: Sequence[Band]) -> Sequence[Stepped]:
        return context.runner.map(function, items, "steps")

    return find_segments(History(epochs, levels, channel.relative), frame, places, each)


def _base(channel: _Channel, frame: Frame, context: Context) -> EpochEntry:
    store, light = channel.store, channel.light
    keep_facts(channel.entries, context)
    return channel.entries[
        base_of(
            [facts_of(store, entry, light).blocks for entry in channel.entries],
            [resolution_of(store, entry) for entry in channel.entries],
            frame,
        )
    ]


def _task(channel: _Channel, entry: EpochEntry, base: EpochEntry) -> _Task:
    others = siblings((entry, base), channel.bands)
    hashes = sorted(other.content_hash for other in others)
    key = cache_key(_LEVELS, *channel.settings, entry.content_hash, base.content_hash, hashes)
    return _Task(channel.store, entry, base, others, channel.relative, channel.config, channel.light, key)


def _bring(task: _Task) -> str:
    """The folder of an epoch's level, computed first if it is not there."""

    def compute() -> Any:
        return _matched(task)

    return cached(task.store, _LEVELS, task.key, compute, save=_save_level, load=str)


def _matched(task: _Task) -> Level:
    frame, _ = frame_of(task.entry.pixels_per_degree)
    config, light = task.config, task.light
    known = unchanged_probability(task.store, task.entry, [task.base], task.siblings, light)
    return level_of(
        _look(task, task.entry, frame),
        _look(task, task.base, frame),
        frame,
        sigma_model=config.sigma_rank if task.relative else config.sigma_model,
        reuse_correlation=config.reuse_correlation,
        unchanged=known.get(task.base.observation_id),
        law=Law(config.sigma_model, light.sigma_phase, light.sigma_slant),
    )


def _look(task: _Task, entry: EpochEntry, frame: Frame) -> Look:
    look = look_at(task.store, entry, task.light)
    return ranked(look, frame) if task.relative else look


def _save_level(level: Level, folder: Path) -> None:
    for part in _PARTS:
        for name, plane in getattr(level, part).items():
            np.save(folder / f"{part}-{name}.npy", plane, allow_pickle=False)


def _level(folder: Path) -> Level:
    """What was kept; a sheet that goes while it is in use is missed, not taken for one that shows nothing."""
    return Level(*(_kept(folder, part) for part in _PARTS))


def _kept(folder: Path, part: str) -> Mapping[str, NDArray[np.float16]]:
    """One part of a level, by sheet; each plane is opened when it is asked for, and only what is used of it is read."""
    names = tuple(path.stem.partition("-")[2] for path in sorted(folder.glob(f"{part}-*.npy")))
    return WhenAsked(names, partial(_opened, folder, part))


def _opened(folder: Path, part: str, name: str) -> NDArray[np.float16]:
    return np.load(folder / f"{part}-{name}.npy", mmap_mode="r", allow_pickle=False)


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
