"""From stored epochs to what detection takes in: tones, block means and registration sigma."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iovolc.cube.cache import cache_key, cached_arrays
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_epoch
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.describe import Places, pixel_places
from iovolc.detect.look import Look
from iovolc.light.blocks import block_means, block_places
from iovolc.light.irmad import no_change_probability
from iovolc.light.match import Frame, Side
from iovolc.light.ranks import normal_scores
from iovolc.model.epoch import Epoch, Lattice
from iovolc.model.flags import UNUSABLE, Flag
from iovolc.model.grid import Grid
from iovolc.pipeline.context import ALGORITHM_VERSIONS

Plane = NDArray[np.float32]

LOOKS_IN_MEMORY = 32
BLOCKS_IN_MEMORY = 4096
"""Block means are some kilobytes an epoch."""


@lru_cache(maxsize=2)
def frame_of(pixels_per_degree: int) -> tuple[Frame, Places]:
    """What all epochs of a grid share."""
    grid = Grid.at(pixels_per_degree)
    owned = owned_pixels(grid)
    return Frame(grid, owned, block_places(grid, owned)), pixel_places(grid)


@lru_cache(maxsize=LOOKS_IN_MEMORY)
def look_at(store: Path, entry: EpochEntry) -> Look:
    """An epoch of the store as detection takes it in."""
    epoch = read_epoch(store, entry)
    frame, places = frame_of(entry.pixels_per_degree)
    tone = tone_of(epoch, frame, places)
    warp = epoch.registration.warp
    side = Side(
        entry.observation_id,
        entry.quantity,
        entry.is_mosaic,
        epoch.resolution_km,
        tone,
        block_means(tone, frame.owned, frame.grid),
    )
    return Look(epoch.record, side, Lattice(warp.values[..., 3:4], warp.step_deg))


def tone_of(epoch: Epoch, frame: Frame, places: Places) -> dict[str, Plane]:
    """Normal scores of a relative epoch, ln of a calibrated one; NaN where flags or a value forbid it.

    Parameters
    ----------
    epoch : Epoch
        From the store.
    frame, places : Frame, Places
        What all epochs of the grid share.
    """
    relative = epoch.record.quantity == "relative"
    # A stretched picture's black and white ends still rank right; a calibrated one's saturated pixels mean nothing.
    unusable = np.uint16(UNUSABLE & ~Flag.SATURATED if relative else UNUSABLE)
    values: dict[str, Plane] = {}
    for name, layers in epoch.sheets.items():
        known = np.isfinite(layers.value) & ((layers.flags & unusable) == 0)
        values[name] = np.where(known, layers.value, np.float32(np.nan))
    if relative:
        areas = {name: places.area_km2[name].reshape(frame.owned[name].shape) * frame.owned[name] for name in values}
        return normal_scores(values, areas)
    return {name: _logarithm(plane) for name, plane in values.items()}


def _logarithm(plane: Plane) -> Plane:
    positive = plane > 0
    return np.where(positive, np.log(np.where(positive, plane, np.float32(1.0))), np.float32(np.nan)).astype(np.float32)


def unchanged_probability(
    store: Path, newer: EpochEntry, older: Sequence[EpochEntry], entries: Sequence[EpochEntry]
) -> dict[str, NDArray[np.float64]]:
    """Probability of no change per block and predecessor, wherever both images have two or more common bands.

    Parameters
    ----------
    store : Path
        The store.
    newer : EpochEntry
        The epoch.
    older : sequence of EpochEntry
        Its predecessors.
    entries : sequence of EpochEntry
        All epochs of the manifest, of all channels.
    """
    frame, _ = frame_of(newer.pixels_per_degree)
    found: dict[str, NDArray[np.float64]] = {}
    mine = _bands(newer, entries)
    for entry in older:
        other = _bands(entry, entries)
        common = sorted(set(mine) & set(other))
        if len(common) >= 2:
            first = np.column_stack([_blocks(store, mine[channel]) for channel in common])
            second = np.column_stack([_blocks(store, other[channel]) for channel in common])
            found[entry.observation_id] = no_change_probability(first, second, frame.places.area_km2)
    return found


def _bands(entry: EpochEntry, entries: Sequence[EpochEntry]) -> Mapping[str, EpochEntry]:
    """The bands of one image: same mission, instrument and times."""
    key = (entry.mission, entry.instrument, entry.start_utc, entry.stop_utc, entry.quantity)
    same = [
        other
        for other in entries
        if (other.mission, other.instrument, other.start_utc, other.stop_utc, other.quantity) == key
    ]
    return {other.channel: other for other in sorted(same, key=lambda other: other.observation_id, reverse=True)}


@lru_cache(maxsize=BLOCKS_IN_MEMORY)
def _blocks(store: Path, entry: EpochEntry) -> NDArray[np.float64]:
    key = cache_key(ALGORITHM_VERSIONS["detect"], entry.content_hash)
    return cached_arrays(store, "blocks", key, lambda: {"blocks": look_at(store, entry).side.blocks})["blocks"]
