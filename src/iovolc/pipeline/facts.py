"""What is known of every epoch in small: block means, light, resolution; and what follows from them without pixels.

Kept in the store, some hundred kilobytes an epoch, so that choosing among all epochs of an archive reads no pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.config import LightConfig
from iovolc.cube import content
from iovolc.cube.cache import cache_key, cached_arrays
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_head_json
from iovolc.cube.layout import cache_folder, local
from iovolc.light.classes import LightClass
from iovolc.light.irmad import no_change_probability
from iovolc.light.lit import Lit
from iovolc.model.observation import ObservationRecord
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.lighting import light_settings, lighting_of
from iovolc.pipeline.siblings import image_of
from iovolc.pipeline.tones import frame_of, look_at

FACTS_IN_MEMORY: Final = 512
"""At about 80 KB an epoch and source of light."""
HEADS_IN_MEMORY: Final = 65536
_STAGE: Final = "facts"
_BLOCKS: Final = "blocks"
_CLASSES: Final = "classes"


@dataclass(frozen=True, slots=True)
class Facts:
    """An epoch without its pixels.

    Parameters
    ----------
    blocks : ndarray, shape (block,)
        Block means of its tone.
    lit : Lit or None
        Its light, if it is known; without planes.
    """

    blocks: NDArray[np.float64]
    lit: Lit | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose facts are wanted."""

    store: Path
    entry: EpochEntry
    light: LightConfig

    @property
    def key(self) -> str:
        return cache_key(ALGORITHM_VERSIONS["detect"], light_settings(self.light), self.entry.content_hash)


@lru_cache(maxsize=FACTS_IN_MEMORY)
def facts_of(store: Path, entry: EpochEntry, light: LightConfig) -> Facts:
    """The facts of an epoch, from the store or computed and kept."""
    kept = _keep(_Asked(store, entry, light))
    if _CLASSES not in kept:
        return Facts(kept[_BLOCKS], None)
    lighting = lighting_of(_record(store, entry), light)
    if lighting is None:
        raise AssertionError(f"{entry.observation_id} had a light when its facts were kept")
    classes = tuple(LightClass(code) for code in kept[_CLASSES].tolist())
    blocks = {one: kept[f"{_BLOCKS}/{one.value}"] for one in classes} if len(classes) > 1 else {}
    return Facts(kept[_BLOCKS], Lit(lighting, classes, {}, blocks))


def keep_facts(entries: Sequence[EpochEntry], context: Context) -> None:
    """Have the facts of these epochs in the store, computed by the workers where they are not there yet."""
    store, light = context.store, context.config.light
    asked = [_Asked(store, entry, light) for entry in entries]
    missing = [one for one in asked if not local(cache_folder(store, _STAGE, one.key)).exists()]
    context.runner.map(_keep, missing, "facts")


@lru_cache(maxsize=HEADS_IN_MEMORY)
def resolution_of(store: Path, entry: EpochEntry) -> float:
    """Effective resolution of an epoch in kilometres; reads its head alone."""
    return content.resolution_of(read_head_json(store, entry))


def unchanged_probability(
    store: Path,
    newer: EpochEntry,
    older: Sequence[EpochEntry],
    entries: Sequence[EpochEntry],
    light: LightConfig,
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
    light : LightConfig
        The light model.
    """
    frame, _ = frame_of(newer.pixels_per_degree)
    found: dict[str, NDArray[np.float64]] = {}
    mine = _bands(newer, entries)
    for entry in older:
        other = _bands(entry, entries)
        common = sorted(set(mine) & set(other))
        if len(common) >= 2:
            first = np.column_stack([facts_of(store, mine[channel], light).blocks for channel in common])
            second = np.column_stack([facts_of(store, other[channel], light).blocks for channel in common])
            found[entry.observation_id] = no_change_probability(first, second, frame.places.area_km2)
    return found


def _record(store: Path, entry: EpochEntry) -> ObservationRecord:
    return ObservationRecord.from_json(read_head_json(store, entry)["record"])


def _bands(entry: EpochEntry, entries: Sequence[EpochEntry]) -> Mapping[str, EpochEntry]:
    """The bands of one image in the same quantity, by channel."""
    key = (image_of(entry), entry.quantity)
    same = [other for other in entries if (image_of(other), other.quantity) == key]
    return {other.channel: other for other in sorted(same, key=lambda other: other.observation_id, reverse=True)}


def _keep(asked: _Asked) -> Mapping[str, NDArray[Any]]:
    return cached_arrays(asked.store, _STAGE, asked.key, lambda: _arrays(asked))


def _arrays(asked: _Asked) -> dict[str, NDArray[Any]]:
    side = look_at(asked.store, asked.entry, asked.light).side
    arrays: dict[str, NDArray[Any]] = {_BLOCKS: side.blocks}
    if side.lit is not None:
        arrays[_CLASSES] = np.array([one.value for one in side.lit.classes], np.uint8)
        arrays |= {f"{_BLOCKS}/{one.value}": blocks for one, blocks in side.lit.blocks.items()}
    return arrays
