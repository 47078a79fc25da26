"""The states of a hot spot: scenarios with truth."""

from datetime import timedelta

import pytest
from heat_sample import START

from iovolc.track.hotspot_series import Steady
from iovolc.track.hotspot_states import Look, Rules, detection_probability, phases

RULES = Rules(60.0, 0.3, None)


def look(day, value, limit="detection", outburst=None, log_sigma=0.12):
    return Look(START + timedelta(days=day), value, log_sigma, limit, outburst)


def upper(day, value):
    return look(day, value, "upper")


def told(*looks, rules=RULES):
    return [phase.activity for phase in phases(looks, rules)]


def test_the_first_detection_after_an_adequate_look_is_new_within_an_interval():
    (phase,) = phases([upper(0, 2.0), upper(5, 9.9), look(10, 10.0)], RULES)
    assert (phase.activity, phase.after_utc, phase.before_utc) == ("new", START, START + timedelta(days=10))
    assert phase.probability > 0.99


def test_without_an_adequate_earlier_look_nothing_is_new():
    for earlier in ((), (upper(0, 20.0),), (upper(0, 9.9),)):
        (phase,) = phases([*earlier, look(10, 10.0)], RULES)
        assert (phase.activity, phase.after_utc) == ("active", None)


def test_a_limit_of_five_sigma_is_adequate_for_what_stands_well_above_it():
    assert detection_probability(10.0, 10.0) == 0.5
    assert detection_probability(12.0, 10.0) == pytest.approx(0.84, abs=0.01)


def test_an_eruption_brightens_bursts_and_fades():
    assert told(look(0, 10), look(10, 40), look(20, 400, outburst=1.0), look(25, 60), look(40, 12)) == [
        "active", "brightening", "outburst", "fading",
    ]  # fmt: skip


def test_changes_within_the_errors_or_under_a_factor_of_two_are_none():
    assert told(look(0, 10), look(5, 18), look(9, 11), look(12, 15)) == ["active"]
    assert told(look(0, 10, log_sigma=0.5), look(5, 30, log_sigma=0.5), look(9, 9, log_sigma=0.5)) == ["active"]


def test_states_do_not_flicker():
    # After a rise a further one of 1.5 sigma keeps it brightening, though it would not start it.
    assert told(look(0, 10), look(5, 30), look(9, 40), look(12, 55)) == ["active", "brightening"]
    assert told(look(0, 10), look(5, 30), look(9, 31)) == ["active", "brightening", "active"]


def test_sixty_days_of_adequate_absence_are_quiet_and_what_comes_back_is_reactivated():
    looks = [look(0, 10), upper(20, 1.0), upper(50, 1.0), upper(81, 1.0), look(300, 10)]
    found = phases(looks, RULES)
    assert [phase.activity for phase in found] == ["active", "fading", "quiescent", "reactivated"]
    quiet, again = found[2:]
    assert (quiet.after_utc, quiet.before_utc) == (START, START + timedelta(days=20))
    assert (again.after_utc, again.before_utc) == (START + timedelta(days=81), START + timedelta(days=300))


def test_a_gap_or_shallow_looks_are_no_absence():
    assert told(look(0, 10), look(400, 10)) == ["active"]
    assert told(look(0, 10), *(upper(day, 5.0) for day in range(20, 200, 20)), look(400, 10)) == ["active"]


def test_saturation_is_never_fading():
    assert told(look(0, 100), look(5, 30, "lower"), look(9, 100)) == ["active"]
    assert told(look(0, 100, "lower"), look(5, 20)) == ["active", "fading"]
    assert told(look(0, 10), look(5, 100, "lower")) == ["active", "brightening"]


def test_a_bright_look_is_no_outburst_where_it_is_usual():
    bright = look(20, 200, outburst=0.99)
    assert told(look(0, 150), bright, rules=Rules(60.0, 0.3, Steady(5.0, 0.5)))[-1] == "active"
    assert told(look(0, 15), bright, rules=Rules(60.0, 0.3, Steady(2.5, 0.5)))[-1] == "outburst"


def test_an_eruption_may_begin_as_an_outburst_with_its_interval():
    (phase,) = phases([upper(0, 5.0), look(3, 500, outburst=1.0)], RULES)
    assert (phase.activity, phase.after_utc, phase.probability) == ("outburst", START, 1.0)


def test_a_place_never_seen_has_no_state():
    assert phases([upper(0, 1.0)], RULES) == ()
