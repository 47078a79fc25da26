"""Meridians and parallels of a view, and their labels along its lower and left edge."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.longitudes import wrap180
from iovolc.publish.drawing import east_text, lat_text, west_text
from iovolc.publish.run_output import Cutout
from iovolc.publish.sampling import local_view

Ticks = tuple[list[float], list[str]]

_SIZE: Final = 81
_STEPS_DEG: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
_MOST_LINES: Final = 6.0


@dataclass(frozen=True, slots=True)
class Graticule:
    """Coordinates over a view, coarse, and the round values among them.

    Parameters
    ----------
    lat : ndarray, shape (n, n)
        Degrees; first row north.
    from_centre : ndarray, shape (n, n)
        Degrees east of the view's centre; NaN near the opposite meridian, where contours would jump.
    lon_e : float
        East longitude of the view's centre.
    lats, lons : tuple of float
        Round latitudes and longitudes; longitudes run on across 180 degrees.
    """

    lat: NDArray[np.float64]
    from_centre: NDArray[np.float64]
    lon_e: float
    lats: tuple[float, ...]
    lons: tuple[float, ...]

    @classmethod
    def of(cls, cutout: Cutout) -> "Graticule":
        """The graticule of a view."""
        lat, lon_e = local_view(cutout.lat, cutout.lon_e, cutout.half_km, _SIZE)
        offset = wrap180(lon_e - cutout.lon_e)
        lats = _round_values(float(lat.min()), float(lat.max()))
        lons = _round_values(float(cutout.lon_e + offset.min()), float(cutout.lon_e + offset.max()))
        return cls(lat, np.where(np.abs(offset) > 170.0, np.nan, offset), cutout.lon_e, lats, lons)

    @property
    def from_centre_levels(self) -> tuple[float, ...]:
        """The round longitudes, counted from the centre."""
        return tuple(lon - self.lon_e for lon in self.lons)

    def lat_ticks(self, half_km: float) -> Ticks:
        """Places in km and labels of the latitudes along the left edge, from below."""
        at, shown = _crossings(self.lat[::-1, 0], self.lats, half_km)
        return at, [lat_text(lat, _decimals(self.lats)) for lat in shown]

    def lon_ticks(self, half_km: float) -> Ticks:
        """Places in km and labels, east and west, of the longitudes along the lower edge."""
        at, shown = _crossings(self.lon_e + self.from_centre[-1], self.lons, half_km)
        digits = _decimals(self.lons)
        return at, [f"{east_text(float(wrap180(lon)), digits)}\n{west_text(lon, digits)}" for lon in shown]


def _round_values(low: float, high: float) -> tuple[float, ...]:
    step = next((step for step in _STEPS_DEG if (high - low) / step <= _MOST_LINES), 90.0)
    return tuple(float(number) * step for number in np.arange(np.ceil(low / step), np.floor(high / step) + 1))


def _crossings(
    along: NDArray[np.float64], values: tuple[float, ...], half_km: float
) -> tuple[list[float], list[float]]:
    """Where round values are met along an edge; none if the coordinate turns round on it, as over a pole."""
    if not np.all(np.diff(along) > 0):
        return [], []
    shown = [value for value in values if along[0] < value < along[-1]]
    at = ((np.arange(along.size) + 0.5) / along.size * 2.0 - 1.0) * half_km
    return [float(np.interp(value, along, at)) for value in shown], shown


def _decimals(values: tuple[float, ...]) -> int:
    return 0 if np.allclose(values, np.rint(values)) else 1
