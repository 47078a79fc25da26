"""Compiled warp from an equirectangular image to the equatorial sheet: rows and columns are independent.

Without displacement the interpolation is a product of weights per row and per column; with one, longitude and
latitude move by small angles that need no inverse trigonometry. Not for other projections
(:mod:`iovolc.geometry.fused`).
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc.geometry import lattice, taps, targets
from iovolc.geometry.compiled import INLINED, KERNEL
from iovolc.geometry.taps import WEIGHT_TOLERANCE

Pixels = NDArray[np.float32]
Values = NDArray[np.float64]
Indices = NDArray[np.int64]
Edges = tuple[float, float, float]
Axis = tuple[Values, float, int]
"""Position in source pixels of each target pixel's centre, target pixel in source pixels, points per pixel."""

SMALL = 0.05
"""Up to this ratio the arc tangent is taken by its series (error under 1e-12)."""


def axes(p: Values, target: targets.Target) -> tuple[Axis, Axis]:
    """Columns and rows of a rectangle of the equatorial sheet in an equirectangular image."""
    cols, rows = (target.xs[:, 0] - p[0]) * p[1] % p[4], (target.ys[:, 0] - p[2]) * p[3]
    across, down = target.pixel * float(p[1]), target.pixel * float(p[3])
    return (cols, across, targets.subpoints(abs(across))), (rows, down, targets.subpoints(abs(down)))


@njit(**KERNEL)
def weights(axis: Axis, size: int, period: float) -> tuple[Indices, Pixels]:
    """Source indices and weights of each target pixel along one axis.

    Parameters
    ----------
    axis : tuple
        As :func:`axes` gives it.
    size : int
        Pixels of the image along the axis.
    period : float
        As in :func:`iovolc.geometry.taps.column_pair`; 0 for rows.

    Returns
    -------
    indices, weights : ndarray, shape (target pixel, tap)
        Unused taps have weight 0; the weights outside the image are missing from the sum.
    """
    centres, step, points = axis
    indices = np.zeros((centres.size, 2 * points), np.int64)
    shares = np.zeros((centres.size, 2 * points), np.float32)
    for i in range(centres.size):
        used = 0
        for k in range(points):
            position = centres[i] + step * ((k + 0.5) / points - 0.5)
            first, second, fraction = taps.column_pair(position, size, period)
            if first >= 0:
                used = _add(indices[i], shares[i], used, first, (1.0 - fraction) / points)
                used = _add(indices[i], shares[i], used, second, fraction / points)
    return indices, shares


@njit(**INLINED)
def _add(indices: Indices, shares: Pixels, used: int, index: int, share: float) -> int:
    """Add a share to its tap; the new number of taps."""
    for k in range(used):
        if indices[k] == index:
            shares[k] += share
            return used
    indices[used] = index
    shares[used] = share
    return used + 1


@njit(**KERNEL)
def still(
    pixels: Pixels,
    col_taps: tuple[Indices, Pixels],
    row_taps: tuple[Indices, Pixels],
    min_weight: float,
    value: Pixels,
) -> None:
    """Fill ``value`` from weights per row and column: each row first gathers the source rows, then the columns."""
    cols, rows = col_taps[0], row_taps[0]
    low, high = cols.min(), cols.max() + 1
    total = np.empty(high - low, np.float32)
    weight = np.empty(high - low, np.float32)
    for i in range(value.shape[0]):
        total[:] = 0.0
        weight[:] = 0.0
        for k in range(rows.shape[1]):
            if row_taps[1][i, k] != 0.0:
                _gather(pixels, rows[i, k], low, row_taps[1][i, k], total, weight)
        _spread(cols, col_taps[1], low, total, weight, min_weight - WEIGHT_TOLERANCE, value, i)


@njit(**KERNEL)
def _gather(pixels: Pixels, row: int, low: int, share: float, total: Pixels, weight: Pixels) -> None:
    """Add one source row to the sums of one target row."""
    none = np.float32(0.0)
    for j in range(total.size):
        here = pixels[row, low + j]
        valid = here == here  # noqa: PLR0124  (not NaN; unlike isnan this is vectorised)
        total[j] += share * here if valid else none
        weight[j] += share if valid else none


@njit(**KERNEL)
def _spread(
    cols: Indices, shares: Pixels, low: int, total: Pixels, weight: Pixels, least: float, value: Pixels, i: int
) -> None:
    """Take target row ``i`` from the sums over source rows."""
    for j in range(value.shape[1]):
        found, valid = 0.0, 0.0
        for k in range(cols.shape[1]):
            col = cols[j, k] - low
            found += shares[j, k] * total[col]
            valid += shares[j, k] * weight[col]
        value[i, j] = found / valid if valid > 0.0 and valid >= least else math.nan


@njit(**KERNEL)
def moved(
    pixels: Pixels,
    p: Values,
    edges: Edges,
    xs: Values,
    ys: Values,
    cols: Axis,
    rows: Axis,
    warp_values: Pixels,
    step_deg: float,
    min_weight: float,
    value: Pixels,
) -> None:
    """Fill ``value`` through a displacement lattice."""
    across, down = cols[2], rows[2]
    least = (min_weight - WEIGHT_TOLERANCE) * across * down
    for i in range(value.shape[0]):
        lat = math.degrees(ys[i, 0])
        for j in range(value.shape[1]):
            shift = lattice.vector(warp_values, step_deg, lat, math.degrees(xs[j, 0]))
            turn, rise = small_turn(xs[j, 1], xs[j, 2], ys[i, 1], ys[i, 2], shift)
            col, row = cols[0][j] + turn * p[1], rows[0][i] + rise * p[3]
            total, weight = 0.0, 0.0
            for m in range(down):
                y = row + rows[1] * ((m + 0.5) / down - 0.5)
                for n in range(across):
                    x = col + cols[1] * ((n + 0.5) / across - 0.5)
                    part, share = taps.bilinear(pixels, x, y, edges[0], edges[1], edges[2])
                    total += part
                    weight += share
            value[i, j] = total / weight if weight > 0.0 and weight >= least else math.nan


@njit(**INLINED)
def small_turn(
    cos_lon: float, sin_lon: float, cos_lat: float, sin_lat: float, shift: targets.Triple
) -> tuple[float, float]:
    """Change of longitude and latitude, in radians, of a unit vector to which a small vector is added."""
    outward = cos_lat + cos_lon * shift[0] + sin_lon * shift[1]
    sideward = cos_lon * shift[1] - sin_lon * shift[0]
    flat = math.sqrt(outward * outward + sideward * sideward)
    z = sin_lat + shift[2]
    return _angle(sideward, outward), _angle(z * cos_lat - flat * sin_lat, z * sin_lat + flat * cos_lat)


@njit(**INLINED)
def _angle(across: float, along: float) -> float:
    if along > 0.0 and abs(across) < SMALL * along:
        t = across / along
        s = t * t
        return t * (1.0 + s * (-1.0 / 3.0 + s * (0.2 + s * (-1.0 / 7.0 + s / 9.0))))
    return math.atan2(across, along)
