import math

import numpy as np
import pytest

from iovolc.detect.clusters import owned_pixels
from iovolc.detect.matched import respond
from iovolc.detect.noise import noise_factor
from iovolc.detect.pyramid import Scale
from small_grid import coarse_grid, small_grid

GRID = small_grid()
POLAR = GRID.sheet("north")
FINE = Scale(3.0 * GRID.pixel_km)


def ones(sheet, value=1.0):
    return np.full(sheet.shape, value, np.float32)


@pytest.mark.parametrize("scale", [FINE, Scale(500.0)])
@pytest.mark.parametrize("sheet", GRID.sheets, ids=lambda sheet: sheet.name)
def test_a_constant_change_is_its_own_amplitude(sheet, scale):
    found = respond(ones(sheet, -0.3), ones(sheet, 25.0), sheet, scale)
    np.testing.assert_allclose(found.amplitude, -0.3, rtol=1e-4)


@pytest.mark.parametrize("scale", [FINE, Scale(300.0), Scale(600.0)])
def test_sigma_is_the_scatter_of_white_noise(scale):
    generator = np.random.default_rng(1)
    z = []
    for _ in range(4):
        noise = 0.2 * generator.standard_normal(POLAR.shape).astype(np.float32)
        found = respond(noise, ones(POLAR, 25.0), POLAR, scale)
        z.append(found.amplitude / found.sigma)
    assert np.std(z) == pytest.approx(1.0, abs=0.15)


def test_sigma_of_a_gaussian_is_the_formula():
    found = respond(ones(POLAR, 0.0), ones(POLAR, 1.0 / 0.04), POLAR, FINE)
    sigma_px = FINE.sigma_km / GRID.pixel_km
    assert found.sigma[40, 40] == pytest.approx(0.2 / (2.0 * math.sqrt(math.pi) * sigma_px), rel=1e-3)


def test_poleward_rows_of_the_equator_average_more_pixels():
    sheet = GRID.sheet("equator")
    found = respond(ones(sheet, 0.0), ones(sheet), sheet, FINE)
    middle, high = found.sigma[65, 0], found.sigma[65 - 55, 0]
    assert high / middle == pytest.approx(math.sqrt(math.cos(math.radians(54.5))), rel=0.01)


def test_noisy_pixels_count_less():
    difference, weight = ones(POLAR, 0.0), ones(POLAR)
    difference[40, 40], weight[40, 40] = 100.0, 1e-6
    assert abs(respond(difference, weight, POLAR, FINE).amplitude[40, 40]) < 1e-3


def test_gaps_are_bridged_but_not_answered_for():
    weight = ones(POLAR)
    weight[30:50, 30:50] = 0.0
    found = respond(ones(POLAR, 0.5), weight, POLAR, FINE)
    assert np.isinf(found.sigma[30:50, 30:50]).all()
    assert not found.amplitude[30:50, 30:50].any()
    assert found.amplitude[29, 40] == pytest.approx(0.5, rel=1e-4)


def test_a_reduced_block_needs_half_of_its_pixels():
    grid = coarse_grid()
    sheet, scale = grid.sheet("north"), Scale(16.0 * grid.pixel_km)
    weight = ones(sheet)
    weight[:4, :2], weight[4:8, :3] = 0.0, 0.0
    found = respond(ones(sheet), weight, sheet, scale)
    assert found.factor == 4
    assert np.isfinite(found.sigma[0, 0])
    assert np.isinf(found.sigma[1, 0])


@pytest.mark.parametrize("true", [0.5, 1.0, 3.0])
def test_the_noise_factor_tells_by_how_much_noise_was_understated(true):
    generator = np.random.default_rng(2)
    responses = {
        sheet.name: respond(
            (true * generator.standard_normal(sheet.shape)).astype(np.float32), ones(sheet), sheet, FINE
        )
        for sheet in GRID.sheets
    }
    assert noise_factor(responses, owned_pixels(GRID)) == pytest.approx(true, rel=0.05)


def test_the_noise_factor_is_little_moved_by_changes():
    sheet = GRID.sheet("equator")
    noise = np.random.default_rng(3).standard_normal(sheet.shape).astype(np.float32)
    noise[40:60, 40:80] += 30.0
    found = noise_factor({"equator": respond(noise, ones(sheet), sheet, FINE)}, owned_pixels(GRID))
    assert found == pytest.approx(1.0, abs=0.1)


def test_without_data_the_noise_factor_is_unknown():
    sheet = GRID.sheet("equator")
    assert math.isnan(noise_factor({}, owned_pixels(GRID)))
    nothing = {"equator": respond(ones(sheet, 0.0), ones(sheet, 0.0), sheet, FINE)}
    assert math.isnan(noise_factor(nothing, owned_pixels(GRID)))


@pytest.mark.parametrize("sheet", GRID.sheets, ids=lambda sheet: sheet.name)
def test_a_level_drops_out_against_the_surroundings(sheet):
    found = respond(ones(sheet, -0.3), ones(sheet, 25.0), sheet, FINE)
    np.testing.assert_allclose(found.against, 0.0, atol=1e-5)


def test_white_noise_scatters_as_stated_against_the_surroundings():
    noise = 0.2 * np.random.default_rng(3).standard_normal(POLAR.shape).astype(np.float32)
    found = respond(noise, ones(POLAR, 25.0), POLAR, FINE)
    assert np.std(found.against / found.against_sigma) == pytest.approx(1.0, abs=0.1)


def test_beside_a_strong_change_nothing_is_told_with_the_other_sign():
    difference = ones(POLAR, 0.0)
    difference[30:50, 30:50] = 1.0
    found = respond(difference, ones(POLAR), POLAR, FINE)
    assert found.against.min() < -0.05
    told = found.told(ones(POLAR, 0.0))
    assert told.min() > -1e-6
    assert told[40, 31] > 0.2


def test_what_stands_out_from_its_region_is_told_whatever_the_level():
    difference = ones(POLAR, -0.5)
    difference[30:50, 30:50] += 0.3
    found = respond(difference, ones(POLAR), POLAR, FINE)
    assert found.amplitude[40, 40] < 0
    assert found.told(ones(POLAR, 0.0))[40, 40] == 0.0
    assert found.told(ones(POLAR, -0.5))[40, 31] > 0.05
