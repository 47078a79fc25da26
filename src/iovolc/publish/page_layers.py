"""The page's maps: pyramids of small tiles, of which a browser loads the ones it shows.

Every level halves the one below as long as it can; tiles without any data are left out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.hands import each
from iovolc.publish.page_pixels import NOTHING, Scale, packed
from iovolc.publish.page_scripts import write_data
from iovolc.publish.sampling import block_means

TILE: Final = (360, 720)
"""Rows and columns of a tile."""

Plane = NDArray[np.floating[Any]]


def write_layer(folder: Path, name: str, values: Plane, scale: Scale) -> Mapping[str, Any] | None:
    """Write a global map as tiles.

    Parameters
    ----------
    folder : Path
        Of the page.
    name : str
        Of the layer, as in ``e012/value``.
    values : ndarray, shape (row, col)
        The globe, north up from 180 W, twice as wide as high; NaN where there is no data.
    scale : Scale
        What its codes stand for.

    Returns
    -------
    mapping or None
        Name, scale and levels (coarsest first) as the page's scripts read them; None if there is no data at all.
    """
    if not np.isfinite(values).any():
        return None
    planes = _pyramid(values)
    levels = [_write_level(folder, f"{name}_{number}", scale.coded(plane)) for number, plane in enumerate(planes)]
    return {"name": name, "levels": levels, **scale.plain()}


def _pyramid(values: Plane) -> list[Plane]:
    """The map and its halves, coarsest first."""
    planes = [values]
    while planes[0].shape[1] > TILE[1] and not any(size % 2 for size in planes[0].shape):
        planes.insert(0, block_means(planes[0], 2))
    return planes


def _write_level(folder: Path, name: str, codes: NDArray[np.uint8]) -> Mapping[str, Any]:
    rows, cols = codes.shape

    def write_tile(numbered: tuple[int, tuple[int, int]]) -> str:
        number, (top, left) = numbered
        tile = codes[top : top + TILE[0], left : left + TILE[1]]
        if not (tile != NOTHING).any():
            return "0"
        write_data(folder, f"{name}_{number}", packed(tile))
        return "1"

    return {"rows": rows, "cols": cols, "there": "".join(each(write_tile, enumerate(_corners(rows, cols))))}


def _corners(rows: int, cols: int) -> list[tuple[int, int]]:
    """Upper left corners of the tiles, row after row."""
    return [(top, left) for top in range(0, rows, TILE[0]) for left in range(0, cols, TILE[1])]
