import math

import pytest

from iovolc.light.thermal_class import Thresholds, brightness_class, log_sigma, persistence


@pytest.mark.parametrize(
    ("value", "name"), [(500.0, "outburst"), (250.0, "outburst"), (60.0, "mini_outburst"), (10.0, "faint")]
)
def test_classes_by_brightness(value, name):
    found = brightness_class(3.78, value, 0.1 * value)
    likeliest, probability = found.likeliest
    assert likeliest == name
    assert probability > 0.99
    assert found.outburst + found.mini_outburst + found.faint == pytest.approx(1.0)


def test_at_a_threshold_the_odds_are_even():
    found = brightness_class(3.5, 150.0, 20.0)
    assert found.outburst == pytest.approx(0.5)
    assert brightness_class(3.5, 150.0, 20.0, thresholds=Thresholds(100.0, 20.0)).outburst > 0.99


def test_other_bands_have_no_class():
    assert brightness_class(4.78, 500.0, 50.0) is None
    assert brightness_class(2.27, 500.0, 50.0) is None


def test_a_saturated_source_is_an_outburst_or_unknown():
    assert brightness_class(3.78, 300.0, 10.0, lower_limit=True).likeliest == ("outburst", 1.0)
    assert brightness_class(3.78, 40.0, 10.0, lower_limit=True) is None


def test_persistent_is_more_than_half_of_the_looks_over_more_than_a_year():
    assert persistence(18, 20, 700.0) > 0.99
    assert persistence(2, 20, 700.0) < 0.01
    assert persistence(10, 20, 700.0) == pytest.approx(0.5)
    assert persistence(20, 20, 300.0) == 0.0
    assert 0.5 < persistence(2, 2, 700.0) < 0.99


def test_oblique_views_and_calibration_widen_the_error():
    assert log_sigma(10.0, 0.5) == pytest.approx(math.hypot(0.05, 0.1))
    assert log_sigma(10.0, 0.5, emission_deg=58.0) == pytest.approx(math.sqrt(0.05**2 + 0.1**2 + 0.1**2))
