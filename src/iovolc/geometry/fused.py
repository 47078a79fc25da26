"""Compiled warp of any compiled projection: from target pixel to direction to source pixel in one loop.

A stretch of a target row is made at a time, step by step, so that the processor takes several pixels at once and all
steps stay in its cache. Not for the equirectangular case (:mod:`iovolc.geometry.separable`), which needs no direction.
"""

import math

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry import lattice, lines, targets, views
from iovolc.geometry.compiled import inlined, kernel
from iovolc.geometry.lines import (
    ACROSS,
    AREA,
    COARSE,
    COL,
    COS_X,
    DOWN,
    FINE,
    MU,
    ROW,
    SHIFT,
    SIN_X,
    STRETCH,
    TOTAL,
    WEIGHT,
    X,
)  # fmt: skip
from iovolc.geometry.taps import WEIGHT_TOLERANCE
from iovolc.model.flags import Flag

Pixels = NDArray[np.float32]
Values = NDArray[np.float64]
Counts = NDArray[np.int64]
Edges = tuple[float, float, float]

RADIUS_KM = body.RADIUS_KM
NO_DATA = int(Flag.NO_DATA)
HIDDEN = int(Flag.NO_DATA | Flag.LIMB)
CENTRE = (0.0, 1.0, 0.0)
BEYOND_LIMB = 0.1
"""No place further beyond the plane of a disc's limb is seen, however flattened Io is; in units of its radius."""


@kernel
def warp(
    pixels: Pixels,
    kind: int,
    p: views.Parameters,
    edges: Edges,
    target: tuple[float, Values, Values, Values, float],
    warp_values: Pixels,
    step_deg: float,
    limits: tuple[float, float],
    value: Pixels,
    resolution_km: Pixels,
    flags: NDArray[np.uint16],
) -> None:
    """Fill ``value``, ``resolution_km`` and ``flags`` of a rectangle of a sheet.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        Source; NaN where there is no data.
    kind, p, edges
        Of :class:`iovolc.geometry.locate.Source`: kind, parameters, (period, top gap, bottom gap).
    target : tuple
        The fields of :class:`iovolc.geometry.targets.Target`.
    warp_values, step_deg
        Displacement lattice; of size 0 for none.
    limits : tuple of float
        Least weight and least cosine of emission.
    value, resolution_km, flags : ndarray, shape of the rectangle
        Written.
    """
    hemisphere, xs, ys, shifts, pixel = target
    # Where longitude closes its circle, points of one pixel may lie at both ends of the image.
    torn = kind in (views.EQUIRECTANGULAR, views.SINUSOIDAL)
    beyond = BEYOND_LIMB + _longest(warp_values)
    work, places = np.zeros(lines.SIZE), np.empty(STRETCH, np.int64)
    for near in range(0, xs.shape[0], STRETCH):
        far = min(near + STRETCH, xs.shape[0])
        size = far - near
        for j in range(size):
            work[X + j], work[COS_X + j], work[SIN_X + j] = xs[near + j, 0], xs[near + j, 1], xs[near + j, 2]
        for i in range(ys.shape[0]):
            y = (ys[i, 0], ys[i, 1], ys[i, 2])
            if kind in (views.ORTHOGRAPHIC, views.DISC) and _far_side(p, hemisphere, y, beyond, size, work):
                value[i, near:far], resolution_km[i, near:far], flags[i, near:far] = math.nan, math.nan, NO_DATA
                continue
            if warp_values.size > 0:
                _displace(hemisphere, y, warp_values, step_deg, size, work)
            _project(kind, p, hemisphere, y, CENTRE, CENTRE, size, True, work)
            _count(pixels.shape, hemisphere, pixel, y, torn, limits[1], size, work)
            _read(pixels, kind, p, edges, hemisphere, y, shifts, size, work, places)
            _judge(
                limits[0] - WEIGHT_TOLERANCE,
                limits[1],
                work,
                value[i, near:far],
                resolution_km[i, near:far],
                flags[i, near:far],
            )


