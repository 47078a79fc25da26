"""run.json says what went in, what was compared and how far to trust it."""

import json

import pytest
from publish_sample import CONFIG, RUN_ID, published, sample_run, utc

from iovolc.publish import canonical
from iovolc.publish.coverage import measure


def _record():
    return json.loads((published() / "run.json").read_text())


def test_identity_and_inputs():
    record = _record()
    assert record["run_id"] == RUN_ID
    assert record["configuration_sha256"] == CONFIG.digest()
    assert record["configuration"]["grid"]["pixels_per_degree"] == 4
    assert record["manifest"] == {"number": 3, "sha256": "cd" * 32}
    assert [item["id"] for item in record["inputs"]] == ["obs-a", "obs-b", "obs-c"]
    assert record["inputs"][0]["sha256"] == "ab" * 32
    assert record["inputs"][0]["start_utc"] == "1979-03-05T00:00:00Z"
    assert record["algorithm_versions"] == {"detect": "1"}
    assert record["package_versions"] == {"numpy": "2.4"}


def test_areas_speak_of_the_whole_run():
    record = _record()
    whole = record["area_of_io_km2"]
    red, green = record["channels"]
    assert record["area_compared_km2"] == pytest.approx(11 / 12 * whole, rel=2e-3)
    assert red["area_compared_km2"] == record["area_compared_km2"]
    assert green["area_compared_km2"] == pytest.approx(0.75 * whole, rel=2e-3)
    assert red["newest_area_compared_km2"] == pytest.approx(0.75 * whole, rel=2e-3)


def test_false_events_are_those_measured():
    record = _record()
    assert record["expected_false_events"] == 1.55
    assert record["false_events_per_million_km2"] == 0.031
    assert record["area_compared_summed_km2"] == 5e7
    assert record["null_statistics"]["by_epoch"][0]["null_clusters_per_draw"] == 103.5


def test_counts():
    counts = _record()["counts"]
    assert counts["events"] == 4
    assert counts["events_by_tier"] == {"A": 1, "B": 2, "C": 1}
    assert counts["events_by_kind"] == {"darkening": 4}
    assert counts["detections"] == 4
    assert counts["light_curves"] == 0
    assert counts["refused"] == 1


def test_refused_inputs_carry_cause_and_fix():
    (refused,) = _record()["refused"]
    assert refused["code"] == "E302"
    assert refused["title"] == "the observation has no time"
    assert "time_utc" in refused["fix"]
    assert refused["row"] == 5


def test_timings_are_elsewhere():
    assert "timings" not in _record()
    timings = json.loads((published() / "timings.json").read_text())
    assert timings["detect"] == 1.5
    assert timings["publish.rasters"] > 0


def test_no_channels_no_area():
    coverage = measure(sample_run(channels=()))
    assert coverage.compared_km2 == 0.0
    assert coverage.by_channel == {}
    assert not coverage.anywhere.any()


def test_canonical_json_has_one_spelling():
    assert canonical.text({"b": float("nan"), "a": (1, utc(2020, 1, 2))}) == (
        '{\n  "a": [\n    1,\n    "2020-01-02T00:00:00Z"\n  ],\n  "b": null\n}\n'
    )
