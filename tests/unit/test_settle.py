"""Two maps settled onto each other: made-up displacements and contrasts against what is left of them."""

from dataclasses import replace

import numpy as np
import pytest

from detect_scene import look
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.residual import slopes
from iovolc.detect.settle import mean_left_km2, settled
from iovolc.geometry.smooth import smooth
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.light.match import Difference
from iovolc.model.epoch import Lattice
from small_grid import ALL_SLOW_UNCOMPILED, disc, small_grid, terrain

pytestmark = ALL_SLOW_UNCOMPILED

GRID = small_grid(2)
SHEET = GRID.sheet("equator")
OWNED = owned_pixels(GRID)
GROUND = (0.45 * terrain(SHEET, 5, exponent=1.6)).astype(np.float32)
NOISE = 0.01
STATED_KM = 24.0


def noise(seed):
    return (NOISE * np.random.default_rng(seed).standard_normal(SHEET.shape)).astype(np.float32)


def moved_by(east_km, south_km):
    """What a displacement, which may vary, makes of the ground, to first order."""
    across, along = slopes(GROUND, SHEET)
    return (east_km * across + south_km * along).astype(np.float32)


def settle_both(difference, shown=GROUND, stated_km=STATED_KM):
    pair = Difference({"equator": difference}, {}, GRID.pixel_km, shown={"equator": shown})
    sigma = Lattice(np.full((3, 4, 1), stated_km, np.float32), 90.0)
    newer, older = (replace(look(GRID, number, noise=0.0), registration_sigma=sigma) for number in (1, 0))
    return settled(pair, newer, older, OWNED, GRID)


def settle(difference, shown=GROUND, stated_km=STATED_KM):
    return settle_both(difference, shown, stated_km).pair.value["equator"]


def smooth_shift():
    rows, cols = np.meshgrid(*(np.linspace(0.0, 1.0, n) for n in SHEET.shape), indexing="ij")
    return 20.0 * np.sin(4.0 * np.pi * cols), 16.0 * np.cos(3.0 * np.pi * rows)


def rms(plane):
    return float(np.sqrt(np.nanmean(plane[OWNED["equator"]] ** 2)))


def test_a_smooth_displacement_is_taken_out():
    shifted = moved_by(*smooth_shift()) + noise(1)
    assert rms(shifted) > 1.5 * NOISE
    before, left = (rms(plane) ** 2 - NOISE**2 for plane in (shifted, settle(shifted)))
    assert left < 0.25 * before


def test_maps_in_place_keep_their_noise():
    plain = noise(2)
    assert rms(settle(plain) - plain) < 0.1 * NOISE


def test_no_map_moves_farther_than_its_registration_allows():
    shifted = moved_by(*smooth_shift()) + noise(1)
    assert rms(settle(shifted, stated_km=0.2) - shifted) < 0.25 * rms(shifted - noise(1))


@pytest.mark.parametrize("share", [-0.08, 0.05])
def test_another_contrast_of_detail_is_taken_out(share):
    other = share * GROUND + noise(3)
    left = settle(other)
    detail = slopes(GROUND, SHEET)[0]
    left_share, share_before = (
        float((slopes(plane, SHEET)[0] * detail).sum() / (detail**2).sum()) for plane in (left, other)
    )
    assert abs(left_share) < 0.25 * abs(share_before)


@pytest.mark.parametrize("radius_km", [60.0, 150.0])
@pytest.mark.parametrize("amplitude", [-0.3, 0.05])
def test_a_change_stays(radius_km, amplitude):
    where = disc(SHEET, 5.0, 20.0, radius_km)
    changed = moved_by(*smooth_shift()) + noise(4) + amplitude * where.astype(np.float32)
    found = settle(changed, GROUND + amplitude * where)
    around = disc(SHEET, 5.0, 20.0, 2.0 * radius_km) & ~where
    assert float(found[where].mean()) == pytest.approx(amplitude, rel=0.1)
    assert abs(float(found[around].mean())) < 0.1 * abs(amplitude)


def test_the_edge_of_what_is_seen_is_no_slope():
    hidden = disc(SHEET, 0.0, 0.0, 400.0)
    shifted = np.where(hidden, np.float32(np.nan), moved_by(*smooth_shift()) + noise(6))
    rim = disc(SHEET, 0.0, 0.0, 500.0) & ~hidden
    found = settle(shifted)
    assert np.isnan(found[hidden]).all()
    assert float(np.sqrt(np.mean(found[rim] ** 2))) == pytest.approx(NOISE, rel=0.2)


