"""Compiled warp from an equirectangular image to the equatorial sheet through a displacement.

Longitude and latitude move by small angles that need no inverse trigonometry. Not for other projections
(:mod:`iovolc.geometry.fused`), nor without displacement (:mod:`iovolc.geometry.stencil`).
"""

import math

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry import lattice, taps, targets
from iovolc.geometry.compiled import inlined, kernel
from iovolc.geometry.stencil import Axis, finish
from iovolc.geometry.taps import WEIGHT_TOLERANCE

Pixels = NDArray[np.float32]
Values = NDArray[np.float64]
Edges = tuple[float, float, float]

SMALL = 0.05
"""Up to this ratio the arc tangent is taken by its series (error under 1e-12)."""


def axes(p: Values, target: targets.Target) -> tuple[Axis, Axis]:
    """Columns and rows of a rectangle of the equatorial sheet in an equirectangular image."""
    cols, rows = (target.xs[:, 0] - p[0]) * p[1] % p[4], (target.ys[:, 0] - p[2]) * p[3]
    across, down = target.pixel * float(p[1]), target.pixel * float(p[3])
    return (cols, across, targets.subpoints(abs(across))), (rows, down, targets.subpoints(abs(down)))


@kernel
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
    row_km: Values,
    no_data: int,
    value: Pixels,
    resolution_km: Pixels,
    flags: NDArray[np.uint16],
) -> None:
    """Fill value, resolution and flags through a displacement lattice."""
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
        finish(value[i], row_km[i], no_data, resolution_km[i], flags[i])


@inlined
def small_turn(
    cos_lon: float, sin_lon: float, cos_lat: float, sin_lat: float, shift: targets.Triple
) -> tuple[float, float]:
    """Change of longitude and latitude, in radians, of a unit vector to which a small vector is added."""
    outward = cos_lat + cos_lon * shift[0] + sin_lon * shift[1]
    sideward = cos_lon * shift[1] - sin_lon * shift[0]
    flat = math.sqrt(outward * outward + sideward * sideward)
    z = sin_lat + shift[2]
    return _angle(sideward, outward), _angle(z * cos_lat - flat * sin_lat, z * sin_lat + flat * cos_lat)


@inlined
def _angle(across: float, along: float) -> float:
    if along > 0.0 and abs(across) < SMALL * along:
        t = across / along
        s = t * t
        return t * (1.0 + s * (-1.0 / 3.0 + s * (0.2 + s * (-1.0 / 7.0 + s / 9.0))))
    return math.atan2(across, along)
