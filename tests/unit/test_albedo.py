import numpy as np
import pytest
from light_sample import law, lighting

from iovolc.config import LightConfig
from iovolc.light.albedo import light_planes, normal_albedo
from iovolc.model.flags import Flag
from small_grid import small_grid

SHEET = small_grid().sheet("equator")
WHOLE = np.ones(SHEET.shape, bool)
CONFIG = LightConfig()
LIGHT = lighting(ground=law("lunar_lambert", sigma=1e-4, phase_slope_per_deg=0.005, surge=0.2))


def planes(wanted=WHOLE, **options):
    return light_planes(LIGHT, SHEET, wanted, CONFIG, **options)


def test_a_picture_of_even_ground_becomes_even_by_day_and_by_night():
    light = planes()
    found = normal_albedo(np.float32(0.6) * light.bracket, None, light).value
    assert ((light.flags == 0) & np.isfinite(found)).any()
    assert ((light.flags == Flag.JUPITER_LIT) & np.isfinite(found)).any()
    np.testing.assert_allclose(found[np.isfinite(found)], 0.6, rtol=1e-5)
    assert np.isnan(found[(light.flags & Flag.DARK) != 0]).all()


def test_day_and_night_differ_by_a_factor_of_hundreds():
    light = planes()
    day, night = (np.median(light.bracket[light.flags == flags]) for flags in (0, Flag.JUPITER_LIT))
    assert 1 / 1000 < night / day < 1 / 60


def test_only_what_is_wanted_is_computed():
    wanted = np.zeros(SHEET.shape, bool)
    wanted[60:70, 100:130] = True
    light, whole = planes(wanted), planes()
    np.testing.assert_array_equal(np.isfinite(light.bracket), wanted)
    np.testing.assert_array_equal(light.flags[wanted], whole.flags[wanted])
    assert not light.flags[~wanted].any()


def test_the_error_holds_noise_and_light():
    light = planes(errors=True)
    iof = np.float32(0.6) * light.bracket
    by_light = normal_albedo(iof, None, light).sigma
    noise = np.full(SHEET.shape, 1e-3, np.float32)
    both = normal_albedo(iof, noise, light).sigma
    good = light.flags == Flag.JUPITER_LIT
    expected = np.hypot(1e-3, 0.6 * light.sigma[good]) / light.bracket[good]
    np.testing.assert_allclose(both[good], expected, rtol=1e-4)
    assert (both[good] > by_light[good]).all()
    assert np.median(by_light[good]) / 0.6 == pytest.approx(LIGHT.irradiance_sigma, rel=0.3)


def test_without_errors_asked_for_only_noise_counts():
    light = planes()
    assert light.sigma is None
    found = normal_albedo(np.float32(0.6) * light.bracket, None, light).sigma
    np.testing.assert_array_equal(found[np.isfinite(found)], 0.0)
