from datetime import timedelta

import pytest
from heat_sample import START, glow

from iovolc.config import HeatConfig, TrackConfig
from iovolc.track.hotspots import follow_heat
from iovolc.track.targets import COLUMNS, rank_targets, share_seen

LIVELY = [glow(day, 10.0, 20.0, 5.0 if n % 2 else 60.0) for n, day in enumerate(range(0, 400, 40))]
DULL = [glow(day, -10.0, 120.0, 10.0) for day in range(0, 400, 40)]
POLAR = [glow(day, 85.0, 20.0, 10.0) for day in range(0, 400, 40)]
NOW = START + timedelta(days=430)


def ranked(glows, **options):
    heat = follow_heat(glows, (), TrackConfig(), HeatConfig())
    return rank_targets(heat.hotspots, heat.light_curves, NOW, **options)


def test_what_changes_often_comes_first():
    found = ranked([*LIVELY, *DULL])
    assert list(found.columns) == list(COLUMNS)
    assert found["lat"].tolist() == pytest.approx([10.0, -10.0], abs=0.1)
    assert found["changes_per_year"].iloc[0] > 3.0 * found["changes_per_year"].iloc[1]


def test_what_was_not_looked_at_for_long_comes_before_what_was_just_seen():
    found = ranked([*DULL[:5], *(glow(day, 10.0, 20.0, 10.0) for day in range(0, 430, 40))])
    assert found["lat"].iloc[0] == pytest.approx(-10.0, abs=0.1)
    assert found["days_since"].iloc[0] == pytest.approx(270.0)


def test_poles_are_for_polar_orbits():
    from_earth, from_orbit = ranked([*DULL, *POLAR]), ranked([*DULL, *POLAR], sub_observer_lats=(-60.0, 60.0))
    assert from_earth["lat"].iloc[0] == pytest.approx(-10.0, abs=0.1)
    assert from_earth["score"].iloc[1] == 0.0
    assert from_orbit.set_index("lat")["seen"].max() == pytest.approx(0.5)


def test_looks_after_the_time_asked_for_do_not_count():
    assert ranked([glow(500, 10.0, 20.0)]).empty


def test_shares_of_a_turn():
    assert share_seen(0.0, 0.0) == pytest.approx(1.0 / 3.0)
    assert share_seen(80.0, 80.0) == 1.0
    assert share_seen(-80.0, 40.0) == 0.0


def test_rates_are_told_with_the_time_watched_and_their_limits():
    lively, dull = (row for _, row in ranked([*LIVELY, *DULL]).iterrows())
    assert lively["watched_years"] == pytest.approx(300.0 / 365.25, abs=0.01)  # ten looks, each of 30 days
    assert lively["changes_per_year"] == pytest.approx(lively["changes"] / lively["watched_years"], rel=0.02)
    assert 0.0 < lively["low_per_year"] < lively["changes_per_year"] < lively["high_per_year"]
    assert (dull["changes"], dull["low_per_year"]) == (0, 0.0)
    assert dull["high_per_year"] == pytest.approx(3.0 / dull["watched_years"], rel=0.01)


def test_a_look_too_poor_to_show_the_place_is_not_the_last_look():
    poor, deep = (ranked([*DULL, glow(420, -10.0, 120.0, limit, limit="upper")]) for limit in (40.0, 3.0))
    assert poor["days_since"].iloc[0] == pytest.approx(70.0)
    assert deep["days_since"].iloc[0] == pytest.approx(10.0)
    assert poor["score"].iloc[0] > deep["score"].iloc[0]
