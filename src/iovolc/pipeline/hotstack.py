"""Repeated thermal images of one night and band, taken together: persistence, spots of the stack, one scale.

Not for single images (:mod:`iovolc.pipeline.hot`).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.cube.cache import cache_key, cached
from iovolc.cube.manifest import Manifest
from iovolc.detect.heatrows import Unit, glow_of, source_name
from iovolc.detect.heatstack import Layer, Repeated, gains, layer_of, repeats
from iovolc.model.glow import Glow
from iovolc.model.observation import Disc, ObservationRecord
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.hot import HeatTask, Searched, frame_at, load_searched, position_km, thresholds_of
from iovolc.pipeline.lighting import is_eclipsed

Values = NDArray[np.float64]

MAX_GAP: Final = timedelta(hours=12)
MAX_TURN_DEG: Final = 20.0
"""Io's turn between the first and the last image of a stack: half of it moves a point at 60 degrees by a fifth of its
foreshortening."""
_STAGE: Final = "heatstack"


@dataclass(frozen=True, slots=True)
class NightTask:
    """Images of one night and band, in order of time."""

    tasks: tuple[HeatTask, ...]

    @property
    def key(self) -> str:
        """Hash of everything the result depends on."""
        return cache_key(ALGORITHM_VERSIONS["heat"], *(task.key for task in self.tasks))


def combined(images: Sequence[Searched], manifest: Manifest, context: Context) -> tuple[Searched, ...]:
    """The images with what the others of their nights say of their spots; those without repeats as they are.

    Parameters
    ----------
    images : sequence of Searched
        Of :func:`iovolc.pipeline.hot.search`.
    manifest : Manifest
        Where they come from.
    context : Context
        Store, configuration and workers.
    """
    entries = {entry.observation_id: entry for entry in manifest.entries}
    nights = [
        NightTask(tuple(HeatTask(context.store, entries[image.record.id], context.config.heat) for image in night))
        for night in nights_of(images)
    ]
    told: dict[str, Searched] = {}
    for night, found in zip(nights, context.runner.map(_night, nights, "heat"), strict=True):
        for task, one in zip(night.tasks, found, strict=True):
            told[task.entry.observation_id] = _with(load_searched(task), one)
    return tuple(told.get(image.record.id, image) for image in images)


def nights_of(images: Sequence[Searched]) -> list[tuple[Searched, ...]]:
    """Images of one instrument and band that follow each other within hours, Io hardly turning; two at least."""
    discs = [image for image in images if isinstance(image.record.placement, Disc)]
    ordered = sorted(discs, key=lambda image: (*_series(image.record), image.record.time_utc, image.record.id))
    nights: list[list[Searched]] = []
    for image in ordered:
        if nights and _goes_on(nights[-1], image.record):
            nights[-1].append(image)
        else:
            nights.append([image])
    return [tuple(night) for night in nights if len(night) > 1]


def _series(record: ObservationRecord) -> tuple[str, ...]:
    return source_name(record), record.band, record.channel, record.quantity, record.unit


def _goes_on(night: Sequence[Searched], record: ObservationRecord) -> bool:
    first, last = night[0].record, night[-1].record
    if _series(first) != _series(record) or record.time_utc - last.time_utc > MAX_GAP:
        return False
    if is_eclipsed(first) != is_eclipsed(record) or not isinstance(first.placement, Disc):
        return False
    if not isinstance(record.placement, Disc):
        return False
    turn = record.placement.sub_observer_lon_e - first.placement.sub_observer_lon_e
    return abs((turn + 180.0) % 360.0 - 180.0) <= MAX_TURN_DEG


def _night(night: NightTask) -> list[dict[str, Any]]:
    """What each image of a night is told by the others, as it was kept."""

    def load(folder: Path) -> list[dict[str, Any]]:
        return json.loads((folder / "night.json").read_text(encoding="utf-8"))

    return cached(night.tasks[0].store, _STAGE, night.key, lambda: _compute(night), save=_save, load=load)


def _save(found: Any, folder: Path) -> None:
    (folder / "night.json").write_text(json.dumps(found, sort_keys=True), encoding="utf-8")


def _with(image: Searched, found: dict[str, Any]) -> Searched:
    """An image with what its night says; limits are on the night's scale, too."""
    glows = tuple(Glow.from_json(row) for row in found["glows"])
    facts = {**image.facts, "gain": found["gain"], "stacked": sum("stacked" in glow.flags for glow in glows)}
    return replace(image, glows=glows, limit=(image.limit / found["gain"]).astype(np.float32), facts=facts)


@dataclass(frozen=True, slots=True)
class _Look:
    """One image of a night and what turns its fluxes into values."""

    record: ObservationRecord
    layer: Layer
    unit: Unit
    position_km: float

    def glow(self, number: int, place: Repeated) -> Glow | None:
        """The measurement of a place that the image bears out."""
        sight = place.sights[number]
        if sight is None or not sight.borne_out:
            return None
        glow = glow_of(sight.source, self.record, self.layer.frame.ground, self.unit, self.position_km)
        if glow is None:
            return None
        flags = {"stacked": sight.number is None, "unrepeated": place.unrepeated}
        return replace(
            glow, flags=(*glow.flags, *(name for name, holds in flags.items() if holds)),
            night_looks=place.looks, night_borne_out=place.borne_out,
        )  # fmt: skip


def _compute(night: NightTask) -> list[dict[str, Any]]:
    looks = [_look(task) for task in night.tasks]
    known = [(number, look) for number, look in enumerate(looks) if look is not None]
    plain = [{"gain": 1.0, "glows": [glow.to_json() for glow in load_searched(task).glows]} for task in night.tasks]
    if len(known) < 2:
        return plain
    places = repeats([look.layer for _, look in known], thresholds_of(known[0][1].record, night.tasks[0].config))
    glows = [[look.glow(at, place) for place in places] for at, (_, look) in enumerate(known)]
    gain = _gains(glows) if known[0][1].unit.quantity == "relative" else np.ones(len(known))
    for at, (number, _) in enumerate(known):
        mine = [_scaled(glow, float(gain[at])) for glow in glows[at] if glow is not None]
        mine.sort(key=lambda glow: (-(glow.snr or 0.0), glow.lat, glow.lon_e))
        plain[number] = {"gain": float(gain[at]), "glows": [glow.to_json() for glow in mine]}
    return plain


def _look(task: HeatTask) -> _Look | None:
    image = load_searched(task)
    record, frame = frame_at(task)
    if image.unit is None or not isinstance(record.placement, Disc):
        return None
    thresholds = thresholds_of(record, task.config)
    layer = layer_of(frame, record.placement, image.sources, image.facts["psf_px"], thresholds, 1.0 / image.unit.factor)
    return _Look(record, layer, image.unit, position_km(record, task.config))


def _gains(glows: Sequence[Sequence[Glow | None]]) -> Values:
    """How much brighter than the night each image shows all spots that it found on its own, as a factor."""
    logs = [[math.log(glow.value) if glow is not None and _tells(glow) else math.nan for glow in row] for row in glows]
    return np.exp(gains(np.array(logs).reshape(len(glows), -1)))


def _tells(glow: Glow) -> bool:
    return glow.limit == "detection" and "stacked" not in glow.flags


def _scaled(glow: Glow, gain: float) -> Glow:
    return replace(glow, value=glow.value / gain, sigma=None if glow.sigma is None else glow.sigma / gain)
