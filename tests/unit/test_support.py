import math

import pandas as pd
import pytest

from iovolc.model.detection import Segmented
from iovolc.model.frames import conform
from iovolc.model.tables import SEGMENTS
from iovolc.track import track
from track_sample import CONFIG, GRID, Q, cap, detected, detection, epoch, look, utc

EPOCHS = [epoch("old", 1979), epoch("mid", 1996), epoch("new", 2007), epoch("late", 2023)]
WEAK = {"p_value": 0.9, "q_value": 0.9}


def segment(name, after, before, *, lat=0.0, radius_km=80.0, **changes):
    row = {
        "segment_id": name, "channel": "red", "lat": lat, "lon_e": 0.0, "lon_w": 0.0, "position_sigma_km": 5.0,
        "area_km2": 1e4, "after_utc": utc(after), "before_utc": utc(before), "step": -0.3, "step_sigma": 0.02,
        "p_value": 1e-6, "rank_step": math.nan, "n_before": 2, "n_after": 2, "later_p_value": 1e-5, "trend": None,
        "trend_per_year": math.nan, "trend_p_value": math.nan,
    }  # fmt: skip
    return row | changes, cap(lat, 0.0, radius_km)


def tracked(detections, segments, looks=()):
    table = conform(pd.DataFrame([row for row, _ in segments]), SEGMENTS)
    segmented = Segmented(table, {row["segment_id"]: footprint for row, footprint in segments})
    return track(detected(detections, looks), EPOCHS, (), GRID, CONFIG, Q, ("red", "blue"), segmented)


BEFORE = (look("a", "old"),)


def event(*segments, looks=BEFORE, **changes):
    row, footprint = detection("a", "new", 0, 0)
    return tracked([(row | changes, footprint)], segments, looks).events.iloc[0]


def test_later_epochs_of_a_segment_second_an_event():
    assert event(segment("s", 1996, 2007, lat=40.0))["tier"] == "B"
    row = event(segment("s", 1996, 2007))
    assert (row["tier"], row["status"]) == ("A", "confirmed")


def test_another_channel_is_a_second_data_set():
    assert event(segment("s", 1996, 2007, channel="blue", later_p_value=math.nan))["tier"] == "A"


@pytest.mark.parametrize(
    "changes", [{"later_p_value": math.nan}, {"later_p_value": 0.2}, {"step": 0.3}, {"before_utc": utc(1996)}]
)
def test_what_rests_on_the_same_epoch_or_disagrees_does_not(changes):
    assert event(segment("s", 1979, 2007, **changes))["tier"] == "B"


def test_a_segment_never_saves_a_candidate():
    assert event(segment("s", 1996, 2007), **WEAK)["tier"] == "C"
    assert event(segment("s", 1996, 2007), flags=["shift_like"])["tier"] == "C"


def test_ranks_stay_b_but_are_confirmed():
    row = event(segment("s", 1996, 2007, step=math.nan, rank_step=-1.0), contrast=None, rank_contrast=-2.0)
    assert (row["tier"], row["status"]) == ("B", "confirmed")


def test_a_segment_narrows_the_onset_and_never_contradicts_it():
    plain = event()
    assert (plain["onset_after_utc"], plain["onset_before_utc"]) == (utc(1979), utc(2007))
    assert event(segment("s", 1996, 2007))["onset_after_utc"] == utc(1996)
    assert event(segment("s", 1979, 1996))["onset_before_utc"] == utc(1996)
    later = event(segment("s", 2007, 2023))
    assert (later["onset_after_utc"], later["onset_before_utc"]) == (utc(1979), utc(2007))


def test_a_place_first_seen_gets_its_bound_from_the_segment():
    row = event(segment("s", 1996, 2007), looks=())
    assert row["onset_after_utc"] == utc(1996)
    assert "first_seen" not in row["flags"]


def test_segments_name_the_event_that_shares_most():
    pair = [detection("a", "new", 0, 0), detection("b", "new", 0, 6.0, 60.0)]
    found = tracked(pair, [segment("s", 1996, 2007), segment("far", 1996, 2007, lat=50.0)])
    owner = found.detections.set_index("detection_id")["event_id"]["a"]
    names = found.segments.set_index("segment_id")["event_id"]
    assert names["s"] == owner
    assert names["far"] is None


def test_without_detections_segments_stay_as_they_are():
    found = tracked([], [segment("s", 1996, 2007)])
    assert found.segments["event_id"].tolist() == [None]
    assert found.events.empty
