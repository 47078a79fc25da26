"""Tables as ECSV: the rows of the CSV under a header that says type, unit and meaning of every column.

After version 1.0 of the Enhanced Character-Separated Values (Astropy APE 6). Astropy reads it with units; whatever
skips lines that begin with ``#`` reads it as CSV.
"""

from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import yaml

from iovolc.model.tables import SCHEMA_VERSION, Column, Table

_TYPES: Final = MappingProxyType(
    {
        "text": "string", "number": "float64", "integer": "int64", "boolean": "bool", "time": "string",
        "list": "string",
    }
)  # fmt: skip
_NOTES: Final = MappingProxyType({"time": "ISO 8601, UTC", "list": "joined by ;"})


def write_ecsv(path: Path, frame: pd.DataFrame, table: Table) -> None:
    """Write a table.

    Parameters
    ----------
    path : Path
        Its folder exists.
    frame : DataFrame
        As it goes into the CSV: :func:`iovolc.model.frames.to_csv_frame`, without formulas.
    table : Table
        Its schema.
    """
    header = {
        "datatype": [_column(column) for column in table.columns],
        "delimiter": ",",
        "meta": {"title": table.title, "schema_version": SCHEMA_VERSION},
    }
    text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=None)
    booleans = [column.name for column in table.columns if column.kind == "boolean"]
    rows = frame.assign(**{name: frame[name].map({"true": "True", "false": "False"}) for name in booleans})
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"# {line}\n" for line in ("%ECSV 1.0", "---", *text.splitlines()))
        rows.to_csv(file, index=False, lineterminator="\n")


def _column(column: Column) -> dict[str, Any]:
    notes = [_NOTES[column.kind]] if column.kind in _NOTES else []
    if column.values:
        notes.append(f"one of {', '.join(column.values)}")
    described = "; ".join([column.description, *notes])
    unit = {"unit": column.unit} if column.unit else {}
    return {"name": column.name, **unit, "datatype": _TYPES[column.kind], "description": described}