@kernel
def _longest(warp_values: Pixels) -> float:
    """Of the displacements; 0 of none."""
    longest = 0.0
    for row in range(warp_values.shape[0]):
        for col in range(warp_values.shape[1]):
            x, y, z = warp_values[row, col, 0], warp_values[row, col, 1], warp_values[row, col, 2]
            longest = max(longest, math.sqrt(x * x + y * y + z * z))
    return longest


@kernel
def _far_side(
    p: views.Parameters, hemisphere: float, y: targets.Triple, beyond: float, size: int, work: Values
) -> bool:
    """Whether all pixels lie so far beyond the plane of a disc's limb, in units of the radius."""
    nearer = 0
    for j in range(size):
        u = targets.direction(hemisphere, (work[X + j], work[COS_X + j], work[SIN_X + j]), y, CENTRE, CENTRE)
        nearer += u[0] * p[12] + u[1] * p[13] + u[2] * p[14] > -beyond
    return nearer == 0


@kernel
def _displace(
    hemisphere: float, y: targets.Triple, warp_values: Pixels, step_deg: float, size: int, work: Values
) -> None:
    for j in range(size):
        x = (work[X + j], work[COS_X + j], work[SIN_X + j])
        lat, lon_e = _place(hemisphere, x, y, targets.direction(hemisphere, x, y, CENTRE, CENTRE))
        shift = lattice.vector(warp_values, step_deg, lat, lon_e)
        work[SHIFT + j], work[SHIFT + STRETCH + j], work[SHIFT + 2 * STRETCH + j] = shift


@inlined
def _place(hemisphere: float, x: targets.Triple, y: targets.Triple, u: targets.Triple) -> tuple[float, float]:
    """Latitude and longitude in degrees of a pixel's centre."""
    if hemisphere == 0.0:
        return math.degrees(y[0]), math.degrees(x[0])
    lat = math.degrees(math.atan2(u[2], math.sqrt(u[0] * u[0] + u[1] * u[1])))
    return lat, math.degrees(math.atan2(u[1], u[0]))


@kernel
def _project(
    kind: int,
    p: views.Parameters,
    hemisphere: float,
    y: targets.Triple,
    right: targets.Triple,
    up: targets.Triple,
    size: int,
    centres: bool,
    work: Values,
) -> None:
    """Positions of one point of each pixel; of the centres also sizes on the ground and emission."""
    # One loop for each kind, and one for the equator and the poles: a loop that decides is not taken several at once.
    if kind == views.EQUIRECTANGULAR:
        _project_kind(views.EQUIRECTANGULAR, p, hemisphere, y, right, up, size, centres, work)
    elif kind == views.STEREOGRAPHIC:
        _project_kind(views.STEREOGRAPHIC, p, hemisphere, y, right, up, size, centres, work)
    elif kind == views.SINUSOIDAL:
        _project_kind(views.SINUSOIDAL, p, hemisphere, y, right, up, size, centres, work)
    elif kind == views.ORTHOGRAPHIC:
        _project_kind(views.ORTHOGRAPHIC, p, hemisphere, y, right, up, size, centres, work)
    else:
        _project_kind(views.DISC, p, hemisphere, y, right, up, size, centres, work)


@inlined
def _project_kind(
    kind: int,
    p: views.Parameters,
    hemisphere: float,
    y: targets.Triple,
    right: targets.Triple,
    up: targets.Triple,
    size: int,
    centres: bool,
    work: Values,
) -> None:
    for j in range(size):
        x = (work[X + j], work[COS_X + j], work[SIN_X + j])
        u = targets.direction(hemisphere, x, y, right, up)
        col, row, coarse, fine, mu = views.project(
            kind, p, u[0] + work[SHIFT + j], u[1] + work[SHIFT + STRETCH + j], u[2] + work[SHIFT + 2 * STRETCH + j]
        )
        work[COL + j], work[ROW + j] = col, row
        if centres:
            work[COARSE + j], work[FINE + j], work[MU + j] = coarse, fine, mu


