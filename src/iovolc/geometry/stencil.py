"""Compiled resampling by weights per row and per column: what an equirectangular image needs that is only shifted.

A stretch of a target row is made at a time, so that it stays in the processor's cache: source rows are blended, then
columns. Missing pixels make it NaN; only there the valid ones are weighed. Not for displaced images
(:mod:`iovolc.geometry.separable`).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry import taps
from iovolc.geometry.compiled import kernel
from iovolc.geometry.taps import WEIGHT_TOLERANCE

Pixels = NDArray[np.float32]
Line = NDArray[np.float32]
Places = NDArray[np.uint32]
Axis = tuple[NDArray[np.float64], float, int]
"""Position in source pixels of each target pixel's centre, target pixel in source pixels, points per pixel."""
Weights = tuple[Places, Pixels, Line]
"""First source pixel of each target pixel, shape (target,); weights of it and the following ones, shape (tap, target);
0, or NaN where the weights do not add up to 1 for they lie outside the image, shape (target,)."""

STRETCH: Final = 1024
"""Target columns that are made at a time."""


@kernel
def weights(axis: Axis, size: int, period: float) -> Weights:
    """Source pixels and weights of each target pixel along one axis.

    Parameters
    ----------
    axis : tuple
        As :func:`iovolc.geometry.separable.axes` gives it.
    size : int
        Pixels of the image along the axis. Where longitude closes its circle, pixel 0 follows the last one.
    period : float
        As in :func:`iovolc.geometry.taps.column_pair`; 0 for rows.
    """
    centres, _, points = axis
    starts, span = np.zeros(centres.size, np.uint32), 2
    for i in range(centres.size):
        base, low, high = -1, 0, 0
        for k in range(points):
            first, _, _ = taps.column_pair(_position(axis, i, k), size, period)
            if first >= 0:
                base = first if base < 0 else base
                away = _away(first - base, size, period)
                low, high = min(low, away), max(high, away)
        starts[i] = (max(base, 0) + low) % size
        span = max(span, high - low + 2)
    shares = np.zeros((span, centres.size), np.float32)
    for i in range(centres.size):
        start = int(starts[i])
        for k in range(points):
            first, second, fraction = taps.column_pair(_position(axis, i, k), size, period)
            if first >= 0:
                ahead, after = (first - start) % size, (second - start) % size
                shares[ahead, i] += (1.0 - fraction) / points
                shares[after, i] += fraction / points
    whole = np.zeros(centres.size, np.float32)
    for i in range(centres.size):
        if shares[:, i].sum() < 1.0 - WEIGHT_TOLERANCE:
            whole[i] = math.nan
    return starts, shares, whole


@kernel
def _position(axis: Axis, i: int, k: int) -> float:
    """Of point ``k`` of a target pixel, in source pixels."""
    return axis[0][i] + axis[1] * ((k + 0.5) / axis[2] - 0.5)


@kernel
def _away(steps: int, size: int, period: float) -> int:
    """The shorter way between two pixels, round the circle where it closes."""
    half = size // 2
    return (steps + half) % size - half if period > 0.0 else steps


def stretches(cols: Weights, size: int) -> NDArray[np.int64]:
    """First target column and source column, and one past the last ones, of what is made at a time; shape (n, 4)."""
    starts = cols[0].astype(np.int64)
    jumps = np.flatnonzero(2 * np.abs(np.diff(starts)) > size) + 1  # the source has no jump in any
    edges = np.unique(np.concatenate((np.arange(0, starts.size, STRETCH), jumps, [starts.size])))
    low, high = (reduce.reduceat(starts, edges[:-1]) for reduce in (np.minimum, np.maximum))
    return np.stack((edges[:-1], edges[1:], low, high + cols[1].shape[0]), axis=1)


@kernel
def resample(
    pixels: Pixels,
    cols: Weights,
    rows: Weights,
    bounds: NDArray[np.int64],
    min_weight: float,
    row_km: NDArray[np.float64],
    no_data: int,
    value: Pixels,
    resolution_km: Pixels,
    flags: NDArray[np.uint16],
) -> None:
    """Fill value, resolution and flags of all target pixels.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    cols, rows : tuple
        From :func:`weights`.
    bounds : ndarray
        From :func:`stretches`.
    min_weight : float
        Least valid share of the weights.
    row_km : ndarray, shape (target row,)
        Resolution where there is data.
    no_data : int
        Flag where there is none.
    value, resolution_km, flags : ndarray, shape (target row, target col)
        Written.
    """
    span, size = cols[1].shape[0], pixels.shape[1]
    blended, total, weight = np.empty((3, size + span), np.float32)
    for i in range(value.shape[0]):
        row, shares = rows[0][i], rows[1][:, i]
        for s in range(bounds.shape[0]):
            near, far, low, high = bounds[s]
            line, starts = value[i, near:far], cols[0][near:far]
            _blend(pixels, row, shares, low, high, blended)
            of_cols = cols[1][:, near:far]
            base, more = cols[2][near:far], rows[2][i]
            if span == 2:
                _two_taps(base, more, of_cols[0], of_cols[1], starts, blended, line)
            elif span == 3:
                _three_taps(base, more, of_cols[0], of_cols[1], of_cols[2], starts, blended, line)
            else:
                _four_taps(base, more, of_cols[0], of_cols[1], of_cols[2], of_cols[3], starts, blended, line)
                for k in range(4, span):
                    _add_tap(of_cols[k], starts, blended[k:], line)
            if _any_missing(line):
                _blend_valid(pixels, row, shares, low, high, total, weight)
                _weigh(starts, cols[1][:, near:far], total, weight, min_weight - WEIGHT_TOLERANCE, line)
            finish(line, row_km[i], no_data, resolution_km[i, near:far], flags[i, near:far])


