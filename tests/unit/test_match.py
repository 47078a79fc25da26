from dataclasses import replace

import numpy as np
import pytest

from detect_scene import NOISE, frame_of, look
from iovolc.light.match import by_rank, difference
from small_grid import coarse_grid, disc, slow_uncompiled, small_grid

GRID = small_grid()
FRAME = frame_of(GRID)


def compare(newer, older, frame=FRAME, reuse_correlation=0.85, unchanged=None):
    return difference(newer.side, older.side, frame, reuse_correlation=reuse_correlation, unchanged=unchanged)


def scatter(found, name="equator"):
    return float(np.nanstd(found.value[name]))


@pytest.mark.parametrize("name", ["equator", "north", "south"])
def test_light_is_taken_out_on_every_sheet(name):
    found = compare(look(GRID, 1, gain=1.2, offset=0.3), look(GRID, 0))
    assert scatter(found, name) == pytest.approx(NOISE * np.hypot(1.0, 1.2), rel=0.1)
    assert np.nanmedian(found.value[name]) == pytest.approx(0.0, abs=0.005)
    assert found.value[name].dtype == np.float32


def test_a_change_remains():
    newer, older = look(GRID, 1, offset=0.2), look(GRID, 0)
    where = disc(GRID.sheet("equator"), 10.0, 20.0, 300.0)
    newer.side.tone["equator"][where] -= 0.3
    found = compare(newer, older)
    assert np.mean(found.value["equator"][where]) == pytest.approx(-0.3, abs=0.02)


def test_what_either_does_not_show_is_not_compared():
    newer, older = look(GRID, 1, gap=(0.0, 0.0, 400.0)), look(GRID, 0, gap=(0.0, 90.0, 400.0))
    found = compare(newer, older).value["equator"]
    expected = np.isnan(newer.side.tone["equator"]) | np.isnan(older.side.tone["equator"])
    np.testing.assert_array_equal(np.isnan(found), expected)


def test_a_sheet_that_one_lacks_is_left_out():
    older = look(GRID, 0)
    polar = {name: plane for name, plane in older.side.tone.items() if name != "south"}
    found = compare(look(GRID, 1), replace(older, side=replace(older.side, tone=polar)))
    assert set(found.value) == {"equator", "north"}


def test_the_sharper_one_is_blurred_to_the_coarser_one():
    """Its noise becomes smoother; that of the coarser one stays."""
    fine, coarse = look(GRID, 1, resolution_km=64.0), look(GRID, 0, resolution_km=200.0)
    matched, alike = compare(fine, coarse), compare(fine, look(GRID, 0, resolution_km=64.0))
    assert matched.resolution_km == 200.0
    assert alike.resolution_km == 64.0
    assert scatter(alike) == pytest.approx(NOISE * np.sqrt(2.0), rel=0.1)
    assert np.nanstd(np.diff(matched.value["equator"])) < 0.8 * np.nanstd(np.diff(alike.value["equator"]))


def test_pixels_taken_over_from_the_older_mosaic_are_no_observation():
    older = look(GRID, 0, is_mosaic=True)
    newer = look(GRID, 1, is_mosaic=True, seed=1, noise=0.2)
    newer.side.tone["equator"][:, :180] = older.side.tone["equator"][:, :180]
    found = compare(newer, older)
    assert found.reused["equator"][20:110, 20:160].mean() > 0.99
    assert np.isnan(found.value["equator"][found.reused["equator"]]).all()
    assert found.reused["equator"][20:110, 200:340].mean() < 0.2


def test_single_images_are_never_taken_for_copies():
    older = look(GRID, 0)
    assert compare(older, older).reused == {}


def test_telling_what_changed_improves_the_tone():
    newer, older = look(GRID, 1), look(GRID, 0)
    east = FRAME.places.lon_e > 20.0
    newer.side.blocks[east] += 0.05
    told = compare(newer, older, unchanged=np.where(east, 0.0, 1.0))
    untold = compare(newer, older)
    west = (slice(None), slice(0, 150))
    assert abs(np.mean(told.value["equator"][west])) < abs(np.mean(untold.value["equator"][west]))


@slow_uncompiled
@pytest.mark.parametrize("quantities", [("relative", "relative"), ("iof", "relative"), ("relative", "iof")])
def test_stretched_pictures_are_compared_by_rank(quantities):
    grid = coarse_grid()
    newer, older = (
        look(grid, number, quantity=quantity, gain=gain)
        for number, quantity, gain in zip((1, 0), quantities, (3.0, 1.0), strict=True)
    )
    found = compare(newer, older, frame_of(grid)).value["equator"]
    spread = float(np.nanstd(newer.side.tone["equator"]))
    assert np.nanstd(found) < 0.4 * spread
    assert float(np.nanmedian(found)) == pytest.approx(0.0, abs=0.1 * spread)


def test_a_calibrated_epoch_may_be_given_by_rank():
    side = by_rank(look(GRID, 1, gain=3.0, gap=(0.0, 0.0, 300.0)).side, FRAME)
    assert side.quantity == "relative"
    assert float(np.nanstd(side.tone["equator"])) == pytest.approx(1.0, abs=0.1)
    assert np.isnan(side.tone["equator"][65, 180])
    assert float(np.nanstd(side.blocks)) == pytest.approx(1.0, abs=0.2)
    assert by_rank(side, FRAME) is side
