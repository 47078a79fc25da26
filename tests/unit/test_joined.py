"""Where one predecessor takes over from another: steps, smooth light, real changes, the seam."""

import numpy as np
import pytest

from iovolc.detect.joined import joined
from small_grid import ALL_SLOW_UNCOMPILED, disc, small_grid

pytestmark = ALL_SLOW_UNCOMPILED

GRID = small_grid(2)
SHEET = GRID.sheet("equator")
COLS = SHEET.shape[1]
NOISE = 0.02


def noise(seed):
    return (NOISE * np.random.default_rng(seed).standard_normal(SHEET.shape)).astype(np.float32)


def seen_east(plane):
    """Only the eastern half is shown, from the middle of the sheet on."""
    out = plane.copy()
    out[:, : COLS // 2] = np.nan
    return out


def mean_of(plane, first, last):
    return float(np.nanmean(plane[:, COLS * first // 720 : COLS * last // 720]))


def test_there_is_no_step_where_a_map_ends():
    best, other = seen_east(noise(1) - 0.03), noise(2)
    _, found = joined([best, other], SHEET)
    assert mean_of(found, 340, 360) == pytest.approx(-0.03, abs=0.006)
    assert mean_of(found, 360, 380) == pytest.approx(-0.03, abs=0.006)


def test_far_from_the_better_map_nothing_is_changed():
    best, other = seen_east(noise(1) - 0.03), noise(2)
    _, found = joined([best, other], SHEET)
    np.testing.assert_allclose(found[:, COLS // 4], other[:, COLS // 4], atol=1e-4)


def test_the_best_stays_as_it_is():
    best, other = seen_east(noise(1) - 0.03), noise(2)
    found, _ = joined([best, other], SHEET)
    np.testing.assert_array_equal(found, best)


def test_maps_that_share_nothing_stay_as_they_are():
    best = seen_east(noise(1) - 0.03)
    other = noise(2)
    other[:, COLS // 2 :] = np.nan
    _, found = joined([best, other], SHEET)
    np.testing.assert_array_equal(found, other)


def test_a_change_between_two_predecessors_is_no_level():
    """The best one shows it, the other does not: it must not be written into the other."""
    change = np.where(disc(SHEET, 0.0, 20.0, 100.0), np.float32(-0.5), np.float32(0.0))
    _, found = joined([seen_east(noise(1) + change), noise(2)], SHEET)
    assert np.abs(found - noise(2)).max() < 0.4 * NOISE


def test_levels_are_told_over_the_seam():
    best, other = noise(1) - 0.03, noise(2)
    best[:, : COLS // 4] = np.nan
    _, found = joined([best, other], SHEET)
    assert mean_of(found, 0, 10) == pytest.approx(-0.03, abs=0.006)


def test_gaps_stay_gaps():
    other = noise(2)
    other[40:60] = np.nan
    _, found = joined([seen_east(noise(1)), other], SHEET)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(other))


def test_turning_the_map_turns_the_levels():
    best, other = seen_east(noise(1) - 0.03), noise(2)
    turn = COLS // 2
    _, found = joined([best, other], SHEET)
    _, turned = joined([np.roll(plane, turn, axis=1) for plane in (best, other)], SHEET)
    np.testing.assert_allclose(np.roll(turned, -turn, axis=1), found, atol=1e-5)


@pytest.mark.parametrize("turn_deg", [0, 97])
def test_there_is_no_step_where_light_leans(turn_deg):
    """The better map's light leans by 0.05 over 30 degrees from the edge."""
    lean = 0.05 * np.clip((np.arange(COLS) - COLS // 2) / (COLS / 12), -1.0, 1.0).astype(np.float32)
    best, other = seen_east(noise(1) + lean), noise(2)
    turned = [np.roll(plane, turn_deg * COLS // 360, axis=1) for plane in (best, other)]
    _, found = (np.roll(plane, -turn_deg * COLS // 360, axis=1) for plane in joined(turned, SHEET))
    assert mean_of(found - other, 356, 360) == pytest.approx(-0.0, abs=0.004)


def test_poles_are_levelled_like_the_equator():
    sheet = GRID.sheet("north")
    rows, cols = sheet.shape
    lean = 0.04 * ((np.arange(cols) - cols / 2) / (cols / 2)).astype(np.float32) * np.ones((rows, 1), np.float32)
    best, other = lean.copy(), np.zeros_like(lean)
    best[:, : cols // 2] = np.nan
    _, found = joined([best, other], sheet)
    np.testing.assert_allclose(found[rows // 2, cols // 2 - 3 : cols // 2], 0.0, atol=0.003)