@kernel
def _blend(pixels: Pixels, row: int, shares: Line, low: int, high: int, out: Line) -> None:
    """Weighted sum of source rows in the columns from ``low`` to ``high``, which may go on past the seam."""
    size = pixels.shape[1]
    end = min(high, size)
    first, count = np.float32(0.0), 0
    before = row
    out[low:high] = 0.0
    for k in range(shares.size):
        if shares[k] != 0.0:
            count += 1
            if count % 2 == 0:
                _add_two_rows(pixels[before, low:end], pixels[row + k, low:end], first, shares[k], out[low:end])
                _add_two_rows(
                    pixels[before, : high - end], pixels[row + k, : high - end], first, shares[k], out[end:high]
                )
            first, before = shares[k], row + k
    if count % 2 == 1:
        _add_row(pixels[before, low:end], first, out[low:end])
        _add_row(pixels[before, : high - end], first, out[end:high])


@kernel
def _add_row(line: Line, share: np.float32, out: Line) -> None:
    for j in range(line.size):
        out[j] += share * line[j]


@kernel
def _add_two_rows(one: Line, other: Line, of_one: np.float32, of_other: np.float32, out: Line) -> None:
    for j in range(one.size):
        out[j] = (out[j] + of_one * one[j]) + of_other * other[j]


@kernel
def _two_taps(base: Line, more: np.float32, one: Line, other: Line, starts: Places, source: Line, out: Line) -> None:
    after = source[1:]
    for j in range(out.size):
        out[j] = (base[j] + more) + (one[j] * source[starts[j]] + other[j] * after[starts[j]])


@kernel
def _three_taps(
    base: Line, more: np.float32, one: Line, two: Line, three: Line, starts: Places, source: Line, out: Line
) -> None:
    second, third = source[1:], source[2:]
    for j in range(out.size):
        at = starts[j]
        found = (base[j] + more) + (one[j] * source[at] + two[j] * second[at])
        out[j] = found + three[j] * third[at]


@kernel
def _four_taps(
    base: Line, more: np.float32, one: Line, two: Line, three: Line, four: Line, starts: Places, source: Line, out: Line
) -> None:
    second, third, fourth = source[1:], source[2:], source[3:]
    for j in range(out.size):
        at = starts[j]
        found = (base[j] + more) + (one[j] * source[at] + two[j] * second[at])
        out[j] = (found + three[j] * third[at]) + four[j] * fourth[at]


@kernel
def _add_tap(share: Line, starts: Places, source: Line, out: Line) -> None:
    for j in range(out.size):
        out[j] += share[j] * source[starts[j]]


@kernel
def _any_missing(line: Line) -> bool:
    count = 0
    for j in range(line.size):
        count += line[j] != line[j]
    return count > 0


@kernel
def _blend_valid(pixels: Pixels, row: int, shares: Line, low: int, high: int, total: Line, weight: Line) -> None:
    """As :func:`_blend`, of the valid pixels alone, with the sum of their weights."""
    size = pixels.shape[1]
    total[low:high], weight[low:high] = 0.0, 0.0
    for k in range(shares.size):
        if shares[k] != 0.0:
            end = min(high, size)
            _add_valid(pixels[row + k, low:end], shares[k], total[low:end], weight[low:end])
            _add_valid(pixels[row + k, : high - end], shares[k], total[end:high], weight[end:high])


@kernel
def _add_valid(line: Line, share: np.float32, total: Line, weight: Line) -> None:
    none = np.float32(0.0)
    for j in range(line.size):
        valid = line[j] == line[j]
        total[j] += share * line[j] if valid else none
        weight[j] += share if valid else none


@kernel
def _weigh(starts: Places, shares: Pixels, total: Line, weight: Line, least: float, out: Line) -> None:
    """Weigh the valid source pixels wherever ``out`` is NaN."""
    for j in range(out.size):
        if math.isnan(out[j]):
            found, valid = 0.0, 0.0
            for k in range(shares.shape[0]):
                found += shares[k, j] * total[starts[j] + k]
                valid += shares[k, j] * weight[starts[j] + k]
            if valid > 0.0 and valid >= least:
                out[j] = found / valid


@kernel
def finish(line: Line, km: float, no_data: int, resolution_km: Line, flags: NDArray[np.uint16]) -> None:
    """Resolution and flags of a target row, from its values."""
    size, none = np.float32(km), np.float32(np.nan)
    for j in range(line.size):
        valid = line[j] == line[j]
        resolution_km[j] = size if valid else none
        flags[j] = 0 if valid else no_data
