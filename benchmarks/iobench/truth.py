"""The changes that are put in: families, sizes and colours after Geissler et al. 2004, and where each one lies.

Shapes have soft edges of their own making; none is a template of a detector.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.demo.view import distance_km

Plane = NDArray[np.float32]

MAX_LAT: Final = 50.0
APART_KM: Final = 60.0
"""Least distance between the edges of two changes."""


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of deposit.

    Parameters
    ----------
    name : str
        For the report.
    radius_km : tuple of float
        Range of the equivalent radius; drawn evenly in its logarithm.
    colours : tuple of tuple of float
        Changes of ln albedo in red, green, blue per unit of contrast; one is drawn.
    contrast : tuple of float
        Range of the largest change of ln albedo.
    aspect : tuple of float
        Range of length over width.
    inner : tuple of float
        Range of the hole's share of the radius; 0 is no hole.
    soft : float
        Half-width of the edge as a share of the radius.
    lobes : float
        Amplitude of the waves of the outline.
    """

    name: str
    radius_km: tuple[float, float]
    colours: tuple[tuple[float, float, float], ...]
    contrast: tuple[float, float]
    aspect: tuple[float, float] = (1.0, 1.4)
    inner: tuple[float, float] = (0.0, 0.0)
    soft: float = 0.2
    lobes: float = 0.0


DARK: Final = (-1.0, -0.98, -0.95)
WHITE: Final = (0.25, 0.6, 1.0)
RED: Final = (-0.12, -0.5, -1.0)

FAMILIES: Final = (
    Family("dark patch", (12.0, 200.0), (DARK,), (0.05, 0.5)),
    Family("bright patch", (12.0, 150.0), (WHITE,), (0.05, 0.4)),
    Family("red ring", (100.0, 450.0), (RED,), (0.05, 0.5), aspect=(1.0, 1.3), inner=(0.55, 0.75)),
    Family("plume ring", (50.0, 180.0), (WHITE,), (0.05, 0.35), aspect=(1.0, 1.2), inner=(0.4, 0.65)),
    Family("flow", (9.0, 60.0), (DARK,), (0.05, 0.6), aspect=(2.5, 6.0), soft=0.08, lobes=0.12),
    Family("small", (5.0, 12.0), (DARK, WHITE), (0.08, 0.6)),
)
STRATA: Final = ((2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, math.inf))
SECTORS: Final = {"develop": (-180.0, -60.0), "tune": (-60.0, 60.0), "sealed": (60.0, 180.0)}
"""East longitudes; whoever improves a detector looks at the first, chooses its settings on the second."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One change, which stays from its onset on.

    Parameters
    ----------
    family : str
        Name of its family.
    lat, lon_e : float
        Centre in degrees.
    length_km, width_km : float
        Major and minor diameter.
    inner : float
        Share of the hole.
    azimuth_deg : float
        Of the major axis, clockwise from north.
    soft, lobes : float
        As in :class:`Family`.
    dln : tuple of float
        Change of ln albedo in red, green, blue.
    onset : int
        Index of the first epoch that has it.
    """

    family: str
    lat: float
    lon_e: float
    length_km: float
    width_km: float
    inner: float
    azimuth_deg: float
    soft: float
    lobes: float
    dln: tuple[float, float, float]
    onset: int

    @property
    def radius_km(self) -> float:
        """Radius of the disc of the same outer area."""
        return math.sqrt(self.length_km * self.width_km) / 2.0

    @property
    def area_km2(self) -> float:
        """Area within the half-height outline, the hole left out."""
        return math.pi * self.radius_km**2 * (1.0 - self.inner**2)

    @property
    def kind(self) -> str:
        """What iovolc should call it in the words of its ``kind``."""
        if self.inner > 0.0:
            return "ring"
        red, _, blue = self.dln
        if abs(red) > 0.7 * abs(blue):
            return "brightening" if red > 0.0 else "darkening"
        return "whitening" if blue > 0.0 else "reddening"

    def reach(self, lat: NDArray[np.floating], lon_e: NDArray[np.floating]) -> NDArray[np.float64]:
        """Distance from the centre in units of the outline's, shape as ``lat``: 1 on the edge."""
        distance = distance_km(self.lat, self.lon_e, lat, lon_e)
        turn = _bearing(self.lat, self.lon_e, lat, lon_e) - math.radians(self.azimuth_deg)
        reach = np.hypot(distance * np.cos(turn) / self.length_km, distance * np.sin(turn) / self.width_km) * 2.0
        if self.lobes:
            wave = self.lobes * (np.sin(5.0 * turn) + 0.6 * np.sin(9.0 * turn + 1.0))
            reach = reach * math.sqrt(1.0 + 0.68 * self.lobes**2) / (1.0 + wave)
        return reach

    def weight(self, lat: NDArray[np.floating], lon_e: NDArray[np.floating]) -> NDArray[np.float64]:
        """Strength from 0 to 1 at places, shape as ``lat``; a half on the outline."""
        reach = self.reach(lat, lon_e)
        outside = 0.5 - 0.5 * np.tanh((reach - 1.0) / (0.6 * self.soft))
        if self.inner <= 0.0:
            return outside
        return outside * (0.5 + 0.5 * np.tanh((reach - self.inner) / (0.6 * self.soft)))


