"""The GeoPackage for QGIS."""

import sqlite3
from contextlib import closing

import geopandas as gpd
import pyogrio
import pyproj
from publish_sample import CHANNELS, published, sample_run, utc

from iovolc.model.detection import Tracked
from iovolc.model.frames import empty
from iovolc.model.tables import DETECTIONS, EVENTS
from iovolc.publish.geopackage import write_geopackage
from iovolc.publish.tables import event_frame, run_tables


def test_layers_and_coordinate_system():
    path = published() / "iovolc.gpkg"
    assert dict(pyogrio.list_layers(path).tolist()) == {
        "events": "MultiPolygon", "detections": "Point", "hotspots": "Point",
    }  # fmt: skip
    frame = gpd.read_file(path, layer="events")
    assert frame.crs.equals(pyproj.CRS("IAU_2015:50100"), ignore_axis_order=True)
    assert frame["channels"][0] == "red;green"
    assert frame["onset_before_utc"][0] == utc(2007, 2, 28)


def test_points_lie_at_their_longitude_and_latitude():
    point = gpd.read_file(published() / "iovolc.gpkg", layer="hotspots").geometry[0]
    assert (point.x, point.y) == (51.2, 13.0)


def test_the_stamp_comes_from_the_data_and_the_option_is_put_back(tmp_path):
    run = sample_run(tracked=Tracked(empty(EVENTS.with_channels(CHANNELS)), empty(DETECTIONS), {}))
    tables = run_tables(run)
    events = event_frame(run, tables["events"][1])
    for name, year in (("a", 2020), ("b", 2020), ("c", 2021)):
        write_geopackage(tmp_path / f"{name}.gpkg", tables, events, utc(year, 1, 1))
    a, b, c = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert a == b
    assert a != c
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
    assert len(gpd.read_file(tmp_path / "a.gpkg", layer="events")) == 0


def test_times_are_written_as_the_standard_says():
    with closing(sqlite3.connect(published() / "iovolc.gpkg")) as file:
        times = [time for (time,) in file.execute("SELECT last_seen_utc FROM events")]
    assert times == ["2023-12-30T00:00:00.000Z"] * 4
