import shutil
from dataclasses import replace

import numpy as np
import pytest
import zarr

from iovolc.cube import epochs
from iovolc.cube.content import empty_layers
from iovolc.cube.layout import epoch_folder
from iovolc.errors import DataQualityError, StoreCorrupt
from iovolc.model.flags import Flag
from iovolc.model.grid import Grid, Window
from iovolc.model.observation import Disc
from store_sample import GRID, PROVENANCE, files, listing, put, sample_epoch, sample_layers, sample_registration


def folder_of(store, entry):
    return store / epoch_folder("", entry.observation_id, entry.content_hash).lstrip("/")


def assert_same_layers(one, other):
    for name in ("value", "sigma", "flags"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert getattr(one, name).dtype == getattr(other, name).dtype


def test_an_epoch_comes_back_as_it_went_in(tmp_path):
    epoch = sample_epoch(0, ("equator", "north"))
    entry = epochs.write_epoch(tmp_path, epoch, GRID, PROVENANCE)
    again = epochs.read_epoch(tmp_path, entry)
    assert again.record == epoch.record
    assert again.resolution_km == epoch.resolution_km
    assert set(again.sheets) == {"equator", "north"}
    for name, layers in epoch.sheets.items():
        assert_same_layers(again.sheets[name], layers)
    assert epochs.read_provenance(tmp_path, entry) == PROVENANCE


def test_the_registration_comes_back(tmp_path):
    before = sample_registration()
    after = epochs.read_registration(tmp_path, put(tmp_path, 0))
    np.testing.assert_array_equal(after.warp.values, before.warp.values)
    np.testing.assert_array_equal(after.tiles, before.tiles)
    assert (after.warp.step_deg, after.method) == (10.0, "local")
    assert (after.shift_east_km, after.shift_north_km) == (1.5, -0.5)
    assert np.isnan(after.sigma_km)


def test_a_registration_without_tiles_comes_back(tmp_path):
    bare = replace(sample_registration(), tiles=np.zeros((0, 6), np.float32), method="none")
    epoch = replace(sample_epoch(0), registration=bare)
    entry = epochs.write_epoch(tmp_path, epoch, GRID, PROVENANCE)
    assert epochs.read_registration(tmp_path, entry).tiles.shape == (0, 6)


def test_the_entry_says_what_the_epoch_is(tmp_path):
    entry = put(tmp_path, 3, ("north", "equator"))
    record = sample_epoch(3).record
    assert (entry.observation_id, entry.channel, entry.quantity) == ("obs-3", "green", "iof")
    assert (entry.start_utc, entry.time_utc, entry.stop_utc) == (record.start_utc, record.time_utc, record.stop_utc)
    assert (entry.source_sha256, entry.pixels_per_degree) == (record.sha256, 4)
    assert entry.sheets == ("equator", "north")
    assert entry.n_bytes == sum(len(content) for content in files(tmp_path).values())


def test_the_same_epoch_again_adds_no_byte(tmp_path):
    first = put(tmp_path, 0)
    before = listing(tmp_path)
    assert put(tmp_path, 0) == first
    assert listing(tmp_path) == before


def test_the_same_epoch_gives_the_same_bytes_elsewhere(tmp_path):
    put(tmp_path / "a", 0, ("equator", "south"))
    put(tmp_path / "b", 0, ("south", "equator"))
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_arrays_that_are_equal_are_the_same_content(tmp_path):
    layers = sample_layers("equator", 0)
    other_nan = np.where(np.isnan(layers.value), np.uint32(0x7FC00001).view(np.float32), layers.value)
    flipped = np.asfortranarray(other_nan)
    entry = put(tmp_path, 0)
    epoch = replace(sample_epoch(0), sheets={"equator": replace(layers, value=flipped)})
    assert epochs.write_epoch(tmp_path, epoch, GRID, PROVENANCE) == entry


@pytest.mark.parametrize(
    "change",
    [
        lambda epoch: replace(epoch, record=replace(epoch.record, licence="CC0")),
        lambda epoch: replace(epoch, resolution_km=9.0),
        lambda epoch: replace(epoch, registration=replace(epoch.registration, shift_east_km=2.0)),
        lambda epoch: replace(epoch, registration=replace(epoch.registration, tiles=epoch.registration.tiles + 1)),
        lambda epoch: replace(epoch, sheets={"equator": sample_layers("equator", 99)}),
        lambda epoch: replace(epoch, sheets={**epoch.sheets, "north": sample_layers("north", 0)}),
    ],
)
def test_whatever_differs_is_another_version_beside_the_first(tmp_path, change):
    first = put(tmp_path, 0)
    second = epochs.write_epoch(tmp_path, change(sample_epoch(0)), GRID, PROVENANCE)
    assert second.content_hash != first.content_hash
    assert folder_of(tmp_path, first).parent == folder_of(tmp_path, second).parent
    assert_same_layers(epochs.read_layers(tmp_path, first, "equator"), sample_layers("equator", 0))


def test_another_provenance_is_another_version(tmp_path):
    first = put(tmp_path, 0)
    second = epochs.write_epoch(tmp_path, sample_epoch(0), GRID, {**PROVENANCE, "algorithm": "2"})
    assert second.content_hash != first.content_hash


def test_chunks_and_sheets_without_data_take_no_file(tmp_path):
    epoch = sample_epoch(0)
    epoch = replace(epoch, sheets={**epoch.sheets, "north": empty_layers(GRID.sheet("north").shape)})
    entry = epochs.write_epoch(tmp_path, epoch, GRID, PROVENANCE)
    folder = folder_of(tmp_path, entry)
    assert entry.sheets == ("equator",)
    assert not (folder / "north").exists()
    chunks = [path.relative_to(folder / "equator/value/c").as_posix() for path in folder.glob("equator/value/c/*/*")]
    assert chunks == ["0/0"]


def test_a_sheet_without_data_reads_as_no_data(tmp_path):
    layers = epochs.read_layers(tmp_path, put(tmp_path, 0), "south", Window(3, 10, 5, 9))
    assert layers.value.shape == (7, 4)
    assert np.isnan(layers.value).all()
    assert np.isnan(layers.sigma).all()
    assert (layers.flags == Flag.NO_DATA).all()


def test_a_window_is_that_part_of_the_sheet(tmp_path):
    window = Window(15, 30, 50, 70)
    part = epochs.read_layers(tmp_path, put(tmp_path, 0), "equator", window)
    np.testing.assert_array_equal(part.value, sample_layers("equator", 0).value[window.slices])


def test_a_window_reads_only_its_chunks(tmp_path):
    entry = put(tmp_path, 0)
    (folder_of(tmp_path, entry) / "equator/value/c/0/0").write_bytes(b"damaged")
    far = epochs.read_layers(tmp_path, entry, "equator", Window(0, 10, 800, 900))
    assert np.isnan(far.value).all()
    with pytest.raises(StoreCorrupt, match=r"obs-0 .*damaged.*ingest the product again"):
        epochs.read_layers(tmp_path, entry, "equator", Window(0, 10, 0, 10))


@pytest.mark.parametrize("window", [Window(0, 521, 0, 10), Window(-1, 5, 0, 10), Window(0, 5, 10, 9)])
def test_a_window_beyond_the_sheet_is_refused(tmp_path, window):
    with pytest.raises(ValueError, match="beyond the sheet"):
        epochs.read_layers(tmp_path, put(tmp_path, 0), "equator", window)


def test_the_group_is_plain_zarr_with_its_coordinate_system(tmp_path):
    group = zarr.open_group(str(folder_of(tmp_path, put(tmp_path, 0))), mode="r")
    value = group["equator/value"]
    assert value.metadata.zarr_format == 3
    assert value.chunks == (720, 720)
    assert value.metadata.dimension_names == ("y", "x")
    assert np.isnan(value.fill_value)
    assert group["equator/flags"].fill_value == 0
    assert group["equator"].attrs["crs_authority"] == "IAU_2015:50110"
    assert group["equator"].attrs["naif_id"] == 501


def test_an_epoch_without_pixels_is_unusable(tmp_path):
    epoch = replace(sample_epoch(0), sheets={"equator": empty_layers(GRID.sheet("equator").shape)})
    with pytest.raises(DataQualityError, match="obs-0 holds no valid pixel"):
        epochs.write_epoch(tmp_path, epoch, GRID, PROVENANCE)
    assert files(tmp_path) == {}


def test_an_epoch_of_another_grid_is_unusable(tmp_path):
    with pytest.raises(
        DataQualityError, match=r"obs-0 does not fit the store: equator: value is float32 \(520, 1440\)"
    ):
        epochs.write_epoch(tmp_path, sample_epoch(0), Grid.at(8), PROVENANCE)


def test_a_record_that_json_cannot_hold_is_unusable(tmp_path):
    nowhere = Disc(0.0, 0.0, 0.0, 1.0, 1.0, float("inf"), 1e6)
    with pytest.raises(DataQualityError, match="obs-0 cannot be stored"):
        put(tmp_path, 0, placement=nowhere)


def test_ids_that_are_no_file_names_work(tmp_path):
    entry = put(tmp_path, 0, id="../Voyager 1/ISS: map?")
    assert epochs.read_epoch(tmp_path, entry).record.id == "../Voyager 1/ISS: map?"
    assert [path.name for path in tmp_path.iterdir()] == ["epochs"]


def test_a_missing_epoch_says_what_to_do(tmp_path):
    entry = put(tmp_path, 0)
    shutil.rmtree(tmp_path / "epochs")
    for read in (epochs.read_epoch, epochs.read_registration, epochs.read_provenance):
        with pytest.raises(StoreCorrupt, match=r"obs-0 .*ingest the product again"):
            read(tmp_path, entry)


def test_an_epoch_of_a_later_schema_is_not_misread(tmp_path):
    entry = put(tmp_path, 0)
    head = folder_of(tmp_path, entry) / "zarr.json"
    head.write_text(head.read_text().replace('"schema": 1', '"schema": 2'))
    with pytest.raises(StoreCorrupt, match="its schema is 2"):
        epochs.read_epoch(tmp_path, entry)


def test_a_layer_out_of_shape_is_not_misread(tmp_path):
    entry = put(tmp_path, 0)
    head = folder_of(tmp_path, entry) / "equator/value/zarr.json"
    head.write_text(head.read_text().replace("1440", "1441"))
    with pytest.raises(StoreCorrupt, match=r"shape \(520, 1441\)"):
        epochs.read_layers(tmp_path, entry, "equator")
