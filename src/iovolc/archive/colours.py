"""Numbers out of a picture in a colour table: each pixel's place along the table.

The table only gives an order: the numbers are ``quantity = relative`` unless the picture's maker says more. Not for
true-colour pictures, whose pixels lie off every table.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from iovolc.errors import ConfigError

FARTHEST_RGB: Final = 12.0
STEPS: Final = 4081
"""Colours along a table: 16 steps between neighbours of its 256 colours."""


@dataclass(frozen=True, slots=True)
class Scalars:
    """What a coloured picture says.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        Place along the table, 0 to 1; NaN where the colour is not one of the table's.
    distance : ndarray, shape (row, col), float32
        Distance from the table in units of 8-bit RGB.
    """

    values: NDArray[np.float32]
    distance: NDArray[np.float32]


def invert_colours(rgb: NDArray[np.uint8], table: str, *, farthest: float = FARTHEST_RGB) -> Scalars:
    """The number that each pixel's colour stands for.

    Each colour that occurs is looked up once among finely spaced colours along the table.

    Parameters
    ----------
    rgb : ndarray, shape (row, col, 3 or more), uint8
        Further bands are passed over.
    table : str
        Name of a matplotlib colour map.
    farthest : float
        Colours further from the table are no data.

    Raises
    ------
    ConfigError
        If there is no such table.
    """
    codes, inverse = np.unique(_packed(rgb), return_inverse=True)
    distance, step = _nearest(codes, table)
    values = np.where(distance > farthest, np.nan, step / (STEPS - 1.0))
    shape = rgb.shape[:2]
    return Scalars(
        values[inverse].reshape(shape).astype(np.float32), distance[inverse].reshape(shape).astype(np.float32)
    )


def _packed(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    weights = np.array((1 << 16, 1 << 8, 1), np.uint32)
    return (rgb[..., :3].reshape(-1, 3) * weights).sum(axis=1, dtype=np.uint32)


def _unpacked(codes: NDArray[np.uint32]) -> NDArray[np.float64]:
    return np.stack((codes >> 16, (codes >> 8) & 255, codes & 255), axis=-1).astype(np.float64)


def _nearest(codes: NDArray[np.uint32], table: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Distance from the table and the step along it, colour by colour."""
    if table not in colormaps:
        raise ConfigError(f"there is no colour table `{table}`; matplotlib's names are used, for example gist_heat")
    coarse = np.asarray(colormaps[table](np.arange(256)))[:, :3] * 255.0
    place = np.linspace(0.0, 255.0, STEPS)
    fine = np.stack([np.interp(place, np.arange(256), coarse[:, band]) for band in range(3)], axis=1)
    distance, step = cKDTree(fine).query(_unpacked(codes))
    return np.asarray(distance), np.asarray(step)
