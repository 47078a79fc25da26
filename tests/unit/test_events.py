import hashlib
import math

import pandas as pd
import pytest

from iovolc.errors import AlgorithmError
from iovolc.model.detection import Detected, Feature
from iovolc.model.frames import conform
from iovolc.model.tables import DETECTIONS, EVENTS
from iovolc.track import track
from iovolc.track.changes import visit_numbers
from track_sample import CONFIG, GRID, area_km2, cap, detected, detection, epoch, event_of, look, run, utc

EPOCHS = [epoch("r1", 2007), epoch("b1", 2007, channel="blue"), epoch("r2", 2017, 2023), epoch("r0", 1999)]


def test_the_id_is_the_hash_of_the_founding_detection():
    found = [detection("later", "r2", 0, 0, p_value=1e-9), detection("first", "r1", 0, 0)]
    tracked = run(found, EPOCHS)
    assert tracked.events["event_id"].tolist() == [hashlib.sha256(b"first").hexdigest()[:12]]
    assert tracked.detections["event_id"].nunique() == 1


def test_of_several_first_detections_the_most_significant_founds():
    found = [detection("a", "r1", 0, 0), detection("b", "b1", 0, 0, channel="blue", p_value=1e-7)]
    tracked = run(found, EPOCHS, channels=("red", "blue"))
    assert tracked.events["event_id"].tolist() == [hashlib.sha256(b"b").hexdigest()[:12]]


def test_tables_keep_their_schema_and_times():
    tracked = run([detection("a", "r1", 0, 0), detection("b", "r2", 0, 0)], EPOCHS, [look("a", "r0")])
    table = EVENTS.with_channels(["red"])
    pd.testing.assert_frame_equal(conform(tracked.events, table), tracked.events)
    pd.testing.assert_frame_equal(conform(tracked.detections, DETECTIONS), tracked.detections)
    row = tracked.events.iloc[0]
    assert (row["last_seen_utc"], row["n_epochs"], row["channels"]) == (utc(2023), 2, ["red"])
    assert (row["power_method"], row["run_id"]) == ("none", "unpublished")


def test_nothing_found_gives_empty_tables():
    tracked = run([], EPOCHS)
    assert len(tracked.events) == len(tracked.detections) == len(tracked.footprints) == 0
    assert list(tracked.events.columns) == EVENTS.with_channels(["red"]).names


def test_position_is_weighted_by_snr_and_better_from_two_looks():
    found = [detection("a", "r1", 0, 0.0, snr=6.0), detection("b", "r2", 0, 0.3, snr=12.0)]
    row = event_of(run(found, EPOCHS), "a")
    assert row["lon_e"] == pytest.approx(0.2, abs=1e-3)
    same = [detection("a", "r1", 0, 0.0), detection("b", "r2", 0, 0.0)]
    assert event_of(run(same, EPOCHS), "a")["position_sigma_km"] == pytest.approx(5.0 / math.sqrt(2), abs=0.01)


def test_scatter_of_the_centres_widens_the_position():
    found = [detection("a", "r1", 0, 0, 400), detection("b", "r2", 0, 4, 400)]
    apart_km = math.radians(4) * 1821.49
    expected = math.sqrt((25.0 + (apart_km / 2) ** 2 / 2) / 2)
    assert event_of(run(found, EPOCHS), "a")["position_sigma_km"] == pytest.approx(expected, rel=0.01)


def test_channels_of_one_look_share_their_registration():
    found = [detection("a", "r1", 0, 0), detection("b", "b1", 0, 0, channel="blue")]
    row = event_of(run(found, EPOCHS, channels=("red", "blue")), "a")
    assert row["position_sigma_km"] == 5.0


def test_area_is_the_median_of_the_footprints_by_snr():
    found = [
        detection("a", "r1", 0, 0, 80), detection("b", "r2", 0, 0, 160, snr=20.0), detection("c", "r0", 0, 0, 240),
    ]  # fmt: skip
    row = event_of(run(found, EPOCHS), "a")
    assert row["area_km2"] == pytest.approx(area_km2(cap(0, 0, 160)), rel=1e-3)
    assert row["diameter_km"] == pytest.approx(320.0, rel=0.03)


