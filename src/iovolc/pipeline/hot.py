"""Hot spots of every thermal epoch of a manifest, each searched once and kept; and limits at known places."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from iovolc.archive.formats.units import convert
from iovolc.config import HeatConfig
from iovolc.cube.cache import cache_key, cached
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_head_json, read_native
from iovolc.cube.manifest import Manifest
from iovolc.detect.heat import Source, Thresholds, find_heat
from iovolc.detect.heatframe import HeatFrame, frame_of
from iovolc.detect.heatrows import Unit, glows_of, limit_plane, limits_of, unit_of
from iovolc.model.glow import THERMAL_CHANNELS, Glow
from iovolc.model.observation import ObservationRecord
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.lighting import is_eclipsed

_STAGE: Final = "heat"
_SPECTRAL: Final = "W / (m2 sr um)"
_IN_BAND: Final = "W / (m2 sr)"
_SOURCES: Final = TypeAdapter(tuple[Source, ...])
_SETTINGS: Final = frozenset({"night_snr", "day_snr", "day_from_um", "picture_snr", "max_emission_deg", "position_km"})


@dataclass(frozen=True, slots=True)
class HeatTask:
    """One thermal epoch to be searched."""

    store: Path
    entry: EpochEntry
    config: HeatConfig

    @property
    def key(self) -> str:
        """Hash of everything the result depends on."""
        settings = self.config.model_dump(mode="json", include=set(_SETTINGS))
        return cache_key(ALGORITHM_VERSIONS["heat"], settings, self.entry.content_hash)


@dataclass(frozen=True, slots=True)
class Searched:
    """What one thermal image shows.

    Parameters
    ----------
    record : ObservationRecord
        The image.
    glows : tuple of Glow
        Its hot spots.
    limit : ndarray, shape (row, col), float32
        Least value that would have counted at each native pixel; NaN where nothing was sought.
    unit : Unit or None
        Of glows and limits; None where there are none, for want of a brightness to tell them in.
    sources : tuple of Source
        What the glows were told from.
    facts : dict
        ``observation_id, found, negatives, psf_px``: how often the negative image would have fired.
    """

    record: ObservationRecord
    glows: tuple[Glow, ...]
    limit: NDArray[np.float32]
    unit: Unit | None
    sources: tuple[Source, ...]
    facts: dict[str, Any]


def search(manifest: Manifest, context: Context) -> tuple[Searched, ...]:
    """Search the native pixels of all thermal epochs; nothing where the configuration turns it off.

    Parameters
    ----------
    manifest : Manifest
        What makes the cube.
    context : Context
        Store, configuration and workers.
    """
    config = context.config.heat
    entries = [entry for entry in manifest.entries if config.search and entry.channel in THERMAL_CHANNELS]
    tasks = [HeatTask(context.store, entry, config) for entry in entries]
    context.runner.map(_search_one, tasks, "heat")
    return tuple(load_searched(task) for task in tasks)


def sightings(images: Iterable[Searched]) -> tuple[Glow, ...]:
    """All hot spots of some images."""
    return tuple(glow for image in images for glow in image.glows)


def limits(images: Iterable[Searched], places: Sequence[tuple[float, float]]) -> tuple[Glow, ...]:
    """Upper limits of known places (lat, lon_e) in the images that looked at them."""
    return tuple(
        glow for image in images if image.unit is not None
        for glow in limits_of(image.limit, image.record, image.unit.quantity, places)
    )  # fmt: skip


def _search_one(task: HeatTask) -> str:
    cached(task.store, _STAGE, task.key, lambda: _compute(task), save=_save, load=lambda _: None)
    return task.key


def load_searched(task: HeatTask) -> Searched:
    """What one image shows, as it was kept."""

    def load(folder: Path) -> Searched:
        told = json.loads((folder / "heat.json").read_text(encoding="utf-8"))
        with np.load(folder / "limit.npz", allow_pickle=False) as archive:
            plane = archive["limit"]
        record = ObservationRecord.from_json(read_head_json(task.store, task.entry)["record"])
        glows = tuple(Glow.from_json(row) for row in told["glows"])
        unit = None if told["unit"] is None else Unit(**told["unit"])
        return Searched(record, glows, plane, unit, _SOURCES.validate_python(told["sources"]), told["facts"])

    return cached(task.store, _STAGE, task.key, lambda: _compute(task), save=_save, load=load)


def _compute(task: HeatTask) -> Searched:
    record, frame = frame_at(task)
    config = task.config
    hot = find_heat(frame, thresholds_of(record, config))
    unit = unit_of(hot, radiance_factor(record))
    facts = {
        "observation_id": record.id, "found": len(hot.sources), "negatives": hot.negatives,
        "psf_px": hot.psf_px,
    }  # fmt: skip
    if unit is None:
        return Searched(record, (), np.full(frame.pixels.shape, np.nan, np.float32), None, hot.sources, facts)
    glows = glows_of(hot, record, frame.ground, unit, position_km(record, config))
    return Searched(record, glows, limit_plane(hot, frame.ground, unit), unit, hot.sources, facts)


def frame_at(task: HeatTask) -> tuple[ObservationRecord, HeatFrame]:
    """An epoch as the search sees it."""
    record = ObservationRecord.from_json(read_head_json(task.store, task.entry)["record"])
    native = read_native(task.store, task.entry)
    return record, frame_of(record, native.value, native.saturated > 0, eclipsed=is_eclipsed(record))


def position_km(record: ObservationRecord, config: HeatConfig) -> float:
    """Error of an image's placement: its own, or what the configuration takes for granted."""
    known_km = record.registration_sigma_km
    return known_km if math.isfinite(known_km) else config.position_km


def thresholds_of(record: ObservationRecord, config: HeatConfig) -> Thresholds:
    """What counts in an image: by day more, and nothing in bands in which sunlight outshines heat."""
    waves = record.wavelength_um
    reflects = waves < config.day_from_um if math.isfinite(waves) else record.channel == "K"
    day = config.picture_snr if record.quantity == "relative" else config.day_snr
    return Thresholds(config.night_snr, math.inf if reflects else day, config.max_emission_deg)


def radiance_factor(record: ObservationRecord) -> float | None:
    """To W m-2 um-1 sr-1; a radiance over the whole band is spread over its width."""
    if record.quantity != "radiance":
        return None
    spectral = convert(1.0, record.unit, _SPECTRAL)
    in_band = convert(1.0, record.unit, _IN_BAND)
    if spectral is None and in_band is not None and math.isfinite(record.fwhm_um):
        return in_band / record.fwhm_um
    return spectral


def _save(found: Any, folder: Path) -> None:
    told = {
        "glows": [glow.to_json() for glow in found.glows], "sources": [asdict(source) for source in found.sources],
        "unit": None if found.unit is None else asdict(found.unit), "facts": found.facts,
    }  # fmt: skip
    (folder / "heat.json").write_text(json.dumps(told, sort_keys=True), encoding="utf-8")
    np.savez_compressed(folder / "limit.npz", limit=found.limit)
