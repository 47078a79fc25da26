"""Gaussian smoothing of sheets in kilometres: isotropic on the sphere, periodic in longitude, cost independent of size.

Wide Gaussians are four extended box filters with fractional edges (Gwosdek et al. 2011, LNCS 6667, 447), narrow ones
direct sums. Nothing is renormalised: smooth data times weights and weights alike, and divide.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.box import Box, box_of
from iovolc.geometry.compiled import inlined, kernel
from iovolc.hands import in_parts
from iovolc.model.grid import Sheet

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))

_DIRECT_BELOW_PX = 5.0
_PASSES = 4
_LANES = 4
"""Rows that are summed side by side."""
_BLOCK = 128
"""Columns whose passes stay in the processor's cache."""

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
    across_px, along_px = widths_px(sheet, values.shape[0], sigma_km)
    values = np.ascontiguousarray(values, dtype=np.float32)
    held = box_of(values, wraps=sheet.wraps)
    box = held.grown(reach_px(along_px), reach_px(float(across_px[held.rows].max())))
    return box.put(smooth_part(box.cut(values), box, sheet, sigma_km))


def smooth_part(part: Plane, box: Box, sheet: Sheet, sigma_km: float) -> Plane:
    """:func:`smooth` of a part of a plane, within reach of which there is nothing else.

    Parameters
    ----------
    part : ndarray, shape (row, col), float32
        What lies in the box; C-contiguous.
    box : Box
        Of the plane, which is on ``sheet`` or on ``sheet`` reduced.
    sheet, sigma_km : Sheet, float
        As for :func:`smooth`.
    """
    across_px, along_px = widths_px(sheet, box.shape[0], sigma_km)
    return _smooth_columns(_smooth_rows(part, across_px[box.rows], box.closed), along_px)


def _smooth_rows(values: Plane, sigmas_px: Wide, wrap: bool) -> Plane:
    out = np.empty_like(values)

    def some(first: int, end: int) -> None:
        _some_rows(values[first:end], sigmas_px[first:end], wrap, out[first:end])

    in_parts(some, values.shape[0], values.size, _LANES)
    return out


def _smooth_columns(values: Plane, sigma_px: float) -> Plane:
    out = np.empty_like(values)
    if sigma_px < _DIRECT_BELOW_PX:
        half = _kernel(sigma_px).astype(np.float32)
        in_parts(lambda first, end: _direct_columns(values, half, first, end, out), values.shape[0], values.size)
    else:
        in_parts(
            lambda first, end: _some_columns(values, sigma_px, first, end, out), values.shape[1], values.size, _BLOCK
        )
    return out


def box_alone(values: NDArray[Any], sheet: Sheet, sigma_km: float) -> Box:
    """The box of what a plane holds; all columns where that comes within reach of itself round the sheet."""
    box = box_of(values, wraps=sheet.wraps)
    across_px, _ = widths_px(sheet, values.shape[0], sigma_km)
    return box.grown(0, box.gap) if box.gap < reach_px(float(across_px[box.rows].max())) else box


def widths_px(sheet: Sheet, rows: int, sigma_km: float) -> tuple[Wide, float]:
    """Standard deviations in pixels along each of the rows, shape (row,), and along columns."""
    pixel_km = sheet.pixel_km * round(sheet.shape[0] / rows)
    sigma_px = sigma_km / pixel_km
    if not sheet.wraps:
        return np.full(rows, sigma_px), sigma_px
    lat = (sheet.top_m / 1000.0 - (np.arange(rows) + 0.5) * pixel_km) / body.RADIUS_KM
    return sigma_px / np.cos(lat), sigma_px


@kernel
def reach_px(sigma_px: float) -> int:
    """How far a Gaussian, or any narrower one, spreads."""
    direct = math.ceil(4.0 * min(sigma_px, _DIRECT_BELOW_PX))
    if sigma_px < _DIRECT_BELOW_PX:
        return direct
    return max(direct, _PASSES * (_extended_box(sigma_px)[0] + 1))


@kernel
def _some_columns(values: Plane, sigma_px: float, begin: int, end: int, out: Plane) -> None:
    rows = values.shape[0]
    radius, edge = _extended_box(sigma_px)
    pad = _PASSES * (radius + 1)  # what a pass carries over the edge, the next one brings back
    current = np.empty((rows + 2 * pad, _BLOCK), np.float32)
    passed = np.empty_like(current)
    for first in range(begin, end, _BLOCK):
        width = min(_BLOCK, end - first)
        current[:] = 0.0
        current[pad : pad + rows, :width] = values[:, first : first + width]
        for _ in range(_PASSES):
            _box_columns(current, radius, edge, passed)
            current, passed = passed, current
        out[:, first : first + width] = current[pad : pad + rows, :width]


