"""Exports: CF-conformant cubes and PDS4 products, read back by others' readers."""

import json
import shutil
import subprocess
from dataclasses import replace

import astropy.units as u
import numpy as np
import pdr
import pytest
import rasterio
import xarray as xr
from format_sample import open_file
from publish_sample import published, utc
from tests.small_maps import iovolc
from tests.store_sample import GRID, PROVENANCE, sample_epoch

from iovolc import body
from iovolc.archive.formats.on_demand import PDS4 as FAMILY
from iovolc.cube.epochs import write_epoch
from iovolc.cube.manifest import commit, read_head
from iovolc.errors import ConfigError, NoWork
from iovolc.model.epoch import Layers
from iovolc.model.flags import Flag
from iovolc.pipeline.export import cube, pds4
from iovolc.publish.cube_export import CONVENTIONS, export_cube
from iovolc.publish.sampling import map_shape
from iovolc.publish.saved import read_run

SEEN = (30, 40)
"""Row and column of a pixel of the equatorial sheet that the sample's epochs show."""


@pytest.fixture(name="store", scope="module")
def make_store(tmp_path_factory):
    """Two epochs of one time, and a third that also shows the whole north."""
    folder = tmp_path_factory.mktemp("store")
    same = {name: sample_epoch(0).record.time_utc for name in ("start_utc", "time_utc", "stop_utc")}
    north = np.full(GRID.sheet("north").shape, 0.5, np.float32)
    last = sample_epoch(2, credit="a team", licence="CC0")
    sheets = {**last.sheets, "north": Layers(north, north / 10, np.zeros(north.shape, np.uint16))}
    epochs = (
        replace(last, sheets=sheets),
        sample_epoch(0, **same),
        sample_epoch(1, **same),
    )
    commit(folder, GRID, tuple(write_epoch(folder, epoch, GRID, PROVENANCE) for epoch in epochs))
    return folder


@pytest.fixture(name="out", scope="module", params=[".nc", ".zarr"])
def make_cube(request, store, tmp_path_factory):
    return cube(store, "green", tmp_path_factory.mktemp("cube") / f"green{request.param}")


def opened(path, **options):
    engine = "zarr" if path.suffix == ".zarr" else "h5netcdf"
    return xr.open_dataset(path, engine=engine, **options)


def test_pixels_lie_at_their_place_and_epoch(out):
    with opened(out) as dataset:
        assert dataset["observation_id"].values.tolist() == ["obs-0", "obs-1", "obs-2"]
        assert dataset["value"].shape == (3, *map_shape(GRID))
        sheet = GRID.sheet("equator")
        lat, lon_e = (
            np.degrees(metres / body.RADIUS_M)
            for metres in (
                sheet.top_m - (SEEN[0] + 0.5) * sheet.pixel_m,
                sheet.left_m + (SEEN[1] + 0.5) * sheet.pixel_m,
            )
        )
        here = dataset.sel(lat=lat, lon=lon_e, method="nearest")
        assert (float(here["lat"]), float(here["lon"])) == pytest.approx((lat, lon_e))
        for number, index in enumerate((0, 1, 2)):
            expected = sample_epoch(index).sheets["equator"].value[SEEN]
            assert float(here["value"][number]) == pytest.approx(float(expected))
            assert float(here["sigma"][number]) == pytest.approx(0.1 * float(expected))
        assert int(dataset["flags"][0, 0, 0]) == Flag.NO_DATA
        assert np.isnan(dataset["value"][0, 0, 0])


def test_the_polar_sheets_are_on_the_map(out):
    with opened(out) as dataset:
        cap = dataset["value"].sel(lat=slice(90, 60)).load()
    assert np.isnan(cap[:2]).all()
    np.testing.assert_allclose(cap[2], 0.5)


def test_what_the_conventions_demand_is_there(out):
    """The points of CF 1.11 that readers live by."""
    with opened(out, decode_cf=False) as dataset:
        assert dataset.attrs["Conventions"] == CONVENTIONS
        assert {"title", "source", "history", "references", "credit", "license"} <= set(dataset.attrs)
        for name, standard, units in (("lat", "latitude", "degrees_north"), ("lon", "longitude", "degrees_east")):
            assert (dataset[name].attrs["standard_name"], dataset[name].attrs["units"]) == (standard, units)
        assert (np.diff(dataset["lon"]) > 0).all()
        assert (np.diff(dataset["lat"]) < 0).all()
        time = dataset["time"].attrs
        assert time["units"] == "seconds since 1970-01-01T00:00:00Z"
        assert dataset[time["bounds"]].dims == (*dataset["time"].dims, "bound")
        assert dataset["crs"].attrs["grid_mapping_name"] == "latitude_longitude"
        assert dataset["crs"].attrs["earth_radius"] == body.RADIUS_M
        for name in ("value", "sigma", "flags"):
            attrs = dataset[name].attrs
            assert attrs["grid_mapping"] == "crs"
            assert set(attrs["coordinates"].split()) <= set(dataset.variables)
            assert attrs["long_name"]
        assert dataset["value"].attrs["units"] == "1"
        flags = dataset["flags"].attrs
        assert len(flags["flag_meanings"].split()) == len(flags["flag_masks"]) == len(Flag)
        assert np.isnan(dataset["value"].attrs["_FillValue"])


