"""Where and when a change of a chosen size could have been seen, as the page's data.

For every comparison and size the contrast that is found in half of the cases is kept, on a map of one pixel per degree;
the contrast found nine times in ten is a fixed multiple of it in one comparison. The same numbers lie twice: by
comparison, for maps, and by place, for the history of one place.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

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
    needed = [_needed(told, epoch) for epoch in told.epochs]
    codes = [coded(epoch, half) for epoch, (half, _) in zip(told.epochs, needed, strict=True)]
    for epoch, planes in zip(told.epochs, codes, strict=True):
        write_data(folder, f"reach/e{numbers[epoch.observation_id]:04d}", [packed(plane) for plane in planes])
    rows, cols = codes[0].shape[1:]
    for number, (top, left) in enumerate(_corners(rows, cols)):
        block = np.stack([planes[:, top : top + BLOCK, left : left + BLOCK] for planes in codes])
        write_data(folder, f"reach/b{number:03d}", packed(block))
    kinds = {False: "albedo", True: "rank"}
    for relative, name in kinds.items():
        mine = [n for n, epoch in enumerate(told.epochs) if epoch.relative == relative]
        if mine:
            _write_all(folder, name, [codes[n] for n in mine], [_ratios(*needed[n]) for n in mine])
    return {
        "sizes": SIZES_KM, "rows": rows, "cols": cols, "block": BLOCK, "low": LOW, "high": HIGH,
        "kinds": [name for relative, name in kinds.items() if any(e.relative == relative for e in told.epochs)],
        "epochs": [
            {"epoch": numbers[epoch.observation_id], "relative": epoch.relative, "sure": _ratios(*pair)}
            for epoch, pair in zip(told.epochs, needed, strict=True)
        ],
    }  # fmt: skip


def coded(epoch: EpochReach, half: Sequence[float]) -> Codes:
    """Codes of the contrast found in half of the cases; shape (size, row, col)."""
    margin, share = epoch.maps.margin, epoch.maps.share
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


def _write_all(folder: Path, name: str, codes: Sequence[Codes], ratios: Sequence[Sequence[float | None]]) -> None:
    """Write what all comparisons of a kind of map together would have shown: in half of the cases, and 9 in 10."""
    half = least(codes)
    sure = least([times(planes, ratio) for planes, ratio in zip(codes, ratios, strict=True)])
    write_data(folder, f"reach/all_{name}", [[packed(plane) for plane in planes] for planes in (half, sure)])


def _corners(rows: int, cols: int) -> list[tuple[int, int]]:
    return [(top, left) for top in range(0, rows, BLOCK) for left in range(0, cols, BLOCK)]
