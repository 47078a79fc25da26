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


def seen_events(rng, days, shown, per_year, lasting_days):
    """How many of some random events at least one look shows."""
    span = days[-1] + 2.0 * lasting_days
    begins = rng.uniform(-2.0 * lasting_days, days[-1], rng.poisson(per_year * span / 365.25))
    alive = (days >= begins[:, None]) & (days <= begins[:, None] + lasting_days)
    return int((alive & (rng.random(alive.shape) < shown)).any(axis=1).sum())


@pytest.mark.parametrize(
    ("gap_days", "poor", "per_year"), [(20.0, 1.0, 5.0), (20.0, 0.4, 5.0), (8.0, 0.5, 5.0), (20.0, 0.85, 20.0)]
)
def test_rates_over_the_time_watched_hold_the_truth_in_95_of_100(gap_days, poor, per_year):
    rng = np.random.default_rng(7)
    held, events, watched = 0, 0, 0.0
    for _ in range(600):
        days = np.cumsum(rng.exponential(gap_days, int(7305.0 / gap_days)))
        shown = np.where(rng.random(days.size) < 0.5, 1.0, poor)
        exposure = exposure_days(days, shown, 30.0)
        found = rate(seen_events(rng, days, shown, per_year, 30.0), exposure)
        held += found.low_per_year <= per_year <= found.high_per_year
        events, watched = events + found.events, watched + found.exposure_years
    assert 0.93 <= held / 600 <= 0.97  # Garwood's limits: never less than 95 %, at small counts a little more
    assert events / watched == pytest.approx(per_year, rel=0.02)


def test_a_second_look_makes_up_for_a_poor_one():
    once, twice = exposure_days([0.0], [0.5], 10.0), exposure_days([0.0, 0.0], [0.5, 0.5], 10.0)
    assert (once, twice) == (pytest.approx(5.0), pytest.approx(7.5))
