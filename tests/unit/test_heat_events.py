import pandas as pd
import pytest
from heat_sample import START, glow

from iovolc.config import HeatConfig, TrackConfig
from iovolc.model.detection import Tracked
from iovolc.model.frames import conform, empty
from iovolc.model.grid import Grid
from iovolc.model.tables import DETECTIONS, EVENTS
from iovolc.track.heat_events import with_heat
from iovolc.track.hotspots import follow_heat

GRID = Grid.at(4)
NOTHING = Tracked(empty(EVENTS.with_channels(())), empty(DETECTIONS), {})
RAROG = (-42.0, 55.0)
ERUPTION = (
    glow(0, *RAROG, 2.0, limit="upper"), glow(30, *RAROG, 300.0), glow(31, *RAROG, 280.0), glow(60, *RAROG, 20.0),
)  # fmt: skip


def events(glows, tracked=NOTHING):
    heat = follow_heat(glows, (), TrackConfig(), HeatConfig())
    return with_heat(tracked, heat, GRID, {"obs30Lp": "L"}, TrackConfig())


def day(number):
    return START + pd.Timedelta(days=number)


def surface(lat, lon_e, after, before):
    row = {
        "event_id": "aaaaaaaaaaaa", "kind": "darkening", "status": "provisional", "activity": "new", "tier": "B",
        "lat": lat, "lon_e": lon_e, "lon_w": 360.0 - lon_e, "position_sigma_km": 5.0, "area_km2": 3000.0,
        "area_sigma_km2": 100.0, "diameter_km": 62.0, "onset_after_utc": day(after), "onset_before_utc": day(before),
        "last_seen_utc": day(before), "n_epochs": 1, "channels": ["red"], "snr": 9.0, "p_value": 1e-5, "q_value": 1e-4,
        "power_method": "none", "reliability": 0.9, "new_site": True, "light_class": "sun", "flags": [], "parents": [],
        "related": [], "run_id": "x",
    }  # fmt: skip
    return Tracked(conform(pd.DataFrame([row]), EVENTS.with_channels(())), empty(DETECTIONS), NOTHING.footprints)


def test_an_eruption_is_one_event_with_its_radiance_and_an_interval_of_onset():
    found = events(ERUPTION)
    (row,) = found.events.to_dict("records")
    assert (row["kind"], row["activity"], row["tier"], row["new_site"]) == ("thermal", "outburst", "A", True)
    assert row["radiance_gw_um_sr"] == pytest.approx(300.0)
    assert row["power_low_gw"] < row["power_high_gw"]
    assert (row["onset_after_utc"], row["onset_before_utc"]) == (day(0), day(30))
    assert row["last_seen_utc"] == day(31)
    assert row["channels"] == ["L"]
    assert [name for name, _ in found.footprints[row["event_id"]].pixels] == ["equator"]


def test_a_place_that_only_ever_glowed_is_no_event():
    assert events([glow(10.0 * n, *RAROG, 10.0) for n in range(4)]).events.empty


def test_the_id_does_not_depend_on_later_looks():
    first = events(ERUPTION[:3]).events["event_id"].tolist()
    assert events(ERUPTION).events["event_id"].tolist() == first
    assert events(tuple(reversed(ERUPTION))).events["event_id"].tolist() == first


def test_a_second_eruption_after_quiet_is_a_second_event():
    quiet = [glow(100.0 + 40 * n, *RAROG, 2.0, limit="upper") for n in range(4)]
    assert len(events([*ERUPTION, *quiet, glow(400, *RAROG, 250.0)]).events) == 2


def test_a_surface_change_at_the_place_is_the_same_event():
    (row,) = events(ERUPTION, surface(-42.5, 55.4, -100, 35)).events.to_dict("records")
    assert (row["kind"], row["event_id"]) == ("darkening", "aaaaaaaaaaaa")
    assert row["radiance_gw_um_sr"] == pytest.approx(300.0)
    assert row["site_id"]


def test_a_change_of_another_time_stays_apart_and_a_neighbour_is_related():
    apart = events(ERUPTION, surface(-42.5, 55.4, 100, 200)).events
    assert sorted(apart["kind"]) == ["darkening", "thermal"]
    assert all(len(ids) == 0 for ids in apart["related"])
    near = events(ERUPTION, surface(-42.0, 66.0, -100, 35)).events.set_index("kind")
    assert list(near.loc["thermal", "related"]) == ["aaaaaaaaaaaa"]
    assert list(near.loc["darkening", "related"]) == [near.loc["thermal", "event_id"]]


def test_relative_series_have_no_watts_and_reach_tier_b():
    glows = [
        glow(n, *RAROG, value, limit=limit, quantity="relative")
        for n, value, limit in ((0, 1.0, "upper"), (30, 50.0, "detection"), (31, 50.0, "detection"))
    ]
    (row,) = events(glows).events.to_dict("records")
    assert (row["tier"], row["power_method"]) == ("B", "none")
    assert pd.isna(row["radiance_gw_um_sr"])


def test_without_heat_nothing_changes():
    assert events([]) is NOTHING
