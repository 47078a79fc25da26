"""Gaussian smoothing of sheets in kilometres: isotropic on the sphere, periodic in longitude, cost independent of size.

Wide Gaussians are four extended box filters with fractional edges (Gwosdek et al. 2011, LNCS 6667, 447), narrow ones
direct sums. Nothing is renormalised: smooth data times weights and weights alike, and divide.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.compiled import KERNEL
from iovolc.model.grid import Sheet

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))

_DIRECT_BELOW_PX = 5.0
_PASSES = 4
_LANES = 4
"""Rows that are summed side by side."""

Plane = NDArray[np.float32]
Line = NDArray[np.float32]
Wide = NDArray[np.float64]
"""A line at double precision, for running sums."""


def smooth(values: Plane, sheet: Sheet, sigma_km: float) -> Plane:
    """Convolve a plane with a Gaussian of unit sum; beyond the sheet's edges there is nothing (zero).

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        On ``sheet``, or on ``sheet`` reduced by a whole factor. Finite.
    sheet : Sheet
        Tells pixel size, wrap and the latitude of each row.
    sigma_km : float
        Standard deviation in kilometres on the sphere.

    Returns
    -------
    ndarray, shape (row, col), float32
        The variance is exact; from 2 pixels of sigma on the kernel's peak is 4 % (per axis) lower than a Gaussian's.
    """
    rows: int = values.shape[0]
    pixel_km = sheet.pixel_km * round(sheet.shape[0] / rows)
    sigma_px = sigma_km / pixel_km
    across = np.full(rows, sigma_px)
    if sheet.wraps:
        lat = (sheet.top_m / 1000.0 - (np.arange(rows) + 0.5) * pixel_km) / body.RADIUS_KM
        across = sigma_px / np.cos(lat)
    return smooth_pixels(np.ascontiguousarray(values, dtype=np.float32), across, sigma_px, wrap=sheet.wraps)


def smooth_pixels(values: Plane, across_px: Wide, along_px: float, *, wrap: bool) -> Plane:
    """Convolve with Gaussians of widths in pixels: along each row its own, along columns one.

    Only the part that is not zero, and what it spreads over, is computed: most epochs show a part of a sheet.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        C-contiguous, finite.
    across_px : ndarray, shape (row,)
        Standard deviation along each row.
    along_px : float
        Standard deviation along columns.
    wrap : bool
        Whether the first column follows the last.
    """
    in_rows, in_cols = occupied(values)
    if not in_rows.any():
        return np.zeros_like(values)
    held = np.flatnonzero(in_rows)
    reach = reach_px(along_px)
    top, bottom = max(int(held[0]) - reach, 0), min(int(held[-1]) + reach + 1, values.shape[0])
    cols = _window(in_cols, reach_px(float(across_px[held].max())), wrap=wrap)
    if cols is None:
        out = np.zeros_like(values)
        along_rows = _smooth_rows(values[top:bottom], across_px[top:bottom], wrap)
        out[top:bottom] = _smooth_columns(along_rows, along_px)
        return out
    part = np.take(values[top:bottom], cols, axis=1)
    smoothed = _smooth_columns(_smooth_rows(part, across_px[top:bottom], False), along_px)
    out = np.zeros_like(values)
    out[top:bottom, cols] = smoothed
    return out


@njit(**KERNEL)
def occupied(values: Plane) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows and which columns hold anything but zero."""
    rows, cols = np.zeros(values.shape[0], np.bool_), np.zeros(values.shape[1], np.bool_)
    for row in range(values.shape[0]):
        line, held = values[row], False
        for col in range(line.size):
            other = line[col] != 0.0
            held |= other
            cols[col] |= other
        rows[row] = held
    return rows, cols


def _window(occupied_cols: NDArray[np.bool_], reach: int, *, wrap: bool) -> NDArray[np.int64] | None:
    """Columns over which the occupied ones spread, without gap; None where that is all of them."""
    count = occupied_cols.size
    held = np.flatnonzero(occupied_cols)
    if not wrap:
        first, last = max(int(held[0]) - reach, 0), min(int(held[-1]) + reach + 1, count)
        return None if last - first == count else np.arange(first, last)
    gaps = np.diff(held, append=held[0] + count)
    widest = int(np.argmax(gaps))
    width = count - int(gaps[widest]) + 1
    if width + 2 * reach >= count:
        return None
    first = int(held[(widest + 1) % held.size]) - reach
    return np.arange(first, first + width + 2 * reach) % count


@njit(**KERNEL)
def reach_px(sigma_px: float) -> int:
    """How far a Gaussian spreads."""
    if sigma_px < _DIRECT_BELOW_PX:
        return math.ceil(4.0 * sigma_px)
    return _PASSES * (_extended_box(sigma_px)[0] + 1)


def _smooth_columns(values: Plane, sigma_px: float) -> Plane:
    if sigma_px < _DIRECT_BELOW_PX:
        return _direct_columns(values, _kernel(sigma_px).astype(np.float32))
    radius, edge = _extended_box(sigma_px)
    pad = _PASSES * (radius + 1)  # what a pass carries over the edge, the next one brings back
    current = np.pad(values, ((pad, pad), (0, 0)))
    for _ in range(_PASSES):
        current = _box_columns(current, radius, edge)
    return current[pad:-pad]


@njit(**KERNEL)
def _kernel(sigma_px: float) -> NDArray[np.float64]:
    """Right half of a Gaussian of unit sum, from its centre to 4 sigma."""
    reach = math.ceil(4.0 * sigma_px)
    half = np.empty(reach + 1)
    for i in range(reach + 1):
        half[i] = math.exp(-0.5 * (i / max(sigma_px, 1e-6)) ** 2)
    half /= half[0] + 2.0 * half[1:].sum()
    return half


