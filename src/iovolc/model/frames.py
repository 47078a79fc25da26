"""Tables as pandas frames: typed, rounded, sorted and validated by their schema."""

import math
from typing import Any, cast

import pandas as pd
import pandera.pandas as pa

from iovolc.model.tables import Column, Table


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame with the table's columns in order, typed, rounded, sorted, and checked.

    Parameters
    ----------
    frame : DataFrame
        One row per record; missing columns are null, unknown ones are dropped.
    table : Table
        With its channels in place (:meth:`Table.with_channels`).

    Raises
    ------
    pandera.errors.SchemaError
        If a value breaks the schema.
    """
    data = {column.name: _typed(_column(frame, column.name), column) for column in table.columns}
    ordered = pd.DataFrame(data, columns=table.names)
    ordered = ordered.sort_values(list(table.sort_by), kind="stable", ignore_index=True)
    return schema(table).validate(ordered)


def schema(table: Table) -> pa.DataFrameSchema:
    """The pandera schema of a table."""
    return pa.DataFrameSchema({column.name: _check(column) for column in table.columns}, strict=True, ordered=True)


def empty(table: Table) -> pd.DataFrame:
    """A frame of the table without rows."""
    return conform(pd.DataFrame({name: [] for name in table.names}), table)


def to_csv_frame(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame with lists joined by semicolons and times in ISO 8601 with Z."""
    out = frame.copy()
    for column in table.columns:
        if column.kind == "list":
            out[column.name] = [";".join(items) for items in frame[column.name]]
        elif column.kind == "time":
            out[column.name] = frame[column.name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif column.kind == "boolean":
            out[column.name] = frame[column.name].map({True: "true", False: "false"})
    return out


_DTYPES: dict[str, Any] = {"number": "float64", "integer": "Int64", "boolean": "bool", "time": "datetime64[us, UTC]"}


def _column(frame: pd.DataFrame, name: str) -> "pd.Series[Any]":
    if name in frame.columns:
        return frame[name].reset_index(drop=True)
    return pd.Series([None] * len(frame), dtype=object)


def _typed(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    if column.kind == "number":
        numbers = pd.to_numeric(values).to_numpy(dtype="float64", na_value=math.nan)
        return pd.Series([round_number(float(value), column.decimals) for value in numbers], dtype="float64")
    if column.kind == "list":
        lists = [None if items is None else [str(item) for item in items] for items in values]
        return pd.Series(lists, dtype=object)
    if column.kind == "text":
        texts = [value if isinstance(value, str) and value else None for value in values]
        return pd.Series(texts, dtype=object)
    if column.kind == "time":
        values = pd.to_datetime(values, utc=True)
    elif column.kind == "boolean" and values.isna().any():
        return values  # a cast would make it False; the schema refuses it
    return cast("pd.Series[Any]", values.astype(_DTYPES[column.kind]))


def round_number(value: float, decimals: int | None) -> float:
    """``value`` rounded to ``decimals``, or to four significant digits if None; never minus zero."""
    if not math.isfinite(value):
        return value
    rounded = float(f"{value:.4g}") if decimals is None else round(value, decimals)
    return rounded + 0.0


def _is_list(item: object) -> bool:
    return isinstance(item, list)


def _check(column: Column) -> pa.Column:
    checks: list[pa.Check] = []
    if column.values:
        checks.append(cast("Any", pa.Check).isin(column.values))  # its parameters have no types
    if column.kind == "list":
        checks.append(pa.Check(_is_list, element_wise=True))
    dtype = _DTYPES.get(column.kind, "object")
    return pa.Column(dtype, checks=checks, nullable=column.nullable, description=column.description)
