"""Baselines, and cycles like Loki's that are no outbursts."""

import math
from datetime import timedelta

import numpy as np
import pytest
from heat_sample import START
from scipy.special import ndtr

from iovolc.track.hotspot_series import Cycle, Point, Steady, baseline, cycle, steady
from iovolc.track.hotspot_states import Look, Rules, phases


def loki(seed):
    """Days and ln I of a place that is bright for 43 % of each cycle of 420 to 540 days, up to above 150 GW."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.uniform(0.0, 2600.0, rng.integers(40, 90)))
    phase = (days / rng.uniform(420.0, 540.0) + rng.random()) % 1.0
    active = np.clip(np.minimum(phase / 0.08, (0.43 - phase) / 0.1), 0.0, 1.0)
    low, high = rng.uniform(10.0, 20.0), rng.uniform(6.0, 14.0)
    return days, math.log(low) + active * math.log(high) + 0.12 * rng.standard_normal(days.size)


def bursts(days, log_value):
    usual = baseline([Point(day, value, 0.1) for day, value in zip(days, log_value, strict=True)])
    looks = [
        Look(START + timedelta(days=float(day)), math.exp(value), 0.14, "detection",
             float(ndtr((math.exp(value) - 150.0) / (0.1 * math.exp(value)))))
        for day, value in zip(days, log_value, strict=True)
    ]  # fmt: skip
    found = phases(looks, Rules(60.0, 0.3, usual))
    return [phase.before_utc for phase in found if phase.activity == "outburst"]


@pytest.mark.parametrize("seed", range(6))
def test_a_cycle_like_lokis_is_no_outburst_and_an_outburst_on_top_is_one(seed):
    days, log_value = loki(seed)
    assert bursts(days, log_value) == []
    when = int(np.random.default_rng(seed).integers(3, days.size - 3))
    log_value[when] = log_value.max() + math.log(6.0)
    assert START + timedelta(days=float(days[when])) in bursts(days, log_value)


def test_the_period_of_a_cycle_is_found():
    days, log_value = loki(3)
    found = cycle([Point(day, value, 0.1) for day, value in zip(days, log_value, strict=True)])
    assert isinstance(found, Cycle)
    assert 400.0 < found.period_days < 560.0
    assert found.fap <= 0.01


def test_noise_has_no_period():
    rng = np.random.default_rng(4)
    found = [
        cycle([Point(float(day), float(value), 0.1) for day, value in zip(rng.uniform(0, 2000, 40), rows, strict=True)])
        for rows in rng.standard_normal((5, 40))
    ]
    assert found == [None] * 5


def test_too_little_gives_no_period():
    few = [Point(100.0 * day, float(day % 2), 0.1) for day in range(8)]
    short = [Point(float(day), math.sin(day / 20.0), 0.1) for day in range(200)]
    assert cycle(few) is None
    assert cycle(short) is None


def test_limits_count_as_limits():
    rng = np.random.default_rng(7)
    truth = rng.normal(2.0, 0.6, 400)
    points = [Point(float(i), float(max(v, 2.2)), 0.05, "detection" if v > 2.2 else "upper")
              for i, v in enumerate(truth)]  # fmt: skip
    found = steady(points)
    assert found.mean == pytest.approx(2.0, abs=0.15)
    assert found.scatter == pytest.approx(0.6, abs=0.12)
    assert np.mean([point.log_value for point in points]) > 2.25


def test_one_outburst_does_not_move_the_baseline():
    rng = np.random.default_rng(8)
    quiet = [Point(float(day), float(rng.normal(2.0, 0.3)), 0.05) for day in range(40)]
    loud = [*quiet, Point(50.0, 7.0, 0.05), Point(51.0, 6.5, 0.05, "lower")]
    assert steady(loud).mean == pytest.approx(steady(quiet).mean, abs=0.05)
    assert steady(loud).scatter == pytest.approx(steady(quiet).scatter, abs=0.05)


def test_few_looks_have_the_usual_scatter():
    assert steady([Point(0.0, 2.0, 0.05), Point(1.0, 2.0, 0.05)]).scatter > 0.2
    assert isinstance(baseline([Point(0.0, 2.0, 0.05)]), Steady)
