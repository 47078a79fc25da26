"""From stored epochs to what detection takes in: tones, block means and registration sigma."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.config import LightConfig
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_epoch
from iovolc.cube.scratch import on_disk, scratch_of
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.describe import Places, pixel_places
from iovolc.detect.look import Look
from iovolc.hands import both
from iovolc.light.albedo import light_planes, normal_albedo
from iovolc.light.blocks import block_means, block_places
from iovolc.light.classes import LIT, LightClass, classes_of
from iovolc.light.lit import lit, only
from iovolc.light.match import Frame, Side
from iovolc.light.ranks import normal_scores
from iovolc.light.sources import Lighting
from iovolc.model.epoch import Epoch, Lattice, Layers
from iovolc.model.flags import UNLIT, UNUSABLE, Flag
from iovolc.model.grid import Grid, Sheet
from iovolc.pipeline.lighting import lighting_of
from iovolc.pipeline.recent import Recent

Plane = NDArray[np.float32]

LOOKS_AT_HAND: Final = 32
LOOKS_AT_HAND_BYTES: Final = 4 * 1024**3
"""On the disk, but for small grids; all of them at 16 pixels per degree."""
_IN_MEMORY: Final = 4
"""So many times what the disk does not take counts of it."""


@lru_cache(maxsize=2)
def frame_of(pixels_per_degree: int) -> tuple[Frame, Places]:
    """What all epochs of a grid share."""
    grid = Grid.at(pixels_per_degree)
    owned = owned_pixels(grid)
    blocks, places = both(lambda: block_places(grid, owned), lambda: pixel_places(grid))
    return Frame(grid, owned, blocks), places


def look_at(store: Path, entry: EpochEntry, light: LightConfig) -> Look:
    """An epoch of the store as detection takes it in; the last ones stay at hand."""
    return _looks.get((store, entry, light), lambda: _look(store, entry, light))


def _look_bytes(look: Look) -> int:
    held = [look.side.tone, {} if look.side.lit is None else look.side.lit.planes]
    return sum(
        sum(plane.nbytes for plane in planes.values()) * (1 if on_disk(planes) else _IN_MEMORY) for planes in held
    )


_looks: Recent[tuple[Path, EpochEntry, LightConfig], Look] = Recent(LOOKS_AT_HAND, LOOKS_AT_HAND_BYTES, _look_bytes)


def _look(store: Path, entry: EpochEntry, light: LightConfig) -> Look:
    epoch = read_epoch(store, entry)
    frame, places = frame_of(entry.pixels_per_degree)
    tone = tone_of(epoch, frame, places, light)
    lighting = _lighting(epoch, light)
    warp = epoch.registration.warp
    light_of = None if lighting is None else lit(lighting, tone, _codes(epoch), frame.owned, frame.grid)
    blocks, keep = block_means(tone, frame.owned, frame.grid), scratch_of(store)
    side = Side(
        entry.observation_id,
        entry.quantity,
        entry.is_mosaic,
        epoch.resolution_km,
        keep(tone),
        blocks,
        None if light_of is None else replace(light_of, planes=keep(light_of.planes)),
    )
    return Look(epoch.record, side, Lattice(warp.values[..., 3:4], warp.step_deg))


def tone_of(epoch: Epoch, frame: Frame, places: Places, light: LightConfig | None = None) -> dict[str, Plane]:
    """Normal scores of a relative epoch, ln of a calibrated one; NaN where flags or a value forbid it.

    I/F under a known light becomes ln of normal albedo (:mod:`iovolc.light.albedo`); other calibrated maps stay as they
    are.

    Parameters
    ----------
    epoch : Epoch
        From the store.
    frame, places : Frame, Places
        What all epochs of the grid share.
    light : LightConfig or None
        The light model; None is the default.
    """
    config = light or LightConfig()
    relative = epoch.record.quantity == "relative"
    lighting = _lighting(epoch, config)
    # A stretched picture's black and white ends still rank right; a calibrated one's saturated pixels mean nothing.
    unusable = UNUSABLE & ~Flag.SATURATED if relative else UNUSABLE
    # Only the light model sets these; a run without it sees what they hide.
    unusable = unusable if config.model else unusable & ~UNLIT
    values: dict[str, Plane] = {}
    for name, layers in epoch.sheets.items():
        known = np.isfinite(layers.value) & ((layers.flags & np.uint16(unusable)) == 0)
        plane = np.where(known, layers.value, np.float32(np.nan))
        lit_by = None if relative else lighting
        values[name] = plane if lit_by is None else _albedo(plane, layers, lit_by, frame.grid.sheet(name), config)
    if relative:
        areas = {name: places.area_km2[name].reshape(frame.owned[name].shape) * frame.owned[name] for name in values}
        return normal_scores(values, areas) if lighting is None else _scores_by_light(values, _codes(epoch), areas)
    return {name: _logarithm(plane) for name, plane in values.items()}


def _lighting(epoch: Epoch, config: LightConfig) -> Lighting | None:
    return lighting_of(epoch.record, config) if config.model else None


def _codes(epoch: Epoch) -> dict[str, NDArray[np.uint8]]:
    return {name: classes_of(layers.flags) for name, layers in epoch.sheets.items()}


def _scores_by_light(
    values: Mapping[str, Plane], codes: Mapping[str, NDArray[np.uint8]], areas: Mapping[str, NDArray[np.floating]]
) -> dict[str, Plane]:
    """Normal scores among the places that one source lights."""
    found: dict[str, Plane] = {}
    for light in LIT:
        mine = {name: only(plane, codes[name], light) for name, plane in values.items()}
        scores = normal_scores(mine, areas)
        found = {name: np.where(codes[name] == light, scores[name], found.get(name, mine[name])) for name in mine}
    return found


def _albedo(plane: Plane, layers: Layers, lighting: Lighting, sheet: Sheet, config: LightConfig) -> Plane:
    """Normal albedo, where ground of the sheet's usual albedo stands out of the noise."""
    light = light_planes(lighting, sheet, np.isfinite(plane), config)
    albedo = normal_albedo(plane, None, light).value
    if not np.isfinite(layers.sigma).any() or not np.isfinite(albedo).any():
        return albedo
    usual = np.float32(np.nanmedian(albedo))
    by_sun, by_jupiter = config.min_snr
    least = np.where(classes_of(layers.flags) == LightClass.JUPITER, np.float32(by_jupiter), np.float32(by_sun))
    faint = usual * light.bracket < least * layers.sigma  # of the usual albedo: dark ground is no less well seen
    return np.where(faint, np.float32(np.nan), albedo)


def _logarithm(plane: Plane) -> Plane:
    positive = plane > 0
    return np.where(positive, np.log(np.where(positive, plane, np.float32(1.0))), np.float32(np.nan)).astype(np.float32)
