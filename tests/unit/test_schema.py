from dataclasses import replace

import numpy as np
import pytest
from pyproj import CRS

from iovolc.cube import schema
from iovolc.model.epoch import Lattice
from iovolc.model.flags import Flag
from store_sample import GRID, sample_epoch, sample_layers, sample_registration


def faults_of(**changes):
    return " ".join(schema.epoch_faults(replace(sample_epoch(0), **changes), GRID))


def test_a_sound_epoch_has_no_fault():
    assert schema.epoch_faults(sample_epoch(0, ("equator", "north", "south")), GRID) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ""}, "no id"),
        ({"channel": "purple"}, "channel is 'purple'"),
        ({"quantity": "brightness"}, "quantity is 'brightness'"),
        ({"start_utc": sample_epoch(5).record.start_utc}, "not in order"),
        ({"time_utc": sample_epoch(0).record.time_utc.replace(tzinfo=None)}, "no zone"),
    ],
)
def test_a_record_that_cannot_be_placed_in_the_cube_is_named(changes, words):
    assert words in faults_of(record=replace(sample_epoch(0).record, **changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"warp": Lattice(np.zeros((18, 36, 4), np.float32), 10.0)}, "warp has shape"),
        ({"warp": Lattice(np.full((19, 36, 4), np.nan, np.float32), 10.0)}, "not finite"),
        ({"warp": Lattice(np.zeros((19, 36, 4), np.float32), 0.0)}, "step is 0.0"),
        ({"tiles": np.zeros((2, 5), np.float32)}, "tiles have shape"),
        ({"method": "magic"}, "method is 'magic'"),
    ],
)
def test_a_registration_out_of_shape_is_named(changes, words):
    assert words in faults_of(registration=replace(sample_registration(), **changes))


@pytest.mark.parametrize(
    ("layer", "change", "words"),
    [
        ("value", lambda array: array.astype(np.float64), "value is float64"),
        ("flags", lambda array: array[:-1], "flags is uint16"),
        ("value", lambda array: np.where(np.isnan(array), np.float32(np.inf), array), "infinite"),
        ("sigma", lambda array: -array, "sigma is negative"),
    ],
)
def test_pixels_out_of_the_schema_are_named(layer, change, words):
    layers = sample_layers("equator", 0)
    found = faults_of(sheets={"equator": replace(layers, **{layer: change(getattr(layers, layer))})})
    assert found.startswith("equator: ")
    assert words in found


def test_an_unknown_sheet_is_named():
    assert "no sheet 'east'" in faults_of(sheets={"east": sample_layers("equator", 0)})


@pytest.mark.parametrize("sheet", GRID.sheets, ids=lambda sheet: sheet.name)
def test_a_sheet_keeps_its_authority_code_in_wkt2(sheet):
    attrs = schema.sheet_attrs(sheet)
    crs = CRS.from_wkt(attrs["crs_wkt"])
    assert crs.equals(CRS.from_user_input(attrs["crs_authority"]), ignore_axis_order=True)
    assert ":".join(crs.to_authority()) == attrs["crs_authority"] == sheet.crs
    assert (attrs["body"], attrs["naif_id"]) == ("Io", 501)
    assert schema.attr_faults(attrs, sheet) == ()


def test_a_stored_sheet_of_another_body_or_grid_is_named():
    north = GRID.sheet("north")
    assert "crs_authority" in " ".join(schema.attr_faults(schema.sheet_attrs(GRID.sheet("south")), north))
    assert "body = Earth" in " ".join(schema.attr_faults({**schema.sheet_attrs(north), "body": "Earth"}, north))


def test_a_stored_layer_of_another_type_or_shape_is_named():
    sheet = GRID.sheet("north")
    value = schema.LAYERS[0]
    assert schema.array_faults(value, np.dtype("float32"), sheet.shape, sheet) == ()
    assert "not float32" in schema.array_faults(value, np.dtype("float64"), sheet.shape, sheet)[0]
    assert "has shape (3, 4)" in schema.array_faults(value, np.dtype("float32"), (3, 4), sheet)[0]


def test_flags_carry_their_meaning():
    attrs = schema.flag_attrs()
    meanings = dict(zip(attrs["flag_meanings"].split(), attrs["flag_masks"], strict=True))
    assert meanings["saturated"] == Flag.SATURATED
    assert attrs["flag_masks"].dtype == np.uint16
