from dataclasses import replace

import numpy as np
import pytest
from light_sample import lighting

from detect_scene import NOISE, frame_of, look
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.light.blocks import block_means
from iovolc.light.classes import LightClass
from iovolc.light.lit import lit
from iovolc.light.match import by_rank, difference
from iovolc.light.partners import Law
from iovolc.light.resolution import blur
from small_grid import coarse_grid, disc, slow_uncompiled, small_grid

GRID = small_grid()
FRAME = frame_of(GRID)


def compare(newer, older, frame=FRAME, reuse_correlation=0.85, **options):
    return difference(newer.side, older.side, frame, reuse_correlation=reuse_correlation, **options)


def scatter(found, name="equator"):
    return float(np.nanstd(found.value[name]))


@pytest.mark.parametrize("name", ["equator", "north", "south"])
def test_light_is_taken_out_on_every_sheet(name):
    found = compare(look(GRID, 1, gain=1.2, offset=0.3), look(GRID, 0))
    assert scatter(found, name) == pytest.approx(NOISE * np.hypot(1.0, 1.2), rel=0.1)
    assert np.nanmedian(found.value[name]) == pytest.approx(0.0, abs=0.005)
    assert found.value[name].dtype == np.float32


def test_the_gain_and_the_smooth_surface_of_the_match_are_told():
    newer = look(GRID, 1, gain=1.2, offset=0.3)
    (plain,) = compare(newer, look(GRID, 0)).lights
    assert plain.gain == pytest.approx(1.2, abs=0.02)
    assert plain.uneven == pytest.approx(0.0, abs=0.01)
    tilted = newer.side.blocks + 0.1 * np.sin(np.radians(FRAME.places.lat))
    (tilt,) = compare(replace(newer, side=replace(newer.side, blocks=tilted)), look(GRID, 0)).lights
    assert tilt.gain == pytest.approx(1.2, abs=0.02)
    assert tilt.uneven == pytest.approx(0.1 / np.sqrt(3.0), rel=0.15)


def test_nothing_is_told_of_the_match_of_maps_without_common_ground():
    newer, older = look(GRID, 1), look(GRID, 0)
    gone = replace(older, side=replace(older.side, blocks=np.full_like(older.side.blocks, np.nan)))
    (light,) = compare(newer, gone).lights
    assert np.isnan([light.gain, light.uneven, light.offset]).all()


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


def test_a_duller_camera_adds_up_light_not_its_logarithm():
    """A dark patch that one sees sharp and the other dull is no change."""
    sheet = GRID.sheet("equator")
    fine, coarse = (look(GRID, k, resolution_km=km, noise=0.0) for k, km in ((1, 64.0), (0, 200.0)))
    dark = disc(sheet, 10.0, 20.0, 250.0)
    light = np.exp(np.where(dark, np.float32(-1.5), np.float32(0.0)))
    sigma_px = float(np.sqrt(200.0**2 - 64.0**2) / FWHM_PER_SIGMA / sheet.pixel_km)
    fine.side.tone["equator"][:] = np.log(light)
    coarse.side.tone["equator"][:] = np.log(blur(light, sheet, sigma_px))
    found = compare(fine, coarse).value["equator"]
    assert float(np.nanmax(np.abs(found - np.nanmedian(found)))) < 0.02


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


@slow_uncompiled
def test_the_gain_of_a_match_by_rank_is_told():
    grid = coarse_grid()
    older, newer = (look(grid, k, quantity="relative", gain=gain) for k, gain in ((0, 1.0), (1, 3.0)))
    (light,) = compare(newer, older, frame_of(grid)).lights
    widths = [float(np.subtract(*np.nanquantile(side.side.tone["equator"], [0.9, 0.1]))) for side in (newer, older)]
    assert light.gain == pytest.approx(widths[0] / widths[1], rel=0.15)
    assert light.uneven < 0.1 * widths[0]
    assert np.isnan(light.offset)


