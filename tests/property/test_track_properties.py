"""Tracking over all orders and places: the same tables give the same events, wherever on Io they lie."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iovolc.geometry.longitudes import wrap180
from iovolc.track import track
from track_sample import CONFIG, GRID, Q, detected, detection, epoch, event_of, look, run, utc

SMALL = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
EPOCHS = [
    epoch("a", 1979), epoch("b", 1999), epoch("b-blue", 1999, channel="blue"), epoch("c", 2000, 2010),
    epoch("d", 2023),
]  # fmt: skip
ORDER = [one.observation_id for one in EPOCHS]
CHANNEL = {one.observation_id: one.channel for one in EPOCHS}
LATS, LONS = st.sampled_from([-88.0, -60.0, 0.0, 1.5, 59.0]), st.sampled_from([-179.5, 178.0, 0.0, 2.0])


@st.composite
def scenes(draw):
    """Detections crowded at a few places, with looks at earlier epochs."""
    found, looks = [], []
    for number in range(draw(st.integers(1, 9))):
        observation = draw(st.sampled_from(ORDER))
        name, channel = f"d{number}", CHANNEL[observation]
        found.append(
            detection(
                name, observation, draw(LATS), draw(LONS), draw(st.sampled_from([40.0, 90.0, 200.0])), channel=channel,
                contrast=draw(st.sampled_from([-0.3, 0.3])), p_value=draw(st.sampled_from([1e-5, 0.01, 0.5])),
                q_value=draw(st.sampled_from([1e-3, 0.5])), snr=draw(st.sampled_from([5.0, 9.0])),
                kind=draw(st.sampled_from(["darkening", "brightening", "ring"])),
            )
        )  # fmt: skip
        looks += [
            look(name, earlier, draw(st.sampled_from(["with", "without", "inadequate"])))
            for earlier in ORDER[: ORDER.index(observation)]
            if CHANNEL[earlier] == channel
        ]
    return found, looks


def tracked_in(found, looks, order, epochs):
    return track(detected(found, looks, order), epochs, (), GRID, CONFIG, Q, ("red", "blue"))


@SMALL
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_epochs_does_not_matter(scene, random):
    found, looks = scene
    order = list(range(len(found) + len(looks)))
    first = tracked_in(found, looks, order, EPOCHS)
    random.shuffle(order)
    second = tracked_in(found[::-1], looks[::-1], order, EPOCHS[::-1])
    pd.testing.assert_frame_equal(first.events, second.events)
    pd.testing.assert_frame_equal(first.detections, second.detections)
    assert list(first.footprints) == list(second.footprints)
    for one, other in zip(first.footprints.values(), second.footprints.values(), strict=True):
        for (name, pixels), (same_name, same_pixels) in zip(one.pixels, other.pixels, strict=True):
            assert name == same_name
            np.testing.assert_array_equal(pixels, same_pixels)


@SMALL
@given(scenes())
def test_every_detection_has_one_event_and_parents_are_events_without_circles(scene):
    tracked = tracked_in(*scene, None, EPOCHS)
    ids = set(tracked.events["event_id"])
    assert set(tracked.detections["event_id"]) == ids == set(tracked.footprints)
    parents = dict(zip(tracked.events["event_id"], tracked.events["parents"], strict=True))
    assert {name for names in parents.values() for name in names} <= ids
    for start, own in parents.items():
        known, waiting = set(), list(own)
        while waiting:
            known.add(waiting[-1])
            waiting += [name for name in parents[waiting.pop()] if name not in known]
        assert start not in known


@SMALL
@given(scenes())
def test_onsets_are_intervals_that_hold_together(scene):
    events = tracked_in(*scene, None, EPOCHS).events
    both = events.dropna(subset=["onset_after_utc", "onset_before_utc"])
    assert (both["onset_after_utc"] <= both["onset_before_utc"]).all()
    assert (events["onset_before_utc"].dropna() <= events["last_seen_utc"][events["onset_before_utc"].notna()]).all()
    overlapping = events["flags"].map(lambda flags: "span_overlap" in flags)
    assert (events["onset_before_utc"].isna() == overlapping).all()
    assert (events.loc[overlapping, "tier"] != "A").all()
    first_seen = events["flags"].map(lambda flags: "first_seen" in flags)
    assert (events["onset_after_utc"].isna() == (first_seen | overlapping)).all()


@SMALL
@given(st.floats(-89.9, 89.9), st.floats(-180.0, 179.9), st.floats(0.0, 360.0))
def test_a_deposit_keeps_one_id_wherever_it_lies(lat, lon_e, turn):
    step = 0.4 * np.cos(np.radians(turn))
    moved_lat, moved_lon = np.clip(lat + step, -90, 90), wrap180(lon_e + 0.4 * np.sin(np.radians(turn)))
    found = [detection("x", "a", lat, lon_e, 150), detection("y", "d", float(moved_lat), float(moved_lon), 150)]
    assert len(run(found, EPOCHS).events) == 1


@pytest.mark.parametrize("places", [[(0, 179.8), (0, -179.8), (0.2, 179.9)], [(89.5, 0), (89.5, 180), (89.5, -90)]])
def test_events_across_the_seam_and_over_the_pole_keep_one_id(places):
    found = [detection(name, at, *place, 150) for name, at, place in zip("xyz", ("a", "b", "d"), places, strict=True)]
    tracked = run(found, EPOCHS)
    assert tracked.events["n_epochs"].tolist() == [3]
    row = event_of(tracked, "x")
    assert abs(row["lat"]) > 89.0 or abs(row["lon_e"]) > 179.0


@SMALL
@given(st.lists(st.sampled_from(["with", "without", "inadequate"]), min_size=4, max_size=4))
def test_onset_brackets_the_last_change_of_state(states):
    epochs = [epoch(f"e{i}", 1980 + 10 * i) for i in range(5)]
    looks = [look("x", f"e{i}", state) for i, state in enumerate(states)]
    row = event_of(run([detection("x", "e4", 0, 0)], epochs, looks), "x")
    adequate = [(i, state) for i, state in enumerate(states) if state != "inadequate"] + [(4, "with")]
    steps = [(i, j) for (i, one), (j, other) in pairwise(adequate) if (one, other) == ("without", "with")]
    if steps:
        after, before = steps[-1]
        assert (row["onset_after_utc"], row["onset_before_utc"]) == (utc(1980 + 10 * after), utc(1980 + 10 * before))
    else:
        assert pd.isna(row["onset_after_utc"])
        assert row["onset_before_utc"] == utc(1980 + 10 * adequate[0][0])
