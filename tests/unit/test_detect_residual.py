import math

import numpy as np
import pytest

from iovolc.detect.classes import noise_classes
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.residual import Combined, combine, gradient
from iovolc.detect.variance import baseline_share, residual_variance, variance
from iovolc.geometry.sphere import pixel_lat_lon
from small_grid import small_grid

GRID = small_grid()
OWNED = owned_pixels(GRID)


def stack(count, seed=0, shape=(9, 11), gaps=0.3):
    generator = np.random.default_rng(seed)
    planes = generator.standard_normal((count, *shape)).astype(np.float32)
    planes[generator.random(planes.shape) < gaps] = np.nan
    return planes


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8])
def test_combining_is_numpys_median_and_mad(count):
    planes = stack(count)
    planes[:, 0, 0] = 1.0
    planes[:, 0, 1] = np.nan
    found = combine(list(planes), [0] * count)
    known = np.isfinite(planes).any(axis=0)
    expected = np.nanmedian(planes[:, known], axis=0)
    np.testing.assert_allclose(found.median[known], expected, rtol=1e-6)
    spread = 1.4826 * np.nanmedian(np.abs(planes[:, known] - expected), axis=0)
    np.testing.assert_allclose(found.spread[known], spread, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(found.count, np.isfinite(planes).sum(axis=0))
    assert np.isnan(found.median[~known]).all()
    assert np.isnan(found.spread[~known]).all()


def test_finer_predecessors_go_before_coarser_ones():
    fine, coarse = np.full((1, 3), 1.0, np.float32), np.full((1, 3), 5.0, np.float32)
    fine[0, 0] = np.nan
    found = combine([fine, coarse, coarse + 2.0], [0, 1, 1])
    np.testing.assert_array_equal(found.median, [[6.0, 1.0, 1.0]])
    np.testing.assert_array_equal(found.count, [[2, 1, 1]])


def test_order_within_a_group_does_not_matter():
    planes = stack(5)
    one, other = combine(list(planes), [0] * 5), combine(list(planes[::-1]), [0] * 5)
    np.testing.assert_array_equal(one.median, other.median)
    np.testing.assert_array_equal(one.spread, other.spread)


def test_share_of_the_baseline():
    np.testing.assert_allclose(
        baseline_share(np.array([0, 1, 2, 4, 10], np.uint8)),
        [1.0, 1.0, 0.5, math.pi / 8, math.pi / 20],
        rtol=1e-6,
    )


def test_the_gradient_is_the_steepest_slope_in_sight():
    sheet = GRID.sheet("north")
    ramp = np.arange(80, dtype=np.float32)[:, None] * np.ones(80, np.float32) * 0.3
    np.testing.assert_allclose(gradient(ramp, sheet)[5:-5, 5:-5], 0.3 / GRID.pixel_km, rtol=1e-5)
    step = np.zeros(sheet.shape, np.float32)
    step[:, 40:] = 1.0
    assert (gradient(step, sheet)[:, 38:42] > 0).all()
    assert not gradient(step, sheet)[:, :37].any()


def test_a_slope_along_a_parallel_is_steeper_poleward():
    sheet = GRID.sheet("equator")
    lat, lon_e = pixel_lat_lon(sheet)
    slope = gradient(np.sin(np.radians(lon_e)).astype(np.float32), sheet)
    ratio = slope[65 - 45, 180] / slope[65, 180]
    assert ratio == pytest.approx(1.0 / math.cos(math.radians(lat[65 - 46, 0])), rel=0.01)


def test_the_seam_is_no_slope():
    sheet = GRID.sheet("equator")
    _, lon_e = pixel_lat_lon(sheet)
    slope = gradient(np.cos(np.radians(lon_e)).astype(np.float32), sheet)
    assert slope[65, 0] == pytest.approx(slope[65, 180], rel=1e-3, abs=1e-6)


def test_a_map_without_data_has_no_slope():
    sheet = GRID.sheet("north")
    assert not gradient(np.full(sheet.shape, np.nan, np.float32), sheet).any()


def combined(sigma, count=1, seed=0, change=0.0):
    generator = np.random.default_rng(seed)
    out = {}
    for sheet in GRID.sheets:
        counts = np.full(sheet.shape, count, np.uint8)
        scatter = sigma * np.sqrt(1.0 + baseline_share(counts))
        median = (scatter * generator.standard_normal(sheet.shape)).astype(np.float32)
        if sheet.name == "equator":
            median[50:60, 100:130] += change
        out[sheet.name] = Combined(median, np.zeros(sheet.shape, np.float32), counts)
    return out


@pytest.mark.parametrize("count", [1, 2, 5])
def test_residual_variance_is_that_of_one_epoch(count):
    found = residual_variance(combined(0.2, count), OWNED, GRID)
    for sheet in GRID.sheets:
        np.testing.assert_allclose(found[sheet.name], 0.04, rtol=0.1)


def test_real_change_moves_the_variance_little():
    still = residual_variance(combined(0.2), OWNED, GRID)["equator"]
    moved = residual_variance(combined(0.2, change=5.0), OWNED, GRID)["equator"]
    assert np.median(moved / still) < 1.02
    assert (moved / still).max() < 2.5


def test_a_noisier_region_has_more_variance():
    part = combined(0.2)
    part["equator"].median[:, :180] *= 1.5
    found = residual_variance(part, OWNED, GRID)["equator"]
    assert found[65, 90] > 1.15 * found[65, 270]


def test_nothing_compared_has_no_variance():
    nothing = {
        name: Combined(part.median * np.nan, part.spread, part.count * 0) for name, part in combined(1.0).items()
    }
    for plane in residual_variance(nothing, OWNED, GRID).values():
        assert not plane.any()
    assert residual_variance({}, OWNED, GRID) == {}


def one(spread, count):
    shape = (1, 1)
    return Combined(np.zeros(shape, np.float32), np.full(shape, spread, np.float32), np.full(shape, count, np.uint8))


def test_a_single_predecessor_is_judged_by_the_noise_model():
    flat = np.full((1, 1), 0.04, np.float32)
    np.testing.assert_allclose(variance(one(9.0, 1), flat, 10.0), 0.08, rtol=1e-5)


def test_the_historys_own_spread_counts_by_its_length():
    flat = np.full((1, 1), 0.04, np.float32)
    found = variance(one(0.4, 11), flat, 10.0)
    expected = 0.5 * (0.04 + 0.16) * (1.0 + math.pi / 22)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_an_uncertain_match_of_tone_counts_where_that_predecessor_is_used():
    planes = np.zeros((3, 1, 3), np.float32)
    planes[0, 0, 1] = planes[1, 0, 2] = planes[2, 0, 2] = np.nan
    variances = [np.full((1, 1), variance, np.float32) for variance in (0.09, 0.0, 0.0)]
    found = combine(list(planes), [0, 0, 0], variances)
    np.testing.assert_allclose(found.tone, [[0.09 / 9, 0.0, 0.09]], rtol=1e-6)


def test_what_the_light_model_errs_by_is_common_to_all_predecessors():
    planes = np.zeros((2, 1, 2), np.float32)
    planes[0, 0, 1] = np.nan
    none = [np.zeros((1, 1), np.float32)] * 2
    light = [np.full((1, 2), 0.04, np.float32), np.full((1, 1), 0.02, np.float32)]
    found = combine(list(planes), [0, 0], none, light)
    np.testing.assert_allclose(found.light, [[0.03, 0.02]], rtol=1e-6)


def test_a_noisy_night_side_counts_as_a_map_of_its_own():
    generator = np.random.default_rng(3)
    codes = {
        sheet.name: np.broadcast_to(np.arange(sheet.shape[1]) < sheet.shape[1] // 3, sheet.shape).astype(np.uint16)
        for sheet in GRID.sheets
    }
    parts = {
        name: Combined(
            (np.where(code, 0.3, 0.03) * generator.standard_normal(code.shape)).astype(np.float32),
            np.zeros(code.shape, np.float32),
            np.ones(code.shape, np.uint8),
        )
        for name, code in codes.items()
    }
    found = residual_variance(parts, OWNED, GRID, codes)["equator"]
    night, day = found[:, 30:90].mean(), found[:, 200:300].mean()
    assert night == pytest.approx(0.5 * 0.09, rel=0.2)
    assert day == pytest.approx(0.5 * 0.0009, rel=0.3)


def test_the_noise_changes_at_once_where_another_look_comes_in():
    generator = np.random.default_rng(4)
    parts = {}
    for sheet in GRID.sheets:
        first = np.broadcast_to(np.arange(sheet.shape[1]) < sheet.shape[1] // 2, sheet.shape).astype(np.uint8)
        median = (np.where(first, 0.1, 0.02) * generator.standard_normal(sheet.shape)).astype(np.float32)
        parts[sheet.name] = Combined(median, np.zeros(sheet.shape, np.float32), np.ones(sheet.shape, np.uint8), first)
    classes = noise_classes(parts, {name: np.zeros(part.median.shape, np.uint16) for name, part in parts.items()})
    found = residual_variance(parts, OWNED, GRID, None, classes)["equator"]
    border = found.shape[1] // 2
    noisy, quiet = found[:, border - 4 : border - 1].mean(), found[:, border + 1 : border + 4].mean()
    assert noisy == pytest.approx(0.5 * 0.1**2, rel=0.3)
    assert quiet == pytest.approx(0.5 * 0.02**2, rel=0.3)


def test_the_best_predecessor_in_use_is_told():
    fine = np.array([[0.1, np.nan, np.nan]], np.float32)
    coarse = np.array([[0.2, 0.3, np.nan]], np.float32)
    assert combine([fine, coarse], [0, 1]).first[0, :2].tolist() == [0, 1]
    assert combine([fine, coarse], [0, 0]).first[0, :2].tolist() == [0, 1]
