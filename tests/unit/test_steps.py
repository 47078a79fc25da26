import numpy as np
import pytest

from iovolc.detect.steps import LEAST_P, evidence_of, fit_step, step_planes, thresholds
from iovolc.detect.trend import fit_trend
from small_grid import slow_uncompiled

FLAT = np.full(8, 0.01**2)


def planes(values, variance):
    stack = np.asarray(values, np.float32)
    return step_planes(stack, np.asarray(variance, np.float32), *thresholds(len(stack)), 10.0)


def test_a_step_is_dated_and_measured():
    found = fit_step(np.array([0, 0, 0, -0.2, -0.2, -0.2, -0.2, -0.2]), FLAT)
    assert (found.first, found.until, found.earliest, found.latest) == (3, 8, 3, 3)
    assert found.amplitude == pytest.approx(-0.2)
    assert 10**-found.evidence == pytest.approx(LEAST_P)


def test_a_transient_has_an_end():
    found = fit_step(np.array([0, 0, 0, 0.2, 0.2, 0, 0, 0.0]), FLAT)
    assert (found.first, found.until) == (3, 5)
    assert found.amplitude == pytest.approx(0.2)


def test_a_weak_step_is_not_dated_more_sharply_than_it_can_be():
    found = fit_step(np.array([0, 0.0, 0.01, 0.016, 0.022, 0.03, 0.03, 0.03]), FLAT)
    assert found.earliest < found.latest


def test_two_epochs_tell_no_step():
    assert fit_step(np.array([0.0, 1.0]), np.array([1e-4, 1e-4])) is None
    evidence, *_ = planes(np.array([[[0.0]], [[1.0]]]), np.full((2, 1, 1), 1e-4))
    assert evidence[0, 0] == 0.0


@pytest.mark.parametrize(("n", "kind", "value"), [(3, 0, 12.5), (10, 0, 17.2), (20, 0, 19.0), (6, 1, 16.8)])
def test_thresholds_are_the_simulated_ones(n, kind, value):
    levels = thresholds(20)[kind][n]
    assert levels[2] == value
    assert evidence_of(value, levels) == pytest.approx(3.0 - np.log10(2.0))


def test_thresholds_grow_with_the_series_and_never_fall():
    for table in thresholds(60):
        assert (np.diff(table[3:], axis=0) > 0).all()
        assert (np.diff(table, axis=1) > 0).all()


@slow_uncompiled
@pytest.mark.parametrize("n", [3, 7, 12])
def test_white_noise_has_the_stated_rate(n):
    noise = np.random.default_rng(n).standard_normal((n, 200, 400))
    evidence, *_ = planes(noise, np.ones_like(noise))
    for level in (1, 2):
        assert (evidence > level).mean() < 1.1 * 10.0**-level
    assert (evidence > 1).mean() > 0.04


@slow_uncompiled
def test_noise_that_was_understated_is_found_out_by_long_series():
    noise = 2.0 * np.random.default_rng(0).standard_normal((16, 100, 200))
    stack = noise.astype(np.float32)
    shrunk, trusted = (step_planes(stack, np.ones_like(stack), *thresholds(16), weight)[0] for weight in (10.0, 1e9))
    assert (shrunk > 3).mean() < 0.5 * (trusted > 3).mean()


def test_epochs_that_do_not_show_a_place_are_passed_over():
    values = np.array([0.0, np.nan, 0.0, np.nan, 1.0, 1.0]).reshape(-1, 1, 1)
    evidence, amplitude, first, until = planes(values, np.full((6, 1, 1), 0.01))
    assert (first[0, 0], until[0, 0]) == (4, 6)
    assert amplitude[0, 0] == pytest.approx(1.0)
    assert evidence[0, 0] > 4


def test_a_recovery_is_a_trend_against_the_change():
    years = np.array([0.0, 1.0, 3.0, 4.0, 8.0])
    trend = fit_trend(years, -0.3 + 0.03 * years)
    assert trend.per_year == pytest.approx(0.03)
    assert trend.p_value == pytest.approx(2 / 120)
    assert (trend.of_change(-1), trend.of_change(1)) == ("fading", "brightening")


def test_noise_and_short_series_have_no_trend():
    assert fit_trend(np.arange(4.0), np.arange(4.0)) is None
    assert fit_trend(np.zeros(6), np.arange(6.0)) is None
    assert fit_trend(np.arange(6.0), np.zeros(6)) is None
    assert fit_trend(np.arange(6.0), np.array([0.1, -0.2, 0.15, -0.1, 0.0, 0.05])).of_change(1) is None
