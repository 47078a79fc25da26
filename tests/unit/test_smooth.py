import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from iovolc.geometry.smooth import smooth
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.model.grid import Sheet
from small_grid import coarse_grid, small_grid

POLAR = Sheet("north", (48, 48), 10_000.0, -240_000.0, 240_000.0)
WIDE = Sheet("equator", (24, 96), 10_000.0, -480_000.0, 120_000.0)


def noise(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("sigma_px", [0.5, 1.0, 1.9])
def test_a_narrow_gaussian_is_scipys(sigma_px):
    values = noise(POLAR.shape)
    expected = gaussian_filter(values, sigma_px, mode="constant", truncate=np.ceil(4 * sigma_px) / sigma_px)
    np.testing.assert_allclose(smooth(values, POLAR, 10.0 * sigma_px), expected, atol=1e-5)


@pytest.mark.parametrize("sigma_px", [2.0, 3.3, 5.0])
def test_a_wide_gaussian_is_scipys_but_for_a_lower_peak(sigma_px):
    point = np.zeros((97, 97), np.float32)
    point[48, 48] = 1.0
    sheet = Sheet("south", point.shape, 10_000.0, -485_000.0, 485_000.0)
    expected = gaussian_filter(point.astype(float), sigma_px, mode="constant", truncate=6.0)
    found = smooth(point, sheet, 10.0 * sigma_px)
    np.testing.assert_allclose(found, expected, atol=0.08 * expected.max())
    assert found.sum() == pytest.approx(1.0, abs=1e-4)
    for axis in (0, 1):
        variance = (found.sum(axis=axis) * (np.arange(97) - 48) ** 2).sum()
        assert variance == pytest.approx(sigma_px**2, rel=1e-3)


def test_no_width_changes_nothing():
    values = noise(POLAR.shape)
    np.testing.assert_array_equal(smooth(values, POLAR, 0.0), values)


@pytest.mark.parametrize("sigma_km", [12.0, 40.0])
def test_the_sum_is_kept_away_from_the_edges(sigma_km):
    values = np.zeros((160, 96), np.float32)
    values[60:100] = noise((40, 96)) + 3.0
    tall = Sheet("equator", values.shape, 10_000.0, -480_000.0, 800_000.0)
    assert smooth(values, tall, sigma_km).sum() == pytest.approx(values.sum(), rel=1e-4)


@pytest.mark.parametrize("sigma_km", [12.0, 40.0, 300.0])
def test_the_equator_is_closed_at_the_seam(sigma_km):
    values = noise(WIDE.shape)
    rolled = smooth(np.roll(values, 48, axis=1), WIDE, sigma_km)
    np.testing.assert_allclose(np.roll(rolled, -48, axis=1), smooth(values, WIDE, sigma_km), atol=1e-5)


def test_polar_sheets_are_not_closed():
    values = np.zeros(POLAR.shape, np.float32)
    values[24, 0] = 1.0
    assert smooth(values, POLAR, 30.0)[:, -5:].max() == 0.0


@pytest.mark.parametrize("sigma_km", [15.0, 30.0, 60.0])
def test_beyond_the_edge_there_is_nothing_in_both_directions(sigma_km):
    covered = smooth(np.ones(POLAR.shape, np.float32), POLAR, sigma_km)
    half_a_pixel_in = 0.5 + 0.5 * math.erf(5.0 / sigma_km / math.sqrt(2.0))
    assert covered[0, 24] == pytest.approx(half_a_pixel_in, abs=0.01)
    np.testing.assert_allclose(covered, covered.T, atol=1e-5)


def test_a_spot_stays_round_on_the_sphere():
    sheet = small_grid().sheet("equator")
    spot = np.zeros(sheet.shape, np.float32)
    row, col = 5, 180
    spot[row, col] = 1.0
    lat, _ = pixel_lat_lon(sheet)
    spread = smooth(spot, sheet, 120.0)
    line = spread[row] / spread[row].sum()
    across_px = np.sqrt((line * (np.arange(len(line)) - col) ** 2).sum())
    across_km = across_px * sheet.pixel_km * np.cos(np.radians(lat[row, 0]))
    assert across_km == pytest.approx(120.0, rel=0.02)


def test_a_reduced_plane_is_smoothed_by_the_same_kilometres():
    sheet = coarse_grid().sheet("equator")
    rows = np.exp(-0.5 * ((np.arange(64) - 31.5) / 6.0) ** 2)
    whole = np.broadcast_to(rows[:, None], sheet.shape).astype(np.float32)
    half = whole.reshape(32, 2, 90, 2).mean(axis=(1, 3)).astype(np.float32)
    sigma_km = 4.0 * sheet.pixel_km
    fine, coarse = smooth(whole, sheet, sigma_km), smooth(half, sheet, sigma_km)
    np.testing.assert_allclose(coarse[8:-8, 45], fine.reshape(32, 2, 180).mean(axis=1)[8:-8, 90], atol=0.01)
    np.testing.assert_allclose(fine[16:-16, 90], gaussian_filter1d(rows, 4.0)[16:-16], atol=0.01)
