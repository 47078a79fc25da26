"""Forced photometry: every detection measured in the other channels of its visit, from the maps that were kept.

Each visit is measured once and kept, so that a new epoch costs its own visit. Another channel tells of a change only if
what it is compared with does not show it yet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from iovolc.cube.cache import cache_key, cached_frame
from iovolc.cube.entry import EpochEntry
from iovolc.detect.forced import Maps, forced_contrast
from iovolc.model import frames
from iovolc.model.detection import FORCED, EpochInfo
from iovolc.model.grid import Grid
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.detect import Scan, Task, detected_of, maps_of
from iovolc.track.changes import visit_numbers

_STAGE = "forced"


@dataclass(frozen=True, slots=True)
class _Visit:
    """The calibrated comparisons of one visit, in several channels, and the order of the visits that they rest on."""

    tasks: tuple[Task, ...]
    numbers: Mapping[str, int]

    @property
    def key(self) -> str:
        version, keys = ALGORITHM_VERSIONS["track"], [task.key for task in self.tasks]
        return cache_key(_STAGE, version, keys, sorted(self.numbers.items()))


def forced(scan: Scan, epochs: Sequence[EpochInfo], context: Context) -> pd.DataFrame:
    """Contrasts of all calibrated detections in the other channels of their visits.

    Parameters
    ----------
    scan : Scan
        What was compared, and whether by ranks.
    epochs : sequence of EpochInfo
        All epochs of the manifest.
    context : Context
        Store and workers.

    Returns
    -------
    DataFrame
        Schema :data:`iovolc.model.detection.FORCED`.
    """
    calibrated = [task for task, told in zip(scan.tasks, scan.statistics, strict=True) if not told["relative"]]
    visits = _visits(calibrated, visit_numbers(epochs))
    held = [table for table in context.runner.map(_measured, visits, "colours") if len(table)]
    return frames.conform(pd.concat(held, ignore_index=True), FORCED) if held else frames.empty(FORCED)


def _visits(tasks: Sequence[Task], numbers: Mapping[str, int]) -> list[_Visit]:
    groups: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        groups[numbers[task.entry.observation_id]].append(task)
    return [
        _Visit(tuple(groups[number]), _ordered(groups[number], numbers))
        for number in sorted(groups)
        if len({task.entry.channel for task in groups[number]}) > 1
    ]


def _ordered(tasks: Sequence[Task], numbers: Mapping[str, int]) -> dict[str, int]:
    """The visit of each predecessor, counted among themselves: other epochs of the manifest do not change it."""
    used = {entry.observation_id: numbers[entry.observation_id] for task in tasks for entry in task.predecessors}
    rank = {number: k for k, number in enumerate(sorted(set(used.values())))}
    return {name: rank[number] for name, number in used.items()}


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
    detected = detected_of(task)
    seen = {str(name): _states(part, visit.numbers) for name, part in detected.looks.groupby("detection_id")}
    others = [other for other in visit.tasks if other.entry.channel != task.entry.channel]
    for row in cast("list[dict[str, Any]]", detected.detections.to_dict("records")):
        name = row["detection_id"]
        for other in others:
            if not shows_before(other.predecessors, task.predecessors, seen.get(name, {}), visit.numbers):
                continue
            own, theirs = (maps[entry.observation_id] for entry in (task.entry, other.entry))
            told = forced_contrast(detected.footprints[name], row["contrast_sigma"], own, theirs)
            if told is not None:
                yield {
                    "detection_id": name, "observation_id": other.entry.observation_id,
                    "channel": other.entry.channel, "contrast": told[0], "contrast_sigma": told[1],
                }  # fmt: skip


def _states(looks: pd.DataFrame, numbers: Mapping[str, int]) -> dict[int, str]:
    """How each visit saw the place of a detection."""
    return {numbers[name]: state for name, state in zip(looks["observation_id"], looks["state"], strict=True)}


def shows_before(
    theirs: Sequence[EpochEntry], ours: Sequence[EpochEntry], states: Mapping[int, str], numbers: Mapping[str, int]
) -> bool:
    """Whether another channel's predecessors show the place before a change, as far as the change's own channel knows.

    None may be of a visit that shows the change already, and one of a visit that the own channel lacks must not come
    after the last one without the change.

    Parameters
    ----------
    theirs, ours : sequence of EpochEntry
        Predecessors in the other channel and in its own.
    states : mapping of int to str
        How the own channel saw the place, by visit.
    numbers : mapping of str to int
        The visit of each predecessor, in order of time.
    """
    shared = {numbers[entry.observation_id] for entry in ours}
    clear = max((visit for visit, state in states.items() if state == "without"), default=-1)
    visits = {numbers[entry.observation_id] for entry in theirs}
    return all(states.get(visit) != "with" if visit in shared else visit < clear for visit in visits)
