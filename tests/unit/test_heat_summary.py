"""What all hot spots say together: rates with exposure, totals with limits."""

import pytest
from heat_sample import glow

from iovolc.config import HeatConfig, TrackConfig
from iovolc.track.heat_summary import eruption_rate, totals
from iovolc.track.hotspots import follow_heat


def curves(*glows):
    return follow_heat(glows, (), TrackConfig(), HeatConfig()).light_curves


def test_an_eruption_counts_once_and_time_without_looks_counts_for_a_month_each():
    found = eruption_rate(curves(*(glow(day, 0.0, 0.0, value) for day, value in
                                   ((0, 10.0), (100, 10.0), (200, 60.0), (210, 200.0), (300, 10.0)))))  # fmt: skip
    assert found["events"] == 1
    assert found["exposure_years"] == pytest.approx((30.0 * 4 + 10.0) / 365.25)
    assert found["low_per_year"] < found["per_year"] < found["high_per_year"]
    assert found["per_year"] == pytest.approx(1.0 / found["exposure_years"])


def test_without_an_eruption_there_is_an_upper_limit_of_three_over_the_exposure():
    found = eruption_rate(curves(glow(0, 0.0, 0.0), glow(100, 0.0, 0.0)))
    assert (found["events"], found["per_year"], found["low_per_year"]) == (0, 0.0, 0.0)
    assert found["high_per_year"] == pytest.approx(3.0 / found["exposure_years"], rel=0.01)


def test_a_limit_too_shallow_to_tell_is_no_exposure():
    deep, shallow = (
        eruption_rate(curves(glow(0, 0.0, 0.0), glow(100, 0.0, 0.0, limit, limit="upper"))) for limit in (2.0, 50.0)
    )
    assert deep["exposure_years"] == pytest.approx(2.0 * shallow["exposure_years"], rel=0.01)


def test_totals_take_limits_as_limits_and_leave_saturated_places_out():
    looks = curves(
        glow(0, 0.0, 0.0, 10.0), glow(9, 0.0, 0.0, 30.0), glow(0, 40.0, 90.0, 4.0),
        glow(0, -40.0, -90.0, 50.0, limit="lower"),
        glow(3, 0.0, 180.0, 7.0, band="Ms", wavelength_um=4.67), glow(0, 0.0, 180.0, 3.0, limit="upper"),
    )  # fmt: skip
    by_band = {row["band"]: row for row in totals(looks)}
    assert by_band["Lp"] == {
        "band": "Lp", "gw_um_sr": pytest.approx(26.0, abs=1.5), "detected": 2, "limits": 1, "saturated": 1
    }  # fmt: skip
    assert by_band["Ms"]["gw_um_sr"] == pytest.approx(7.0)


def test_nothing_seen_has_neither_rate_nor_total():
    assert eruption_rate(curves()) is None
    assert totals(curves()) == []
