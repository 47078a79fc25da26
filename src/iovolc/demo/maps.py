"""The map frames in which the replayed products come: pixel centres on the sphere and where the frame lies.

Closed forms on the sphere, apart from the projections under test.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body

BOUNDS: Final = "bounds"
_CENTRES: Final = {
    BOUNDS: ("cylinder", 180.0),
    "IAU_2015:50110": ("cylinder", 0.0),
    "IAU_2015:50115": ("cylinder", 180.0),
    "IAU_2015:50120": ("sinusoid", 0.0),
    "IAU_2015:50125": ("sinusoid", 180.0),
    "IAU_2015:50130": ("pole", 1.0),
    "IAU_2015:50135": ("pole", -1.0),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of a map projection.

    Parameters
    ----------
    projection : str
        Authority code, or ``bounds`` for an equirectangular map from 0 to 360 E without a coordinate system.
    pixel_m : float
        Pixel size in projected metres.
    left_m, top_m : float
        Outer edges of the first column and row.
    rows, cols : int
        Size.
    """

    projection: str
    pixel_m: float
    left_m: float
    top_m: float
    rows: int
    cols: int

    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitude and east longitude (degrees, any turn) of the pixel centres, shape (row, col); NaN off the map."""
        kind, centre = _CENTRES[self.projection]
        cols, rows = np.arange(self.cols, dtype=np.float64), np.arange(self.rows, dtype=np.float64)
        x = (self.left_m + (cols[None, :] + 0.5) * self.pixel_m) / body.RADIUS_M
        y = (self.top_m - (rows[:, None] + 0.5) * self.pixel_m) / body.RADIUS_M
        if kind == "pole":
            return _polar(x, y, centre)
        lat = np.broadcast_to(np.degrees(y), (self.rows, self.cols))
        stretch = np.cos(y) if kind == "sinusoid" else np.ones_like(y)
        lon = np.degrees(x / stretch)
        return lat, np.where(np.abs(lon) <= 180.0, lon + centre, np.nan)

    def cropped(self, row0: int, row1: int, col0: int, col1: int) -> "Frame":
        """The rectangle from the first row and column to the last ones (exclusive)."""
        left, top = self.left_m + col0 * self.pixel_m, self.top_m - row0 * self.pixel_m
        return Frame(self.projection, self.pixel_m, left, top, row1 - row0, col1 - col0)

    def bounds_deg(self) -> tuple[float, float, float, float]:
        """Left and right east longitude, top and bottom latitude of an equirectangular frame's outer edges."""
        step = math.degrees(self.pixel_m / body.RADIUS_M)
        left = math.degrees(self.left_m / body.RADIUS_M) + _CENTRES[self.projection][1]
        top = math.degrees(self.top_m / body.RADIUS_M)
        return left, left + self.cols * step, top, top - self.rows * step


def whole_frame(projection: str, pixel_km: float) -> Frame:
    """The frame of the whole map (of one hemisphere for polar ones) with pixels as near as possible to this size."""
    kind, _ = _CENTRES[projection]
    if kind == "pole":
        half_m = 2.0 * body.RADIUS_M
        half = round(half_m / (pixel_km * 1000.0))
        return Frame(projection, half_m / half, -half_m, half_m, 2 * half, 2 * half)
    half_m = math.pi * body.RADIUS_M
    half = 2 * round(half_m / (pixel_km * 2000.0))
    return Frame(projection, half_m / half, -half_m, half_m / 2.0, half, 2 * half)


def _polar(
    x: NDArray[np.float64], y: NDArray[np.float64], sign: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lat = 90.0 - np.degrees(2.0 * np.arctan(np.hypot(x, y) / 2.0))
    lon = np.degrees(np.arctan2(x, -sign * y))
    return sign * np.where(lat >= 0.0, lat, np.nan), np.where(lat >= 0.0, lon, np.nan)
