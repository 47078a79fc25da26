"""Block means of an epoch: about 10 000 values of about two degrees, the same places for every epoch of a grid.

Gains and slowly varying light are fitted on them; pixels never are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.sphere import pixel_area_km2, pixel_lat_lon
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]

_STEP_DEG = 2.0
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class BlockPlaces:
    """Where the blocks lie.

    Parameters
    ----------
    lat, lon_e : ndarray, shape (block,)
        Centres in degrees.
    area_km2 : ndarray, shape (block,)
        Area that belongs to the block's sheet.
    """

    lat: NDArray[np.float64]
    lon_e: NDArray[np.float64]
    area_km2: NDArray[np.float64]


def block_places(grid: Grid, owned: Mapping[str, NDArray[np.bool_]]) -> BlockPlaces:
    """Centres and areas of all blocks of a grid, sheet after sheet."""
    lats: list[NDArray[np.float64]] = []
    lons: list[NDArray[np.float64]] = []
    areas: list[NDArray[np.float64]] = []
    for sheet in grid.sheets:
        size = _size(sheet, grid)
        lat, lon_e = pixel_lat_lon(sheet)
        lats.append(_blocks(lat, size)[:, size // 2, size // 2])
        lons.append(_blocks(lon_e, size)[:, size // 2, size // 2])
        areas.append(_blocks(pixel_area_km2(sheet) * owned[sheet.name], size).sum(axis=(1, 2)))
    return BlockPlaces(np.concatenate(lats), np.concatenate(lons), np.concatenate(areas))


def block_means(planes: Mapping[str, Plane], owned: Mapping[str, NDArray[np.bool_]], grid: Grid) -> NDArray[np.float64]:
    """Mean over each block's valid own pixels; NaN where fewer than half of them are valid.

    Parameters
    ----------
    planes : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where there is no data; absent sheets have none.
    """
    parts: list[NDArray[np.float64]] = []
    for sheet in grid.sheets:
        size = _size(sheet, grid)
        mine = _blocks(owned[sheet.name], size)
        if sheet.name not in planes:
            parts.append(np.full(len(mine), np.nan))
            continue
        values = _blocks(planes[sheet.name], size)
        good = np.isfinite(values) & mine
        count = good.sum(axis=(1, 2))
        total = np.where(good, values, 0.0).sum(axis=(1, 2), dtype=np.float64)
        enough = (count > 0) & (count >= _LEAST_SHARE * mine.sum(axis=(1, 2)))
        parts.append(np.where(enough, total / np.maximum(count, 1), np.nan))
    return np.concatenate(parts)


def _size(sheet: Sheet, grid: Grid) -> int:
    size = round(_STEP_DEG * grid.pixels_per_degree)
    while sheet.shape[0] % size or sheet.shape[1] % size:
        size -= 1
    return size


def _blocks(plane: NDArray[Any], size: int) -> NDArray[Any]:
    rows, cols = plane.shape
    blocks = plane.reshape(rows // size, size, cols // size, size)
    return blocks.transpose(0, 2, 1, 3).reshape(-1, size, size)
