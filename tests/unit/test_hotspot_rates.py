import numpy as np
import pytest

from iovolc.track.hotspot_rates import censored_mean, censored_total, exposure_days, rate


def test_limits_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    for expected in (8.0, 30.0, 100.0):
        counts = rng.poisson(expected, 4000)
        found = [rate(int(count), 365.25) for count in counts]
        held = np.mean([one.low_per_year <= expected <= one.high_per_year for one in found])
        assert 0.945 <= held <= 0.975  # Garwood's limits never cover less than 95 %


def test_no_event_gives_three_over_the_exposure():
    assert rate(0, 365.25).high_per_year == pytest.approx(3.0, abs=0.005)
    assert rate(0, 365.25, level=0.9).high_per_year == pytest.approx(2.3, abs=0.005)
    assert rate(0, 2 * 365.25).high_per_year == pytest.approx(1.5, abs=0.005)


def test_published_limits_of_small_counts():
    # Gehrels 1986, table 1 and 2 (two-sided 95 %: 1 -> 0.0253, 5.572; 10 -> 4.795, 18.39)
    one, ten = rate(1, 365.25), rate(10, 365.25)
    assert (one.low_per_year, one.high_per_year) == pytest.approx((0.0253, 5.572), rel=1e-3)
    assert (ten.low_per_year, ten.high_per_year) == pytest.approx((4.795, 18.39), rel=1e-3)


def test_exposure_counts_no_time_twice_and_no_gap_that_an_event_would_not_bridge():
    assert exposure_days([0.0, 2.0, 100.0], [1.0, 1.0, 1.0], 10.0) == pytest.approx(10.0 + 2.0 + 10.0)
    assert exposure_days([0.0, 50.0], [1.0, 0.5], 10.0) == pytest.approx(15.0)
    assert exposure_days([], [], 10.0) == 0.0


def test_totals_without_limits_are_sums():
    values = [3.0, 1.0, 8.0, 1.0]
    assert censored_total(values, [False] * 4) == pytest.approx(13.0)


def test_limits_are_neither_values_nor_nothing():
    rng = np.random.default_rng(3)
    truth = rng.lognormal(0.0, 1.0, 4000)
    limit = rng.lognormal(0.0, 0.7, truth.size)
    hidden = truth < limit
    seen = np.where(hidden, limit, truth)
    found = censored_mean(seen, hidden)
    assert found == pytest.approx(truth.mean(), rel=0.03)
    assert seen.mean() > 1.1 * truth.mean()
    assert truth[~hidden].sum() / truth.size < 0.95 * truth.mean()
