"""What the null statistics of a run add up to."""

import pandas as pd
import pytest

from iovolc.pipeline.nulls import null_notes, null_summary

STATISTICS = (
    {"observation_id": "a", "channel": "red", "compared_km2": 4e6, "null_clusters_per_draw": 20.0, "clusters": 9},
    {"observation_id": "b", "channel": "red", "compared_km2": 6e6, "null_clusters_per_draw": 50.0, "clusters": 3},
)


def _detections(*rows):
    return pd.DataFrame(rows, columns=["observation_id", "p_value", "q_value"])


def test_each_comparison_counts_with_its_own_weakest_change():
    found = _detections(("a", 0.001, 0.01), ("a", 0.03, 0.09), ("a", 0.5, 0.6), ("b", 0.01, 0.02))
    summary = null_summary(STATISTICS, found, 0.1)
    first, second = summary["by_epoch"]
    assert (first["passed"], first["weakest_p"]) == (2, 0.03)
    assert first["expected_false"] == pytest.approx(20.0 * 0.03)
    assert second["expected_false"] == pytest.approx(50.0 * 0.01)
    assert summary["expected_false_events"] == pytest.approx(1.1)
    assert summary["area_compared_summed_km2"] == 1e7
    assert summary["false_events_per_million_km2"] == pytest.approx(0.11)
    assert summary["comparisons"] == 2


def test_where_nothing_passed_no_false_event_is_listed():
    summary = null_summary(STATISTICS, _detections(("a", 0.5, 0.6)), 0.1)
    assert summary["expected_false_events"] == 0.0
    assert summary["by_epoch"][0]["weakest_p"] is None


def test_without_comparisons_nothing_was_measured():
    summary = null_summary((), _detections(), 0.1)
    assert summary["expected_false_events"] is None
    assert summary["false_events_per_million_km2"] is None
    assert summary["by_epoch"] == []


def test_comparisons_that_contradict_their_null_are_named():
    doubted = ({**STATISTICS[0], "contradicted": ["signs", "blocks"]}, {**STATISTICS[1], "contradicted": []})
    assert null_summary(doubted, _detections(), 0.1)["contradicted"] == ["a"]
    (note,) = null_notes(doubted)
    assert note.startswith("a: ")
    assert "darker and brighter ones are not alike, large parts lean to one side together" in note
