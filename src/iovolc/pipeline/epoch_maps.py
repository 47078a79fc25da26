"""The map of an epoch for the page: normalised, held against its predecessors, and no finer than is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc.config import LightConfig
from iovolc.cube.cache import cache_key, cached
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_epoch
from iovolc.model.grid import SHEET_NAMES, Grid, SheetName
from iovolc.pipeline.context import ALGORITHM_VERSIONS
from iovolc.pipeline.detect import Task, maps_of
from iovolc.pipeline.lighting import light_settings
from iovolc.pipeline.tones import frame_of, tone_of
from iovolc.publish.page_epochs import DRAWING_VERSION
from iovolc.publish.run_output import Draw, EpochMap
from iovolc.publish.sampling import coarse_mosaic

Plane = NDArray[np.float32]

_STAGE = "page"


@dataclass(frozen=True, slots=True)
class EpochMaps:
    """Gives the maps of a run's epochs.

    Parameters
    ----------
    store : Path
        The store.
    entries : mapping of str to EpochEntry
        All epochs by observation id.
    tasks : mapping of str to Task
        The comparisons by observation id.
    light : LightConfig
        The light model.
    grid : Grid
        The grid.
    """

    store: Path
    entries: Mapping[str, EpochEntry]
    tasks: Mapping[str, Task]
    light: LightConfig
    grid: Grid

    def __call__(self, observation_id: str, least_per_degree: int) -> EpochMap:
        """The map of an epoch, with the fewest pixels per degree that are not below ``least_per_degree``."""
        entry = self.entries[observation_id]
        factor = coarsest_factor(self.grid.pixels_per_degree, least_per_degree)
        planes = self._planes(entry, self.tasks.get(observation_id), factor)
        relative = entry.quantity == "relative"
        return EpochMap(
            planes["value"] if relative else np.exp(planes["value"]),
            planes.get("difference"),
            planes.get("z"),
            "normal scores" if relative else "albedo" if entry.quantity == "iof" else entry.quantity,
            "change of rank, in standard deviations" if relative else "change of ln albedo",
        )

    def kept_drawing(self, observation_id: str, least_per_degree: int, draw: Draw) -> Path:
        """The folder with the drawn map of an epoch, which the store keeps for as long as nothing of it changes."""
        entry, task = self.entries[observation_id], self.tasks.get(observation_id)
        key = cache_key(
            DRAWING_VERSION, ALGORITHM_VERSIONS["detect"], light_settings(self.light), entry.content_hash,
            self.grid.pixels_per_degree, least_per_degree, None if task is None else task.key,
        )  # fmt: skip

        def save(shown: EpochMap, folder: Path) -> None:
            draw(folder, f"m{key[:16]}", shown)

        def compute() -> Any:
            return self(observation_id, least_per_degree)

        return cached(self.store, _STAGE, key, compute, save=save, load=_itself)

    def _planes(self, entry: EpochEntry, task: Task | None, factor: int) -> dict[str, Plane]:
        """Tone, difference and significance."""
        frame, places = frame_of(entry.pixels_per_degree)
        tone = tone_of(read_epoch(self.store, entry), frame, places, self.light)
        planes = {"value": self._whole({n: tone[n] for n in SHEET_NAMES if n in tone}, factor)}
        if task is not None:
            difference: dict[SheetName, Plane] = {}
            z: dict[SheetName, Plane] = {}
            for name in SHEET_NAMES:
                found = maps_of(task, name)
                if found is not None:
                    difference[name], z[name] = found[0], found[0] / found[1]
            planes |= {"difference": self._whole(difference, factor), "z": self._whole(z, factor)}
        return planes

    def _whole(self, sheets: Mapping[SheetName, Plane], factor: int) -> Plane:
        every: dict[SheetName, Plane] = {}
        for name in SHEET_NAMES:
            every[name] = sheets.get(name, np.full(self.grid.sheet(name).shape, np.nan, np.float32))
        return coarse_mosaic(self.grid, every, factor)


def _itself(folder: Path) -> Any:
    return folder


def coarsest_factor(pixels_per_degree: int, least: int) -> int:
    """The largest divisor of a grid's pixels per degree that leaves at least so many; 1 if none does."""
    divisors = (f for f in range(pixels_per_degree, 1, -1) if pixels_per_degree % f == 0)
    return next((factor for factor in divisors if pixels_per_degree // factor >= least), 1)
