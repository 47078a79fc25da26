"""Exposure in area and time, and rates."""

import math

import numpy as np
import pytest

from iovolc import body
from iovolc.track.exposure import Watch, area_rate, exposures_km2_years, map_area_km2

YEAR = 365.25
IO_KM2 = 4.0 * math.pi * body.RADIUS_KM**2
SHAPE = (18, 36)


def watch(since, seen, chance=1.0, share=1.0):
    return Watch(since * YEAR, seen * YEAR, np.full((1, *SHAPE), float(chance)), np.full(SHAPE, float(share)))


def test_the_pixels_of_a_map_make_up_io():
    assert map_area_km2(SHAPE).sum() * SHAPE[1] == pytest.approx(IO_KM2)


def test_a_certain_look_a_year_after_the_last_is_worth_a_year_of_io():
    assert exposures_km2_years([watch(0.0, 1.0)])[0] == pytest.approx(IO_KM2)
    assert exposures_km2_years([watch(0.0, 1.0, chance=0.25, share=0.5)])[0] == pytest.approx(IO_KM2 / 8.0)


def test_kinds_of_change_are_counted_each_for_itself():
    two = Watch(0.0, YEAR, np.stack([np.full(SHAPE, 0.5), np.ones(SHAPE)]), np.ones(SHAPE))
    assert exposures_km2_years([two, two]) == pytest.approx((0.5 * IO_KM2, IO_KM2))


def test_time_counts_once():
    both = [watch(0.0, 1.0), watch(1.0, 3.0)]
    assert exposures_km2_years(both)[0] == pytest.approx(3.0 * IO_KM2)


def test_a_place_is_watched_since_it_was_last_seen():
    north, whole = np.zeros(SHAPE), watch(1.0, 4.0)
    north[:9] = 1.0
    first = Watch(0.0, YEAR, north[None], north)
    # The north since year 1, the south since the latest predecessor, which may have shown it.
    assert exposures_km2_years([first, whole])[0] == pytest.approx(0.5 * IO_KM2 + 3.0 * IO_KM2)
    late = Watch(3.0 * YEAR, 4.0 * YEAR, np.ones((1, *SHAPE)), np.ones(SHAPE))
    assert exposures_km2_years([first, late])[0] == pytest.approx((0.5 + 0.5 * 3.0 + 0.5 * 1.0) * IO_KM2)


def test_what_fades_is_watched_only_as_long_as_it_stays():
    assert exposures_km2_years([watch(0.0, 10.0)], lasting_days=0.5 * YEAR)[0] == pytest.approx(0.5 * IO_KM2)


def test_no_comparison_no_exposure():
    assert exposures_km2_years([]) == ()
    found = area_rate(0, 0.0)
    assert (found.high, math.isnan(found.rate)) == (math.inf, True)


def test_rates_have_exact_poisson_limits():
    none, four = area_rate(0, 2e6), area_rate(4, 2e6)
    assert (none.rate, none.low, none.high) == (0.0, 0.0, pytest.approx(-math.log(0.05) / 2.0))
    assert (four.rate, four.low, four.high) == pytest.approx((2.0, 1.0899 / 2.0, 10.2416 / 2.0), rel=1e-3)
