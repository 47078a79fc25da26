"""What each replayed epoch was: who looked, when, from where, how sharply and how well."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from iovolc.model.observation import parse_utc


@dataclass(frozen=True, slots=True)
class View:
    """One map of an epoch: all its bands share light, view, warp and gaps.

    Parameters
    ----------
    epoch, part : str
        Name of the epoch, and of this map where an epoch has several.
    mission, instrument : str
        Who looked.
    time_utc : datetime
        When.
    sub_observer_lat, sub_observer_lon_e, sub_solar_lat, sub_solar_lon_e : float
        Degrees.
    range_km : float
        Distance of the observer from Io's centre.
    resolution_km : float
        Width (FWHM) of the point-spread function.
    bands : tuple of str
        Of ``red``, ``green``, ``blue``.
    noise : float
        One sigma as a share of the median signal.
    gain_sigma : float
        Spread of the bands' calibration.
    light_residual : float
        What the photometric correction leaves, rms, in ln albedo.
    shift_km, warp_km : float
        Length of the global shift; rms of the smooth local warp.
    gaps : int
        Number of lost strips.
    projection : str
        A key of :mod:`iovolc.demo.maps`.
    one_file : bool
        Bands in one file, or one file per band.
    """

    epoch: str
    part: str
    mission: str
    instrument: str
    time_utc: datetime
    sub_observer_lat: float
    sub_observer_lon_e: float
    sub_solar_lat: float
    sub_solar_lon_e: float
    range_km: float
    resolution_km: float
    bands: tuple[str, ...]
    noise: float
    gain_sigma: float
    light_residual: float
    shift_km: float
    warp_km: float
    gaps: int
    projection: str
    one_file: bool

    @property
    def name(self) -> str:
        """Name of the map, unique in the demonstration."""
        return f"{self.epoch}-{self.part}" if self.part else self.epoch


def load_views(path: Path) -> tuple[View, ...]:
    """Read the epochs, one row per map, in the order of the file."""
    table = pd.read_csv(path, keep_default_na=False)
    return tuple(_view(row) for _, row in table.iterrows())


_TEXTS = ("epoch", "part", "mission", "instrument", "projection")
_NUMBERS = (
    "sub_observer_lat", "sub_observer_lon_e", "sub_solar_lat", "sub_solar_lon_e", "range_km", "resolution_km", "noise",
    "gain_sigma", "light_residual", "shift_km", "warp_km",
)  # fmt: skip


def _view(row: pd.Series) -> View:
    values: dict[str, Any] = {name: str(row[name]) for name in _TEXTS}
    values |= {name: float(row[name]) for name in _NUMBERS}
    return View(
        **values,
        time_utc=parse_utc(str(row["time_utc"])),
        bands=tuple(str(row["bands"]).split()),
        gaps=int(row["gaps"]),
        one_file=str(row["one_file"]) == "yes",
    )
