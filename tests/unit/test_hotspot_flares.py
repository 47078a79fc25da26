"""Flares in light curves: told with their e-folding time, and not seen in noise or in a single look."""

import numpy as np
import pytest

from iovolc.track.hotspot_flares import flare
from iovolc.track.hotspot_series import Point


def points(days, log_value, limit="detection"):
    return [Point(float(day), float(value), 0.1, limit) for day, value in zip(days, log_value, strict=True)]


def series(seed, *, start=200.0, efold=40.0, height=30.0, scatter=0.15):
    rng = np.random.default_rng(seed)
    days = np.sort(np.append(rng.uniform(0.0, 500.0, 24), start))
    excess = height * np.exp(-(days - start) / efold) * (days >= start)
    return days, 2.0 + rng.normal(0.0, scatter, days.size) + np.log1p(excess)


@pytest.mark.parametrize("efold", [20.0, 40.0, 100.0])
def test_a_flare_is_found_with_its_start_and_its_fading_time(efold):
    found = [flare(points(*series(seed, efold=efold))) for seed in range(5)]
    assert None not in found
    assert [one.start_days for one in found] == [200.0] * 5
    assert np.median([one.efold_days for one in found]) == pytest.approx(efold, rel=0.35)
    assert sum(one.low_days <= efold <= one.high_days for one in found) >= 2
    assert all(one.p_value <= 0.01 for one in found)


def test_noise_holds_no_flare():
    rng = np.random.default_rng(3)
    noise = [points(np.sort(rng.uniform(0.0, 500.0, 20)), rng.normal(2.0, 0.5, 20)) for _ in range(10)]
    assert sum(flare(one) is not None for one in noise) <= 1


def test_one_bright_look_is_no_flare_for_it_fits_in_any_order():
    days, log_value = series(1, height=0.0)
    log_value[10] += 3.0
    assert flare(points(days, log_value)) is None


def test_few_looks_or_limits_alone_tell_nothing():
    days, log_value = series(1)
    assert flare(points(days[:4], log_value[:4])) is None
    assert flare(points(days, log_value, "upper")) is None
    assert flare(points(days, np.full(days.size, 2.0))) is None


def test_the_order_of_the_looks_does_not_matter():
    both = points(*series(2))
    assert flare(both) == flare(both[::-1])
