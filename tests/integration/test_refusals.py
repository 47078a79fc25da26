"""Broken rows among good ones: the good ones are published, each broken one is named with cause and fix."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.small_maps import (
    QUICK,
    TIMES,
    TINY,
    Answer,
    Spot,
    bounded,
    iovolc,
    picture,
    row,
    settings,
    write_catalogue,
    write_maps,
    write_tif,
)  # fmt: skip

from iovolc.archive.inputs import batches, read_inputs
from iovolc.config import Config, override
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.ingest import ingest_listed

SPOT = Spot(20.0, 60.0, 150.0, -0.5)
EXPECTED = {
    "missing": (4, "E101", "path"),
    "when": (5, "E301", "time_utc"),
    "enum": (6, "E403", "channel"),
    "earth": (7, "E202", "projection"),
    "empty": (8, "E402", "nodata"),
    "upside": (9, "E203", "top_lat"),
    "map1": (10, "E504", "id"),
}
"""Id of each broken row: its line, the problem's number and the column to blame."""


def broken_rows(folder):
    write_tif(folder / "other.tif", picture(300, shape=TINY))
    write_tif(folder / "earth.tif", picture(301, shape=TINY), crs="EPSG:4326")
    write_tif(folder / "empty.tif", np.full(TINY, np.nan, np.float32))
    return [
        row("missing.tif", TIMES[3]),
        row("other.tif", "last tuesday", id="when"),
        row("other.tif", TIMES[3], id="enum", channel="grue"),
        row("earth.tif", TIMES[3]),
        row("empty.tif", TIMES[3]),
        row("other.tif", TIMES[3], id="upside", **bounded((-180.0, 180.0, -90.0, 90.0))),
        row("other.tif", TIMES[2], id="map1"),
    ]


def mended_rows(folder):
    for name in ("missing", "earth", "empty"):
        write_tif(folder / f"{name}.tif", picture(302, shape=TINY))
    good = [row(f"{name}.tif", TIMES[3]) for name in ("missing", "earth", "empty")]
    times = {"when": "2001-03-01", "enum": "2001-04-01", "upside": "2001-05-01", "map1b": "2001-06-01"}
    return good + [row("other.tif", time, id=name) for name, time in times.items()]


@dataclass(frozen=True)
class Degraded:
    folder: Path
    catalogue: Path
    good: list[dict[str, str]]
    answer: Answer
    record: dict

    def run(self, catalogue, *extra) -> Answer:
        places = ("--store", self.folder / "store", "--out", self.folder / "out")
        return iovolc("run", catalogue, *places, "--quiet", "--json", *settings(*QUICK), *extra)


@pytest.fixture(scope="module")
def degraded(tmp_path_factory) -> Degraded:
    folder = tmp_path_factory.mktemp("degraded")
    good = write_maps(folder, ((), (SPOT,)), shape=TINY)
    rows = [*good, *broken_rows(folder)]
    rows[0]["psf"] = "12"
    catalogue = write_catalogue(folder / "catalogue.csv", rows)
    del rows[0]["psf"]
    started = Degraded(folder, catalogue, good, Answer(0, "", ""), {})
    answer = started.run(catalogue)
    assert answer.code == 4, answer.err
    return Degraded(folder, catalogue, good, answer, json.loads((folder / "out" / "run.json").read_text()))


def test_the_good_rows_are_published_and_the_exit_code_says_degraded(degraded) -> None:
    assert degraded.record["state"] == "degraded"
    assert [item["id"] for item in degraded.record["inputs"]] == ["map0", "map1"]
    events = pd.read_parquet(degraded.folder / "out" / "events.parquet")
    assert (events["tier"] != "C").sum() == 1
    assert degraded.answer.values["refused"] == len(EXPECTED) + 1


@pytest.mark.parametrize("name", EXPECTED)
def test_each_broken_row_is_named_with_number_row_column_cause_and_fix(degraded, name) -> None:
    line, code, column = EXPECTED[name]
    said = [text for text in degraded.answer.err.splitlines() if f"row {line}," in text]
    assert len(said) == 1, degraded.answer.err
    assert re.fullmatch(rf"refused: {code} .+: .+, row {line}, column `{column}`: .+\. Mend: .+\.", said[0])


def test_the_misspelt_column_is_named_with_the_right_one(degraded) -> None:
    assert "column `psf`: `psf` is not read; did you mean `psf_km`?" in degraded.answer.err


