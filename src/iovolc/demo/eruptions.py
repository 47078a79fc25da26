"""The published eruptions as values, and the change of ln albedo that each makes over time."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc import body
from iovolc.demo.surface import Surface
from iovolc.demo.view import distance_km
from iovolc.model.observation import parse_utc

DAYS_PER_YEAR: Final = 365.25
SOFTNESS: Final = {"disc": 0.15, "ellipse": 0.15, "ring": 0.15, "flow": 0.05}
"""Half-width of the edge as a share of the radius: diffuse deposits fade outward, flows end sharply."""
LOBES: Final = ((3, 0.15), (7, 0.10))
"""Waves of a flow's outline: number around it, amplitude."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """One patch that an eruption leaves.

    Parameters
    ----------
    name : str
        What it is.
    shape : str
        ``disc``, ``ellipse``, ``ring`` or ``flow``.
    lat, lon_e : float
        Centre in degrees.
    length_km, width_km : float
        Major and minor diameter.
    inner_km : float
        Major diameter of the hole of a ring; 0 without one.
    azimuth_deg : float
        Direction of the major axis, clockwise from north.
    dln : tuple of float
        Change of ln albedo in red, green, blue.
    """

    name: str
    shape: str
    lat: float
    lon_e: float
    length_km: float
    width_km: float
    inner_km: float
    azimuth_deg: float
    dln: tuple[float, float, float]

    @property
    def area_km2(self) -> float:
        """Area within the half-height outline."""
        return math.pi / 4.0 * self.length_km * self.width_km * (1.0 - (self.inner_km / self.length_km) ** 2)

    @property
    def radius_km(self) -> float:
        """Radius of the disc of the same outer area, the hole of a ring included."""
        return math.sqrt(self.length_km * self.width_km) / 2.0

    def weight(self, lat: NDArray[np.floating], lon_e: NDArray[np.floating]) -> NDArray[np.float64]:
        """Strength from 0 to 1 at places given in degrees, shape as ``lat``."""
        distance = distance_km(self.lat, self.lon_e, lat, lon_e)
        turn = _bearing(self.lat, self.lon_e, lat, lon_e) - math.radians(self.azimuth_deg)
        reach = np.hypot(distance * np.cos(turn) / self.length_km, distance * np.sin(turn) / self.width_km) * 2.0
        if self.shape == "flow":
            wave = sum(amplitude * np.sin(count * turn) for count, amplitude in LOBES)
            reach = reach * math.sqrt(1.0 + sum(a * a for _, a in LOBES) / 2.0) / (1.0 + wave)
        soft = SOFTNESS[self.shape]
        weight = _edge((1.0 - reach) / soft)
        return weight * _edge((reach - self.inner_km / self.length_km) / soft) if self.inner_km else weight


@dataclass(frozen=True, slots=True)
class Eruption:
    """One eruption of the replay.

    Parameters
    ----------
    id, site : str
        Its name here and its place on Io.
    onset_utc : datetime
        The replayed onset, within the published interval.
    growth_days : float
        Time in which the deposits reach full strength.
    fade_years : float
        Time constant of their fading; infinite if they stay.
    deposits : tuple of Deposit
        At least one.
    source : str
        Where it was published.
    """

    id: str
    site: str
    onset_utc: datetime
    growth_days: float
    fade_years: float
    deposits: tuple[Deposit, ...]
    source: str

    @property
    def main(self) -> Deposit:
        """The deposit that changes most light: strongest contrast times area."""
        return max(self.deposits, key=lambda deposit: deposit.area_km2 * max(map(abs, deposit.dln)))

    def strength(self, time: datetime) -> float:
        """Share of the full contrast at a time: grows linearly from the onset and fades exponentially."""
        days = (time - self.onset_utc).total_seconds() / 86400.0
        if days <= 0.0:
            return 0.0
        return min(1.0, days / self.growth_days) * math.exp(-days / DAYS_PER_YEAR / self.fade_years)


@dataclass(frozen=True, slots=True)
class Patch:
    """A deposit laid on a surface: the pixels that it reaches and how strongly.

    Parameters
    ----------
    eruption : Eruption
        Whose strength applies.
    dln : tuple of float
        Change of ln albedo per band at full strength.
    pixels : ndarray, shape (n,), int64
        Flat indices in a plane of the surface.
    weights : ndarray, shape (n,), float32
        From 0 to 1.
    """

    eruption: Eruption
    dln: tuple[float, float, float]
    pixels: NDArray[np.int64]
    weights: NDArray[np.float32]


def load_eruptions(path: Path) -> tuple[Eruption, ...]:
    """Read the eruptions: one row per deposit, in the order of the file."""
    table = pd.read_csv(path)
    return tuple(_eruption(str(key), rows) for key, rows in table.groupby("eruption", sort=False))


def lay_out(eruptions: Iterable[Eruption], surface: Surface) -> tuple[Patch, ...]:
    """All deposits laid on a surface once, so that each epoch only scales them."""
    return tuple(_patch(eruption, deposit, surface) for eruption in eruptions for deposit in eruption.deposits)


def changed(surface: Surface, patches: Iterable[Patch], time: datetime) -> Surface:
    """The surface as it was at a time, in a new array."""
    planes = surface.planes.copy()
    flat = planes.reshape(planes.shape[0], -1)
    for patch in patches:
        strength = patch.eruption.strength(time)
        if strength > 0.0:
            for band, dln in enumerate(patch.dln):
                flat[band, patch.pixels] *= np.exp(np.float32(strength * dln) * patch.weights)
    return Surface(planes, surface.pixels_per_degree)


def _patch(eruption: Eruption, deposit: Deposit, surface: Surface) -> Patch:
    lats, lons = surface.places()
    reach_deg = math.degrees(max(deposit.length_km, deposit.width_km) / body.RADIUS_KM)
    rows = np.flatnonzero(np.abs(lats - deposit.lat) <= reach_deg)
    lat, lon = np.meshgrid(lats[rows], lons, indexing="ij")
    weight = deposit.weight(lat, lon).ravel()
    kept = np.flatnonzero(weight > 1e-3)
    return Patch(eruption, deposit.dln, kept + rows[0] * lons.size, weight[kept].astype(np.float32))


def _eruption(key: str, rows: pd.DataFrame) -> Eruption:
    first = rows.iloc[0]
    fade = float(first["fade_years"])
    return Eruption(
        id=key,
        site=str(first["site"]),
        onset_utc=parse_utc(str(first["onset_utc"])),
        growth_days=float(first["growth_days"]),
        fade_years=math.inf if math.isnan(fade) else fade,
        deposits=tuple(_deposit(row) for _, row in rows.iterrows()),
        source=str(first["source"]),
    )


def _deposit(row: pd.Series) -> Deposit:
    return Deposit(
        name=str(row["deposit"]),
        shape=str(row["shape"]),
        lat=float(row["lat"]),
        lon_e=float(row["lon_e"]),
        length_km=float(row["length_km"]),
        width_km=float(row["width_km"]),
        inner_km=float(row["inner_km"]),
        azimuth_deg=float(row["azimuth_deg"]),
        dln=(float(row["dln_red"]), float(row["dln_green"]), float(row["dln_blue"])),
    )


def _bearing(lat: float, lon_e: float, lats: NDArray[np.floating], lons_e: NDArray[np.floating]) -> NDArray[np.float64]:
    phi, phis, dlam = math.radians(lat), np.radians(lats), np.radians(lons_e - lon_e)
    east = np.cos(phis) * np.sin(dlam)
    north = math.cos(phi) * np.sin(phis) - math.sin(phi) * np.cos(phis) * np.cos(dlam)
    return np.asarray(np.arctan2(east, north), dtype=np.float64)


def _edge(inside: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip((inside + 1.0) / 2.0, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)
