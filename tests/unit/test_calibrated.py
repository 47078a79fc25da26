import numpy as np
import pytest

from iovolc.detect.clusters import owned_pixels
from iovolc.geometry.lattice import sample
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.light.blocks import BlockPlaces, block_places
from iovolc.light.calibrated import apply_tone, fit_tone
from small_grid import small_grid

GRID = small_grid()
PLACES = block_places(GRID, owned_pixels(GRID))


def light(lat, lon_e):
    """A smooth surface of degree 2 in ln albedo."""
    phi, lam = np.radians(lat), np.radians(lon_e)
    return 0.2 + 0.1 * np.cos(phi) * np.cos(lam) - 0.05 * np.sin(phi) ** 2


def pair(gain=1.1, noise=0.01, seed=0):
    generator = np.random.default_rng(seed)
    older = -0.5 + 0.15 * generator.standard_normal(len(PLACES.lat))
    newer = gain * older + light(PLACES.lat, PLACES.lon_e) + noise * generator.standard_normal(len(older))
    return newer, older


def surface_at_blocks(tone, where=slice(None)):
    return sample(tone.surface, PLACES.lat[where], PLACES.lon_e[where])[..., 0]


def test_gain_and_surface_are_recovered():
    tone = fit_tone(*pair(), PLACES)
    assert tone.gain == pytest.approx(1.1, abs=0.005)
    np.testing.assert_allclose(surface_at_blocks(tone), light(PLACES.lat, PLACES.lon_e), atol=0.01)
    assert tone.sigma == pytest.approx(0.01, rel=0.15)


def test_a_fifth_of_the_blocks_may_have_changed():
    newer, older = pair()
    changed = np.random.default_rng(4).random(len(newer)) < 0.2
    newer[changed] -= 0.4
    tone = fit_tone(newer, older, PLACES)
    assert tone.gain == pytest.approx(1.1, abs=0.01)
    np.testing.assert_allclose(surface_at_blocks(tone), light(PLACES.lat, PLACES.lon_e), atol=0.015)


def test_a_whole_region_may_have_changed():
    newer, older = pair()
    region = (np.abs(PLACES.lat) < 40) & (np.abs(PLACES.lon_e) < 40)
    newer[region] += 0.5
    tone = fit_tone(newer, older, PLACES)
    np.testing.assert_allclose(surface_at_blocks(tone, region), light(PLACES.lat, PLACES.lon_e)[region], atol=0.02)


def test_what_changed_may_be_told_beforehand():
    newer, older = pair(noise=0.05)
    changed = PLACES.lon_e > 20.0
    newer[changed] += 0.12
    told = fit_tone(newer, older, PLACES, np.where(changed, 0.0, 1.0))
    untold = fit_tone(newer, older, PLACES)
    where = ~changed
    truth = light(PLACES.lat, PLACES.lon_e)[where]
    wrong = [np.abs(surface_at_blocks(tone, where) - truth).mean() for tone in (told, untold)]
    assert wrong[0] < 0.5 * wrong[1]


def test_a_small_view_gets_no_bent_surface():
    newer, older = pair()
    seen = (np.abs(PLACES.lat) < 12) & (np.abs(PLACES.lon_e) < 12)
    newer[~seen] = np.nan
    tone = fit_tone(newer, older, PLACES)
    assert np.ptp(tone.surface.values) < 1e-5
    np.testing.assert_allclose(surface_at_blocks(tone, seen), light(PLACES.lat, PLACES.lon_e)[seen], atol=0.03)


def test_views_without_common_ground_are_left_as_they_are():
    newer, older = pair()
    newer[PLACES.lat > 0], older[PLACES.lat <= 0] = np.nan, np.nan
    tone = fit_tone(newer, older, PLACES)
    assert tone.gain == 1.0
    assert not tone.surface.values.any()
    assert np.isnan(tone.sigma)


def test_blocks_of_other_sheets_do_not_count():
    newer, older = pair()
    copies = PLACES.area_km2 == 0
    newer[copies] += 10.0
    assert fit_tone(newer, older, PLACES).gain == pytest.approx(1.1, abs=0.005)


def test_the_tone_brings_the_older_map_to_the_newer_one():
    tone = fit_tone(*pair(), PLACES)
    sheet = GRID.sheet("north")
    lat, lon_e = pixel_lat_lon(sheet)
    older = np.full(sheet.shape, -0.5, np.float32)
    older[3, 4] = np.nan
    found = apply_tone(tone, older, sheet)
    assert np.isnan(found[3, 4])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[10:70, 10:70], (1.1 * -0.5 + light(lat, lon_e))[10:70, 10:70], atol=0.015)


def test_one_block_is_enough_for_an_offset():
    one = BlockPlaces(np.array([5.0]), np.array([10.0]), np.array([100.0]))
    tone = fit_tone(np.array([0.3]), np.array([0.1]), one)
    assert tone.gain == pytest.approx(1.0, abs=1e-6)
    assert sample(tone.surface, 5.0, 10.0)[0] == pytest.approx(0.2, abs=1e-3)


def test_two_fresh_deposits_may_cover_a_third_of_what_is_shared():
    newer, older = pair(gain=1.0)
    shared = distance_km(0.0, 30.0, PLACES.lat, PLACES.lon_e) < 1900.0
    centres = ((40.0, 20.0), (-40.0, 45.0))
    deposits = [distance_km(*centre, PLACES.lat, PLACES.lon_e) < 750.0 for centre in centres]
    newer = np.where(shared, newer, np.nan)
    newer[deposits[0] | deposits[1]] -= 0.24
    tone = fit_tone(newer, older, PLACES)
    assert tone.gain == pytest.approx(1.0, abs=0.02)
    same = shared & ~deposits[0] & ~deposits[1]
    off = surface_at_blocks(tone, same) - light(PLACES.lat[same], PLACES.lon_e[same])
    assert np.quantile(np.abs(off), 0.9) < 0.03


def test_the_match_of_a_small_common_area_is_less_certain():
    newer, older = pair()
    small = np.where(np.abs(PLACES.lat) + np.abs(PLACES.lon_e) < 25.0, newer, np.nan)
    assert fit_tone(small, older, PLACES).error > 1.5 * fit_tone(newer, older, PLACES).error
