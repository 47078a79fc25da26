"""The pixels of a sheet as directions, for the compiled warps: trigonometry per row and per column only.

Not for places in degrees (:func:`iovolc.geometry.sphere.pixel_lat_lon`).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.compiled import inlined, kernel
from iovolc.model.grid import Sheet, Window

MAX_SUBPOINTS: Final = 16
"""Most points per axis at which a pixel is averaged; a 32-fold finer source is still seen evenly."""

Triple = tuple[float, float, float]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Target:
    """A rectangle of a sheet in units of Io's radius.

    Parameters
    ----------
    hemisphere : float
        0 for the equator, +1 north, -1 south.
    xs, ys : ndarray, shape (col, 3) and (row, 3)
        Projected coordinate of the pixel centres with its cosine and sine.
    shifts : ndarray, shape (17, 16, 3)
        For n points per axis the offsets of point k from the pixel's centre, with cosine and sine.
    pixel : float
        Pixel size.
    """

    hemisphere: float
    xs: Values
    ys: Values
    shifts: Values
    pixel: float


def target(sheet: Sheet, window: Window) -> Target:
    """A rectangle of a sheet, ready for the kernels."""
    radius = body.RADIUS_M
    xs = (sheet.left_m + (np.arange(window.col0, window.col1, dtype=np.float64) + 0.5) * sheet.pixel_m) / radius
    ys = (sheet.top_m - (np.arange(window.row0, window.row1, dtype=np.float64) + 0.5) * sheet.pixel_m) / radius
    pixel = sheet.pixel_m / radius
    shifts = np.zeros((MAX_SUBPOINTS + 1, MAX_SUBPOINTS, 3))
    for n in range(1, MAX_SUBPOINTS + 1):
        shifts[n, :n] = _with_trigonometry(pixel * ((np.arange(n) + 0.5) / n - 0.5))
    hemisphere = {"equator": 0.0, "north": 1.0, "south": -1.0}[sheet.name]
    return Target(hemisphere, _with_trigonometry(xs), _with_trigonometry(ys), shifts, pixel)


@kernel
def _with_trigonometry(values: Values) -> Values:
    """Value, cosine and sine; one scalar at a time, so that a window gets the same bits as the whole sheet."""
    found = np.empty((values.size, 3))
    for i in range(values.size):
        found[i, 0] = values[i]
        found[i, 1] = math.cos(values[i])
        found[i, 2] = math.sin(values[i])
    return found


@inlined
def direction(hemisphere: float, x: Triple, y: Triple, right: Triple, up: Triple) -> Triple:
    """Unit vector of the point (x + right, y + up) of a sheet; each with cosine and sine."""
    if hemisphere == 0.0:
        cos_lon, sin_lon = x[1] * right[1] - x[2] * right[2], x[2] * right[1] + x[1] * right[2]
        cos_lat, sin_lat = y[1] * up[1] - y[2] * up[2], y[2] * up[1] + y[1] * up[2]
        return cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
    px, py = x[0] + right[0], y[0] + up[0]
    q = 0.25 * (px * px + py * py)
    share = 1.0 / (1.0 + q)
    return -hemisphere * py * share, px * share, hemisphere * (1.0 - q) * share


@inlined
def ground_size(hemisphere: float, pixel: float, x: Triple, y: Triple) -> tuple[float, float]:
    """Width and height on the ground of the pixel at (x, y), in units of Io's radius."""
    if hemisphere == 0.0:
        return pixel * y[1], pixel
    size = pixel / (1.0 + 0.25 * (x[0] * x[0] + y[0] * y[0]))
    return size, size


@inlined
def subpoints(ratio: float) -> int:
    """Points per axis for a target pixel that is ``ratio`` source pixels wide."""
    return min(max(math.ceil(ratio - 1e-6), 1), MAX_SUBPOINTS)
