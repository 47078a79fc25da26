"""Changes of level at the end of a light curve."""

import numpy as np
import pytest

from iovolc.track.hotspot_changepoints import ALARM, change_probability
from iovolc.track.hotspot_series import Point


def points(log_value, step_days=30.0, limit="detection"):
    return [Point(step_days * number, float(value), 0.1, limit) for number, value in enumerate(log_value)]


def steady(seed, count=15, scatter=0.15):
    return np.random.default_rng(seed).normal(2.0, scatter, count)


def test_a_steady_place_raises_no_alarm():
    assert max(change_probability(points(steady(seed))) for seed in range(40)) < ALARM


def test_a_leap_in_the_last_look_does_and_one_long_ago_does_not():
    leap = steady(1)
    leap[-1] += np.log(30.0)
    assert change_probability(points(leap)) > ALARM
    old = steady(1)
    old[7:] += np.log(30.0)
    assert change_probability(points(old)) < 0.2


def test_a_change_is_likelier_over_a_longer_gap():
    values = np.append(steady(2), 2.0 + np.log(5.0))
    assert change_probability(points(values, 60.0)) > change_probability(points(values, 1.0))


@pytest.mark.parametrize("values", [steady(1, 4), []])
def test_few_looks_tell_nothing(values):
    assert change_probability(points(values)) is None


def test_limits_are_left_aside_and_equal_times_are_no_error():
    assert change_probability(points(steady(1), limit="upper")) is None
    same = [Point(0.0, float(value), 0.1) for value in steady(1)]
    assert change_probability(same) < 0.5