def test_record_and_quarantine_hold_the_same_refusals(degraded) -> None:
    wanted = {(line, code, column) for line, code, column in EXPECTED.values()} | {(1, "E502", "psf")}
    recorded = degraded.record["refused"]
    assert {(item["row"], item["code"], item["column"]) for item in recorded} == wanted
    assert all(item["fix"] and item["title"] and item["detail"] for item in recorded)
    kept = [json.loads(path.read_text()) for path in (degraded.folder / "store" / "quarantine").glob("*.json")]
    found = [item for file in kept for product in file["products"].values() for item in product["findings"]]
    assert {(item["row"], item["code"], item["column"]) for item in found} == wanted


def test_the_page_shows_the_refusals(degraded) -> None:
    page = (degraded.folder / "out" / "page").rglob("*")
    text = "".join(path.read_text(errors="replace") for path in page if path.suffix in {".html", ".js"})
    assert {code for _, code, _ in EXPECTED.values()} | {"E502"} <= set(re.findall(r"E\d{3}", text))


def test_the_status_lists_the_refusals(degraded) -> None:
    answer = iovolc("status", "--store", degraded.folder / "store", "--json")
    assert answer.code == 0
    assert len(answer.values["refused"]) == len(EXPECTED) + 1
    assert answer.values["epochs"] == 2


def test_check_lists_the_same_before_any_work(degraded) -> None:
    answer = iovolc("check", degraded.catalogue, "--json")
    listed = {(item["row"], item["code"], item["column"]) for item in answer.values["findings"]}
    assert (answer.code, answer.values["usable"]) == (3, 2)
    assert listed == {(line, code, column) for line, code, column in EXPECTED.values()} | {(1, "E502", "psf")}


def test_check_of_a_sound_catalogue_finds_nothing(degraded) -> None:
    answer = iovolc("check", write_catalogue(degraded.folder / "sound.csv", degraded.good))
    assert (answer.code, answer.out) == (0, "2 usable rows, 0 problems\n")


def test_mended_rows_are_no_longer_refused(degraded, tmp_path) -> None:
    folder = shutil.copytree(degraded.folder, tmp_path / degraded.folder.name)
    catalogue = write_catalogue(folder / degraded.catalogue.name, [*degraded.good, *mended_rows(folder)])
    answer = iovolc("ingest", catalogue, "--store", folder / "store", "--json", *settings(*QUICK))
    assert (answer.code, answer.values["refused"]) == (0, 0), answer.err
    assert answer.values["known"] == 2
    status = iovolc("status", "--store", folder / "store", "--json").values
    assert status["refused"] == []
    assert status["epochs"] == 9


def test_a_line_whose_path_is_corrected_is_no_longer_refused_but_that_of_another_catalogue_is(tmp_path) -> None:
    write_tif(tmp_path / "there.tif", picture(303, shape=TINY))

    def write(name, missing):
        rows = [row("there.tif", TIMES[0], id=""), row(missing, TIMES[1], id="")]
        write_catalogue(tmp_path / f"{name}.csv", rows)

    def refused(name):
        iovolc("ingest", tmp_path / f"{name}.csv", "--store", tmp_path / "store", *settings(*QUICK))
        told = iovolc("status", "--store", tmp_path / "store", "--json").values["refused"]
        return sorted(re.search(r"(\w+)\.tif", line)[1] for line in told)

    write("mine", "mine.tif")
    write("theirs", "theirs.tif")
    assert refused("mine") == ["mine"]
    assert refused("theirs") == ["mine", "theirs"]
    write("mine", "there.tif")
    assert refused("mine") == ["theirs"]


def test_a_line_without_a_file_is_refused_until_that_line_of_that_catalogue_is_mended(tmp_path) -> None:
    write_tif(tmp_path / "there.tif", picture(304, shape=TINY))

    def ingested(name, second):
        catalogue = write_catalogue(tmp_path / f"{name}.csv", [row("there.tif", TIMES[0], id=""), second])
        iovolc("ingest", catalogue, "--store", tmp_path / "store", *settings(*QUICK))
        return len(iovolc("status", "--store", tmp_path / "store", "--json").values["refused"])

    nameless, mended = row("", TIMES[1], id=""), row("there.tif", TIMES[1], id="")
    assert ingested("mine", nameless) == 1
    assert ingested("theirs", nameless) == 2
    assert ingested("mine", mended) == 1
    assert ingested("theirs", mended) == 0


def test_what_the_first_batch_of_a_catalogue_refused_later_ones_do_not_take_up(tmp_path) -> None:
    write_tif(tmp_path / "there.tif", picture(305, shape=TINY))
    rows = [row("", TIMES[2], id=""), row("there.tif", TIMES[0], id=""), row("there.tif", TIMES[1], id="")]
    catalogue = write_catalogue(tmp_path / "archive.csv", rows)
    overrides = ("grid.pixels_per_degree=4", *QUICK)
    context = Context(tmp_path / "store", override(Config(), overrides), Threads(1))
    ingested = [ingest_listed(batch, context) for batch in batches(read_inputs([catalogue]), 1)]
    assert [len(one.added) for one in ingested] == [1, 1]
    assert [len(one.manifest.refused) for one in ingested] == [1, 1]


