import pytest

from iovolc.light.thermal import intensity, power
from iovolc.light.thermal_fit import BandValue
from iovolc.light.thermal_power import derive_power


def band(wave, temperature=800.0, area=50.0, limit="detection", scale=1.0):
    value = scale * float(intensity(wave, temperature, area))
    return BandValue(wave, value, 0.05 * value, limit)


def test_l_and_m_give_one_temperature_and_at_least_a_factor_of_two():
    found = derive_power([band(3.455), band(4.78)])
    assert found.method == "single_T"
    assert found.gw == pytest.approx(float(power(800.0, 50.0)), rel=1e-3)
    assert found.high_gw / found.gw == pytest.approx(2.0)
    assert found.gw / found.low_gw == pytest.approx(2.0)


@pytest.mark.parametrize("temperature", [400.0, 768.0, 1000.0])
@pytest.mark.parametrize("wave", [3.455, 4.78])
def test_one_band_gives_bounds_that_hold_the_truth_and_no_value(temperature, wave):
    found = derive_power([band(wave, temperature)])
    assert (found.method, found.gw) == ("none", None)
    truth = float(power(temperature, 50.0))
    assert found.low_gw <= truth * 1.001
    assert found.high_gw >= truth * 0.999


def test_a_saturated_band_gives_no_upper_bound_and_no_temperature():
    found = derive_power([band(3.455), band(4.78, limit="lower", scale=0.5)])
    assert found.method == "none"
    alone = derive_power([band(4.78, limit="lower")])
    assert (alone.gw, alone.high_gw) == (None, None)
    assert alone.low_gw == pytest.approx(20.4 * band(4.78).value, rel=0.01)


def test_nothing_seen_bounds_from_above():
    found = derive_power([band(4.78, limit="upper")])
    assert (found.low_gw, found.gw) == (None, None)
    assert found.high_gw == pytest.approx(56.0 * band(4.78).value, rel=0.01)


def test_colours_beyond_belief_give_bounds_only():
    assert derive_power([band(3.455, 250.0), band(4.78, 250.0)]).method == "none"


def test_the_proxy_is_used_only_on_request():
    bands = [band(4.78, 600.0)]
    assert derive_power(bands).method == "none"
    found = derive_power(bands, k48=7.35)
    assert found.method == "k48_fixed"
    assert found.gw == pytest.approx(float(power(600.0, 50.0)), rel=0.01)
    assert found.low_gw <= found.gw / 2.0
    assert found.high_gw >= found.gw * 2.0
    assert derive_power([band(3.455)], k48=7.35).method == "none"


def test_four_bands_that_need_it_get_two_temperatures():
    waves = (1.65, 2.27, 3.78, 4.67, 5.0)
    values = {wave: float(intensity(wave, 1300.0, 5.0) + intensity(wave, 420.0, 4000.0)) for wave in waves}
    bands = [BandValue(wave, value, 0.03 * value) for wave, value in values.items()]
    found = derive_power(bands, max_area_km2=1e4)
    assert found.method == "two_T"
    assert found.gw == pytest.approx(float(power([1300.0, 420.0], [5.0, 4000.0]).sum()), rel=0.05)
    plain = [band(wave) for wave in waves]
    assert derive_power(plain, max_area_km2=1e4).method == "single_T"


def test_no_band_no_power():
    found = derive_power([])
    assert (found.method, found.gw, found.low_gw, found.high_gw) == ("none", None, None, None)
