import numpy as np
import pytest
from benchmarks.thermal_recovery import recover

from iovolc.errors import AlgorithmError
from iovolc.light.thermal import intensity, power
from iovolc.light.thermal_fit import BandValue, fit_one, fit_two

BANDS_UM = (2.27, 3.78, 4.67)


def seen(temperature, area, bands=BANDS_UM, error=0.05):
    values = intensity(np.asarray(bands)[:, None], np.atleast_1d(temperature), np.atleast_1d(area)).sum(axis=1)
    return [BandValue(wave, value, error * value) for wave, value in zip(bands, values, strict=True)]


def test_simulated_sources_come_back_unbiased_with_honest_intervals():
    off, sigma = recover(300)
    assert np.abs(np.median(off, axis=0)).max() < 0.03
    held = (np.abs(off) <= sigma).mean(axis=0)
    assert (held > 0.60).all()
    assert (held < 0.76).all()  # 0.68 within three sigma of 300 trials


@pytest.mark.parametrize(("temperature", "area"), [(1040.0, 120.0), (450.0, 9000.0)])
def test_one_temperature_is_found_exactly_without_noise(temperature, area):
    fit = fit_one(seen(temperature, area))
    assert fit.temperature_k[0] == pytest.approx(temperature, rel=1e-4)
    assert fit.area_km2[0] == pytest.approx(area, rel=1e-3)
    assert fit.power_gw == pytest.approx(float(power(temperature, area)), rel=1e-3)
    assert (fit.freedom, fit.chi2) == (1, pytest.approx(0.0, abs=1e-6))


def test_less_error_gives_smaller_intervals():
    wide, narrow = fit_one(seen(800.0, 50.0, error=0.1)), fit_one(seen(800.0, 50.0, error=0.05))
    assert narrow.log_sigmas == pytest.approx(wide.log_sigmas / 2.0, rel=0.01)
    assert narrow.log_power_sigma < wide.log_power_sigma


def test_a_saturated_band_bounds_the_fit_and_does_not_fade_it():
    bands = seen(1000.0, 100.0)
    clipped = BandValue(4.67, 0.3 * bands[2].value, bands[2].sigma, "lower")
    as_limit = fit_one([*bands[:2], clipped])
    assert as_limit.temperature_k[0] == pytest.approx(1000.0, rel=1e-3)
    as_value = fit_one([*bands[:2], BandValue(4.67, clipped.value, clipped.sigma)])
    assert as_value.area_km2[0] < 0.8 * as_limit.area_km2[0]


def test_a_limit_that_contradicts_the_other_bands_moves_the_fit():
    bands = seen(700.0, 100.0, bands=(3.78, 4.67))
    dark_k = BandValue(2.27, 0.1 * float(intensity(2.27, 700.0, 100.0)), 0.01, "upper")
    assert fit_one([*bands, dark_k]).temperature_k[0] < 680.0


def test_two_temperatures_are_told_apart():
    bands = seen([1200.0, 450.0], [5.0, 3000.0], bands=(1.65, 2.27, 3.28, 3.78, 4.67, 5.0), error=0.02)
    fit = fit_two(bands, max_area_km2=1e4)
    assert fit.temperature_k == pytest.approx([1200.0, 450.0], rel=0.01)
    assert fit.area_km2 == pytest.approx([5.0, 3000.0], rel=0.05)
    assert fit.power_gw == pytest.approx(float(power([1200.0, 450.0], [5.0, 3000.0]).sum()), rel=0.02)
    assert fit_one(bands).chi2 > fit.chi2 + 100.0


def test_the_cool_surface_is_no_larger_than_its_patera():
    bands = seen([1200.0, 300.0], [5.0, 20000.0], bands=(1.65, 2.27, 3.28, 3.78, 4.67, 5.0), error=0.02)
    assert fit_two(bands, max_area_km2=1000.0).area_km2.max() <= 1000.0 * (1.0 + 1e-9)


def test_too_few_bands_say_so():
    with pytest.raises(AlgorithmError, match="1 detected bands"):
        fit_one(seen(800.0, 50.0)[:1])
    with pytest.raises(AlgorithmError, match="4 are needed"):
        fit_two(seen(800.0, 50.0), max_area_km2=100.0)
    with pytest.raises(AlgorithmError, match="without error"):
        fit_one(seen(800.0, 50.0, error=0.0))


def test_colours_of_no_surface_are_no_fit():
    with pytest.raises(AlgorithmError, match="do not fix a temperature"):
        fit_one([BandValue(2.27, 100.0, 1.0), BandValue(4.67, 1.0, 0.01)])
