"""The output tables as parquet, CSV and ECSV; ``events.parquet`` is GeoParquet in Io's own coordinate system.

The same rows give the same bytes: the schema is fixed by the table, not guessed from the rows.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from iovolc import body
from iovolc.model.detection import LOOKS
from iovolc.model.frames import conform, empty, to_csv_frame
from iovolc.model.tables import DETECTIONS, EVENTS, HOTSPOTS, LIGHT_CURVES, SEGMENTS, Table
from iovolc.publish.ecsv import write_ecsv
from iovolc.publish.polygons import footprint_polygon
from iovolc.publish.run_output import RunOutput

_ROW_GROUP: Final = 65_536
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_TYPES: Final = {
    "text": pa.string(), "number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"), "list": pa.list_(pa.string()),
}  # fmt: skip


def run_tables(run: RunOutput) -> dict[str, tuple[Table, pd.DataFrame]]:
    """The published tables of a run by name: schema and conformed frame, ``run_id`` filled."""
    events = run.tracked.events.assign(run_id=run.run_id)
    channels = [name.removeprefix("dlna_") for name in events.columns if name.startswith("dlna_")]
    frames = (
        (EVENTS.with_channels([*channels, *(summary.channel for summary in run.channels)]), events),
        (DETECTIONS, run.tracked.detections),
        (LOOKS, run.looks),
        (SEGMENTS, run.segments),
        (HOTSPOTS, run.hotspots),
        (LIGHT_CURVES, run.light_curves),
    )
    return {table.name: (table, conform(frame, table) if len(frame) else empty(table)) for table, frame in frames}


def event_frame(run: RunOutput, events: pd.DataFrame) -> gpd.GeoDataFrame:
    """The events with the polygons of their footprints, in ``IAU_2015:50100``."""
    grid, footprints = run.grid, run.tracked.footprints
    geometry = [footprint_polygon(footprints[event_id], grid) for event_id in events["event_id"]]
    return gpd.GeoDataFrame(events, geometry=geometry, crs=body.CRS_GEOGRAPHIC)


def write_tables(folder: Path, tables: Mapping[str, tuple[Table, pd.DataFrame]], events: gpd.GeoDataFrame) -> None:
    """Write every table as ``<name>.parquet``, ``<name>.csv`` and ``<name>.ecsv``.

    Parameters
    ----------
    folder : Path
        Exists.
    tables : mapping of str to (Table, DataFrame)
        From :func:`run_tables`.
    events : GeoDataFrame
        From :func:`event_frame`; its polygons go into ``events.parquet``.
    """
    for name, (table, frame) in tables.items():
        arrow = to_arrow(frame, table)
        if name == "events":
            arrow = _with_geometry(arrow, events)
        pq.write_table(arrow, folder / f"{name}.parquet", compression="zstd", row_group_size=_ROW_GROUP)
        plain = without_formulas(to_csv_frame(frame, table), table)
        plain.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        write_ecsv(folder / f"{name}.ecsv", plain, table)


def without_formulas(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame for CSV with an apostrophe before texts that a spreadsheet would run.

    Parameters
    ----------
    frame : DataFrame
        From :func:`iovolc.model.frames.to_csv_frame`.
    table : Table
        Its schema; numbers and times keep their signs.
    """
    columns = [column.name for column in table.columns if column.kind in {"text", "list"}]
    return frame.assign(**{name: frame[name].map(_as_text) for name in columns})


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """The frame with the table's own types; null where a value is absent."""
    fields = [pa.field(column.name, _TYPES[column.kind], nullable=column.nullable) for column in table.columns]
    arrays = [pa.array(frame[field.name], type=field.type, from_pandas=True) for field in fields]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def json_rows(frame: pd.DataFrame, table: Table) -> list[dict[str, Any]]:
    """The rows as plain values: times in ISO 8601 with Z, null where a value is absent."""
    rows = to_arrow(frame, table).to_pylist()
    times = [column.name for column in table.columns if column.kind == "time"]
    for row in rows:
        for name in times:
            if row[name] is not None:
                row[name] = row[name].strftime("%Y-%m-%dT%H:%M:%SZ")
    return rows


@lru_cache(maxsize=1)
def _projjson() -> str:
    return pyproj.CRS(body.CRS_GEOGRAPHIC).to_json()


def _with_geometry(arrow: pa.Table, events: gpd.GeoDataFrame) -> pa.Table:
    """Append the GeoParquet 1.1 geometry column and its metadata."""
    polygons = events.geometry.to_numpy()
    wkb = pa.array(list(shapely.to_wkb(polygons)), type=pa.binary())
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({polygon.geom_type for polygon in polygons}),
        "crs": json.loads(_projjson()),
        "edges": "planar",
        "orientation": "counterclockwise",
    }
    if len(polygons):
        column["bbox"] = [float(edge) for edge in np.round(shapely.total_bounds(polygons), 6)]
    metadata = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    joined = arrow.append_column(pa.field("geometry", pa.binary()), wkb)
    return joined.replace_schema_metadata({"geo": json.dumps(metadata, sort_keys=True)})
