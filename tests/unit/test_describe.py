import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from iovolc import body
from iovolc.detect.clusters import Cluster
from iovolc.detect.describe import (
    Shape,
    detection_id,
    equal_area_diameter_km,
    measure,
    pixel_places,
    place_columns,
)
from iovolc.model.detection import Footprint
from iovolc.model.observation import Bounds, ObservationRecord
from small_grid import cap_km2, disc, small_grid

GRID = small_grid()
PLACES = pixel_places(GRID)
WHEN = datetime(2007, 2, 28, tzinfo=UTC)
RECORD = ObservationRecord("obs", "ab", "a.tif", "red", "iof", WHEN, WHEN, WHEN, Bounds(-180.0, 180.0, 90.0, -90.0))
HERE = Shape(10.0, -170.0, 5_000.0, -0.2)


def cluster_of(masks, sign=1, amplitude=1.0):
    pixels = tuple((name, np.flatnonzero(mask).astype(np.int32)) for name, mask in masks.items())
    return Cluster(sign, 0, 9.0, amplitude * sign, 0.1, Footprint(pixels))


@pytest.mark.parametrize(
    ("name", "lat", "lon_e"),
    [("equator", 0.0, 180.0), ("equator", 40.0, -179.7), ("north", 90.0, 0.0), ("south", -75.0, 179.0)],
)
def test_a_disc_is_measured_where_it_lies(name, lat, lon_e):
    sheet = GRID.sheet(name)
    mask = disc(sheet, lat, lon_e, 300.0)
    shape = measure(cluster_of({name: mask}), {name: (0.4 * mask).astype(np.float32)}, PLACES)
    towards = pixel_vector(shape.lat, shape.lon_e) @ pixel_vector(lat, lon_e)
    assert math.degrees(math.acos(min(towards, 1.0))) < 0.2
    assert shape.area_km2 == pytest.approx(cap_km2(300.0), rel=0.03)
    assert shape.contrast == pytest.approx(0.4, rel=1e-5)


def pixel_vector(lat, lon_e):
    phi, lam = math.radians(lat), math.radians(lon_e)
    return np.array([math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)])


def test_the_centre_is_drawn_to_where_the_change_is_strongest():
    sheet = GRID.sheet("equator")
    mask = disc(sheet, 0.0, 0.0, 300.0)
    change = np.where(np.arange(360)[None, :] > 180, 0.8, 0.2) * mask
    shape = measure(cluster_of({"equator": mask}), {"equator": change.astype(np.float32)}, PLACES)
    assert 1.0 < shape.lon_e < 6.0
    assert shape.lat == pytest.approx(0.0, abs=0.1)


def test_the_mirrored_change_has_the_same_centre_and_the_opposite_contrast():
    mask = disc(GRID.sheet("equator"), 20.0, 30.0, 300.0)
    change = (mask * np.linspace(0.1, 1.0, 360)).astype(np.float32)
    brighter = measure(cluster_of({"equator": mask}), {"equator": change}, PLACES)
    darker = measure(cluster_of({"equator": mask}, sign=-1), {"equator": -change}, PLACES)
    assert (darker.lat, darker.lon_e, darker.contrast) == (brighter.lat, brighter.lon_e, -brighter.contrast)


def test_pixels_without_data_do_not_spoil_the_measurement():
    mask = disc(GRID.sheet("equator"), 0.0, 0.0, 300.0)
    change = (0.5 * mask).astype(np.float32)
    change[65, 180] = np.nan
    shape = measure(cluster_of({"equator": mask}), {"equator": change}, PLACES)
    assert shape.contrast == pytest.approx(0.5, rel=0.01)


def test_places_are_unit_vectors_and_areas():
    for sheet in GRID.sheets:
        np.testing.assert_allclose(
            np.linalg.norm(PLACES.vectors(sheet.name, np.arange(0, sheet.shape[1], 7)), axis=1), 1.0, rtol=1e-6
        )
        assert PLACES.area_km2[sheet.name].shape == (sheet.shape[0] * sheet.shape[1],)


def test_the_id_is_short_and_repeats():
    one = detection_id(RECORD, ["a", "b"], 1, HERE)
    assert len(one) == 12
    assert int(one, 16) >= 0
    assert detection_id(RECORD, ["a", "b"], 1, replace(HERE, lat=10.001, area_km2=9.0)) == one


@pytest.mark.parametrize(
    ("record", "references", "sign", "shape"),
    [
        (replace(RECORD, id="other"), ["a", "b"], 1, HERE),
        (replace(RECORD, sha256="cd"), ["a", "b"], 1, HERE),
        (RECORD, ["a"], 1, HERE),
        (RECORD, ["a", "b"], -1, HERE),
        (RECORD, ["a", "b"], 1, replace(HERE, lat=10.1)),
        (RECORD, ["a", "b"], 1, replace(HERE, lon_e=-170.1)),
    ],
)
def test_the_id_depends_on_epoch_predecessors_sign_and_place(record, references, sign, shape):
    assert detection_id(record, references, sign, shape) != detection_id(RECORD, ["a", "b"], 1, HERE)


def test_both_longitudes_are_given():
    columns = place_columns(HERE, 12.5)
    assert (columns["lon_e"], columns["lon_w"]) == (-170.0, 170.0)
    assert columns["position_sigma_km"] == 12.5


@pytest.mark.parametrize("radius_km", [10.0, 700.0, math.pi / 2 * body.RADIUS_KM])
def test_the_diameter_is_that_of_the_cap(radius_km):
    assert equal_area_diameter_km(cap_km2(radius_km)) == pytest.approx(2.0 * radius_km, rel=1e-6)


def test_no_area_is_wider_than_io():
    assert equal_area_diameter_km(1e9) == pytest.approx(2.0 * math.pi * body.RADIUS_KM)
