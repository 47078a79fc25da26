"""Made-up changes: as large and strong as asked for, at free places, on all sheets alike."""

import math

import numpy as np
import pytest

from detect_scene import frame_of, look
from iovolc.detect.injection import OUTLINES, Injection, draw_places, inject, masked_places
from iovolc.geometry.sphere import distance_km, pixel_area_km2, pixel_lat_lon
from small_grid import small_grid

GRID = small_grid(2)


def added(injection, **fields):
    frame = frame_of(GRID)
    plain = look(GRID, 0, noise=0.0, **fields)
    return plain, inject(plain, [injection], frame)


@pytest.mark.parametrize("outline", OUTLINES)
@pytest.mark.parametrize(("lat", "lon_e"), [(10.0, 30.0), (-35.0, 179.9), (89.0, 12.0), (-62.0, -100.0)])
def test_an_injection_has_the_volume_of_its_disc(outline, lat, lon_e):
    plain, changed = added(Injection(lat, lon_e, 300.0, -0.3, outline, 5), resolution_km=30.0)
    name = "equator" if abs(lat) < 60.0 else "north" if lat > 0 else "south"
    sheet = GRID.sheet(name)
    change = changed.side.tone[name] - plain.side.tone[name]
    volume = float((change * pixel_area_km2(sheet)).sum())
    assert volume == pytest.approx(-0.3 * math.pi * 150.0**2, rel=0.03)
    assert -0.33 < change.min() < -0.2
    assert change.max() < 1e-3
    far = distance_km(lat, lon_e, *pixel_lat_lon(sheet)) > 450.0
    assert np.abs(change[far]).max() < 1e-3


def test_a_small_change_is_diluted_by_the_picture_s_blur():
    plain, changed = added(Injection(0.0, 0.0, 60.0, 0.4, "round", 1), resolution_km=60.0)
    change = changed.side.tone["equator"] - plain.side.tone["equator"]
    assert 0.12 < change.max() < 0.25


def test_overlapping_sheets_hold_the_same_change():
    plain, changed = added(Injection(60.0, 40.0, 400.0, 0.5, "lobed", 3))
    areas = []
    for name in ("equator", "north"):
        change = changed.side.tone[name] - plain.side.tone[name]
        areas.append(float(((change > 0.25) * pixel_area_km2(GRID.sheet(name))).sum()))
    # The outline reaches beyond 65 degrees, where the first sheet ends.
    assert 0.5 * areas[1] < areas[0] < 1.05 * areas[1]


def test_block_means_follow_the_tone():
    plain, changed = added(Injection(0.0, 0.0, 600.0, 0.5, "round", 2))
    moved = np.abs(changed.side.blocks - plain.side.blocks)
    assert np.nanmax(moved) == pytest.approx(0.5, abs=0.02)
    assert np.nanmedian(moved) == 0.0
    assert plain.side.tone["equator"] is not changed.side.tone["equator"]


def test_outlines_differ_from_each_other_and_by_seed():
    pictures = [
        added(Injection(0.0, 0.0, 500.0, 1.0, outline, seed))[1].side.tone["equator"]
        for outline, seed in (("round", 1), ("lobed", 1), ("lobed", 2), ("patchy", 1))
    ]
    for i, one in enumerate(pictures):
        assert all(np.abs(one - other).max() > 0.3 for other in pictures[:i])


def everywhere(lat, lon_e):
    del lon_e
    return np.ones(lat.shape, bool)


def test_places_are_drawn_by_equal_area_and_keep_apart():
    places = draw_places([20.0] * 150, everywhere, np.random.default_rng(0))
    lat = np.array([place[0] for place in places])
    assert len(places) > 130
    assert np.mean(np.abs(lat) < 30.0) == pytest.approx(0.5, abs=0.13)
    for i, (a, b, _) in enumerate(places):
        for c, d, _ in places[:i]:
            assert distance_km(a, b, c, d) > 140.0


def test_a_band_of_latitudes_holds_all_of_every_change():
    for lat, _, size in draw_places([300.0, 100.0, 10.0], everywhere, np.random.default_rng(1), (-10.0, 10.0)):
        assert abs(lat) + math.degrees(0.5 * size / 1821.49) < 10.0


def test_no_room_no_places():
    assert draw_places([500.0], everywhere, np.random.default_rng(2), (-3.0, 3.0)) == []
    assert draw_places([50.0], lambda lat, _: np.zeros(lat.shape, bool), np.random.default_rng(2)) == []


def test_masks_answer_for_the_sheet_that_owns_a_place():
    masks = {sheet.name: np.zeros(sheet.shape, bool) for sheet in GRID.sheets if sheet.name != "south"}
    masks["north"][:] = True
    masks["equator"][:, :360] = True  # the western half
    ask = masked_places(masks, GRID, 60.0)
    lat, lon_e = np.array([80.0, 10.0, 10.0, -80.0, 62.0]), np.array([0.0, -90.0, 90.0, 0.0, 120.0])
    assert ask(lat, lon_e).tolist() == [True, True, False, False, True]
