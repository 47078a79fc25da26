"""Hot spots as the page's data: one row each, and their light curves in chunks loaded on demand."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from iovolc.model.tables import LIGHT_CURVES, Table
from iovolc.publish.page_scripts import write_data
from iovolc.publish.tables import json_rows
from iovolc.publish.wording import is_known

_SECONDS: Final = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z$")
CHUNK: Final = 25
"""Hot spots whose curves lie in one file."""
ROW: Final = (
    "site_id", "name", "lat", "lon_e", "position_sigma_km", "activity", "n_detections", "n_upper", "first_seen_utc",
    "last_seen_utc", "persistence", "peak_gw_um_sr", "power_gw", "power_low_gw", "power_high_gw", "aliases",
)  # fmt: skip
LOOK: Final = (
    "time_utc", "band", "wavelength_um", "quantity", "radiance_gw_um_sr", "sigma_gw_um_sr", "relative_value",
    "relative_sigma", "power_gw", "power_sigma_gw", "limit", "emission_deg", "source", "flags",
)  # fmt: skip
_SHORT: Final = {
    "activity_after_utc": "Activity changed after", "activity_before_utc": "Activity changed by",
    "onset_after_utc": "First glow, after a look without it on", "onset_before_utc": "First glow, seen on",
}  # fmt: skip
"""What the page calls a column where the schema's description needs the name of the column."""
_TOLD_ELSEWHERE: Final = (frozenset(ROW) | {"lon_w"}) - {"persistence", "peak_gw_um_sr", "aliases"}


def write_spots(folder: Path, tables: Mapping[str, tuple[Table, pd.DataFrame]]) -> list[dict[str, Any]]:
    """Write the light curves, and give the rows of the hot spots.

    Parameters
    ----------
    folder : Path
        Of the page.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    """
    table, spots = tables["hotspots"]
    curves = dict(iter(tables["light_curves"][1].groupby("site_id", sort=True)))
    rows = json_rows(spots, table)
    for start in range(0, len(rows), CHUNK):
        names = [row["site_id"] for row in rows[start : start + CHUNK]]
        write_data(folder, f"curves/{start // CHUNK:04d}", [_looks(curves.get(name)) for name in names])
    return [{**{name: row[name] for name in ROW}, "facts": _facts(row, table)} for row in rows]


def _looks(rows: pd.DataFrame | None) -> list[list[Any]]:
    if rows is None:
        return []
    plain = json_rows(rows.sort_values(["time_utc", "band"], kind="stable"), LIGHT_CURVES)
    return [[row[name] for name in LOOK] for row in plain]


def _facts(row: Mapping[str, Any], table: Table) -> list[tuple[str, str]]:
    """What else is known of a hot spot, in the words and the order of the table."""
    return [
        (_SHORT.get(column.name, column.description), f"{_text(row[column.name])} {column.unit}".strip())
        for column in table.columns
        if column.name not in _TOLD_ELSEWHERE and _says_something(row[column.name])
    ]


def _says_something(value: Any) -> bool:
    return is_known(value) and value not in ([], "", "none")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return f"{value:.4g}" if isinstance(value, float) else _SECONDS.sub(r"\1 \2", str(value).replace("T00:00:00Z", ""))