def test_area_sigma_comes_from_perimeter_registration_and_resolution():
    sharp = event_of(run([detection("a", "r1", 0, 0, 160)], EPOCHS), "a")["area_sigma_km2"]
    loose = event_of(
        run([detection("a", "r1", 0, 0, 160, registration_sigma_km=20.0, resolution_km=40.0)], EPOCHS), "a"
    )["area_sigma_km2"]
    assert 300.0 < sharp < 1500.0
    assert loose > 4 * sharp


def test_contrasts_are_those_of_the_founding_look_by_channel():
    found = [
        detection("a", "r1", 0, 0, contrast=-0.2), detection("b", "b1", 0, 0, channel="blue", contrast=-0.5),
        detection("c", "r2", 0, 0, contrast=-0.9),
    ]  # fmt: skip
    row = event_of(run(found, EPOCHS, channels=("red", "green", "blue")), "a")
    assert (row["dlna_red"], row["dlna_blue"]) == (-0.2, -0.5)
    assert math.isnan(row["dlna_green"])


def test_two_pieces_of_one_look_weigh_by_their_precision():
    found = [
        detection("a", "r1", 0, -2.5, contrast=-0.2, contrast_sigma=0.01),
        detection("b", "r1", 0, 2.5, contrast=-0.7, contrast_sigma=0.02),
        detection("c", "b1", 0, 0, 200, channel="blue"),
    ]
    row = event_of(run(found, EPOCHS, channels=("red", "blue")), "a")
    assert row["dlna_red"] == pytest.approx((-0.2 * 4 - 0.7) / 5)


def test_names_come_from_the_features():
    features = [Feature("Near Patera", 0.0, 1.0, 50.0), Feature("Far Patera", 0.0, 40.0, 50.0)]
    row = event_of(run([detection("a", "r1", 0, 0)], EPOCHS, features=features), "a")
    assert row["nearest_feature"] == "Near Patera"
    assert row["nearest_km"] == pytest.approx(31.8, abs=0.1)
    lonely = event_of(run([detection("a", "r1", 60, 180)], EPOCHS, features=features), "a")
    assert lonely["nearest_feature"] is None
    assert math.isnan(lonely["nearest_km"])


def test_flags_of_detections_are_kept_in_the_tables_order():
    found = [detection("a", "r1", 0, 0, flags=["edge"]), detection("b", "r2", 0, 0, flags=["relief", "edge"])]
    assert event_of(run(found, EPOCHS), "a")["flags"] == ["first_seen", "relief", "edge"]


def test_the_footprint_is_the_union_over_the_event():
    tracked = run([detection("a", "r1", 0, 0, 80), detection("b", "r2", 0, 1, 80)], EPOCHS)
    ((name, footprint),) = tracked.footprints.items()
    assert name == tracked.events["event_id"].item()
    assert area_km2(footprint) > 1.1 * area_km2(cap(0, 0, 80))


def test_a_detection_without_epoch_or_footprint_is_named():
    found = detected([detection("a", "r9", 0, 0)])
    with pytest.raises(AlgorithmError, match="detection a of r9 has no epoch"):
        track(found, EPOCHS, (), GRID, CONFIG, 0.1, ["red"])
    with pytest.raises(AlgorithmError, match="no footprint"):
        track(Detected(found.detections, found.looks, {}), [epoch("r9", 1999)], (), GRID, CONFIG, 0.1, ["red"])


def test_a_change_without_contrast_takes_its_sign_from_the_kind():
    first, second = detection("a", "r1", 0, 0), detection("b", "r2", 0, 0, contrast=0.3)
    first[0]["contrast"] = None
    assert event_of(run([first, second], EPOCHS), "b")["kind"] == "fading"


def test_visits_hold_the_channels_of_one_look():
    epochs = [
        epoch("r", utc(2007, 1, 1, 0)), epoch("b", utc(2007, 1, 1, 0), channel="blue"),
        epoch("r-late", utc(2007, 1, 1, 0).replace(minute=30)), epoch("x", utc(2007, 1, 1, 0), mission="keck"),
        epoch("old", 1999),
    ]  # fmt: skip
    numbers = visit_numbers(epochs)
    assert numbers["old"] == 0
    assert numbers["r"] == numbers["b"]
    assert len({numbers[name] for name in ("r", "r-late", "x", "old")}) == 4
    assert visit_numbers(epochs[::-1]) == numbers