@pytest.mark.parametrize("stated", ["W / (m2 sr um)", "GW um-1 sr-1", "counts of some kind"])
def test_a_radiance_keeps_the_unit_that_is_understood(tmp_path, stated):
    epoch = sample_epoch(0, quantity="radiance", unit=stated)
    commit(tmp_path, GRID, (write_epoch(tmp_path, epoch, GRID, PROVENANCE),))
    with opened(cube(tmp_path, "green", tmp_path / "green.nc")) as dataset:
        told = dataset["value"].attrs.get("units")
        assert dataset["unit"].values.tolist() == [stated]
    if stated.startswith("counts"):
        assert told is None
    else:
        assert u.Unit(told) == u.Unit(stated)
        assert "/" not in told


@pytest.mark.skipif(shutil.which("compliance-checker") is None, reason="there is no compliance-checker here")
def test_a_checker_finds_nothing_wrong(store, tmp_path):
    path = cube(store, "green", tmp_path / "green.nc")
    ran = subprocess.run(
        ["compliance-checker", "-t", "cf:1.11", "-c", "strict", str(path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_the_same_epochs_give_the_same_bytes(store, tmp_path):
    manifest = read_head(store)
    for name in ("a.nc", "b.nc"):
        export_cube(tmp_path / name, store, manifest, "green")
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()


def test_nothing_of_others_is_touched(store, tmp_path):
    (tmp_path / "mine.nc").write_text("mine")
    for out, channel, why in (
        ("mine.nc", "green", "exists already"), ("x.tif", "green", "must end in"), ("x.nc", "red", "no channel `red`"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=why):
            cube(store, channel, tmp_path / out)
    with pytest.raises(NoWork):
        cube(tmp_path / "empty", "green", tmp_path / "y.nc")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.nc"]


@pytest.fixture(name="labels", scope="module")
def make_labels(tmp_path_factory):
    labels = pds4(read_run(published()), tmp_path_factory.mktemp("pds4") / "out")
    return {label.stem: label for label in labels}


@pytest.mark.parametrize("name", ["red_difference", "green_status", "red_resolution_km"])
def test_gdal_reads_a_label_as_the_raster_it_was_made_from(labels, name):
    with rasterio.open(labels[name]) as ours, rasterio.open(published() / "rasters" / f"{name}.tif") as raster:
        assert ours.driver == "PDS4"
        assert ours.transform.almost_equals(raster.transform, 1e-3)
        assert ours.crs.to_dict()["R"] == body.RADIUS_M
        np.testing.assert_array_equal(ours.read(1, masked=True).filled(-9), raster.read(1, masked=True).filled(-9))


def test_a_reader_of_pds4_finds_values_units_and_what_stands_for_no_data(labels):
    """Read by pdr with what it took over of `pds4_tools`, label by label."""
    assert len(labels) == 22
    for name, label in labels.items():
        product = pdr.read(label)
        with rasterio.open(published() / "rasters" / f"{name}.tif") as raster:
            for number, unit in enumerate(raster.units, start=1):
                values = np.asarray(product[f"band_{number}"])
                if values.dtype.kind == "f":
                    values = np.where(
                        values == np.float32(product.metaget("missing_constant", warn=False)), np.nan, values
                    )
                np.testing.assert_array_equal(values, raster.read(number))
                assert (product.metaget("unit", warn=False) or "") == (unit or "")


def test_our_own_reader_places_the_product(labels):
    product = open_file(FAMILY, labels["red_value"])
    band = product.bands[0]
    assert band.misplaced is None
    assert (band.start_utc, band.stop_utc) == (utc(1979, 3, 5), utc(2023, 12, 30))
    with rasterio.open(published() / "rasters" / "red_value.tif") as raster:
        values = raster.read(1)
    seen = np.isfinite(values)
    np.testing.assert_array_equal(product.read(0).numbers[seen], values[seen])


def test_every_band_has_an_array(labels):
    with rasterio.open(labels["red_limit_10km"]) as dataset:
        assert len(dataset.subdatasets) == 2
        with rasterio.open(dataset.subdatasets[1]) as second:
            assert float(second.read(1)[360, 1000]) == pytest.approx(0.72, rel=2.0**-12)


def test_the_commands_write_and_say_so(store, tmp_path):
    answer = iovolc("export", "cube", "--store", store, "--channel", "green", "--out", tmp_path / "g.nc", "--json")
    assert (answer.code, json.loads(answer.out)) == (0, {"cube": str(tmp_path / "g.nc")})
    answer = iovolc("export", "pds4", "--run", published(), "--out", tmp_path / "pds4")
    assert (answer.code, answer.out) == (0, "wrote 22 products\n")
    assert iovolc("export", "pds4", "--run", published(), "--out", tmp_path / "pds4").code == 2
