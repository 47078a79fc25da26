"""Forced photometry: every detection measured in the other channels of its visit, from the maps that were kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd

from iovolc.cube.entry import EpochEntry
from iovolc.detect.forced import Maps, forced_contrast
from iovolc.model import frames
from iovolc.model.detection import FORCED, Detected, EpochInfo, Footprint
from iovolc.model.grid import Grid
from iovolc.pipeline.detect import Task, maps_of
from iovolc.track.changes import visit_numbers

Rows = list[dict[str, Any]]


def forced(detected: Detected, tasks: Sequence[Task], epochs: Sequence[EpochInfo], grid: Grid) -> pd.DataFrame:
    """Contrasts of all calibrated detections in the other channels of their visits.

    Parameters
    ----------
    detected : Detected
        The detections.
    tasks : sequence of Task
        What was compared.
    epochs : sequence of EpochInfo
        All epochs of the manifest.
    grid : Grid
        Theirs.

    Returns
    -------
    DataFrame
        Schema :data:`iovolc.model.detection.FORCED`.
    """
    calibrated = detected.detections[detected.detections["contrast"].notna()]
    found = {str(name): cast("Rows", part.to_dict("records")) for name, part in calibrated.groupby("observation_id")}
    rows: Rows = []
    for visit in _visits(tasks, visit_numbers(epochs)):
        if any(task.entry.observation_id in found for task in visit):
            maps = {task.entry.observation_id: _maps(task, grid) for task in visit}
            rows += _of_visit([task.entry for task in visit], found, detected.footprints, maps)
    return frames.conform(pd.DataFrame(rows), FORCED) if rows else frames.empty(FORCED)


def _visits(tasks: Sequence[Task], numbers: Mapping[str, int]) -> list[list[Task]]:
    """Calibrated comparisons of one visit, where it has several channels."""
    groups: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        if task.entry.quantity != "relative":
            groups[numbers[task.entry.observation_id]].append(task)
    return [groups[number] for number in sorted(groups) if len({task.entry.channel for task in groups[number]}) > 1]


def _maps(task: Task, grid: Grid) -> Maps:
    found = {sheet.name: maps_of(task, sheet.name) for sheet in grid.sheets}
    return {name: maps for name, maps in found.items() if maps is not None}


def _of_visit(
    entries: Sequence[EpochEntry],
    found: Mapping[str, Rows],
    footprints: Mapping[str, Footprint],
    maps: Mapping[str, Maps],
) -> Rows:
    rows: Rows = []
    for own in entries:
        others = [other for other in entries if other.channel != own.channel]
        for row in found.get(own.observation_id, ()):
            name = str(row["detection_id"])
            for other in others:
                measured = forced_contrast(
                    footprints[name], row["contrast_sigma"], maps[own.observation_id], maps[other.observation_id]
                )
                if measured is not None:
                    contrast, sigma = measured
                    rows.append(
                        {
                            "detection_id": name, "observation_id": other.observation_id, "channel": other.channel,
                            "contrast": contrast, "contrast_sigma": sigma,
                        }
                    )  # fmt: skip
    return rows
