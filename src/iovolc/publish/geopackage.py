"""``iovolc.gpkg`` for QGIS: events as polygons, detections and hot spots as points.

GeoPackage keeps Io's coordinate system by definition but not its authority code; ``events.parquet`` does.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from iovolc import body
from iovolc.model.frames import to_csv_frame
from iovolc.model.observation import format_utc
from iovolc.model.tables import Table

_CLOCK = "OGR_CURRENT_DATE"


def write_geopackage(
    path: Path, tables: Mapping[str, tuple[Table, pd.DataFrame]], events: gpd.GeoDataFrame, stamp: datetime
) -> None:
    """Write the layers ``events``, ``detections`` and ``hotspots``.

    Parameters
    ----------
    path : Path
        Does not exist yet.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    events : GeoDataFrame
        The events with their polygons.
    stamp : datetime
        Stands for the time of the last change, which GeoPackage demands; must come from the data.
    """
    before = pyogrio.get_gdal_config_option(_CLOCK)
    pyogrio.set_gdal_config_options({_CLOCK: format_utc(stamp).replace("Z", ".000Z")})
    try:
        _write_layer(path, "events", _plain(tables["events"]).set_geometry(events.geometry), "MultiPolygon")
        for name in ("detections", "hotspots"):
            frame = _plain(tables[name])
            points = gpd.points_from_xy(frame["lon_e"], frame["lat"])
            _write_layer(path, name, frame.set_geometry(points, crs=body.CRS_GEOGRAPHIC), "Point")
    finally:
        pyogrio.set_gdal_config_options({_CLOCK: before})


def _plain(named: tuple[Table, pd.DataFrame]) -> gpd.GeoDataFrame:
    """Lists joined as in CSV; everything else typed."""
    table, frame = named
    joined = to_csv_frame(frame, table)
    lists = [column.name for column in table.columns if column.kind == "list"]
    return gpd.GeoDataFrame(frame.assign(**{name: joined[name] for name in lists}))


def _write_layer(path: Path, layer: str, frame: gpd.GeoDataFrame, geometry_type: str) -> None:
    # An empty layer has no geometry from which pyogrio could tell the type; it is given.
    pyogrio.write_dataframe(
        frame, path, layer=layer, driver="GPKG", geometry_type=geometry_type, promote_to_multi=layer == "events",
        append=path.exists(), layer_options={"DATETIME_PRECISION": "MILLISECOND"},
    )  # fmt: skip
