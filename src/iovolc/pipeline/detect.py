"""Detect: every epoch of a manifest against its predecessors, each computed once and kept."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.config import DetectConfig, LightConfig
from iovolc.cube.cache import cache_key, cached
from iovolc.cube.entry import EpochEntry
from iovolc.cube.layout import cache_folder, local
from iovolc.cube.manifest import Manifest, require_grid
from iovolc.cube.scratch import scratch_of
from iovolc.detect.check import Check
from iovolc.detect.completeness import CoarseMaps
from iovolc.detect.epoch import EpochChange, described, detect_epoch
from iovolc.detect.pieces import Field
from iovolc.detect.residual import slopes
from iovolc.detect.trial import Epochs
from iovolc.hands import both, each, hands
from iovolc.model import frames
from iovolc.model.detection import LOOKS, Detected, Footprint
from iovolc.model.glow import GLOWING_CHANNELS
from iovolc.model.grid import Grid, Sheet
from iovolc.model.tables import DETECTIONS
from iovolc.parallel import hands_each
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.expect import expect, fitting
from iovolc.pipeline.facts import unchanged_probability
from iovolc.pipeline.forecast import Work
from iovolc.pipeline.learned import learned_reliability
from iovolc.pipeline.lighting import light_settings
from iovolc.pipeline.partners import with_partners
from iovolc.pipeline.reach import Reach, curves_key, curves_of, load_check, load_coarse_maps, reach_of, save_reach
from iovolc.pipeline.siblings import by_image, siblings
from iovolc.pipeline.tones import frame_of, look_at

Plane = NDArray[np.float32]

_LOG = logging.getLogger(__name__)

_STAGE = "detect"
_ERRORS = ("smooth", "terrain", "shift_km")
_ERRORS_STEP = 8
"""Systematic errors vary slowly: they are kept at every eighth pixel."""


@dataclass(frozen=True, slots=True)
class Task:
    """One epoch to be compared.

    Parameters
    ----------
    store : Path
        The store.
    entry : EpochEntry
        The epoch.
    predecessors : tuple of EpochEntry
        The earlier epochs of its channel that it is compared with (:mod:`iovolc.pipeline.partners`), by stop time and
        then id.
    siblings : tuple of EpochEntry
        All epochs of the manifest that share an image with one of these.
    config : DetectConfig
        Thresholds.
    light : LightConfig
        The light model.
    """

    store: Path
    entry: EpochEntry
    predecessors: tuple[EpochEntry, ...]
    siblings: tuple[EpochEntry, ...]
    config: DetectConfig
    light: LightConfig

    @property
    def key(self) -> str:
        """Hash of everything the result depends on."""
        return cache_key(
            ALGORITHM_VERSIONS["detect"],
            # Which changes are real, tracking decides; completeness is always told for the same rate.
            self.config.model_dump(mode="json", exclude={"q", "completeness"}),
            curves_key(self.config.completeness),
            light_settings(self.light),
            self.entry.content_hash,
            [entry.content_hash for entry in self.predecessors],
            sorted(entry.content_hash for entry in self.siblings),
        )


@dataclass(frozen=True, slots=True)
class Scan:
    """The changes of all epochs of a manifest.

    Parameters
    ----------
    detected : Detected
        Rows, looks and footprints of all.
    tasks : tuple of Task
        What was compared with what; its maps are read with :func:`maps_of`.
    statistics : tuple of dict
        Null statistics, one per task.
    """

    detected: Detected
    tasks: tuple[Task, ...]
    statistics: tuple[Mapping[str, Any], ...]


def detect(manifest: Manifest, context: Context) -> Scan:
    """Compare every epoch of a manifest with its predecessors.

    Parameters
    ----------
    manifest : Manifest
        What makes the cube.
    context : Context
        Store, configuration and workers.
    """
    require_grid(context.store, manifest, Grid.at(context.config.grid.pixels_per_degree))
    tasks = plan(manifest, context)
    # Channel by channel, so that epochs stay in memory; those with the most predecessors first.
    order = sorted(tasks, key=lambda task: (task.entry.channel, -len(task.predecessors)))
    missing = tuple(len(task.predecessors) for task in order if not is_kept(task))
    expected = expect(Work(compare=missing, follow=len(missing)), context)
    if missing:
        _LOG.info(expected.text())
    chosen = fitting(context, expected)
    chosen.map(partial(detect_one, at_hand=hands_each(chosen, len(missing))), order, "detect")
    results = [_load(_folder_of(task)) for task in tasks]
    return Scan(_together([result[0] for result in results]), tasks, tuple(result[1] for result in results))


def plan(manifest: Manifest, context: Context) -> tuple[Task, ...]:
    """What is to be compared with what: each epoch that has a predecessor in its channel.

    Channels that are searched for heat (:data:`iovolc.model.glow.GLOWING_CHANNELS`) are not compared as surfaces.
    """
    searched = GLOWING_CHANNELS if context.config.heat.search else ()
    config, bands = context.config, by_image(manifest.entries)
    return tuple(
        Task(context.store, entry, before, siblings((entry, *before), bands), config.detect, config.light)
        for channel in manifest.channels
        if channel not in searched
        for entry, before in with_partners(manifest.of_channel(channel), context)
    )


def detect_one(task: Task, at_hand: int = 1) -> str:
    """Compute and keep one epoch's changes, with so many threads; gives the key under which they lie."""
    with hands(at_hand):
        _folder_of(task)
    return task.key


def detected_of(task: Task) -> Detected:
    """A task's changes, computed first if they have gone."""
    found = _load(_folder_of(task))[0]
    detections, looks = frames.conform(found.detections, DETECTIONS), frames.conform(found.looks, LOOKS)
    return replace(found, detections=detections, looks=looks)


