"""What is told of places that Jupiter alone lights: how dark they are, and by how much pictures of them are brightened.

Linear night sides have 0.001 to 0.016 of the brightness of day sides; normal albedo brightens them by the inverse.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from iovolc.config import LightConfig
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_head_json
from iovolc.geometry.sphere import pixel_area_km2
from iovolc.light.classes import LightClass, classes_of, light_flags
from iovolc.light.display import measured_night_day_ratio, night_day_ratio, night_factor, ratio_text, stretch_text
from iovolc.light.sources import Lighting, rays_at, terms_of
from iovolc.model.epoch import Epoch
from iovolc.model.flags import UNUSABLE
from iovolc.model.observation import ObservationRecord
from iovolc.pipeline.lighting import lighting_of
from iovolc.pipeline.tones import frame_of

KEY: Final = "night_side"
STRETCHED: Final = 5.0
"""Times the brightness that Jupiter can give from which a night side was surely stretched."""
_SOURCES: Final = {"sun": "the Sun", "jupiter": "Jupiter"}
_HEADS_IN_MEMORY: Final = 1024


def night_side(epoch: Epoch, pixels_per_degree: int, config: LightConfig) -> dict[str, Any]:
    """What an epoch shows by Jupiter's light, in plain values under ``night_side``; empty without any such place.

    Parameters
    ----------
    epoch : Epoch
        On the grid.
    pixels_per_degree : int
        Of the grid.
    config : LightConfig
        The light model.

    Returns
    -------
    dict
        ``jupiter_lit_km2``; ``night_day_ratio`` as computed for ground below Jupiter and below the Sun;
        ``measured_ratio`` of the medians of the picture, null without a day side or for pictures that are not I/F;
        ``night_factor``, by which normal albedo brightens the night side.
    """
    lighting = lighting_of(epoch.record, config)
    if lighting is None or lighting.irradiance == 0.0:
        return {}
    frame, _ = frame_of(pixels_per_degree)
    values: list[np.ndarray[Any, Any]] = []
    codes: list[np.ndarray[Any, Any]] = []
    lit_km2 = 0.0
    for name, layers in epoch.sheets.items():
        good = frame.owned[name] & ((layers.flags & np.uint16(UNUSABLE)) == 0)
        values.append(layers.value[good])
        codes.append(classes_of(layers.flags)[good])
        area = np.broadcast_to(pixel_area_km2(frame.grid.sheet(name)), layers.value.shape)[good]
        lit_km2 += float(area[codes[-1] == LightClass.JUPITER].sum(dtype=np.float64))
    if lit_km2 == 0.0:
        return {}
    value, code = np.concatenate(values), np.concatenate(codes)
    measured = math.nan
    if epoch.record.quantity == "iof":
        measured = measured_night_day_ratio(value, code == LightClass.JUPITER, code == LightClass.SUN)
    ratio = _ratio(lighting)
    told: dict[str, Any] = {
        "jupiter_lit_km2": round(lit_km2, 1),
        "night_day_ratio": float(f"{ratio:.3g}"),
        "measured_ratio": None if math.isnan(measured) else float(f"{measured:.3g}"),
        "night_factor": night_factor(ratio),
    }
    return {KEY: told}


def _ratio(lighting: Lighting) -> float:
    distance_km = float(np.linalg.norm(lighting.jupiter_km))
    return night_day_ratio(lighting.jupiter_phase_deg, lighting.jupiter_albedo, distance_km)


def jupitershine(heads: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """What the epochs of a run show by Jupiter's light, for its record: one entry for each that has such places."""
    return tuple(
        {"observation_id": head["record"]["id"], **head["provenance"][KEY]}
        for head in heads
        if KEY in head["provenance"]
    )


def light_notes(shown: Sequence[Mapping[str, Any]], statistics: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What a reader must know of a run's light: night sides, pictures that were stretched, and doubtful gains.

    Parameters
    ----------
    shown : sequence of mapping
        From :func:`jupitershine`.
    statistics : sequence of mapping
        Of each comparison (:attr:`iovolc.pipeline.detect.Scan.statistics`).
    """
    nights = [note for item in shown for note in _night_notes(item)]
    gains = [
        f"{item['observation_id']}: places lit by {_SOURCES[light]} come out {gain['gain']:.2f} times as bright as "
        f"before, {abs(gain['pull']):.1f} standard deviations off; check its calibration."
        for item in statistics
        for light, gain in item.get("light_gains", {}).items()
        if gain["doubtful"]
    ]
    return (*nights, *gains)


def _night_notes(item: Mapping[str, Any]) -> list[str]:
    name, ratio, measured = item["observation_id"], item["night_day_ratio"], item["measured_ratio"]
    lit = f"Parts of {name} are lit by Jupiter alone. {ratio_text(ratio)}; {stretch_text(item['night_factor'])}."
    if measured is None or measured <= STRETCHED * ratio:
        return [lit]
    stretched = f"The night side of {name} is {measured / ratio:.0f} times as bright as Jupiter can make it"
    return [lit, f"{stretched}: it was stretched and is no I/F. Declare it `relative`."]


def night_text(store: Path, entries: Sequence[EpochEntry], config: LightConfig, lat: float, lon_e: float) -> str:
    """By how much the place is brightened in epochs in which Jupiter lights it; empty where it does in none.

    Parameters
    ----------
    store : Path
        The store.
    entries : sequence of EpochEntry
        The epochs that are shown.
    config : LightConfig
        The light model.
    lat, lon_e : float
        The place.
    """
    factors = {_brightened(store, entry, config, lat, lon_e) for entry in entries}
    known = sorted(factor for factor in factors if factor is not None)
    if not known:
        return ""
    return stretch_text(known[-1]) if len(known) == 1 else f"{stretch_text(known[-1])} or less"


def _brightened(store: Path, entry: EpochEntry, config: LightConfig, lat: float, lon_e: float) -> float | None:
    lighting = lighting_of(_record(store, entry), config) if config.model and entry.quantity == "iof" else None
    if lighting is None:
        return None
    rays = rays_at(lighting, np.array([lat]), np.array([lon_e]))
    flags = light_flags(rays, terms_of(lighting, rays), config, eclipsed=lighting.eclipsed)
    return night_factor(_ratio(lighting)) if classes_of(flags)[0] == LightClass.JUPITER else None


@lru_cache(maxsize=_HEADS_IN_MEMORY)
def _record(store: Path, entry: EpochEntry) -> ObservationRecord:
    return ObservationRecord.from_json(read_head_json(store, entry)["record"])
