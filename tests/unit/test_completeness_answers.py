"""What `iovolc completeness` says, from published outputs alone."""

import json
import math
import weakref
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import rasterio
from publish_sample import published, reach, sample_run
from typer.testing import CliRunner

from iovolc import body
from iovolc.cli import app
from iovolc.detect.completeness import SIZES_KM, CoarseMaps
from iovolc.errors import ConfigError
from iovolc.pipeline.completeness import Change, channel_rates, completeness, contradictions, place_of
from iovolc.publish.page_reach import write_reach_maps
from iovolc.publish.reach import write_reach
from iovolc.publish.saved import read_run
from iovolc.publish.timeline import looks_of

HALF_KM2 = 2.0 * math.pi * body.RADIUS_KM**2


def asked(size_km=100.0, contrast=0.2, **place):
    return completeness(read_run(published()), Change(size_km, contrast), place_of("", **place) if place else None)


def test_a_plain_change_is_found_wherever_it_was_looked_for():
    (epoch,), (channel,) = asked().epochs, asked().channels
    assert epoch["compared_km2"] == epoch["found_50_km2"] == epoch["found_90_km2"]
    assert epoch["found_90_km2"] == pytest.approx(HALF_KM2, rel=1e-6)
    assert channel["blind_km2"] == pytest.approx(HALF_KM2, rel=1e-6)
    assert (epoch["since_utc"][:4], epoch["seen_utc"][:4]) == ("2013", "2023")


@pytest.mark.parametrize(("contrast", "half", "most"), [(0.095, 0, 0), (0.105, 1, 0), (0.114, 1, 1)])
def test_a_faint_one_is_found_less_often(contrast, half, most):
    (epoch,) = asked(contrast=contrast).epochs
    assert (epoch["found_50_km2"] > 0, epoch["found_90_km2"] > 0) == (half, most)


def test_sizes_between_those_that_are_told_are_interpolated():
    between = math.sqrt(30.0 * 100.0)
    assert asked(between, 0.2).epochs[0]["found_50_km2"] == 0
    assert asked(between, 0.4).epochs[0]["found_90_km2"] > 0


def test_a_place_is_looked_at_closely():
    assert asked(lat=10.0, lon_e=50.0).epochs[0]["probability"] == 1.0
    assert asked(lat=10.0, lon_e=-50.0).epochs[0]["probability"] == 0.0
    assert asked(0.1 + 99.9, 0.1, lat=-90.0, lon_e=50.0).epochs[0]["probability"] == pytest.approx(0.5, abs=0.01)


def test_rates_count_the_sure_events_that_are_as_large_and_strong():
    (channel,) = asked().channels
    # Three of tier A or B, ten years of half of Io.
    assert channel["events"] == 3
    assert channel["exposure_million_km2_years"] == pytest.approx(10.0 * HALF_KM2 / 1e6, rel=1e-3)
    assert channel["per_million_km2_and_year"] == pytest.approx(3e5 / HALF_KM2, rel=1e-3)
    (stronger,) = asked(contrast=0.3).channels
    assert (stronger["events"], stronger["low_95"]) == (0, 0.0)
    assert stronger["high_95"] == pytest.approx(2.996e5 / HALF_KM2, rel=1e-3)


@pytest.mark.parametrize(("size_km", "contrast"), [(5.0, 0.2), (400.0, 0.2), (30.0, 0.0), (30.0, math.nan)])
def test_what_is_not_told_is_refused(size_km, contrast):
    with pytest.raises(ConfigError):
        asked(size_km, contrast)


def test_a_place_has_both_coordinates_or_a_known_name():
    assert place_of("", None, None) is None
    assert place_of("loki patera", None, None).lon_e == pytest.approx(51.2, abs=2.0)
    assert place_of("", 10.0, 350.0).lon_e == pytest.approx(-10.0)
    for site, lat, lon_e in (("Nowhere", None, None), ("", 10.0, None), ("", 95.0, 10.0)):
        with pytest.raises(ConfigError):
            place_of(site, lat, lon_e)


def test_the_command_answers_in_words_and_in_json():
    command = [
        "completeness",
        "--run",
        str(published()),
        "--size-km",
        "100",
        "--contrast",
        "0.2",
        "--site",
        "Loki Patera",
    ]
    words, plain = (CliRunner().invoke(app, [*command, *more]) for more in ([], ["--json"]))
    assert "3 events at least as large and strong" in words.stdout
    found = json.loads(plain.stdout)
    assert found["place"]["name"] == "Loki Patera"
    assert found["epochs"][0]["probability"] == 1.0


def test_every_comparison_has_a_small_map():
    record = json.loads((published() / "run.json").read_text())["completeness"]
    (epoch,) = record["epochs"]
    with rasterio.open(published() / epoch["file"]) as dataset:
        assert dataset.shape == (180, 360)
        assert dataset.crs.to_authority() == ("IAU_2015", "50110")
        assert dataset.descriptions[2] == "margin per unit of contrast, 100 km"
        bands = dataset.read()
    assert np.isnan(bands[:, 90, 10]).all()
    assert bands[:, 90, 300] == pytest.approx([0.1, 1.0, 10.0, 30.0, 1.0], rel=1e-3)


def test_an_older_run_is_told_of(tmp_path):
    from iovolc.publish.reach import read_reach

    with pytest.raises(ConfigError, match="completeness"):
        read_reach(tmp_path, {"run_id": "x"})


def test_a_run_whose_injections_contradict_the_curves_says_so():
    check = {"injected": 40, "found": 9, "expected": 28.0, "expected_sigma": 2.5, "contradicts": True}
    (told,) = contradictions({"relative": check, "calibrated": {**check, "contradicts": False}})
    assert "relative" in told
    assert "not to be trusted" in told
    assert asked().warnings == ()


def test_the_maps_of_a_few_comparisons_are_held_at_a_time(tmp_path):
    """However many comparisons a run has."""
    alive, most = set(), []

    def read(number):
        maps = CoarseMaps(np.full((len(SIZES_KM), 180, 360), 2.0, np.float16), np.ones((180, 360), np.float32))
        alive.add(number)
        weakref.finalize(maps.margin, alive.discard, number)
        most.append(len(alive))
        return maps

    (plain,) = reach().epochs
    epochs = tuple(replace(plain, observation_id=f"o{k}", read=partial(read, k)) for k in range(12))
    run = sample_run(completeness=replace(reach(), epochs=epochs))
    channel_rates(epochs, reach().curves, [Change(100.0, 0.2)], run.tracked.detections, run.tracked.events)
    write_reach(tmp_path, run)
    write_reach_maps(tmp_path / "page", run.completeness, {epoch.observation_id: k for k, epoch in enumerate(epochs)})
    assert len(looks_of(run.manifest.inputs, run.completeness)) == len(run.manifest.inputs)
    assert len(most) >= 36
    assert max(most) <= 2
