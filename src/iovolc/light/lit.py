"""What lights which pixel of an epoch, and what two epochs show by which pair of sources.

Places lit by the Sun in one epoch and by Jupiter in another are matched for themselves: frost changes its contrast
between the two. Not for deciding what lights a place (:mod:`iovolc.light.classes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.light.blocks import BlockPlaces, block_means
from iovolc.light.classes import LIT, LightClass
from iovolc.light.sources import Lighting
from iovolc.model.grid import Grid

Plane = NDArray[np.float32]
Vector = NDArray[np.float64]
LightPair = tuple[LightClass, LightClass]
"""What lights the newer and what the older epoch."""


@dataclass(frozen=True, slots=True)
class Lit:
    """The light of an epoch that is known.

    Parameters
    ----------
    lighting : Lighting
        What lights it.
    classes : tuple of LightClass
        Of the pixels that take part in statistics, ascending.
    planes : mapping of str to ndarray, shape (row, col), uint8
        Codes by sheet; empty where there is but one class.
    blocks : mapping of LightClass to ndarray, shape (block,)
        Block means of the tone by class; empty where there is but one class.
    """

    lighting: Lighting
    classes: tuple[LightClass, ...]
    planes: Mapping[str, NDArray[np.uint8]]
    blocks: Mapping[LightClass, Vector]


def lit(
    lighting: Lighting,
    tone: Mapping[str, Plane],
    codes: Mapping[str, NDArray[np.uint8]],
    owned: Mapping[str, NDArray[np.bool_]],
    grid: Grid,
) -> Lit:
    """The light of an epoch.

    Parameters
    ----------
    lighting : Lighting
        What lights it.
    tone : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where unusable.
    codes : mapping of str to ndarray, shape (row, col), uint8
        Codes of :class:`LightClass`.
    owned : mapping of str to ndarray of bool
        Pixels that belong to each sheet.
    grid : Grid
        The grid.
    """
    found = tuple(
        light for light in LIT if any((np.isfinite(tone[name]) & (codes[name] == light)).any() for name in tone)
    )
    if len(found) < 2:
        return Lit(lighting, found, {}, {})
    blocks = {
        light: block_means({name: only(tone[name], codes[name], light) for name in tone}, owned, grid)
        for light in found
    }
    return Lit(lighting, found, dict(codes), blocks)


def only(tone: Plane, codes: NDArray[np.uint8], light: LightClass) -> Plane:
    """The pixels of one class; NaN elsewhere."""
    return np.where(codes == light, tone, np.float32(np.nan))


def light_pairs(newer: Lit | None, older: Lit | None) -> tuple[LightPair, ...]:
    """All pairs of sources by which two epochs show places; a light that is not known counts as one."""
    return tuple((one, other) for one in _classes(newer) for other in _classes(older))


def _classes(side: Lit | None) -> tuple[LightClass, ...]:
    return side.classes if side is not None and side.classes else (LightClass.UNKNOWN,)


def plane_of(tone: Plane, side: Lit | None, sheet_name: str, light: LightClass) -> Plane:
    """An epoch's pixels of one class; the plane itself where there is but one."""
    return tone if side is None or not side.planes else only(tone, side.planes[sheet_name], light)


def blocks_of(blocks: Vector, side: Lit | None, light: LightClass) -> Vector:
    """An epoch's block means of one class; all of them where there is but one."""
    return blocks if side is None or not side.blocks else side.blocks[light]


def typical_class(side: Lit | None, places: BlockPlaces) -> NDArray[np.uint8]:
    """Class of each block: the one of two that has it."""
    codes = np.full(len(places.lat), (_classes(side))[0], np.uint8)
    if side is not None:
        for light, blocks in side.blocks.items():
            codes[np.isfinite(blocks)] = light
    return codes
