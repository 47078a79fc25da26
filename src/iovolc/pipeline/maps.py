"""The maps and views of a run, read from what ingest and detection have kept."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_provenance
from iovolc.detect.completeness import SIZES_KM, Sensitivity, margin_per_contrast
from iovolc.detect.noise import Noise
from iovolc.detect.pyramid import Scale
from iovolc.light.display import stretch_text
from iovolc.model.detection import Tracked
from iovolc.model.grid import Grid, Sheet, SheetName
from iovolc.pipeline.detect import Scan, Task, field_of, maps_of
from iovolc.pipeline.nightside import KEY, night_text
from iovolc.pipeline.planes import compared_anywhere, difference_of
from iovolc.pipeline.reach import curves_of
from iovolc.pipeline.tones import look_at
from iovolc.publish.figures import strongest_detections
from iovolc.publish.run_output import LIMIT_PROBABILITIES, ChannelLayers, ChannelSummary, Cutout
from iovolc.publish.sampling import local_view, view

Plane = NDArray[np.float32]

COMPLETENESS_KM = 60.0
_SIZES_KM = (*SIZES_KM, COMPLETENESS_KM)
COMPLETENESS_CONTRAST = 0.2
COMPLETENESS_RANK = 1.0
CUTOUT_PX = 160


@dataclass(frozen=True, slots=True)
class Maps:
    """Gives the layers of channels and the views of events.

    Parameters
    ----------
    scan : Scan
        What was compared.
    tracked : Tracked
        Events and footprints.
    grid : Grid
        The grid.
    """

    scan: Scan
    tracked: Tracked
    grid: Grid

    def summaries(self) -> tuple[ChannelSummary, ...]:
        """What the layers of each channel show: its newest epoch."""
        return tuple(_summary(task) for task in self._newest().values())

    def layers(self, channel: str, sheet_name: SheetName) -> ChannelLayers:
        """The layers of a channel's newest epoch on a sheet."""
        task = self._newest()[channel]
        sheet = self.grid.sheet(sheet_name)
        look = look_at(task.store, task.entry, task.light)
        nothing = np.full(sheet.shape, np.nan, np.float32)
        tone = look.side.tone.get(sheet_name, nothing)
        found = maps_of(task, sheet_name)
        difference, sigma = found if found is not None else (nothing, nothing)
        compared = np.isfinite(difference)
        margins = self._margins(task, sheet, tone)
        return ChannelLayers(
            value=tone if _relative(task) else np.exp(tone),
            difference=difference,
            z=difference / sigma,
            status=self._status(task, sheet_name, tone, compared),
            resolution_km=np.where(compared, np.float32(look.side.resolution_km), np.float32(np.nan)),
            comparable=compared,
            completeness=self._completeness(task, margins, compared),
            limits=self._limits(task, margins, compared),
        )

    def compared(self, channel: str, sheet_name: SheetName) -> NDArray[np.bool_]:
        """Where any epoch of a channel could be compared."""
        tasks = [task for task in self.scan.tasks if task.entry.channel == channel]
        return compared_anywhere(tasks, self.grid)[sheet_name]

    def cutout(self, event_id: str, half_km: float) -> Cutout | None:
        """Before and after of an event, in the epoch and channel that show it most significantly."""
        detections = self.tracked.detections
        mine = detections[detections["event_id"] == event_id]
        if mine.empty:
            return None
        events = self.tracked.events
        event = _rows(events[events["event_id"] == event_id])[0]
        best = strongest_detections(mine).iloc[0]
        task = self._tasks()[best["observation_id"]]
        lat, lon_e = local_view(event["lat"], event["lon_e"], half_km, CUTOUT_PX)
        tone = look_at(task.store, task.entry, task.light).side.tone
        after = view(self.grid, lambda name: tone[name] if name in tone else self._nothing(name), lat, lon_e)
        difference = view(self.grid, lambda name: difference_of(task, name, self.grid.sheet(name).shape), lat, lon_e)
        before = after - difference
        before_entries = _compared_with(task, best["reference_ids"])
        night = night_text(task.store, (task.entry, *before_entries), task.light, event["lat"], event["lon_e"])
        unit = "standard deviations of rank" if _relative(task) else f"albedo, {night}," if night else "albedo"
        return Cutout(
            lat=event["lat"],
            lon_e=event["lon_e"],
            half_km=half_km,
            before=before if _relative(task) else np.exp(before),
            after=after if _relative(task) else np.exp(after),
            difference=difference,
            channel=task.entry.channel,
            unit=unit,
            difference_unit="change of rank, in standard deviations" if _relative(task) else "change of ln albedo",
            before_ids=tuple(entry.observation_id for entry in before_entries),
            after_ids=(task.entry.observation_id,),
            before_utc=_span(before_entries),
            after_utc=(task.entry.start_utc, task.entry.stop_utc),
        )

    def _tasks(self) -> dict[str, Task]:
        return {task.entry.observation_id: task for task in self.scan.tasks}

    def _newest(self) -> dict[str, Task]:
        return {task.entry.channel: task for task in self.scan.tasks}

    def _nothing(self, sheet_name: str) -> Plane:
        return np.full(self.grid.sheet(sheet_name).shape, np.nan, np.float32)

    def _status(self, task: Task, sheet_name: SheetName, tone: Plane, compared: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Codes of :data:`iovolc.publish.run_output.PIXEL_STATUS`."""
        status = np.isfinite(tone).astype(np.uint8)
        status[compared] = 2
        tiers = dict(zip(self.tracked.events["event_id"], self.tracked.events["tier"], strict=True))
        mine = self.tracked.detections
        for row in _rows(mine[mine["observation_id"] == task.entry.observation_id]):
            code = 3 if tiers.get(row["event_id"]) == "C" else 4
            for name, pixels in self.scan.detected.footprints[row["detection_id"]].pixels:
                if name == sheet_name:
                    status.ravel()[pixels] = np.maximum(status.ravel()[pixels], code)
        return status

    def _margins(self, task: Task, sheet: Sheet, tone: Plane) -> dict[float, Plane]:
        """Margin per unit of contrast, by size; 0 where nothing was compared."""
        field = field_of(task, sheet, tone)
        if field is None:
            return {size: np.zeros(sheet.shape, np.float32) for size in _SIZES_KM}
        return margin_per_contrast(field, sheet, self._sensitivity(task), _SIZES_KM)

    def _completeness(self, task: Task, margins: Mapping[float, Plane], compared: NDArray[np.bool_]) -> Plane:
        """Probability that the stated change would have been found."""
        sensitivity = self._sensitivity(task)
        contrast = COMPLETENESS_RANK if sensitivity.relative else COMPLETENESS_CONTRAST
        curve = sensitivity.curve(curves_of(task.config.completeness), COMPLETENESS_KM)
        chance = curve.probability(contrast * margins[COMPLETENESS_KM])
        return np.where(compared, chance, np.nan).astype(np.float32)

    def _limits(self, task: Task, margins: Mapping[float, Plane], compared: NDArray[np.bool_]) -> dict[float, Plane]:
        """Contrasts that would have been found with the published probabilities, by size; NaN where none is."""
        limits: dict[float, Plane] = {}
        for size in SIZES_KM:
            curve = self._sensitivity(task).curve(curves_of(task.config.completeness), size)
            needed = np.array([curve.margin_at(chance) for chance in LIMIT_PROBABILITIES], np.float32)
            seen = compared & (margins[size] > 0)
            planes = needed[:, None, None] / np.where(seen, margins[size], np.float32(np.nan))
            limits[size] = np.where(np.isfinite(planes), planes, np.float32(np.nan))
        return limits

    def _sensitivity(self, task: Task) -> Sensitivity:
        told = next(item for item in self.scan.statistics if item["observation_id"] == task.entry.observation_id)
        scales = tuple(Scale(float(size)) for size in told["scales_km"])
        alone, against = (
            [math.nan if item is None else float(item) for item in told[name]]
            for name in ("noise_factors", "noise_factors_against")
        )
        noise = tuple(Noise(*pair) for pair in zip(alone, against, strict=True))
        needed = tuple(math.inf if item is None else float(item) for item in told["needed_z"])
        floor = float(told["sigma_floor"])
        return Sensitivity(scales, noise, floor, told["resolution_km"], told["relative"], needed)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", frame.to_dict(orient="records"))


def _relative(task: Task) -> bool:
    return task.entry.quantity == "relative"


def _summary(task: Task) -> ChannelSummary:
    relative = _relative(task)
    size = f"a change of {COMPLETENESS_KM:.0f} km and "
    return ChannelSummary(
        channel=task.entry.channel,
        observation_id=task.entry.observation_id,
        reference_ids=tuple(entry.observation_id for entry in task.predecessors),
        difference="rank" if relative else "log_ratio",
        unit="normal scores" if relative else _albedo_of(task),
        completeness_of=size + ("one standard deviation of the map" if relative else "20 % in albedo"),
    )


def _albedo_of(task: Task) -> str:
    """The unit of normalised values, with what was done to night sides."""
    night = read_provenance(task.store, task.entry).get(KEY) if task.light.model else None
    return "albedo" if night is None else f"albedo, {stretch_text(night['night_factor'])}"


def _compared_with(task: Task, ids: Sequence[str]) -> tuple[EpochEntry, ...]:
    """The predecessors that a detection names, oldest first; all if it names none."""
    named = frozenset(ids)
    return tuple(entry for entry in task.predecessors if entry.observation_id in named) or task.predecessors


def _span(entries: Sequence[EpochEntry]) -> tuple[datetime, datetime]:
    return min(entry.start_utc for entry in entries), max(entry.stop_utc for entry in entries)