@kernel
def _kernel(sigma_px: float) -> NDArray[np.float64]:
    """Right half of a Gaussian of unit sum, from its centre to 4 sigma."""
    reach = math.ceil(4.0 * sigma_px)
    half = np.empty(reach + 1)
    for i in range(reach + 1):
        half[i] = math.exp(-0.5 * (i / max(sigma_px, 1e-6)) ** 2)
    half /= half[0] + 2.0 * half[1:].sum()
    return half


@kernel
def _extended_box(sigma_px: float) -> tuple[int, float]:
    """Radius and weight of the fractional edge of a box whose passes have the variance of the Gaussian."""
    variance = sigma_px * sigma_px / _PASSES
    radius = int(0.5 * math.sqrt(12.0 * variance + 1.0) - 0.5)
    edge = (2 * radius + 1) * (radius * (radius + 1) - 3.0 * variance) / (6.0 * (variance - (radius + 1) ** 2))
    return radius, edge


@kernel
def _some_rows(values: Plane, sigmas_px: Wide, wrap: bool, out: Plane) -> None:
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


@kernel
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


@kernel
def _running_sums(lines: Wide, sums: Wide) -> None:
    """Sums of each line before each place; four lines side by side, as each addition waits for the one before it."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for i in range(lines.shape[1]):
        a += lines[0, i]
        b += lines[1, i]
        c += lines[2, i]
        d += lines[3, i]
        sums[0, i + 1], sums[1, i + 1], sums[2, i + 1], sums[3, i + 1] = a, b, c, d


@kernel
def _pad(line: Line, pad: int, wrap: bool, out: Line | Wide) -> None:
    n = line.size
    out[pad : pad + n] = line
    if wrap:
        for i in range(pad):
            out[pad - 1 - i] = line[(n - 1 - i) % n]
            out[pad + n + i] = line[i % n]


@kernel
def _direct_line(line: Line, half: Line, out: Line) -> None:
    pad = half.size - 1
    for i in range(out.size):
        out[i] = half[0] * line[i + pad]
    for k in range(1, half.size - 1, 2):
        _add_two_taps(out, half[k : k + 2], line[pad - k :], line[pad + k :], line[pad - k - 1 :], line[pad + k + 1 :])
    if half.size % 2 == 0:
        _add_taps(out, half[pad], line, line[2 * pad :])


@kernel
def _add_two_taps(total: Line, weights: Line, first: Line, second: Line, first2: Line, second2: Line) -> None:
    """As :func:`_add_taps` twice, but the sums are read and written once."""
    weight, weight2 = weights[0], weights[1]
    for i in range(total.size):
        total[i] = (total[i] + weight * (first[i] + second[i])) + weight2 * (first2[i] + second2[i])


@kernel
def _add_taps(total: Line, weight: np.float32, first: Line, second: Line) -> None:
    for i in range(total.size):
        total[i] += weight * (first[i] + second[i])


@kernel
def _box_line(line: Wide, sums: Wide, radius: int, edge: float, out: Wide) -> None:
    """One pass over a padded line: ``out[i]`` is about place ``i + radius + 1`` of the line."""
    reach = radius + 1
    norm = 1.0 / (2 * radius + 1 + 2.0 * edge)
    ends, starts, after = sums[2 * reach :], sums[1:], line[2 * reach :]
    for i in range(line.size - 2 * reach):
        out[i] = ((ends[i] - starts[i]) + edge * (line[i] + after[i])) * norm


@kernel
def _direct_columns(values: Plane, half: Line, begin: int, end: int, out: Plane) -> None:
    cols = values.shape[1]
    nothing = np.zeros(cols, values.dtype)
    for row in range(begin, end):
        total = out[row]
        for col in range(cols):
            total[col] = half[0] * values[row, col]
        for k in range(1, half.size - 1, 2):
            above, below = _beside(values, row, k, nothing)
            above2, below2 = _beside(values, row, k + 1, nothing)
            _add_two_taps(total, half[k : k + 2], above, below, above2, below2)
        if half.size % 2 == 0:
            above, below = _beside(values, row, half.size - 1, nothing)
            _add_taps(total, half[-1], above, below)


@inlined
def _beside(values: Plane, row: int, steps: int, nothing: Line) -> tuple[Line, Line]:
    """The rows so many steps above and below."""
    above = values[row - steps] if row - steps >= 0 else nothing
    below = values[row + steps] if row + steps < values.shape[0] else nothing
    return above, below


@kernel
def _box_columns(values: Plane, radius: int, edge: float, out: Plane) -> None:
    rows, cols = values.shape
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