def test_a_catalogue_with_nothing_usable_ends_with_3(tmp_path) -> None:
    catalogue = write_catalogue(tmp_path / "bad.csv", [row("nowhere.tif", TIMES[0])])
    answer = iovolc("run", catalogue, "--store", tmp_path / "store", "--out", tmp_path / "out", *settings(*QUICK))
    assert answer.code == 3
    assert answer.err.splitlines()[-1].startswith("E101 ")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "time_utc,channel\n1999-01-01,green\n", "path;time_utc\na.tif;1999\n"])
def test_what_is_no_catalogue_ends_with_3(tmp_path, text) -> None:
    (tmp_path / "bad.csv").write_text(text)
    answer = iovolc("ingest", tmp_path / "bad.csv", "--store", tmp_path / "store")
    assert (answer.code, answer.err[:4]) == (3, "E501")


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("--set", "detect.q=2"), "detect.q"),
        (("--set", "detect.qq=0.1"), "detect.qq"),
        (("--set", "nonsense"), "section.key=value"),
        (("--config", "nowhere.yaml"), "nowhere.yaml"),
        (("--workers", "0"), "at least 1"),
        (("--set", "registration.reference=nowhere.png"), "nowhere.png"),
    ],
)
def test_a_bad_configuration_ends_with_2_and_says_what(small, tmp_path, extra, said) -> None:
    answer = iovolc("ingest", small.catalogue, "--store", tmp_path / "store", *extra)
    assert answer.code == 2
    assert said in answer.err
    assert not (tmp_path / "store" / "HEAD").exists()


def test_exit_codes_of_the_process(tmp_path) -> None:
    write_catalogue(tmp_path / "bad.csv", [row("nowhere.tif", TIMES[0])])

    def code(*arguments):
        command = [sys.executable, "-c", "from iovolc.cli import main; main()", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert code("check", "bad.csv") == 3
    assert code("status", "--store", "none") == 0
    assert code("ingest") == 2


def test_a_folder_of_somebody_else_is_not_touched(small, tmp_path) -> None:
    (tmp_path / "thesis.txt").write_text("all I have")
    answer = iovolc("run", small.catalogue, "--store", tmp_path / "store", "--out", tmp_path, *settings(*QUICK))
    assert answer.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("command", ["rerun", "publish"])
def test_nor_is_it_found_out_after_hours_of_work(small, tmp_path, command) -> None:
    (tmp_path / "thesis.txt").write_text("all I have")
    options = settings("detect.q=0.07")
    answer = iovolc(command, "--store", small.store, "--out", tmp_path, *small.settings, *options)
    assert answer.code == 2
    assert "not an output of iovolc" in answer.err
    assert not any(f"{stage}: " in answer.err for stage in ("detect", "segments"))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_demonstration_takes_no_folder_of_somebody_else(tmp_path) -> None:
    catalogue = tmp_path / "maps" / "catalogue.csv"
    catalogue.parent.mkdir()
    catalogue.write_text("all I have")
    answer = iovolc("demo", "--out", tmp_path)
    assert answer.code == 2
    assert "no demonstration of iovolc" in answer.err
    assert catalogue.read_text() == "all I have"
    assert [path.name for path in tmp_path.rglob("*")] == ["maps", "catalogue.csv"]
    answer = iovolc("demo", "--out", catalogue)
    assert (answer.code, "is a file" in answer.err) == (2, True)


def test_two_catalogues_that_give_one_id_to_different_maps(tmp_path) -> None:
    rows = write_maps(tmp_path, ((), (SPOT,)), shape=TINY)
    first = write_catalogue(tmp_path / "first.csv", rows[:1])
    other = write_catalogue(tmp_path / "other.csv", [{**rows[1], "id": "map0"}, rows[1] | {"time_utc": TIMES[2]}])
    for added in (["map0", "map1"], []):
        answer = iovolc("ingest", first, other, "--store", tmp_path / "store", "--json", *settings(*QUICK))
        assert (answer.code, answer.values["added"]) == (4, added)
        assert "refused: E504" in answer.err
        assert "row 2 of another catalogue" in answer.err


def test_one_row_in_two_catalogues_is_one_epoch(tmp_path) -> None:
    rows = write_maps(tmp_path, ((),), shape=TINY)
    both = [write_catalogue(tmp_path / name, rows) for name in ("first.csv", "second.csv")]
    answer = iovolc("ingest", *both, "--store", tmp_path / "store", *settings(*QUICK))
    assert answer.code == 0
    assert iovolc("status", "--store", tmp_path / "store", "--json").values["epochs"] == 1
