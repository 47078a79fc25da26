"""Events, hot spots and their light curves as machine-readable tables for papers (CDS byte-by-byte).

``light_curves.mrt`` is a table of point measurements: with the declaration beside it, iovolc reads it again. Not for
programs, which find more in the Parquet files.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import yaml
from astropy.io import ascii as text_tables
from astropy.table import MaskedColumn, Table

from iovolc.publish.paper import EVENT, LOOK, SPOT, PaperColumn

EVENTS_NAME: Final = "events.mrt"
HOTSPOTS_NAME: Final = "hotspots.mrt"
CURVES_NAME: Final = "light_curves.mrt"
DECLARATION_NAME: Final = f"{CURVES_NAME}.columns.yaml"
MRT_NAMES: Final = frozenset({EVENTS_NAME, HOTSPOTS_NAME, CURVES_NAME, DECLARATION_NAME})
_VALUES: Final = (
    ("radiance_gw_um_sr", "sigma_gw_um_sr", "GW um-1 sr-1"),
    ("power_gw", "power_sigma_gw", "GW"),
    ("relative_value", "relative_sigma", "relative"),
)


def write_mrt(folder: Path, events: pd.DataFrame, hotspots: pd.DataFrame, light_curves: pd.DataFrame) -> None:
    """Write the tables that have rows, and the declaration of the light curves.

    Parameters
    ----------
    folder : Path
        Where to.
    events, hotspots, light_curves : DataFrame
        As :mod:`iovolc.model.tables` has them.
    """
    if not events.empty:
        _write(folder / EVENTS_NAME, events, EVENT)
    if hotspots.empty or light_curves.empty:
        return
    _write(folder / HOTSPOTS_NAME, hotspots, SPOT)
    shown = _write(folder / CURVES_NAME, _measurements(hotspots, light_curves), LOOK)
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


def _write(path: Path, frame: pd.DataFrame, columns: Sequence[PaperColumn]) -> list[PaperColumn]:
    """Write the columns that hold anything: the format has no width for others."""
    shown = [column for column in columns if not all(map(_is_absent, frame[column.ours]))]
    table = Table([_column(frame[column.ours].tolist(), column) for column in shown])
    text_tables.write(table, str(path), format="mrt", overwrite=True)
    return shown


def _column(values: Sequence[Any], column: PaperColumn) -> Any:
    missing = [_is_absent(value) for value in values]
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


def _is_absent(value: Any) -> bool:
    return not value if isinstance(value, list) else bool(pd.isna(value))


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list):
        return _text(";".join(value))
    return str(value).encode("ascii", "replace").decode()
