"""Where and when a change of a chosen size could have been seen, as the page's data.

For every comparison and size the contrast that is found in half of the cases is kept, on a map of one pixel per degree;
the contrast found nine times in ten is a fixed multiple of it in one comparison. The same numbers lie twice: by
comparison, for maps, and by place, for the history of one place.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.completeness import SIZES_KM
from iovolc.publish.page_pixels import packed, significant
from iovolc.publish.page_scripts import write_data
from iovolc.publish.run_output import LIMIT_PROBABILITIES, Completeness, EpochReach

NOT_COMPARED: Final = 0
NEVER: Final = 255
"""Compared, but not found however strong it is: too small for the resolution."""
LOW: Final = 0.01
HIGH: Final = 10.0
"""Contrasts of the codes 1 and 254; the steps between them are even in the logarithm."""
_STEPS: Final = (NEVER - 2) / np.log(HIGH / LOW)
BLOCK: Final = 30
"""Rows and columns of a block of places."""

_KINDS: Final = {False: "albedo", True: "rank"}
"""Of comparisons: whether they are of ranks, and how the page calls that."""

Codes = NDArray[np.uint8]


def write_reach_maps(folder: Path, told: Completeness | None, numbers: Mapping[str, int]) -> dict[str, Any] | None:
    """Write the maps of all comparisons, of all together, and the blocks of places.

    Parameters
    ----------
    folder : Path
        Of the page.
    told : Completeness or None
        What all comparisons would have shown.
    numbers : mapping of str to int
        Place of each observation in the page's list.

    Returns
    -------
    dict or None
        What the page must know to read them.
    """
    if told is None or not told.epochs:
        return None
    ratios = [_ratios(*_needed(told, epoch)) for epoch in told.epochs]
    together: dict[bool, tuple[Codes, Codes]] = {}
    rows, cols = told.epochs[0].maps.share.shape
    nothing = np.full((len(SIZES_KM), rows, cols), NOT_COMPARED, np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as kept:  # not in memory: a run may have very many comparisons
        for epoch, ratio in zip(told.epochs, ratios, strict=True):
            planes = coded(epoch, _needed(told, epoch)[0])
            write_data(folder, f"reach/e{numbers[epoch.observation_id]:04d}", [packed(plane) for plane in planes])
            kept.write(planes.tobytes())
            half, sure = together.get(epoch.relative, (nothing, nothing))
            together[epoch.relative] = least([half, planes]), least([sure, times(planes, ratio)])
        _write_blocks(folder, kept, (len(told.epochs), len(SIZES_KM), rows, cols))
    for relative, both in together.items():
        write_data(folder, f"reach/all_{_KINDS[relative]}", [[packed(plane) for plane in planes] for planes in both])
    return {
        "sizes": SIZES_KM, "rows": rows, "cols": cols, "block": BLOCK, "low": LOW, "high": HIGH,
        "kinds": [name for relative, name in _KINDS.items() if relative in together],
        "epochs": [
            {"epoch": numbers[epoch.observation_id], "relative": epoch.relative, "sure": ratio}
            for epoch, ratio in zip(told.epochs, ratios, strict=True)
        ],
    }  # fmt: skip


def coded(epoch: EpochReach, half: Sequence[float]) -> Codes:
    """Codes of the contrast found in half of the cases; shape (size, row, col)."""
    maps = epoch.maps
    margin, share = maps.margin, maps.share
    with np.errstate(divide="ignore"):
        contrast = np.where(margin > 0, np.asarray(half)[:, None, None] / margin, np.inf)
    level = 1 + np.rint(np.log(np.clip(contrast, LOW, HIGH) / LOW) * _STEPS)
    return np.where(share > 0, np.where(contrast > HIGH, NEVER, level), NOT_COMPARED).astype(np.uint8)


def times(planes: Codes, ratios: Sequence[float | None]) -> Codes:
    """Codes of contrasts so many times larger, by size; None makes them :data:`NEVER`."""
    added = np.array([np.inf if ratio is None else np.rint(np.log(ratio) * _STEPS) for ratio in ratios])
    larger = np.where(planes == NEVER, np.inf, planes + added[:, None, None])
    return np.where(planes == NOT_COMPARED, NOT_COMPARED, np.minimum(larger, NEVER)).astype(np.uint8)


def least(planes: Sequence[Codes]) -> Codes:
    """The smallest contrast of all comparisons that reached a place."""
    beyond = NEVER + 1
    found = np.minimum.reduce([np.where(plane == NOT_COMPARED, beyond, plane.astype(np.uint16)) for plane in planes])
    return np.where(found == beyond, NOT_COMPARED, found).astype(np.uint8)


def _needed(told: Completeness, epoch: EpochReach) -> tuple[list[float], list[float]]:
    """Margins found in half of the cases and nine times in ten, by size."""
    curves = [told.curves.of(relative=epoch.relative, elements=size / epoch.resolution_km) for size in SIZES_KM]
    half, sure = ([curve.margin_at(chance) for curve in curves] for chance in LIMIT_PROBABILITIES)
    return half, sure


def _ratios(half: Sequence[float], sure: Sequence[float]) -> list[float | None]:
    """How many times stronger a change must be to be found nine times in ten; None where none is found so often."""
    return [significant(b / a, 4) if a > 0 and np.isfinite(b) else None for a, b in zip(half, sure, strict=True)]


def _write_blocks(folder: Path, kept: BinaryIO, shape: tuple[int, int, int, int]) -> None:
    """Write the blocks of places, row of blocks by row, of codes of this shape (comparison, size, row, col)."""
    count, sizes, rows, cols = shape
    number = 0
    for top in range(0, rows, BLOCK):
        height = min(BLOCK, rows - top)
        row = np.empty((count * sizes, height, cols), np.uint8)
        for place, planes in enumerate(row):
            kept.seek((place * rows + top) * cols)
            planes[:] = np.frombuffer(kept.read(height * cols), np.uint8).reshape(height, cols)
        for left in range(0, cols, BLOCK):
            block = row[:, :, left : left + BLOCK].reshape(count, sizes, height, -1)
            write_data(folder, f"reach/b{number:03d}", packed(block))
            number += 1