def draw_shape(family: Family, rng: np.random.Generator, onset: int) -> Truth:
    """A change of a family at a random place, with a contrast of 1; scaled by :func:`scaled`."""
    radius = math.exp(rng.uniform(*np.log(family.radius_km)))
    root = math.sqrt(rng.uniform(*family.aspect))
    lat = math.degrees(math.asin(rng.uniform(-1.0, 1.0) * math.sin(math.radians(MAX_LAT))))
    colour = family.colours[int(rng.integers(len(family.colours)))]
    return Truth(
        family.name, lat, rng.uniform(-180.0, 180.0), 2.0 * radius * root, 2.0 * radius / root,
        rng.uniform(*family.inner), rng.uniform(0.0, 180.0), family.soft, family.lobes, colour, onset,
    )  # fmt: skip


def is_apart(one: Truth, others: list[Truth]) -> bool:
    """Whether a change keeps its distance from the others."""
    if not others:
        return True
    lats, lons = np.array([other.lat for other in others]), np.array([other.lon_e for other in others])
    sizes = np.array([max(other.length_km, other.width_km) for other in others])
    needed = (max(one.length_km, one.width_km) + sizes) / 2.0 + APART_KM
    return bool(np.all(distance_km(one.lat, one.lon_e, lats, lons) > needed))


def window(truth: Truth, lats: NDArray[np.float64], lons: NDArray[np.float64], margin_km: float) -> tuple[
    NDArray[np.int64], NDArray[np.int64]
]:  # fmt: skip
    """Rows and columns of a global equirectangular grid around a change, ``margin_km`` beyond its outline.

    Parameters
    ----------
    truth : Truth
        The change.
    lats, lons : ndarray, shape (row,), (col,)
        Of the pixel centres, degrees.
    margin_km : float
        How far beyond.
    """
    reach_deg = math.degrees((1.3 * max(truth.length_km, truth.width_km) / 2.0 + margin_km) / body.RADIUS_KM)
    rows = np.flatnonzero(np.abs(lats - truth.lat) <= reach_deg)
    widest = math.cos(math.radians(min(abs(truth.lat) + reach_deg, 85.0)))
    away = np.abs((lons - truth.lon_e + 180.0) % 360.0 - 180.0)
    return rows, np.flatnonzero(away <= reach_deg / widest)


def _bearing(lat: float, lon_e: float, lats: NDArray[np.floating], lons_e: NDArray[np.floating]) -> NDArray[np.float64]:
    phi, phis, dlam = math.radians(lat), np.radians(lats), np.radians(lons_e - lon_e)
    east = np.cos(phis) * np.sin(dlam)
    north = math.cos(phi) * np.sin(phis) - math.sin(phi) * np.cos(phis) * np.cos(dlam)
    return np.asarray(np.arctan2(east, north), dtype=np.float64)
