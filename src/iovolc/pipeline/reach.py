"""What changes a comparison would have shown, and whether its own injections bear that out, kept beside its results."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from iovolc.archive.curves import CurveSet, load_curves
from iovolc.cube.cache import cache_key
from iovolc.detect.check import Check, check_curves
from iovolc.detect.completeness import CoarseMaps, coarse_maps
from iovolc.detect.curve import Curve, Curves, FittedCurve
from iovolc.detect.epoch import EpochChange
from iovolc.detect.trial import Epochs, sensitivity_maps

_MAPS: Final = "completeness.npz"
_CHECK: Final = "completeness.json"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a comparison would have shown.

    Parameters
    ----------
    maps : CoarseMaps
        How plainly, all over Io.
    check : Check
        What became of its injections.
    """

    maps: CoarseMaps
    check: Check


@lru_cache(maxsize=4)
def curves_of(name: str) -> Curves:
    """The detection curves of a name or path (:func:`iovolc.archive.curves.load_curves`)."""
    found = load_curves(name)
    return Curves(tuple(_fitted(found)), found.source, found.date)


@lru_cache(maxsize=4)
def curves_key(name: str) -> str:
    """Hash of the content of detection curves."""
    return cache_key(load_curves(name).model_dump(mode="json"))


def reach_of(epochs: Epochs, change: EpochChange, curves: Curves) -> Reach:
    """What a comparison would have shown, checked by injections."""
    grid = epochs.frame.grid
    margins = sensitivity_maps(change, grid)
    where = {name: np.isfinite(sigma) for name, sigma in change.sigma.items()}
    return Reach(coarse_maps(margins, where, grid), check_curves(epochs, change, margins, curves))


def save_reach(reach: Reach, folder: Path) -> None:
    """Keep it in a comparison's folder."""
    np.savez_compressed(
        folder / _MAPS, allow_pickle=False, margin=reach.maps.margin.astype(np.float16), share=reach.maps.share
    )
    (folder / _CHECK).write_text(json.dumps(asdict(reach.check), sort_keys=True), encoding="utf-8")


def load_coarse_maps(folder: Path) -> CoarseMaps:
    """Read the maps from a comparison's folder."""
    with np.load(folder / _MAPS, allow_pickle=False) as kept:
        return CoarseMaps(kept["margin"], kept["share"])


def load_check(folder: Path) -> Check:
    """Read what became of the injections from a comparison's folder."""
    check: Mapping[str, Any] = json.loads((folder / _CHECK).read_text(encoding="utf-8"))
    return Check(**check)


def _fitted(found: CurveSet) -> list[FittedCurve]:
    return [
        FittedCurve(
            item.maps == "relative",
            item.elements,
            Curve(
                item.middle.value, item.width.value, item.ceiling.value,
                item.middle.sigma, item.width.sigma, item.ceiling.sigma, item.injections,
            ),
        )
        for item in found.curves
    ]  # fmt: skip
