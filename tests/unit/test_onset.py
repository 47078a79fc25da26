import pandas as pd
import pytest

from iovolc.errors import AlgorithmError
from iovolc.track.looks import read_looks
from track_sample import detected, detection, epoch, event_of, look, run, utc


def onset_of(epochs, looks, extra=()):
    return onset_of_at("now", epochs, looks, extra)


def onset_of_at(observation, epochs, looks, extra=()):
    row = event_of(run([detection("d", observation, 10.0, 20.0), *extra], epochs, looks), "d")
    after, before = (None if pd.isna(row[name]) else row[name] for name in ("onset_after_utc", "onset_before_utc"))
    return after, before, row["flags"]


def test_lies_between_the_last_look_without_and_the_detection():
    epochs = [epoch("a", 1999), epoch("b", 2007), epoch("now", 2023)]
    after, before, flags = onset_of(epochs, [look("d", "a"), look("d", "b")])
    assert (after, before, flags) == (utc(2007), utc(2023), [])


def test_ends_at_the_first_look_that_shows_the_change_already():
    epochs = [epoch("a", 1999), epoch("b", 2007), epoch("now", 2023)]
    after, before, _ = onset_of(epochs, [look("d", "a"), look("d", "b", "with")])
    assert (after, before) == (utc(1999), utc(2007))


def test_a_look_with_the_change_before_one_without_is_another_story():
    epochs = [epoch("a", 1999), epoch("b", 2007), epoch("now", 2023)]
    after, before, _ = onset_of(epochs, [look("d", "a", "with"), look("d", "b")])
    assert (after, before) == (utc(2007), utc(2023))


def test_inadequate_looks_say_nothing():
    epochs = [epoch("a", 1999), epoch("b", 2007), epoch("now", 2023)]
    after, before, flags = onset_of(epochs, [look("d", "a"), look("d", "b", "inadequate")])
    assert (after, before, flags) == (utc(1999), utc(2023), [])


def test_without_any_earlier_look_only_the_end_is_known():
    after, before, flags = onset_of([epoch("now", 2022, 2023)], [])
    assert (after, before, flags) == (None, utc(2023), ["first_seen"])


def test_mosaics_give_the_start_of_the_earlier_and_the_stop_of_the_later_span():
    epochs = [epoch("a", 1979, 2001), epoch("now", 2017, 2023)]
    after, before, flags = onset_of(epochs, [look("d", "a")])
    assert (after, before, flags) == (utc(1979), utc(2023), [])


def test_spans_that_touch_are_ordered():
    epochs = [epoch("a", 1979, 2017), epoch("now", 2017, 2023)]
    assert onset_of(epochs, [look("d", "a")])[2] == []


def test_overlapping_spans_are_unordered_and_claim_nothing():
    epochs = [epoch("a", 1979, 2018), epoch("now", 2017, 2023)]
    assert onset_of(epochs, [look("d", "a")]) == (None, None, ["span_overlap"])


def test_the_overlap_is_that_of_the_first_look_with_the_change():
    epochs = [epoch("a", 1979, 2001), epoch("b", 2000, 2007), epoch("now", 2023)]
    assert onset_of(epochs, [look("d", "a"), look("d", "b", "with")]) == (None, None, ["span_overlap"])


def test_the_latest_start_counts_when_all_looks_without_came_before():
    epochs = [epoch("mosaic", 1979, 2001), epoch("image", 1999), epoch("now", 2007)]
    after, before, _ = onset_of(epochs, [look("d", "mosaic"), look("d", "image")])
    assert (after, before) == (utc(1999), utc(2007))


def test_another_channel_narrows_the_interval():
    epochs = [
        epoch("a", 1999), epoch("now", 2023), epoch("b", 2007, channel="blue"), epoch("now-b", 2023, channel="blue"),
    ]  # fmt: skip
    extra = [detection("e", "now-b", 10.0, 20.0, channel="blue")]
    after, before, _ = onset_of(epochs, [look("d", "a"), look("e", "b")], extra)
    assert (after, before) == (utc(2007), utc(2023))


def test_another_channel_of_the_founding_visit_does_not_deny_the_change():
    epochs = [
        epoch("a", 1999), epoch("b", 1999, channel="blue"),
        epoch("now-b", 2007, channel="blue"), epoch("now-r", 2007), epoch("later", 2023, channel="blue"),
    ]  # fmt: skip
    extra = [detection("e", "later", 10.0, 20.0, channel="blue")]
    looks = [look("d", "a"), look("e", "b"), look("e", "now-b")]
    after, before, _ = onset_of_at("now-r", epochs, looks, extra)
    assert (after, before) == (utc(1999), utc(2007))


@pytest.mark.parametrize(("p_value", "after"), [(0.5, 2007), (1e-5, 1999)])
def test_a_mere_candidate_does_not_date_the_event(p_value, after):
    epochs = [epoch("a", 1999), epoch("b", 2001), epoch("c", 2007), epoch("now", 2023)]
    early = detection("early", "b", 10.0, 20.0, p_value=p_value)
    looks = [look("d", "a"), look("d", "b", "inadequate"), look("d", "c"), look("early", "a")]
    row = event_of(run([detection("d", "now", 10.0, 20.0), early], epochs, looks), "d")
    assert row["onset_after_utc"] == utc(after)
    assert row["onset_before_utc"] == utc(2023 if after == 2007 else 2001)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_order_of_the_others_does_not_matter(swapped):
    epochs = [epoch("a", 1999), *(epoch(f"b{k}", year, channel="blue") for k, year in enumerate((2001, 2003, 2007)))]
    epochs += [epoch("now", 2017), epoch("l1", 2021, channel="blue"), epoch("l2", 2023, channel="blue")]
    one, other = ("l2", "l1") if swapped else ("l1", "l2")
    extra = [detection("e", one, 10.0, 20.0, channel="blue"), detection("f", other, 10.0, 20.0, channel="blue")]
    looks = [look("d", "a"), look("e", "b0"), look("e", "b2"), look("f", "b1", "with")]
    after, before, _ = onset_of(epochs, looks, extra)
    assert (after, before) == (utc(2007), utc(2017))


def test_a_later_detection_does_not_move_the_onset_past_the_founding_one():
    epochs = [epoch("a", 1999), epoch("now", 2007), epoch("c", 2015), epoch("later", 2023)]
    extra = [detection("e", "later", 10.0, 20.0)]
    looks = [look("d", "a"), look("e", "a"), look("e", "now"), look("e", "c")]
    after, before, _ = onset_of(epochs, looks, extra)
    assert (after, before) == (utc(1999), utc(2007))


def test_a_later_detection_does_not_contradict_the_founding_ones_looks():
    epochs = [epoch("a", 1999), epoch("b", 2003), epoch("now", 2007), epoch("later", 2023)]
    extra = [detection("e", "later", 10.0, 20.0)]
    looks = [look("d", "a"), look("d", "b", "with"), look("e", "a", "with"), look("e", "b")]
    after, before, _ = onset_of(epochs, looks, extra)
    assert (after, before) == (utc(1999), utc(2003))


def test_looks_come_oldest_first_and_unknown_epochs_are_named():
    table = detected([detection("d", "now", 0.0, 0.0)], [look("d", "b"), look("d", "a")]).looks
    ordered = read_looks(table, [epoch("a", 1999), epoch("b", 1979)])["d"]
    assert [one.epoch.observation_id for one in ordered] == ["b", "a"]
    with pytest.raises(AlgorithmError, match="unknown epoch b"):
        read_looks(table, [epoch("a", 1999)])
