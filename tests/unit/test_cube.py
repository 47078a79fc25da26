import pickle
from pathlib import Path

import fsspec
import numpy as np
import pytest
import xarray as xr

from iovolc.cube import epochs
from iovolc.cube.cube import open_cube
from iovolc.cube.manifest import commit, read_manifest
from iovolc.errors import NoWork
from iovolc.model.flags import Flag
from store_sample import GRID, ingest, put, sample_epoch, sample_layers


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Three green epochs, the second also on the north sheet, and a red one."""
    root = tmp_path_factory.mktemp("store")
    green = [put(root, 0), put(root, 1, ("equator", "north")), put(root, 2)]
    commit(root, GRID, [*green, put(root, 3, channel="red")])
    return root


@pytest.fixture
def green(store):
    return open_cube(store)["/green/equator"].dataset


def test_there_is_a_node_per_channel_and_sheet(store):
    tree = open_cube(store)
    paths = {node.path for node in tree.leaves}
    assert paths == {f"/{channel}/{sheet}" for channel in ("green", "red") for sheet in ("equator", "north", "south")}
    assert (tree.attrs["body"], tree.attrs["naif_id"]) == ("Io", 501)
    assert tree.attrs["manifest_digest"] == read_manifest(store, 1).digest


def test_a_node_follows_the_schema(green):
    assert green["value"].dims == green["flags"].dims == ("time", "y", "x")
    assert green["value"].shape == (3, 520, 1440)
    assert (green["value"].dtype, green["sigma"].dtype, green["flags"].dtype) == ("float32", "float32", "uint16")
    assert green.attrs["crs_authority"] == "IAU_2015:50110"
    assert green["spatial_ref"].attrs["crs_wkt"].startswith("PROJCRS")
    assert "saturated" in green["flags"].attrs["flag_meanings"]


def test_the_pixels_are_those_of_the_epochs(green):
    for index in range(3):
        np.testing.assert_array_equal(green["value"][index], sample_layers("equator", index).value)
        np.testing.assert_array_equal(green["flags"][index], sample_layers("equator", index).flags)


def test_times_and_ids_label_the_epochs(green):
    record = sample_epoch(1).record
    assert green["time"].dtype == "datetime64[ns]"
    assert green["time"].values[1] == np.datetime64(record.time_utc.replace(tzinfo=None))
    assert green["start"].values[1] == np.datetime64(record.start_utc.replace(tzinfo=None))
    assert green["stop"].values[1] == np.datetime64(record.stop_utc.replace(tzinfo=None))
    assert list(green["observation_id"].values) == ["obs-0", "obs-1", "obs-2"]
    assert list(green["mission"].values) == ["Galileo"] * 3
    assert green.sel(time="1996-10")["observation_id"].values == ["obs-1"]


def test_pixel_centres_are_in_metres_and_degrees(green):
    assert green["lat"].values[[0, -1]] == pytest.approx([64.875, -64.875])
    assert green["lon_e"].values[[0, -1]] == pytest.approx([-179.875, 179.875])
    assert green["x"].values[-1] == pytest.approx(np.radians(179.875) * 1_821_490.0)
    assert green["y"].values[0] == pytest.approx(np.radians(64.875) * 1_821_490.0)


def test_polar_sheets_are_centred_on_the_pole_and_have_no_degrees(store):
    north = open_cube(store)["/green/north"].dataset
    assert north["x"].values.sum() == pytest.approx(0.0, abs=1e-3)
    assert north["y"].values[0] > 0 > north["y"].values[-1]
    assert "lat" not in north.coords


def test_absent_sheets_are_nan_and_flagged(store):
    north = open_cube(store)["/green/north"].dataset
    assert np.isnan(north["value"][0]).all()
    assert (north["flags"][2] == Flag.NO_DATA).all()
    np.testing.assert_array_equal(north["value"][1], sample_layers("north", 1).value)


def test_opening_reads_no_pixel_and_a_window_only_its_own(store, monkeypatch):
    read = []
    original = epochs.read_layer

    def watched(root, entry, sheet, layer, key):
        read.append((entry.observation_id, layer))
        return original(root, entry, sheet, layer, key)

    monkeypatch.setattr(epochs, "read_layer", watched)
    dataset = open_cube(store)["/green/equator"].dataset
    assert read == []
    _ = dataset["value"].isel(time=1, y=slice(0, 20)).values
    assert read == [("obs-1", "value")]


@pytest.mark.parametrize(
    "key",
    [
        {"time": 0},
        {"time": [2, 0]},
        {"time": slice(None, None, -1), "y": slice(30, 10, -2)},
        {"y": 15, "x": 25},
        {"y": [12, 30, 12], "x": slice(20, 60, 7)},
        {"time": slice(0, 0)},
        {"time": 1, "y": [11, 12], "x": [25, 26]},
        {"time": xr.DataArray([0, 1], dims="p"), "y": xr.DataArray([12, 13], dims="p"), "x": 25},
    ],
    ids=str,
)
def test_any_indexing_gives_what_numpy_gives(store, key):
    for sheet in ("equator", "north"):
        lazy = open_cube(store)[f"/green/{sheet}"].dataset
        loaded = lazy.load()
        for name in ("value", "flags"):
            fresh = open_cube(store)[f"/green/{sheet}"].dataset[name]
            xr.testing.assert_identical(fresh.isel(key).load(), loaded[name].isel(key))


def test_an_old_manifest_opens_the_old_cube(tmp_path):
    ingest(tmp_path, range(1))
    commit(tmp_path, GRID, [put(tmp_path, 0, licence="CC0"), put(tmp_path, 1)])
    old = open_cube(tmp_path, read_manifest(tmp_path, 1))["/green/equator"].dataset
    assert old.sizes["time"] == 1
    assert open_cube(tmp_path)["/green/equator"].dataset.sizes["time"] == 2


def test_the_lazy_cube_travels_to_another_process(green):
    again = pickle.loads(pickle.dumps(green))  # noqa: S301 # our own bytes
    xr.testing.assert_identical(again.load(), green.load())


def test_an_empty_store_says_what_to_do(tmp_path):
    with pytest.raises(NoWork, match="ingest a catalogue first"):
        open_cube(tmp_path)


def test_a_copy_in_a_bucket_can_be_read(store):
    bucket = fsspec.filesystem("memory")
    for path in sorted(Path(store).rglob("*")):
        if path.is_file():
            bucket.pipe_file(f"/bucket/{path.relative_to(store).as_posix()}", path.read_bytes())
    dataset = open_cube("memory://bucket")["/green/equator"].dataset
    np.testing.assert_array_equal(dataset["value"][0], sample_layers("equator", 0).value)
