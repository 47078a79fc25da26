"""Forced photometry: every detection measured in the other comparisons of its visit and of some visits after it.

From the maps that were kept. Each visit is measured once and kept, so that a new epoch costs its own visit and those
after it. A comparison tells of a change only if something that it is compared with does not show it yet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import pandas as pd

from iovolc.cube.cache import cache_key, cached_frame
from iovolc.cube.entry import EpochEntry
from iovolc.detect.forced import Plane, forced_contrast
from iovolc.model import frames
from iovolc.model.detection import FORCED, EpochInfo
from iovolc.model.grid import Grid
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.detect import Scan, Task, detected_of, maps_of
from iovolc.track.changes import visit_numbers

_STAGE = "forced"
LATER_VISITS: Final = 8
"""A detection is measured in so many later visits: few of their comparisons still rest on epochs before it."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """The comparisons of one visit and of those before it, and the order of the visits that all of them rest on.

    All are calibrated, or all by ranks.
    """

    tasks: tuple[Task, ...]
    before: tuple[Task, ...]
    numbers: Mapping[str, int]
    relative: bool

    @property
    def key(self) -> str:
        version = ALGORITHM_VERSIONS["track"]
        ours, theirs = ([task.key for task in tasks] for tasks in (self.tasks, self.before))
        return cache_key(_STAGE, version, ours, theirs, sorted(self.numbers.items()), self.relative)


def forced(scan: Scan, epochs: Sequence[EpochInfo], context: Context) -> pd.DataFrame:
    """Contrasts of all detections in other comparisons of the same unit, of their own visits and of later ones.

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
    numbers = visit_numbers(epochs)
    visits = [
        visit
        for relative in (False, True)
        for visit in _visits(
            [task for task, told in zip(scan.tasks, scan.statistics, strict=True) if told["relative"] == relative],
            numbers,
            relative=relative,
        )
    ]
    held = [table for table in context.runner.map(_measured, visits, "measure again") if len(table)]
    return frames.conform(pd.concat(held, ignore_index=True), FORCED) if held else frames.empty(FORCED)


def _visits(tasks: Sequence[Task], numbers: Mapping[str, int], *, relative: bool) -> list[_Visit]:
    groups: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        groups[numbers[task.entry.observation_id]].append(task)
    found: list[_Visit] = []
    order = sorted(groups)
    for place, number in enumerate(order):
        before = [task for earlier in order[max(place - LATER_VISITS, 0) : place] for task in groups[earlier]]
        if before or len(groups[number]) > 1:
            ours = groups[number]
            found.append(_Visit(tuple(ours), tuple(before), _ordered([*ours, *before], numbers), relative))
    return found


def _ordered(tasks: Sequence[Task], numbers: Mapping[str, int]) -> dict[str, int]:
    """The visits of epochs and predecessors, counted among themselves: other epochs do not change them."""
    names = {entry.observation_id for task in tasks for entry in (task.entry, *task.predecessors)}
    rank = {number: k for k, number in enumerate(sorted({numbers[name] for name in names}))}
    return {name: rank[numbers[name]] for name in names}


def _measured(visit: _Visit) -> pd.DataFrame:
    """From the store, or measured and kept."""
    return cached_frame(visit.tasks[0].store, _STAGE, visit.key, lambda: _measure(visit))


def _measure(visit: _Visit) -> pd.DataFrame:
    grid = Grid.at(visit.tasks[0].entry.pixels_per_degree)
    tasks = (*visit.tasks, *visit.before)
    asked = {other.entry.observation_id: other for task in tasks for other in _others(task, visit)}
    maps = {name: _differences(other, grid) for name, other in asked.items()}
    rows = [row for task in tasks for row in _rows(task, visit, maps, grid)]
    return frames.conform(pd.DataFrame(rows), FORCED) if rows else frames.empty(FORCED)


def _differences(task: Task, grid: Grid) -> dict[str, Plane]:
    found = {sheet.name: maps_of(task, sheet.name) for sheet in grid.sheets}
    return {name: maps[0] for name, maps in found.items() if maps is not None}


def _others(task: Task, visit: _Visit) -> list[Task]:
    """The visit's comparisons that may show again what a comparison found."""
    number = visit.numbers[task.entry.observation_id]
    return [other for other in visit.tasks if other is not task and _rests_on_before(other, number, visit.numbers)]


def _rows(task: Task, visit: _Visit, maps: Mapping[str, Mapping[str, Plane]], grid: Grid) -> Iterator[dict[str, Any]]:
    """What the visit's comparisons show of the detections of one comparison."""
    number, others = visit.numbers[task.entry.observation_id], _others(task, visit)
    if not others:
        return
    detected = detected_of(task)
    seen = {str(name): _states(part, visit.numbers) for name, part in detected.looks.groupby("detection_id")}
    for row in cast("list[dict[str, Any]]", detected.detections.to_dict("records")):
        name = row["detection_id"]
        for other in others:
            told = forced_contrast(detected.footprints[name], maps[other.entry.observation_id], grid)
            if told is not None:
                colour = (
                    not visit.relative
                    and other.entry.channel != task.entry.channel
                    and visit.numbers[other.entry.observation_id] == number
                    and shows_before(other.predecessors, task.predecessors, seen.get(name, {}), visit.numbers)
                )
                yield {
                    "detection_id": name, "observation_id": other.entry.observation_id,
                    "channel": other.entry.channel, "contrast": told[0], "contrast_sigma": told[1], "colour": colour,
                }  # fmt: skip


def _rests_on_before(other: Task, number: int, numbers: Mapping[str, int]) -> bool:
    """Whether anything that a comparison rests on is of a visit before this one."""
    return any(numbers[entry.observation_id] < number for entry in other.predecessors)


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
