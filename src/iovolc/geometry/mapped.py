"""Warp of projections that only PROJ knows: positions first, then interpolation.

Slower than :mod:`iovolc.geometry.fused`, with the same result, except that a map closes its circle at the seam of its
projection only where its columns are meridians. Blocks of rows bound the memory.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry import lattice, taps, targets
from iovolc.geometry.compiled import kernel
from iovolc.geometry.locate import Source, locate
from iovolc.geometry.sphere import lat_lon
from iovolc.geometry.taps import WEIGHT_TOLERANCE
from iovolc.model.epoch import Lattice
from iovolc.model.flags import Flag

BLOCK_ROWS: Final = 64

Pixels = NDArray[np.float32]
Values = NDArray[np.float64]


def warp(
    pixels: Pixels,
    origin: Source,
    target: targets.Target,
    shift: Lattice,
    min_weight: float,
    value: Pixels,
    resolution_km: Pixels,
    flags: NDArray[np.uint16],
) -> None:
    """Fill ``value``, ``resolution_km`` and ``flags`` of a rectangle of a sheet.

    Parameters are those of :func:`iovolc.geometry.fused.warp`.
    """
    for first in range(0, value.shape[0], BLOCK_ROWS):
        rows = slice(first, first + BLOCK_ROWS)
        shape = value[rows].shape
        found, km = _block(pixels, origin, target, target.ys[rows], shift, min_weight)
        value[rows], resolution_km[rows] = found.reshape(shape), km.reshape(shape)
        flags[rows] = np.where(np.isnan(value[rows]), int(Flag.NO_DATA), 0)


def _block(
    pixels: Pixels, origin: Source, target: targets.Target, ys: Values, shift: Lattice, min_weight: float
) -> tuple[Pixels, Values]:
    centres, width, height = _directions(target.hemisphere, target.pixel, target.xs, ys)
    offsets = lattice.sample(shift, *lat_lon(centres))[:, :3] if shift.values.size else np.zeros_like(centres)
    places = locate(origin, centres + offsets)
    mean_km = np.sqrt(places.coarse_km * places.fine_km)
    seen = np.isfinite(places.col) & np.isfinite(mean_km) & (mean_km > 0.0)
    ratio = np.where(seen, body.RADIUS_KM / np.where(seen, mean_km, 1.0), 0.0)
    across, down = _subpoints(width * ratio), _subpoints(height * ratio)
    total, weight = np.zeros(across.size), np.zeros(across.size)
    for n, m in sorted(set(zip(across.tolist(), down.tolist(), strict=True))):
        chosen = np.flatnonzero((across == n) & (down == m))
        for right in target.shifts[n, :n]:
            for up in target.shifts[m, :m]:
                points = _shifted(target.hemisphere, target.xs, ys, chosen, right, up)
                spots = locate(origin, points + offsets[chosen])
                taps.accumulate(pixels, origin.edges, spots.col, spots.row, chosen, total, weight)
    enough = seen & (weight > 0.0) & (weight >= (min_weight - WEIGHT_TOLERANCE) * across * down)
    found = np.where(enough, total / np.where(enough, weight, 1.0), np.nan).astype(np.float32)
    return found, np.where(enough, np.maximum(places.coarse_km, height * body.RADIUS_KM), np.nan)


@kernel
def _directions(hemisphere: float, pixel: float, xs: Values, ys: Values) -> tuple[Values, Values, Values]:
    """Unit vectors of all pixel centres of a block, and their widths and heights on the ground."""
    size = xs.shape[0] * ys.shape[0]
    vectors, width, height = np.empty((size, 3)), np.empty(size), np.empty(size)
    for i in range(size):
        row, col = divmod(i, xs.shape[0])
        x, y = (xs[col, 0], xs[col, 1], xs[col, 2]), (ys[row, 0], ys[row, 1], ys[row, 2])
        vectors[i] = targets.direction(hemisphere, x, y, (0.0, 1.0, 0.0), (0.0, 1.0, 0.0))
        width[i], height[i] = targets.ground_size(hemisphere, pixel, x, y)
    return vectors, width, height


@kernel
def _shifted(
    hemisphere: float, xs: Values, ys: Values, chosen: NDArray[np.int64], right: Values, up: Values
) -> Values:  # fmt: skip
    """Unit vectors of one point within each chosen pixel."""
    vectors = np.empty((chosen.size, 3))
    to_right, to_up = (right[0], right[1], right[2]), (up[0], up[1], up[2])
    for i in range(chosen.size):
        row, col = divmod(chosen[i], xs.shape[0])
        x, y = (xs[col, 0], xs[col, 1], xs[col, 2]), (ys[row, 0], ys[row, 1], ys[row, 2])
        vectors[i] = targets.direction(hemisphere, x, y, to_right, to_up)
    return vectors


@kernel
def _subpoints(ratio: Values) -> NDArray[np.int64]:
    found = np.empty(ratio.size, np.int64)
    for i in range(ratio.size):
        found[i] = targets.subpoints(ratio[i])
    return found
