"""A change that one channel finds is measured in the other channel of its visit, where it is too faint to be found."""

import pandas as pd
import pytest
from tests.small_maps import (
    TIMES,
    Spot,
    iovolc,
    near,
    picture,
    row,
    settings,
    write_catalogue,
    write_reference,
    write_tif,
)

from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

PLACE = (13.0, 51.0, 130.0)
CONTRAST = {"blue": 0.3, "red": 0.012}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forced")
    rows = []
    for seed, (channel, dlna) in enumerate(CONTRAST.items()):
        for index, spots in enumerate(((), (), (Spot(*PLACE, dlna),))):
            name = f"map{index}-{channel}.tif"
            write_tif(folder / name, picture(10 * seed + index, spots))
            rows.append(row(name, TIMES[index], channel=channel))
    catalogue = write_catalogue(folder / "catalogue.csv", rows)
    options = settings(f"registration.reference={write_reference(folder / 'reference.png')}")
    command = ("run", catalogue, "--store", folder / "store", "--out", folder / "out", "--workers", 2, *options)
    answer = iovolc(*command, "--json")
    assert answer.code == 0, answer.err
    return folder, command


def test_the_colour_of_a_change_rests_on_both_channels(run):
    folder, _ = run
    found = near(pd.read_parquet(folder / "out" / "events.parquet"), Spot(*PLACE, 0.3))
    assert len(found) == 1
    event = found.iloc[0]
    assert list(event["channels"]) == ["blue"]
    assert event["dlna_blue"] == pytest.approx(CONTRAST["blue"], abs=0.03)
    assert event["dlna_red"] == pytest.approx(CONTRAST["red"], abs=0.03)
    assert event["kind"] == "whitening"


def test_a_visit_is_measured_once(run):
    folder, command = run
    kept = {path: path.stat().st_mtime_ns for path in (folder / "store" / "cache" / "forced").rglob("*.parquet")}
    assert len(kept) == 2, "one table for each visit that was compared"
    assert iovolc(*command).code == 0
    again = {path: path.stat().st_mtime_ns for path in (folder / "store" / "cache" / "forced").rglob("*.parquet")}
    assert again == kept
