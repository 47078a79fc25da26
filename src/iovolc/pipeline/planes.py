"""Planes of comparisons that many readers ask for again: kept in memory while few, or packed in the store."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from iovolc.cube.cache import cached_arrays
from iovolc.model.grid import SHEET_NAMES, Grid, SheetName
from iovolc.pipeline.detect import Task, maps_of

Plane = NDArray[np.float32]

_STAGE = "compared"
_PLANES_IN_MEMORY = 6


@lru_cache(maxsize=_PLANES_IN_MEMORY)
def difference_of(task: Task, sheet: SheetName, shape: tuple[int, int]) -> Plane:
    """Difference of a comparison on a sheet; NaN where nothing was compared.

    Parameters
    ----------
    task : Task
        The comparison.
    sheet : str
        The sheet.
    shape : tuple of int
        Of the sheet, for the case that nothing on it was compared.
    """
    found = maps_of(task, sheet)
    plane = np.full(shape, np.nan, np.float32) if found is None else found[0]
    plane.flags.writeable = False
    return plane


def compared_anywhere(tasks: Sequence[Task], grid: Grid) -> dict[SheetName, NDArray[np.bool_]]:
    """Where at least one of the comparisons had something to compare, by sheet.

    Each comparison's answer is kept in the store, packed, so that a new epoch does not read all earlier ones' maps.
    """
    shapes = {name: grid.sheet(name).shape for name in SHEET_NAMES}
    total = {name: _packed(np.zeros(shapes[name], dtype=bool)) for name in SHEET_NAMES}
    for task in tasks:
        for name, bits in _compared_bits(task).items():
            total[name] = total[name] | bits
    return {name: _unpacked(total[name], shapes[name]) for name in SHEET_NAMES}


def _compared_bits(task: Task) -> Mapping[SheetName, NDArray[np.uint8]]:
    def compute() -> dict[str, NDArray[np.uint8]]:
        found = {name: maps_of(task, name) for name in SHEET_NAMES}
        return {name: _packed(np.isfinite(planes[0])) for name, planes in found.items() if planes is not None}

    kept = cached_arrays(task.store, _STAGE, task.key, compute)
    return {name: kept[name] for name in SHEET_NAMES if name in kept}


def _packed(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(mask.ravel())


def _unpacked(bits: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.bool_]:
    return np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).astype(np.bool_)