@kernel
def _count(
    shape: tuple[int, int],
    hemisphere: float,
    pixel: float,
    y: targets.Triple,
    torn: bool,
    least_cos: float,
    size: int,
    work: Values,
) -> None:
    """Points across and down, so many that each source pixel in the target pixel has one; the coarser size of both."""
    finer = 0
    for j in range(size):
        width, height = targets.ground_size(hemisphere, pixel, (work[X + j], 0.0, 0.0), y)
        coarse, least_km = work[COARSE + j], height * RADIUS_KM
        largest_km = max(width, height) * RADIUS_KM
        area = coarse * work[FINE + j]
        finer += (area > 0.0) & (area < largest_km * largest_km)
        looked_at = 1.0 if work[MU + j] >= least_cos else 0.0
        work[ACROSS + j], work[DOWN + j] = looked_at, looked_at
        work[AREA + j], work[COARSE + j] = area, max(coarse, least_km)
        work[TOTAL + j], work[WEIGHT + j] = 0.0, 0.0
    if finer > 0:
        _count_finer(shape, hemisphere, pixel, y, torn, size, work)


@kernel
def _count_finer(
    shape: tuple[int, int], hemisphere: float, pixel: float, y: targets.Triple, torn: bool, size: int, work: Values
) -> None:
    """The points where some pixels of the source are finer than the target's.

    Far from its centre a projection stretches without limit: to average where the image has nothing within two target
    pixels would be the most work, for nothing.
    """
    for j in range(size):
        width, height = targets.ground_size(hemisphere, pixel, (work[X + j], 0.0, 0.0), y)
        per_source = RADIUS_KM / math.sqrt(work[AREA + j]) if work[AREA + j] > 0.0 else 0.0
        across, down = targets.subpoints(width * per_source), targets.subpoints(height * per_source)
        col, row, reach_px = work[COL + j], work[ROW + j], 2.0 * height * RADIUS_KM / work[FINE + j]
        near = (-reach_px <= col) & (col <= shape[1] + reach_px) & (-reach_px <= row) & (row <= shape[0] + reach_px)
        looked_at = (work[ACROSS + j] > 0.0) & ((across * down == 1) | torn | near)
        work[ACROSS + j], work[DOWN + j] = across if looked_at else 0, down if looked_at else 0


@kernel
def _read(
    pixels: Pixels,
    kind: int,
    p: views.Parameters,
    edges: Edges,
    hemisphere: float,
    y: targets.Triple,
    shifts: Values,
    size: int,
    work: Values,
    places: lines.Places,
) -> None:
    """Sum over evenly spaced points of each pixel; neighbours with as many points are taken together."""
    first = 0
    while first < size:
        part = work[first:]
        across, down, last = int(part[ACROSS]), int(part[DOWN]), first + _alike(size - first, part)
        if across * down == 1:
            lines.add(pixels, edges, last - first, part, places)
        else:
            for m in range(down):
                up = (shifts[down, m, 0], shifts[down, m, 1], shifts[down, m, 2])
                for n in range(across):
                    right = (shifts[across, n, 0], shifts[across, n, 1], shifts[across, n, 2])
                    _project(kind, p, hemisphere, y, right, up, last - first, False, part)
                    lines.add(pixels, edges, last - first, part, places)
        first = last


@kernel
def _alike(size: int, work: Values) -> int:
    """Pixels from the first one on that have as many points."""
    across, down, others = work[ACROSS], work[DOWN], 0
    for j in range(size):
        others += (work[ACROSS + j] != across) | (work[DOWN + j] != down)
    if others == 0:
        return size
    last = 1
    while last < size and work[ACROSS + last] == across and work[DOWN + last] == down:
        last += 1
    return last


@kernel
def _judge(
    least: float, least_cos: float, work: Values, value: Pixels, resolution_km: Pixels, flags: NDArray[np.uint16]
) -> None:
    """Value, resolution and flags."""
    none = np.float32(math.nan)
    for j in range(value.size):
        weight, mu = work[WEIGHT + j], work[MU + j]
        valid = (weight > 0.0) & (weight >= least * work[ACROSS + j] * work[DOWN + j])
        value[j] = np.float32(work[TOTAL + j] / weight) if valid else none
        resolution_km[j] = np.float32(work[COARSE + j]) if valid else none
        hidden = (mu > 0.0) & (mu < least_cos)
        flags[j] = 0 if valid else HIDDEN if hidden else NO_DATA
