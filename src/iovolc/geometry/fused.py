"""Compiled warp of any compiled projection: from target pixel to direction to source pixel in one loop.

Not for the equirectangular case (:mod:`iovolc.geometry.separable`), which needs no direction.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry import lattice, taps, targets, views
from iovolc.geometry.compiled import INLINED, KERNEL
from iovolc.model.flags import Flag

Pixels = NDArray[np.float32]
Values = NDArray[np.float64]
Edges = tuple[float, float, float]

RADIUS_KM = body.RADIUS_KM
NO_DATA = int(Flag.NO_DATA)
HIDDEN = int(Flag.NO_DATA | Flag.LIMB)
CENTRE = (0.0, 1.0, 0.0)


@njit(**KERNEL)
def warp(
    pixels: Pixels,
    kind: int,
    p: Values,
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
    displaced = warp_values.size > 0
    # Where longitude closes its circle, points of one pixel may lie at both ends of the image.
    torn = kind in (views.EQUIRECTANGULAR, views.SINUSOIDAL)
    shift = (0.0, 0.0, 0.0)
    for i in range(ys.shape[0]):
        y = (ys[i, 0], ys[i, 1], ys[i, 2])
        for j in range(xs.shape[0]):
            x = (xs[j, 0], xs[j, 1], xs[j, 2])
            u = targets.direction(hemisphere, x, y, CENTRE, CENTRE)
            if displaced:
                lat, lon_e = _place(hemisphere, x, y, u)
                shift = lattice.vector(warp_values, step_deg, lat, lon_e)
            col, row, coarse, fine, mu = views.project(kind, p, u[0] + shift[0], u[1] + shift[1], u[2] + shift[2])
            total, weight = 0.0, 0.0
            across, down, least_km = _extent(hemisphere, pixel, x, y, coarse, fine)
            if mu >= limits[1] and across * down == 1:
                total, weight = taps.bilinear(pixels, col, row, edges[0], edges[1], edges[2])
            elif mu >= limits[1] and (torn or _near(pixels.shape, col, row, 2.0 * least_km / fine)):
                total, weight = _average(pixels, kind, p, edges, hemisphere, shifts, across, down, x, y, shift)
            value[i, j], resolution_km[i, j], flags[i, j] = _verdict(
                total, weight, (limits[0] - taps.WEIGHT_TOLERANCE) * across * down, max(coarse, least_km), mu, limits[1]
            )


@njit(**INLINED)
def _place(hemisphere: float, x: targets.Triple, y: targets.Triple, u: targets.Triple) -> tuple[float, float]:
    """Latitude and longitude in degrees of a pixel's centre."""
    if hemisphere == 0.0:
        return math.degrees(y[0]), math.degrees(x[0])
    lat = math.degrees(math.atan2(u[2], math.sqrt(u[0] * u[0] + u[1] * u[1])))
    return lat, math.degrees(math.atan2(u[1], u[0]))


@njit(**INLINED)
def _extent(
    hemisphere: float, pixel: float, x: targets.Triple, y: targets.Triple, coarse_km: float, fine_km: float
) -> tuple[int, int, float]:
    """Points across and down, so many that each source pixel in the target pixel has one; the latter's size in km."""
    width, height = targets.ground_size(hemisphere, pixel, x, y)
    if not coarse_km * fine_km > 0.0:
        return 1, 1, height * RADIUS_KM
    per_source = RADIUS_KM / math.sqrt(coarse_km * fine_km)
    return targets.subpoints(width * per_source), targets.subpoints(height * per_source), height * RADIUS_KM


@njit(**INLINED)
def _near(shape: tuple[int, int], col: float, row: float, reach_px: float) -> bool:
    """Whether an image has anything within ``reach_px`` of a position.

    Far from its centre a projection stretches without limit: to average there would be the most work, for nothing.
    """
    return -reach_px <= col <= shape[1] + reach_px and -reach_px <= row <= shape[0] + reach_px


@njit(**KERNEL)
def _average(
    pixels: Pixels,
    kind: int,
    p: Values,
    edges: Edges,
    hemisphere: float,
    shifts: Values,
    across: int,
    down: int,
    x: targets.Triple,
    y: targets.Triple,
    shift: targets.Triple,
) -> tuple[float, float]:
    """Sum and weight over evenly spaced points of one target pixel."""
    total, weight = 0.0, 0.0
    for m in range(down):
        up = (shifts[down, m, 0], shifts[down, m, 1], shifts[down, m, 2])
        for n in range(across):
            right = (shifts[across, n, 0], shifts[across, n, 1], shifts[across, n, 2])
            u = targets.direction(hemisphere, x, y, right, up)
            col, row, _, _, _ = views.project(kind, p, u[0] + shift[0], u[1] + shift[1], u[2] + shift[2])
            part, share = taps.bilinear(pixels, col, row, edges[0], edges[1], edges[2])
            total += part
            weight += share
    return total, weight


@njit(**INLINED)
def _verdict(
    total: float, weight: float, least: float, resolution_km: float, cos_emission: float, least_cos: float
) -> tuple[float, float, int]:
    """Value, resolution and flags."""
    if weight > 0.0 and weight >= least:
        return total / weight, resolution_km, 0
    return math.nan, math.nan, HIDDEN if 0.0 < cos_emission < least_cos else NO_DATA