def is_kept(task: Task) -> bool:
    """Whether the store keeps a task's result."""
    return local(cache_folder(task.store, _STAGE, task.key)).exists()


def maps_of(task: Task, sheet: str) -> tuple[Plane, Plane] | None:
    """Difference and its standard deviation per pixel on a sheet; None where nothing was compared."""
    found = _planes_of(task, sheet)
    return None if found is None else (found["difference"].astype(np.float32), found["sigma"].astype(np.float32))


def field_of(task: Task, sheet: Sheet, tone: Plane) -> Field | None:
    """What was searched on a sheet that showed the newer epoch in this tone; None where nothing was compared."""
    found = _planes_of(task, sheet.name)
    if found is None:
        return None
    difference, sigma = found["difference"].astype(np.float32), found["sigma"].astype(np.float32)
    known = np.isfinite(difference)
    smooth, terrain, shift_km = (
        np.repeat(np.repeat(found[name].astype(np.float32), _ERRORS_STEP, axis=0), _ERRORS_STEP, axis=1)[
            : sigma.shape[0], : sigma.shape[1]
        ]
        for name in _ERRORS
    )
    return Field(
        np.where(known, difference, np.float32(0.0)),
        np.where(known, 1.0 / np.maximum(sigma, np.float32(1e-10)) ** 2, np.float32(0.0)),
        known,
        smooth,
        terrain,
        None if task.entry.quantity == "relative" else slopes(tone - difference, sheet),
        shift_km,
    )


def _planes_of(task: Task, sheet: str) -> Mapping[str, NDArray[Any]] | None:
    path = _folder_of(task) / f"{sheet}.npz"
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as planes:
        return {name: planes[name] for name in planes.files}


def _folder_of(task: Task) -> Path:
    """Where a task's result lies, computed first if it has gone."""

    def compute() -> Any:
        return _compute(task)

    return cached(task.store, _STAGE, task.key, compute, save=_save, load=_itself)


def _itself(folder: Path) -> Path:
    return folder


@dataclass(frozen=True, slots=True)
class _Result:
    """What is kept of one epoch."""

    change: EpochChange
    detected: Detected
    reach: Reach


def _compute(task: Task) -> _Result:
    frame, places = frame_of(task.entry.pixels_per_degree)
    entries = (task.entry, *task.predecessors)
    newer, *older = each(lambda entry: look_at(task.store, entry, task.light), entries)
    unchanged = unchanged_probability(task.store, task.entry, task.predecessors, task.siblings, task.light)
    curves, learned = curves_of(task.config.completeness), learned_reliability()
    keep = scratch_of(task.store)
    change = detect_epoch(newer, older, frame, places, task.config, unchanged, task.light, curves, keep)
    epochs = Epochs(newer, tuple(older), frame, task.config, task.light, unchanged, keep)
    reach, detected = both(  # reach has kernels to share out, rows have none
        lambda: reach_of(epochs, change, curves),
        lambda: described(change, places, task.config, learned),
    )
    return _Result(change, detected, reach)


def check_of_task(task: Task) -> Check:
    """What became of a comparison's injections."""
    return load_check(_folder_of(task))


def coarse_maps_of_task(task: Task) -> CoarseMaps:
    """What a comparison would have shown, read anew each time."""
    return load_coarse_maps(_folder_of(task))


def _save(result: _Result, folder: Path) -> None:
    change, detected = result.change, result.detected
    save_reach(result.reach, folder)
    detected.detections.to_parquet(folder / "detections.parquet", compression="zstd")
    detected.looks.to_parquet(folder / "looks.parquet", compression="zstd")
    (folder / "null.json").write_text(json.dumps(change.null, sort_keys=True), encoding="utf-8")
    pixels = {
        f"{name}/{sheet}": flat for name, footprint in detected.footprints.items() for sheet, flat in footprint.pixels
    }
    np.savez(folder / "footprints.npz", allow_pickle=False, **pixels)
    for sheet, plane in change.difference.items():
        field = change.fields[sheet]
        kept = {"difference": plane, "sigma": change.sigma[sheet]} | {
            name: np.broadcast_to(getattr(field, name), plane.shape)[::_ERRORS_STEP, ::_ERRORS_STEP] for name in _ERRORS
        }
        half = {name: values.astype(np.float16) for name, values in kept.items()}
        np.savez(folder / f"{sheet}.npz", allow_pickle=False, **half)


def _load(folder: Path) -> tuple[Detected, Mapping[str, Any]]:
    """What was kept, as it was kept: tables are checked once, when all are together, since that takes longest."""
    detections, looks = (pd.read_parquet(folder / f"{name}.parquet") for name in ("detections", "looks"))
    footprints: dict[str, list[tuple[Any, NDArray[np.int32]]]] = {}
    with np.load(folder / "footprints.npz", allow_pickle=False) as archive:
        for key in archive.files:
            name, _, sheet = key.partition("/")
            footprints.setdefault(name, []).append((sheet, archive[key]))
    null = json.loads((folder / "null.json").read_text(encoding="utf-8"))
    return Detected(detections, looks, {name: Footprint(tuple(parts)) for name, parts in footprints.items()}), null


def _together(parts: Sequence[Detected]) -> Detected:
    def stack(table: Any, name: str) -> pd.DataFrame:
        held = [getattr(part, name) for part in parts if len(getattr(part, name))]
        return frames.conform(pd.concat(held, ignore_index=True), table) if held else frames.empty(table)

    footprints = {name: footprint for part in parts for name, footprint in sorted(part.footprints.items())}
    return Detected(stack(DETECTIONS, "detections"), stack(LOOKS, "looks"), footprints)