def test_a_calibrated_epoch_may_be_given_by_rank():
    side = by_rank(look(GRID, 1, gain=3.0, gap=(0.0, 0.0, 300.0)).side, FRAME)
    assert side.quantity == "relative"
    assert float(np.nanstd(side.tone["equator"])) == pytest.approx(1.0, abs=0.1)
    assert np.isnan(side.tone["equator"][65, 180])
    assert float(np.nanstd(side.blocks)) == pytest.approx(1.0, abs=0.2)
    assert by_rank(side, FRAME) is side


SUN, JUPITER, UNKNOWN = LightClass.SUN, LightClass.JUPITER, LightClass.UNKNOWN


def half_lit(epoch, step, grid=GRID, frame=FRAME, **sky):
    """The epoch with its western half lit by Jupiter and shown brighter by ``step``, and nothing between the halves."""
    tone, codes = {}, {}
    for sheet in grid.sheets:
        column = np.broadcast_to(np.arange(sheet.shape[1]) - sheet.shape[1] // 2, sheet.shape)
        codes[sheet.name] = np.where(column < 0, JUPITER, SUN).astype(np.uint8)
        shown = epoch.side.tone[sheet.name] + np.float32(step) * (column < 0)
        tone[sheet.name] = np.where(np.abs(column) > 3, shown, np.nan).astype(np.float32)
    blocks = block_means(tone, frame.owned, grid)
    light = lit(lighting(**sky), tone, codes, frame.owned, grid)
    return replace(epoch, side=replace(epoch.side, tone=tone, blocks=blocks, lit=light))


def halves_of(plane):
    middle = plane.shape[1] // 2
    return plane[:, : middle - 10], plane[:, middle + 10 :]


def test_what_each_source_lights_is_matched_for_itself():
    found = compare(half_lit(look(GRID, 1), 0.8), look(GRID, 0))
    for half in halves_of(found.value["equator"]):
        assert np.nanmedian(half) == pytest.approx(0.0, abs=0.01)
        assert np.nanstd(half) == pytest.approx(NOISE * np.sqrt(2.0), rel=0.15)
    by_pair = {light.pair: light.offset for light in found.lights}
    assert by_pair[JUPITER, UNKNOWN] - by_pair[SUN, UNKNOWN] == pytest.approx(0.8, abs=0.02)
    west, east = halves_of(found.of_light["equator"])
    assert len(set(west.ravel())) == len(set(east.ravel())) == 1
    assert found.tone_variance("equator").shape == found.value["equator"].shape


def test_one_pair_of_sources_needs_no_planes():
    found = compare(look(GRID, 1), look(GRID, 0))
    assert [light.pair for light in found.lights] == [(UNKNOWN, UNKNOWN)]
    assert found.of_light == found.light_variance == {}
    assert found.tone_variance("equator").shape == (1, 1)


def test_the_error_of_the_light_model_grows_with_the_difference_of_geometry():
    older, law = half_lit(look(GRID, 0), 0.0), Law(0.02, 0.0015, 0.03)
    same, other = (
        compare(half_lit(look(GRID, 1), 0.0, sub_observer_lon_e=lon_e), older, law=law).light_variance["equator"]
        for lon_e in (40.0, 75.0)
    )
    inside = (slice(30, 100), slice(190, 300))
    assert np.nanmax(same[inside]) < 1e-6
    assert np.nanmedian(other[inside]) > 1e-4
    assert compare(half_lit(look(GRID, 1), 0.0), look(GRID, 0), law=law).light_variance == {}


@slow_uncompiled
def test_a_night_side_of_a_stretched_picture_is_ranked_for_itself():
    grid = coarse_grid()
    frame = frame_of(grid)
    dark = half_lit(look(grid, 1, quantity="relative"), -2.0, grid, frame)
    found = compare(dark, look(grid, 0, quantity="relative"), frame)
    for half in halves_of(found.value["equator"]):
        assert abs(np.nanmedian(half)) < 0.1
        assert np.nanstd(half) < 0.5