def test_equal_maps_stay_equal():
    np.testing.assert_array_equal(settle(np.zeros(SHEET.shape, np.float32)), np.zeros(SHEET.shape, np.float32))


def test_a_steep_dark_spot_does_not_stay_where_it_was():
    away_km = distance_km(10.0, -40.0, *pixel_lat_lon(SHEET))
    spot = (-1.2 * np.exp(-((away_km / 100.0) ** 2))).astype(np.float32)
    across, _ = slopes((GROUND + spot).astype(np.float32), SHEET)
    found = settle((8.0 * across + noise(7)).astype(np.float32), GROUND + spot)
    around = away_km < 150.0
    left, before = (float(across[around] @ plane[around]) for plane in (found, 8.0 * across))
    assert abs(left) < 0.3 * before


@pytest.mark.parametrize("noise_share", [0.5, 2.0])
def test_what_is_left_is_as_large_as_told(noise_share):
    made = noise_share * noise(8)
    both = settle_both(moved_by(*(0.1 * axis for axis in smooth_shift())) + made, stated_km=1.4)
    told = mean_left_km2([both], SHEET) * (slopes(GROUND, SHEET)[0] ** 2 + slopes(GROUND, SHEET)[1] ** 2)
    left = both.pair.value["equator"] - made
    assert rms(left) == pytest.approx(float(np.sqrt(told[OWNED["equator"]].mean())), rel=0.4)


def test_a_map_that_does_not_show_a_place_tells_nothing_about_it():
    hidden = disc(SHEET, 0.0, 0.0, 800.0)
    one = settle_both(moved_by(*smooth_shift()) + noise(9))
    other = settle_both(np.where(hidden, np.float32(np.nan), moved_by(*smooth_shift()) + 5.0 * noise(9)))
    middle = disc(SHEET, 0.0, 0.0, 400.0)
    both, alone = (mean_left_km2(settles, SHEET) for settles in ([one, other], [one]))
    np.testing.assert_allclose(both[middle], alone[middle])
    assert both[disc(SHEET, 0.0, 150.0, 400.0)].mean() > 2.0 * alone[disc(SHEET, 0.0, 150.0, 400.0)].mean()


def test_noise_is_counted_as_independent_as_it_is():
    """Blurred noise tells a displacement less well than white noise of the same pixels."""
    white = noise(10)
    blurred = smooth(white, SHEET, 1.5 * GRID.pixel_km)
    blurred *= np.float32(NOISE / blurred[OWNED["equator"]].std())
    pair = {name: Difference({"equator": plane}, {}, 4.0 * GRID.pixel_km, shown={"equator": GROUND})
            for name, plane in (("white", white), ("blurred", blurred))}  # fmt: skip
    sigma = Lattice(np.full((3, 4, 1), STATED_KM, np.float32), 90.0)
    newer, older = (replace(look(GRID, number, noise=0.0), registration_sigma=sigma) for number in (1, 0))
    left = {name: mean_left_km2([settled(one, newer, older, OWNED, GRID)], SHEET)[OWNED["equator"]].mean()
            for name, one in pair.items()}  # fmt: skip
    assert left["blurred"] > 2.0 * left["white"]


def test_beside_an_edge_more_is_left_and_told():
    """A displacement that is told by one side alone is another one at the edge."""
    inside_km = 1500.0 - distance_km(0.0, 0.0, *pixel_lat_lon(SHEET))
    across, along = slopes(GROUND, SHEET)
    slope2 = across**2 + along**2
    sums = np.zeros((2, 2))
    for seed in range(6):
        drawn = np.random.default_rng(seed).normal(size=(2, *SHEET.shape)).astype(np.float32)
        shift = [smooth(axis, SHEET, 500.0 / 2.355) for axis in drawn]
        made = 0.5 * noise(20 + seed)
        shifted = moved_by(*(1.6 * axis / axis.std() for axis in shift)) + made
        both = settle_both(np.where(inside_km < 0.0, np.float32(np.nan), shifted), stated_km=2.3)
        left2 = (both.pair.value["equator"] - made) ** 2
        told2 = mean_left_km2([both], SHEET) * slope2
        for k, near in enumerate(((inside_km > 5.0) & (inside_km < 60.0), (inside_km > 400.0) & (inside_km < 900.0))):
            sums[k] += np.nanmean(left2[near]) / slope2[near].mean(), np.nanmean(told2[near]) / slope2[near].mean()
    true, told = np.sqrt(sums[0] / sums[1])
    assert true > 1.25
    assert told == pytest.approx(true, rel=0.15)
