"""Selections narrow what is looked at, and leave the store as it is."""

import json
import shutil

import pandas as pd
import pytest
from tests.integration.conftest import BRIGHT, DARK, POLE, SEAM
from tests.small_maps import TIMES, contents, iovolc, near


@pytest.fixture
def published(small, tmp_path):
    """Publishes a copy of the store with options; the events and the record."""
    store, out = shutil.copytree(small.store, tmp_path / "store"), tmp_path / "out"

    def publish(*options):
        answer = iovolc("publish", "--store", store, "--out", out, "--quiet", *small.settings, *options)
        assert answer.code == 0, answer.err
        return pd.read_parquet(out / "events.parquet"), json.loads((out / "run.json").read_text())

    return publish


def counted(small, *options):
    answer = iovolc("track", "--store", small.store, "--quiet", "--json", *small.settings, *options)
    assert answer.code == 0, answer.err
    return answer.values["events"]


def test_until_leaves_later_epochs_out(small, published) -> None:
    events, record = published("--until", TIMES[1])
    assert [item["id"] for item in record["inputs"]] == ["map0", "map1"]
    assert len(near(events, BRIGHT)) == 0
    assert [len(near(events, spot)) for spot in (DARK, POLE, SEAM)] == [1, 1, 1]
    assert set(events["tier"]) == {"B"}
    assert record["run_id"] != small.record["run_id"]


@pytest.mark.parametrize(
    ("region", "inside"),
    [
        ("30,0,70,40", [DARK]),
        ("170,-20,-170,0", [SEAM]),
        ("-180,-90,180,90", [DARK, BRIGHT, POLE, SEAM]),
        ("-10,-10,10,10", []),
    ],
    ids=["a box", "across 180 E", "all of Io", "nothing there"],
)
def test_region_keeps_the_events_inside(small, region, inside) -> None:
    west, south, east, north = map(float, region.split(","))
    chance = small.events[small.events["tier"] == "C"]
    near_by = chance["lat"].between(south, north) & ((chance["lon_e"] - west) % 360 <= ((east - west) % 360 or 360))
    assert counted(small, "--region", region) == len(inside) + near_by.sum()


def test_site_keeps_the_events_at_one_feature(small) -> None:
    name = small.events.sort_values("tier")["nearest_feature"].dropna().iloc[0]
    expected = int((small.events["nearest_feature"] == name).sum())
    assert name == "Loki Patera"
    assert counted(small, "--site", name.upper()) == expected >= 1


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--site", "Atlantis"), "called `Atlantis`"),
        (("--channel", "purple"), "no channel `purple`"),
        (("--region", "-60,30,130,-30"), "south lies below its north"),
    ],
)
def test_what_cannot_be_is_refused_and_does_not_look_as_if_nothing_changed(small, tmp_path, option, said) -> None:
    answer = iovolc("publish", "--store", small.store, "--out", tmp_path / "out", *small.settings, *option)
    assert answer.code == 2
    assert said in answer.err
    assert not (tmp_path / "out").exists()


def test_since_and_channel_choose_epochs(small) -> None:
    def compared(*options):
        answer = iovolc("detect", "--store", small.store, "--quiet", "--json", *small.settings, *options)
        assert answer.code == 0, answer.err
        return answer.values["compared"]

    assert compared() == compared("--channel", "green") == 2
    assert compared("--since", TIMES[1]) == 1
    assert compared("--since", TIMES[2]) == compared("--channel", "red") == 0


def test_a_selection_without_epochs_publishes_an_empty_result(published) -> None:
    events, record = published("--since", "2050-01-01")
    assert len(events) == 0
    assert record["inputs"] == []


def test_a_time_that_cannot_be_read_ends_with_2(small) -> None:
    answer = iovolc("track", "--store", small.store, "--since", "yesterday", *small.settings)
    assert answer.code == 2
    assert "write 2023-12-30T08:36:00Z" in answer.err


def test_the_operational_store_is_not_changed_by_a_look(small) -> None:
    before = contents(small.store / "manifests")
    assert counted(small, "--until", TIMES[1]) == 3
    assert contents(small.store / "manifests") == before
