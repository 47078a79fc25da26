"""How loud an event is, and which changes of that are due."""

from datetime import UTC, datetime

import pytest

from iovolc.config import Config, load
from iovolc.config_alerts import AlertsConfig
from iovolc.errors import ConfigError
from iovolc.track.alerts import KEPT, Standing, decide, kept, level_of

NEWEST = datetime(2024, 2, 1, tzinfo=UTC)
QUIET = {
    "tier": "A", "status": "provisional", "activity": "new", "kind": "darkening", "area_km2": 500.0,
    "radiance_gw_um_sr": None, "power_gw": None, "last_seen_utc": datetime(2023, 12, 30, tzinfo=UTC),
}  # fmt: skip
HEAT = {"kind": "thermal", "radiance_gw_um_sr": 10.0, "power_gw": 40.0}


def event(**changes):
    return {**dict.fromkeys(KEPT), "event_id": "e1", **QUIET, **changes}


@pytest.mark.parametrize(
    ("changes", "level", "word"),
    [
        ({}, "advisory", "tier A"),
        ({"tier": "B"}, "watch", "tier B"),
        ({"tier": "C", "activity": "outburst"}, "none", "candidate"),
        ({"area_km2": 40000.0}, "alert", "40000 km2"),
        ({"tier": "B", "kind": "ring"}, "advisory", "ring"),
        ({"activity": "outburst"}, "alert", "outburst"),
        ({**HEAT, "radiance_gw_um_sr": 150.0}, "alert", "150 GW um-1 sr-1"),
        ({**HEAT, "power_gw": 1e3}, "alert", "1000 GW"),
        ({**HEAT, "area_km2": 1e6}, "advisory", "tier A"),
        ({"status": "fading"}, "watch", "fading"),
        ({"tier": "B", "activity": "quiescent"}, "none", "below watch"),
        ({"kind": "fading", "area_km2": 1e5}, "advisory", "returns"),
        ({"status": "finished", "area_km2": 1e5}, "none", "finished"),
        ({"last_seen_utc": datetime(2022, 1, 1, tzinfo=UTC)}, "none", "last seen 2022-01-01"),
    ],
)
def test_the_level_of_an_event_and_why(changes, level, word):
    found, reason = level_of(event(**changes), NEWEST, AlertsConfig())
    assert (found, word in reason) == (level, True), reason


def test_a_higher_least_level_silences_the_rest():
    assert level_of(event(), NEWEST, AlertsConfig(min_level="alert"))[0] == "none"
    assert level_of(event(), NEWEST, AlertsConfig(min_level="advisory"))[0] == "advisory"


def test_the_loudest_comes_first_and_what_is_known_is_not_due():
    rows = [event(), event(event_id="e2", tier="B"), event(event_id="e3", activity="outburst")]
    renewed, due = decide(rows, {}, {}, NEWEST, AlertsConfig())
    assert [change.id for change in due] == ["e3-1-alert", "e1-1-advisory", "e2-1-watch"]
    assert renewed == {}
    told = {change.standing.alert_id: change.standing for change in due}
    assert decide(rows, told, {name: name for name in told}, NEWEST, AlertsConfig()) == (told, ())


def test_an_id_that_was_another_event_s_is_not_used_again():
    told = {"e1": Standing("e1", 1, "watch", kept(event(event_id="e9")))}
    _, due = decide([event(), event(event_id="e9", tier="B")], told, {"e9": "e1"}, NEWEST, AlertsConfig())
    assert [change.id for change in due] == ["e1.2-1-advisory"]


def test_who_is_told_is_no_part_of_a_run(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("alerts: {folder: sink, mail_to: [a@io.example], mail_from: b@io.example}\n")
    config = load(path)
    assert config.digest() == Config().digest()
    assert "alerts" not in config.portable()
    assert load(path, ("alerts.budget=3",)).alerts.mail_to == ("a@io.example",)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("alerts.webhook_url_env=https://hook.example/key", "alerts.webhook_url_env"),
        ('alerts.mail_from="a@io.example\\r\\nBcc: b@io.example"', "alerts.mail_from"),
        ("alerts.mail_to=[a@io.example]", "`mail_to` needs `mail_from`"),
        ("alerts.budget=-1", "alerts.budget"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_without_being_quoted(given, named):
    with pytest.raises(ConfigError, match=named) as refused:
        load(None, (given,))
    assert "hook.example" not in str(refused.value)


def test_a_password_is_not_sent_in_the_clear():
    with pytest.raises(ConfigError, match="in the clear"):
        load(None, ("alerts.mail_user=me", "alerts.mail_starttls=false"))
