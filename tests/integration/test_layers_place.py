"""One change of a whole run, looked up in every layer that is made of it: the same place, the same size of change."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import xarray as xr
from shapely.geometry import Point
from tests.small_maps import iovolc

from iovolc import body

LAT, LON_E, DLNA = -30.0, -100.0, 0.3
"""The bright spot of the newest map (``BRIGHT`` in ``conftest.py``)."""


def at_place(path):
    with rasterio.open(path) as dataset:
        x, y = np.radians([LON_E, LAT]) * body.RADIUS_M
        return float(next(dataset.sample([(x, y)]))[0])


@pytest.fixture(name="event", scope="module")
def find_event(small):
    events = gpd.read_parquet(small.out / "events.parquet")
    (found,) = events[events.geometry.contains(Point(LON_E, LAT))]["event_id"]
    return found


def test_rasters_and_their_pds4_copies_show_it(small, event, tmp_path):
    assert event
    assert iovolc("export", "pds4", "--run", small.out, "--out", tmp_path / "pds4").code == 0
    for path in (small.out / "rasters" / "green_difference.tif", tmp_path / "pds4" / "green_difference.xml"):
        assert at_place(path) == pytest.approx(DLNA, abs=0.06)
    assert at_place(small.out / "rasters" / "green_status.tif") in {3, 4}


def test_the_geopackage_shows_it(small, event):
    frame = gpd.read_file(small.out / "iovolc.gpkg", layer="events")
    assert event in frame[frame.geometry.contains(Point(LON_E, LAT))]["event_id"].tolist()


@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_exported_epochs_show_it(small, tmp_path, ending):
    out = tmp_path / f"green{ending}"
    answer = iovolc("export", "cube", "--store", small.store, "--channel", "green", "--out", out)
    assert answer.code == 0, answer.err
    with xr.open_dataset(out, engine="zarr" if ending == ".zarr" else "h5netcdf") as cube:
        spot = cube["value"].sel(lat=slice(LAT + 2, LAT - 2), lon=slice(LON_E - 2, LON_E + 2))
        levels = np.log(spot).mean(("lat", "lon")).values
    assert levels[2] - levels[1] == pytest.approx(DLNA, abs=0.02)
    assert levels[1] - levels[0] == pytest.approx(0.0, abs=0.02)
