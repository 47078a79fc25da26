"""Compiled projections: from a direction on Io to a pixel of the source image, with its size on the ground.

One function, :func:`project`, knows all kinds, so that a warp needs one loop. The parameters come from
:mod:`iovolc.geometry.projections`, which alone knows their order. Not for interpolation
(:mod:`iovolc.geometry.taps`).

Formulas: Snyder, Map Projections (USGS Professional Paper 1395), spherical forms.
"""

import math
from typing import Final

from numpy import float64
from numpy.typing import NDArray

from iovolc.geometry.arctan import arctan2
from iovolc.geometry.compiled import inlined

EQUIRECTANGULAR: Final = 0
STEREOGRAPHIC: Final = 1
SINUSOIDAL: Final = 2
ORTHOGRAPHIC: Final = 3
DISC: Final = 4
MAPPED: Final = 5
"""Any other projection: its pixel positions come from PROJ, not from this module."""

Parameters = NDArray[float64] | tuple[float, ...]
Position = tuple[float, float, float, float, float]
"""Column and row (first pixel centre at 0.5), coarse and fine pixel size on the ground in km, cosine of emission."""


@inlined
def project(kind: int, p: Parameters, x: float, y: float, z: float) -> Position:
    """Where the source shows the direction (x, y, z); the column is NaN where it does not.

    Parameters
    ----------
    kind : int
        One of this module's constants, not ``MAPPED``.
    p : ndarray, shape (parameter,), or tuple
        Of :class:`iovolc.geometry.projections.Source`.
    x, y, z : float
        Body-fixed direction; need not be of unit length.
    """
    if kind == EQUIRECTANGULAR:
        return _equirectangular(p, x, y, z)
    norm = 1.0 / math.sqrt(x * x + y * y + z * z)
    x, y, z = x * norm, y * norm, z * norm
    if kind == STEREOGRAPHIC:
        return _stereographic(p, x, y, z)
    if kind == SINUSOIDAL:
        return _sinusoidal(p, x, y, z)
    if kind == ORTHOGRAPHIC:
        return _orthographic(p, x, y, z)
    return _disc(p, x, y, z)


@inlined
def _equirectangular(p: Parameters, x: float, y: float, z: float) -> Position:
    flat = math.sqrt(x * x + y * y)
    col = (arctan2(y, x) - p[0]) * p[1]
    col -= p[4] * math.floor(col / p[4])
    row = (arctan2(z, flat) - p[2]) * p[3]
    cos_lat = flat / math.sqrt(flat * flat + z * z)
    across = max(p[5] * cos_lat, 1e-9)
    return col, row, max(across, p[6]), min(across, p[6]), 1.0


@inlined
def _stereographic(p: Parameters, x: float, y: float, z: float) -> Position:
    stretch = 2.0 / (1.0 + p[8] * z) if p[8] * z > -0.999 else math.nan
    right = stretch * (y * p[6] - x * p[7])
    up = -p[8] * stretch * (x * p[6] + y * p[7])
    ground_km = p[9] / stretch
    return p[0] * right + p[1] * up + p[2], p[3] * right + p[4] * up + p[5], ground_km, ground_km, 1.0


@inlined
def _sinusoidal(p: Parameters, x: float, y: float, z: float) -> Position:
    lat = arctan2(z, math.sqrt(x * x + y * y))
    lon = arctan2(y * p[6] - x * p[7], x * p[6] + y * p[7])
    right = lon * math.cos(lat)
    shear = 0.5 * abs(lon * z)
    stretch = shear + math.sqrt(1.0 + shear * shear)
    return p[0] * right + p[1] * lat + p[2], p[3] * right + p[4] * lat + p[5], p[9] * stretch, p[9] / stretch, 1.0


@inlined
def _orthographic(p: Parameters, x: float, y: float, z: float) -> Position:
    cos_emission = x * p[12] + y * p[13] + z * p[14]
    if cos_emission <= 0.0:
        return math.nan, math.nan, math.nan, math.nan, cos_emission
    right = x * p[6] + y * p[7] + z * p[8]
    up = x * p[9] + y * p[10] + z * p[11]
    col = p[0] * right + p[1] * up + p[2]
    row = p[3] * right + p[4] * up + p[5]
    return col, row, p[15] / cos_emission, p[15], cos_emission


@inlined
def _disc(p: Parameters, x: float, y: float, z: float) -> Position:
    a2, b2, c2, distance = p[16], p[17], p[18], p[19]
    radius = 1.0 / math.sqrt(x * x / a2 + y * y / b2 + z * z / c2)
    x, y, z = x * radius, y * radius, z * radius
    to_x, to_y, to_z = distance * p[12] - x, distance * p[13] - y, distance * p[14] - z
    normal_x, normal_y, normal_z = x / a2, y / b2, z / c2
    cos_emission = (normal_x * to_x + normal_y * to_y + normal_z * to_z) / math.sqrt(
        (normal_x * normal_x + normal_y * normal_y + normal_z * normal_z) * (to_x * to_x + to_y * to_y + to_z * to_z)
    )
    if cos_emission <= 0.0:
        return math.nan, math.nan, math.nan, math.nan, cos_emission
    depth = 1.0 - (x * p[12] + y * p[13] + z * p[14]) / distance
    right = (x * p[6] + y * p[7] + z * p[8]) / depth
    up = (x * p[9] + y * p[10] + z * p[11]) / depth
    fine_km = p[15] * depth
    col = p[0] * right + p[1] * up + p[2]
    row = p[3] * right + p[4] * up + p[5]
    return col, row, fine_km / cos_emission, fine_km, cos_emission
