import math

import numpy as np
import pytest

from iovolc.errors import AlgorithmError
from iovolc.light.thermal import (
    brightness_temperature,
    corrected_for_emission,
    intensity,
    k48,
    power,
    power_per_intensity,
    radiance,
    ratio,
    ratio_temperature,
)

# Temperature, B at 3.455, 3.8 and 4.78 um, P/(A B), k48, L/M ratio.
TABLE = [
    (200, 2.2e-4, 9.0e-4, 0.0139, 6530, 2080, 0.016),
    (300, 0.227, 0.496, 2.10, 219, 70, 0.108),
    (400, 7.28, 11.7, 25.8, 56, 17.9, 0.283),
    (500, 58.4, 77.4, 116, 30.5, 9.7, 0.503),
    (600, 234, 274, 318, 23.1, 7.35, 0.736),
    (800, 1335, 1335, 1135, 20.5, 6.5, 1.18),
    (1000, 3819, 3488, 2475, 22.9, 7.3, 1.54),
    (1200, 7768, 6693, 4230, 27.8, 8.9, 1.84),
    (1450, 14510, 11920, 6847, 36.6, 11.7, 2.12),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]} K")
def test_planck_is_the_published_table(row):
    temperature, *expected = row
    found = [
        *radiance([3.455, 3.8, 4.78], temperature),
        power_per_intensity(4.78, temperature),
        k48(temperature),
        ratio(3.455, 4.78, temperature),
    ]
    assert np.allclose(found, expected, rtol=0.025)  # the table has two to four digits


def test_the_proxy_is_least_near_768_kelvin_and_flat_within_the_stated_ranges():
    grid = np.arange(300.0, 1700.0)
    proxy = power_per_intensity(4.78, grid)
    assert grid[np.argmin(proxy)] == pytest.approx(768, abs=2)
    assert proxy.min() == pytest.approx(20.4, abs=0.05)
    for factor, low, high in ((1.5, 500, 1290), (2.0, 444, 1546)):
        inside = grid[proxy <= factor * proxy.min()]
        assert (inside[0], inside[-1]) == pytest.approx((low, high), abs=4)
    assert power_per_intensity(4.78, 300.0) / proxy.min() == pytest.approx(11, abs=0.5)


@pytest.mark.parametrize(
    ("temperature", "area", "gw_um_sr", "gw"),
    [(1040, 120, 486, 7960), (720, 300, 236, 4600)],
    ids=["Rarog 2013-08-15", "Heno 2013-08-15"],
)
def test_the_eruptions_of_august_2013(temperature, area, gw_um_sr, gw):
    assert intensity(3.8, temperature, area) == pytest.approx(gw_um_sr, rel=0.005)
    assert power(temperature, area) == pytest.approx(gw, rel=0.01)


def test_the_eruption_of_december_2024():
    flux = np.array([140e12, 260e12]) / 65_000e6
    assert flux == pytest.approx([2154, 4000], rel=0.01)
    assert (flux / 5.670374e-8) ** 0.25 == pytest.approx([441, 515], abs=1)
    assert power([441.4, 515.4], 65_000) == pytest.approx([140e3, 260e3], rel=0.01)


def test_loki_as_measured_by_nims_is_a_tenth_of_the_moon():
    assert power(330.0, 21_000) == pytest.approx(1.4e4, rel=0.02)  # 7 600 to 17 000 GW are published
    assert 7_600 < power(330.0, 21_000) < 17_000


def test_reflected_sunlight_is_as_bright_as_a_cool_black_body():
    found = brightness_temperature([3.455, 3.8, 4.78], [0.110, 0.078, 0.0335])
    assert found == pytest.approx([285, 262, 212], abs=1)


@pytest.mark.parametrize("temperature", [300, 500, 700, 1000, 1400])
def test_the_index_of_l_and_m(temperature):
    expected = {300: -0.80, 500: -0.33, 700: -0.02, 1000: 0.21, 1400: 0.35}[temperature]
    found = ratio(3.455, 4.78, temperature)
    assert (found - 1) / (found + 1) == pytest.approx(expected, abs=0.01)


def test_a_small_source_in_a_large_pixel_adds_what_is_published():
    added = 10.0 / 50.0**2 * radiance(3.455, 500)
    assert added == pytest.approx(0.23, abs=0.01)
    assert added / 0.110 == pytest.approx(2.1, abs=0.05)


def test_temperatures_come_back():
    for temperature in (250.0, 640.0, 1500.0):
        assert brightness_temperature(4.78, radiance(4.78, temperature)) == pytest.approx(temperature)
        assert ratio_temperature(3.455, 4.78, float(ratio(3.455, 4.78, temperature))) == pytest.approx(temperature)


def test_no_temperature_gives_an_impossible_ratio():
    assert math.isnan(ratio_temperature(3.455, 4.78, 50.0))
    with pytest.raises(AlgorithmError, match="shorter wavelength first"):
        ratio_temperature(4.78, 3.455, 1.0)


def test_oblique_views_are_corrected_up_to_sixty_degrees():
    assert corrected_for_emission(10.0, 60.0) == pytest.approx(20.0)
    with pytest.raises(AlgorithmError, match="not corrected"):
        corrected_for_emission(10.0, 61.0)


def test_a_cold_surface_emits_nothing():
    assert radiance(2.0, 5.0) == 0.0
