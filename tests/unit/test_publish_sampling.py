"""Maps and views made of the grid's sheets."""

import numpy as np
import pytest
from publish_sample import GRID

from iovolc import body
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.publish.sampling import local_view, map_lat_lon, map_shape, mosaic, sample, view


def _sheets(function, dtype):
    return {sheet.name: function(*pixel_lat_lon(sheet)).astype(dtype) for sheet in GRID.sheets}


def _smooth(lat, lon_e):
    return np.sin(np.radians(lat)) + 0.3 * np.cos(np.radians(lat)) * np.cos(np.radians(lon_e))


def test_the_map_is_seamless_over_poles_and_sheet_edges():
    found = mosaic(GRID, _sheets(_smooth, np.float32))
    lat, lon_e = map_lat_lon(GRID)
    assert found.shape == map_shape(GRID) == (720, 1440)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, _smooth(lat[:, None], lon_e[None, :]), atol=3e-5)


def test_the_equator_is_copied_pixel_by_pixel():
    rng = np.random.default_rng(1)
    sheets = {sheet.name: rng.normal(size=sheet.shape).astype(np.float32) for sheet in GRID.sheets}
    found = mosaic(GRID, sheets)
    np.testing.assert_array_equal(found[120:-120], sheets["equator"][20:-20])


@pytest.mark.parametrize("dtype", [np.float32, np.uint8, np.bool_])
def test_the_caps_are_what_a_view_of_their_places_shows(dtype):
    rng = np.random.default_rng(2)
    sheets = {sheet.name: (8.0 * rng.random(sheet.shape) - 0.5).round().astype(dtype) for sheet in GRID.sheets}
    if dtype is np.float32:
        sheets["south"][rng.random(sheets["south"].shape) < 0.3] = np.nan
    lat, lon_e = np.broadcast_arrays(*np.ix_(*map_lat_lon(GRID)))
    caps = np.abs(lat) >= 60.0
    np.testing.assert_array_equal(mosaic(GRID, sheets)[caps], view(GRID, sheets.__getitem__, lat[caps], lon_e[caps]))


def test_codes_are_never_mixed():
    codes = mosaic(GRID, _sheets(lambda lat, lon_e: np.where(lon_e + 0 * lat > 0, 4, 1), np.uint8))
    assert codes.dtype == np.uint8
    assert set(np.unique(codes)) == {1, 4}
    assert (codes[5, 1440 // 2 + 40 : -40] == 4).all()


def test_missing_neighbours_do_not_spread():
    sheet = GRID.sheet("equator")
    array = np.ones(sheet.shape, dtype=np.float32)
    array[260, 720] = np.nan
    lat, lon_e = pixel_lat_lon(sheet)
    step = 0.25 / GRID.pixels_per_degree
    place = lat[260, 720], lon_e[260, 720]
    assert np.isnan(sample(sheet, array, np.array([place[0]]), np.array([place[1]])))[0]
    beside = sample(sheet, array, np.array([place[0]]), np.array([place[1] + 3 * step]))
    assert beside[0] == pytest.approx(1.0)


def test_the_seam_is_crossed():
    sheet = GRID.sheet("equator")
    array = np.zeros(sheet.shape, dtype=np.float32)
    array[:, 0], array[:, -1] = 2.0, 4.0
    assert sample(sheet, array, np.array([0.0]), np.array([180.0]))[0] == pytest.approx(3.0)


@pytest.mark.parametrize("place", [(10.0, -59.5), (-80.0, 179.0), (90.0, 0.0)])
def test_a_view_is_true_to_scale_with_north_up(place):
    lat, lon_e = local_view(*place, 200.0, 40)
    half_pixel = 200.0 / 40
    edge = distance_km(lat[20, 0], lon_e[20, 0], *place)
    assert edge == pytest.approx(np.hypot(200.0 - half_pixel, half_pixel), rel=1e-6)
    assert distance_km(lat[0, 20], lon_e[0, 20], *place) == pytest.approx(edge, rel=1e-6)
    if abs(place[0]) < 85:
        assert lat[0, 20] > lat[-1, 20]
        assert (lon_e[20, -1] - lon_e[20, 0]) % 360 < 180


def test_a_view_reads_only_the_sheets_it_needs():
    asked = []

    def layer(name):
        asked.append(name)
        return _smooth(*pixel_lat_lon(GRID.sheet(name))).astype(np.float32)

    lat, lon_e = local_view(60.0, 20.0, 150.0, 30)
    found = view(GRID, layer, lat, lon_e)
    assert asked == ["equator", "north"]
    np.testing.assert_allclose(found, _smooth(lat, lon_e), atol=3e-5)


def test_a_view_without_places_is_an_error():
    with pytest.raises(ValueError, match="at least one place"):
        view(GRID, lambda _: np.zeros((1, 1)), np.empty((0, 0)), np.empty((0, 0)))


def test_the_map_spans_the_sphere():
    lat, lon_e = map_lat_lon(GRID)
    assert lat[0] == pytest.approx(90.0 - 0.125)
    assert lon_e[0] == pytest.approx(-180.0 + 0.125)
    assert GRID.sheets[0].pixel_m * 1440 == pytest.approx(2 * np.pi * body.RADIUS_M)
