"""Hot spots and their light curves as machine-readable tables for papers (CDS byte-by-byte).

``light_curves.mrt`` is a table of point measurements: with the declaration beside it, iovolc reads it again. Not for
programs, which find more in the Parquet files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import yaml
from astropy.io import ascii as text_tables
from astropy.table import MaskedColumn, Table

HOTSPOTS_NAME: Final = "hotspots.mrt"
CURVES_NAME: Final = "light_curves.mrt"
DECLARATION_NAME: Final = f"{CURVES_NAME}.columns.yaml"
MRT_NAMES: Final = frozenset({HOTSPOTS_NAME, CURVES_NAME, DECLARATION_NAME})
_VALUES: Final = (
    ("radiance_gw_um_sr", "sigma_gw_um_sr", "GW um-1 sr-1"),
    ("power_gw", "power_sigma_gw", "GW"),
    ("relative_value", "relative_sigma", "relative"),
)


@dataclass(frozen=True, slots=True)
class _Written:
    """A column: its name in print, ours, what it says, its unit, and decimals (None: as ``1.2345e+00``)."""

    name: str
    ours: str
    description: str
    unit: str | None = None
    decimals: int | None = None


_PLACE: Final = (
    _Written("Lat", "lat", "Planetocentric latitude", "deg", 4),
    _Written("LonW", "lon_w", "West longitude", "deg", 4),
    _Written("e_Pos", "position_sigma_km", "Error of the position per axis", "km", 2),
)
_SPOT: Final = (
    _Written("Site", "site_id", "Hot spot"),
    _Written("Name", "name", "Nearest named feature"),
    *_PLACE,
    _Written("Ndet", "n_detections", "Looks in which it was seen", None, 0),
    _Written("Nlim", "n_upper", "Looks in which nothing was seen", None, 0),
    _Written("First", "first_seen_utc", "First detection (UTC)"),
    _Written("Last", "last_seen_utc", "Last detection (UTC)"),
    _Written("Act", "activity", "What the place does"),
    _Written("Peak", "peak_gw_um_sr", "Brightest intensity of the leading series", "GW um-1 sr-1"),
    _Written("Temp", "temperature_k", "Colour temperature then", "K", 0),
    _Written("Area", "area_km2", "Area at that temperature", "km2"),
    _Written("Power", "power_gw", "Power then", "GW"),
    _Written("b_Power", "power_low_gw", "Lower bound of the power", "GW"),
    _Written("B_Power", "power_high_gw", "Upper bound of the power", "GW"),
    _Written("Method", "power_method", "How the power was derived"),
)
_LOOK: Final = (
    _Written("Site", "site", "Hot spot, as in the table of hot spots"),
    _Written("Time", "time_utc", "Middle of the observation (UTC)"),
    *_PLACE,
    _Written("Band", "band", "Band"),
    _Written("Wave", "wavelength_um", "Effective wavelength", "um", 3),
    _Written("Limit", "limit", "detection, upper or lower"),
    _Written("Value", "value", "Value or limit, seen face-on, in the unit of the row"),
    _Written("e_Value", "sigma", "Its one-sigma error"),
    _Written("Unit", "unit", "Unit of the value"),
    _Written("Emis", "emission_deg", "Emission angle", "deg", 2),
    _Written("Source", "source", "Table or instrument"),
)


def write_mrt(folder: Path, hotspots: pd.DataFrame, light_curves: pd.DataFrame) -> None:
    """Write both tables and the declaration of the second; nothing where one of them has no row.

    Parameters
    ----------
    folder : Path
        Where to.
    hotspots, light_curves : DataFrame
        Schemas :data:`iovolc.model.tables.HOTSPOTS` and :data:`iovolc.model.tables.LIGHT_CURVES`.
    """
    if hotspots.empty or light_curves.empty:
        return
    _write(folder / HOTSPOTS_NAME, hotspots, _SPOT)
    shown = _write(folder / CURVES_NAME, _measurements(hotspots, light_curves), _LOOK)
    declared = {
        "format": "mrt",
        "columns": {column.ours: column.name for column in shown},
        "constants": {"emission_corrected": "yes"},
    }
    (folder / DECLARATION_NAME).write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")


def _measurements(hotspots: pd.DataFrame, light_curves: pd.DataFrame) -> pd.DataFrame:
    """The looks under the names of point measurements, each at the place of its hot spot."""
    places = hotspots.set_index("site_id")[["lat", "lon_w", "position_sigma_km"]]
    looks = light_curves.join(places, on="site_id").rename(columns={"site_id": "site"})
    given = [looks[value].notna() for value, _, _ in _VALUES]
    empty = pd.Series(np.nan, index=looks.index)
    value = pd.Series(np.select(given, [looks[name] for name, _, _ in _VALUES], empty), index=looks.index)
    sigma = pd.Series(np.select(given, [looks[name] for _, name, _ in _VALUES], empty), index=looks.index)
    unit = pd.Series(np.select(given, [name for _, _, name in _VALUES], ""), index=looks.index)
    return looks.assign(value=value, sigma=sigma, unit=unit)


def _write(path: Path, frame: pd.DataFrame, columns: Sequence[_Written]) -> list[_Written]:
    """Write the columns that hold anything: the format has no width for others."""
    shown = [column for column in columns if bool(frame[column.ours].notna().to_numpy().any())]
    table = Table([_column(frame[column.ours].tolist(), column) for column in shown])
    text_tables.write(table, str(path), format="mrt", overwrite=True)
    return shown


def _column(values: Sequence[Any], column: _Written) -> Any:
    missing = [bool(pd.isna(value)) for value in values]
    numeric = all(isinstance(value, int | float) for value, gone in zip(values, missing, strict=True) if not gone)
    facts: Mapping[str, Any] = {"name": column.name, "description": column.description, "unit": column.unit}
    if numeric:
        filled = np.array([0.0 if gone else float(value) for value, gone in zip(values, missing, strict=True)])
        if column.decimals == 0:
            return MaskedColumn(np.rint(filled).astype(np.int64), mask=missing, **facts)
        shown = ".4e" if column.decimals is None else f".{column.decimals}f"
        return MaskedColumn(filled, mask=missing, format=shown, **facts)
    texts = ["" if gone else _text(value) for value, gone in zip(values, missing, strict=True)]
    return MaskedColumn(np.array(texts), mask=missing, **facts)


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value).encode("ascii", "replace").decode()
