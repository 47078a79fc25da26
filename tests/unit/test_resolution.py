import numpy as np
import pytest
from numba import config as numba_config

from iovolc.geometry.smooth import smooth
from iovolc.light.resolution import band_ratio, blur, fine_correlation, relative_blur
from iovolc.model.grid import Sheet
from small_grid import small_grid, terrain

COLS = 120 if numba_config.DISABLE_JIT else 320
SHEET = Sheet("equator", (96, COLS), 5_000.0, -COLS * 2_500.0, 240_000.0)
SURFACE = terrain(SHEET, 2)


def blurred(sigma_px, values=SURFACE):
    return smooth(values, SHEET, sigma_px * SHEET.pixel_km)


def middle(plane):
    return plane[20:-20]


def test_blurred_terrain_has_less_in_the_fine_band():
    ratios = [float(np.median(middle(band_ratio(blurred(sigma), SHEET)))) for sigma in (0.0, 0.7, 1.4, 2.1)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] < 0.2 * ratios[0]


def test_band_ratio_ignores_gain_and_offset():
    np.testing.assert_allclose(
        middle(band_ratio(3.0 * SURFACE + 2.0, SHEET)), middle(band_ratio(SURFACE, SHEET)), rtol=0.02
    )


@pytest.mark.parametrize("sigma_px", [0.8, 1.2, 2.0])
def test_the_sharper_map_is_told_how_much_it_must_be_blurred(sigma_px):
    needed = relative_blur(blurred(0.6), blurred(np.hypot(0.6, sigma_px)), SHEET)
    assert np.median(middle(needed.first)) == pytest.approx(sigma_px, rel=0.2)
    assert np.median(middle(needed.second)) == 0.0


def test_two_equally_sharp_maps_need_next_to_none():
    generator = np.random.default_rng(0)
    first, second = (blurred(1.0) + 0.005 * generator.standard_normal(SHEET.shape).astype(np.float32) for _ in range(2))
    needed = relative_blur(first, second, SHEET)
    assert max(np.median(middle(needed.first)), np.median(middle(needed.second))) < 0.3


def test_blur_is_exchanged_with_the_maps():
    sharp, soft = blurred(0.6), blurred(1.5)
    one, other = relative_blur(sharp, soft, SHEET), relative_blur(soft, sharp, SHEET)
    np.testing.assert_array_equal(one.first, other.second)
    np.testing.assert_array_equal(one.second, other.first)


def test_maps_that_share_nothing_need_no_blur():
    first, second = SURFACE.copy(), SURFACE.copy()
    first[:, : COLS // 2], second[:, COLS // 2 :] = np.nan, np.nan
    needed = relative_blur(first, second, SHEET)
    assert not needed.first.any()
    assert not needed.second.any()


def test_blurring_by_one_width_is_smoothing():
    np.testing.assert_allclose(middle(blur(SURFACE, SHEET, 1.3)), middle(blurred(1.3)), atol=1e-4)


@pytest.mark.parametrize("sigma_px", [0.6, 1.0, 1.3, 2.4, 3.0])
def test_blurring_place_by_place_meets_the_single_width(sigma_px):
    varying = blur(SURFACE, SHEET, np.full(SHEET.shape, sigma_px, np.float32))
    fixed = blur(SURFACE, SHEET, sigma_px)
    assert np.std(middle(varying - fixed)) < 0.06 * np.std(middle(SURFACE - fixed))


def test_only_the_places_that_need_it_are_blurred():
    half = COLS // 2
    sigma = np.zeros(SHEET.shape, np.float32)
    sigma[:, half:] = 1.5
    found = blur(SURFACE, SHEET, sigma)
    np.testing.assert_array_equal(found[:, :half], SURFACE[:, :half])
    assert np.std(np.diff(found[:, half + 5 : -5])) < 0.7 * np.std(np.diff(SURFACE[:, half + 5 : -5]))


def test_gaps_stay_and_do_not_darken_their_surroundings():
    values = np.full(SHEET.shape, 4.0, np.float32)
    values[40:50, 80:100] = np.nan
    for sigma in (2.0, np.full(SHEET.shape, 2.0, np.float32)):
        found = blur(values, SHEET, sigma)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(values))
        np.testing.assert_allclose(found[np.isfinite(found)], 4.0, rtol=1e-5)


def test_no_width_leaves_the_map_alone():
    np.testing.assert_array_equal(blur(SURFACE, SHEET, 0.0), SURFACE)


def correlation(first, second):
    grid = small_grid()
    planes = [{"equator": plane} for plane in (first, second)]
    return fine_correlation(*planes, grid, low_km=32.0, high_km=64.0, window_km=300.0)


def test_copied_pixels_correlate_and_new_ones_do_not():
    sheet = small_grid().sheet("equator")
    generator = np.random.default_rng(5)
    old = generator.standard_normal(sheet.shape).astype(np.float32)
    new = generator.standard_normal(sheet.shape).astype(np.float32)
    new[:, :180] = 0.8 * old[:, :180] + 3.0
    found = correlation(new, old)
    assert set(found) == {"equator"}
    assert np.median(found["equator"][:, 40:140]) > 0.99
    assert np.abs(np.median(found["equator"][:, 220:320])) < 0.3


def test_gaps_do_not_correlate():
    sheet = small_grid().sheet("equator")
    first = np.random.default_rng(1).standard_normal(sheet.shape).astype(np.float32)
    second = np.random.default_rng(2).standard_normal(sheet.shape).astype(np.float32)
    for plane in (first, second):
        plane[40:80, 100:200] = np.nan
    assert np.abs(correlation(first, second)["equator"]).mean() < 0.3


def test_what_a_duller_camera_saw_beyond_the_edge_is_not_made_up():
    values = SURFACE.copy()
    values[:, :100] = np.nan
    found = blur(values, SHEET, 2.0, least_seen=0.95)
    assert np.isnan(found[:, 100:103]).all()
    np.testing.assert_array_equal(np.isfinite(found[20:-20, 104:-20]), np.isfinite(values[20:-20, 104:-20]))