@njit(**KERNEL)
def _extended_box(sigma_px: float) -> tuple[int, float]:
    """Radius and weight of the fractional edge of a box whose passes have the variance of the Gaussian."""
    variance = sigma_px * sigma_px / _PASSES
    radius = int(0.5 * math.sqrt(12.0 * variance + 1.0) - 0.5)
    edge = (2 * radius + 1) * (radius * (radius + 1) - 3.0 * variance) / (6.0 * (variance - (radius + 1) ** 2))
    return radius, edge


@njit(**KERNEL)
def _smooth_rows(values: Plane, sigmas_px: Wide, wrap: bool) -> Plane:
    out = np.empty_like(values)
    row = 0
    while row < values.shape[0]:
        end = row + 1
        if sigmas_px[row] < _DIRECT_BELOW_PX:
            half = _kernel(sigmas_px[row]).astype(np.float32)
            line = np.zeros(values.shape[1] + 2 * (half.size - 1), np.float32)
            _pad(values[row], half.size - 1, wrap, line)
            _direct_line(line, half, out[row])
        else:
            while end < min(row + _LANES, values.shape[0]) and sigmas_px[end] >= _DIRECT_BELOW_PX:
                end += 1
            _box_rows(values[row:end], sigmas_px[row:end], wrap, out[row:end])
        row = end
    return out


@njit(**KERNEL)
def _box_rows(values: Plane, sigmas_px: Wide, wrap: bool, out: Plane) -> None:
    """Up to :data:`_LANES` rows at a time."""
    cols = values.shape[1]
    widest = 0.0
    for sigma in sigmas_px:
        widest = max(widest, sigma)
    longest = cols + 2 * _PASSES * (_extended_box(widest)[0] + 1)
    lines, passed = np.zeros((_LANES, longest)), np.zeros((_LANES, longest))
    sums = np.zeros((_LANES, longest + 1))
    for k in range(values.shape[0]):
        pad = _PASSES * (_extended_box(sigmas_px[k])[0] + 1)
        _pad(values[k], pad, wrap, lines[k, : cols + 2 * pad])
    for _ in range(_PASSES):
        _running_sums(lines, sums)
        for k in range(values.shape[0]):
            radius, edge = _extended_box(sigmas_px[k])
            _box_line(lines[k], sums[k], radius, edge, passed[k])
        lines, passed = passed, lines
    for k in range(values.shape[0]):
        out[k] = lines[k, :cols]


@njit(**KERNEL)
def _running_sums(lines: Wide, sums: Wide) -> None:
    """Sums of each line before each place; four lines side by side, as each addition waits for the one before it."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for i in range(lines.shape[1]):
        a += lines[0, i]
        b += lines[1, i]
        c += lines[2, i]
        d += lines[3, i]
        sums[0, i + 1], sums[1, i + 1], sums[2, i + 1], sums[3, i + 1] = a, b, c, d


@njit(**KERNEL)
def _pad(line: Line, pad: int, wrap: bool, out: Line | Wide) -> None:
    n = line.size
    out[pad : pad + n] = line
    if wrap:
        for i in range(pad):
            out[pad - 1 - i] = line[(n - 1 - i) % n]
            out[pad + n + i] = line[i % n]


@njit(**KERNEL)
def _direct_line(line: Line, half: Line, out: Line) -> None:
    pad = half.size - 1
    for i in range(out.size):
        out[i] = half[0] * line[i + pad]
    for k in range(1, half.size):
        _add_taps(out, half[k], line[pad - k :], line[pad + k :])


@njit(**KERNEL)
def _add_taps(total: Line, weight: np.float32, first: Line, second: Line) -> None:
    for i in range(total.size):
        total[i] += weight * (first[i] + second[i])


@njit(**KERNEL)
def _box_line(line: Wide, sums: Wide, radius: int, edge: float, out: Wide) -> None:
    """One pass over a padded line: ``out[i]`` is about place ``i + radius + 1`` of the line."""
    reach = radius + 1
    norm = 1.0 / (2 * radius + 1 + 2.0 * edge)
    ends, starts, after = sums[2 * reach :], sums[1:], line[2 * reach :]
    for i in range(line.size - 2 * reach):
        out[i] = ((ends[i] - starts[i]) + edge * (line[i] + after[i])) * norm


@njit(**KERNEL)
def _direct_columns(values: Plane, half: Line) -> Plane:
    rows, cols = values.shape
    out = np.empty_like(values)
    nothing = np.zeros(cols, values.dtype)
    for row in range(rows):
        total = out[row]
        for col in range(cols):
            total[col] = half[0] * values[row, col]
        for k in range(1, half.size):
            above = values[row - k] if row - k >= 0 else nothing
            below = values[row + k] if row + k < rows else nothing
            _add_taps(total, half[k], above, below)
    return out


@njit(**KERNEL)
def _box_columns(values: Plane, radius: int, edge: float) -> Plane:
    rows, cols = values.shape
    out = np.empty_like(values)
    total = np.zeros(cols)
    nothing = np.zeros(cols, dtype=values.dtype)
    for row in range(min(radius + 1, rows)):
        total += values[row]
    norm = 1.0 / (2 * radius + 1 + 2.0 * edge)
    for row in range(rows):
        above = values[row - radius - 1] if row - radius - 1 >= 0 else nothing
        below = values[row + radius + 1] if row + radius + 1 < rows else nothing
        leaving = values[row - radius] if row - radius >= 0 else nothing
        for col in range(cols):
            out[row, col] = (total[col] + edge * (above[col] + below[col])) * norm
            total[col] += below[col] - leaving[col]
    return out
