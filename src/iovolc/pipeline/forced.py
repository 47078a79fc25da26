"""Forced photometry: every detection measured in the other channels of its visit, from the maps that were kept.

Each visit is measured once and kept, so that a new epoch costs its own visit.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from iovolc.cube.cache import cache_key, cached_frame
from iovolc.detect.forced import Maps, forced_contrast
from iovolc.model import frames
from iovolc.model.detection import FORCED, EpochInfo
from iovolc.model.grid import Grid
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.detect import Task, detected_of, maps_of
from iovolc.track.changes import visit_numbers

_STAGE = "forced"


@dataclass(frozen=True, slots=True)
class _Visit:
    """The calibrated comparisons of one visit, in several channels."""

    tasks: tuple[Task, ...]

    @property
    def key(self) -> str:
        return cache_key(_STAGE, ALGORITHM_VERSIONS["track"], [task.key for task in self.tasks])


def forced(tasks: Sequence[Task], epochs: Sequence[EpochInfo], context: Context) -> pd.DataFrame:
    """Contrasts of all calibrated detections in the other channels of their visits.

    Parameters
    ----------
    tasks : sequence of Task
        What was compared.
    epochs : sequence of EpochInfo
        All epochs of the manifest.
    context : Context
        Store and workers.

    Returns
    -------
    DataFrame
        Schema :data:`iovolc.model.detection.FORCED`.
    """
    visits = _visits(tasks, visit_numbers(epochs))
    held = [table for table in context.runner.map(_measured, visits, "colours") if len(table)]
    return frames.conform(pd.concat(held, ignore_index=True), FORCED) if held else frames.empty(FORCED)


def _visits(tasks: Sequence[Task], numbers: Mapping[str, int]) -> list[_Visit]:
    groups: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        if task.entry.quantity != "relative":
            groups[numbers[task.entry.observation_id]].append(task)
    return [
        _Visit(tuple(groups[number]))
        for number in sorted(groups)
        if len({task.entry.channel for task in groups[number]}) > 1
    ]


def _measured(visit: _Visit) -> pd.DataFrame:
    """From the store, or measured and kept."""
    return cached_frame(visit.tasks[0].store, _STAGE, visit.key, lambda: _measure(visit))


def _measure(visit: _Visit) -> pd.DataFrame:
    grid = Grid.at(visit.tasks[0].entry.pixels_per_degree)
    maps = {task.entry.observation_id: _maps(task, grid) for task in visit.tasks}
    rows = [row for task in visit.tasks for row in _rows(task, visit, maps)]
    return frames.conform(pd.DataFrame(rows), FORCED) if rows else frames.empty(FORCED)


def _maps(task: Task, grid: Grid) -> Maps:
    found = {sheet.name: maps_of(task, sheet.name) for sheet in grid.sheets}
    return {name: maps for name, maps in found.items() if maps is not None}


def _rows(task: Task, visit: _Visit, maps: Mapping[str, Maps]) -> Iterator[dict[str, Any]]:
    """What the other channels show of the detections of one."""
    own, detected = task.entry, detected_of(task)
    others = [other.entry for other in visit.tasks if other.entry.channel != own.channel]
    for row in cast("list[dict[str, Any]]", detected.detections.to_dict("records")):
        footprint = detected.footprints[row["detection_id"]]
        for other in others:
            told = forced_contrast(
                footprint, row["contrast_sigma"], maps[own.observation_id], maps[other.observation_id]
            )
            if told is not None:
                yield {
                    "detection_id": row["detection_id"], "observation_id": other.observation_id,
                    "channel": other.channel, "contrast": told[0], "contrast_sigma": told[1],
                }  # fmt: skip
