"""Which earlier epochs an epoch is compared with: never more than asked for, however long the archive.

A choice is kept in the store under all that it is made from, so that a run with nothing new makes none.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.cube.cache import cache_key, cached_arrays
from iovolc.cube.entry import EpochEntry
from iovolc.light.partners import Law, best_partners, mismatch
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.facts import facts_of, keep_facts, resolution_of
from iovolc.pipeline.lighting import light_settings
from iovolc.pipeline.tones import frame_of

_STAGE: Final = "partners"
_CHOSEN: Final = "chosen"
_RULE: Final = 3
"""Choices by an older rule are made anew."""


def with_partners(
    entries: Sequence[EpochEntry], context: Context
) -> Iterator[tuple[EpochEntry, tuple[EpochEntry, ...]]]:
    """Each epoch of a channel but the first, with the earlier ones that it is compared with.

    Parameters
    ----------
    entries : sequence of EpochEntry
        Of one channel.
    context : Context
        Store and configuration: ``detect.max_predecessors``.

    Yields
    ------
    (EpochEntry, tuple of EpochEntry)
        The chosen ones by stop time and then id.
    """
    ordered = sorted(entries, key=lambda entry: entry.order)
    most, settings = context.config.detect.max_predecessors, _settings(context)
    if len(ordered) > most + 1:
        keep_facts(ordered, context)
    chain = hashlib.sha256()  # of all epochs before: one step an epoch instead of one list
    for number, entry in enumerate(ordered):
        before = ordered[:number]
        if 0 < number <= most:
            yield entry, tuple(before)
        elif number:
            yield entry, tuple(before[k] for k in _kept(entry, before, (settings, chain.hexdigest()), context))
        chain.update(entry.content_hash.encode())


def _settings(context: Context) -> str:
    detect = context.config.detect
    light = light_settings(context.config.light)
    return cache_key(ALGORITHM_VERSIONS["detect"], _RULE, detect.max_predecessors, detect.sigma_model, light)


def _kept(entry: EpochEntry, before: Sequence[EpochEntry], made_of: tuple[str, str], context: Context) -> list[int]:
    """Positions of the chosen ones among those before, from the store or chosen and kept."""

    def compute() -> dict[str, NDArray[Any]]:
        return {_CHOSEN: np.array(sorted(_chosen(entry, before, context)), np.int64)}

    key = cache_key(*made_of, entry.content_hash)
    return cached_arrays(context.store, _STAGE, key, compute)[_CHOSEN].tolist()


def _chosen(entry: EpochEntry, before: Sequence[EpochEntry], context: Context) -> list[int]:
    store, detect, light = context.store, context.config.detect, context.config.light
    law = Law(detect.sigma_model, light.sigma_phase, light.sigma_slant)
    own = resolution_of(store, entry)
    coarser = [max(own, resolution_of(store, other)) for other in before]
    fine = sorted(
        range(len(before)), key=lambda k: (coarser[k], -before[k].stop_utc.timestamp(), before[k].observation_id)
    )

    newer, places = facts_of(store, entry, light), frame_of(entry.pixels_per_degree)[0].places

    def apart(place: int) -> float | None:
        older = facts_of(store, before[fine[place]], light)
        return mismatch((newer.lit, older.lit), (newer.blocks, older.blocks), places, law)

    return [fine[place] for place in best_partners([coarser[k] for k in fine], apart, detect.max_predecessors)]
