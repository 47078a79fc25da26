"""Doing it again: nothing new costs nothing, a killed ingest is made good, a store keeps its grid."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from tests.small_maps import (
    FAST,
    QUICK,
    TINY,
    Spot,
    contents,
    iovolc,
    listing,
    settings,
    write_catalogue,
    write_maps,
)  # fmt: skip

from iovolc.cube.audit import verify
from iovolc.cube.manifest import read_head

KILLS = int(os.environ.get("IOVOLC_SOAK_KILLS", "3"))
PROGRAM = "from iovolc.cli import main; main()"


def test_the_same_maps_again_add_no_byte(small) -> None:
    before = listing(small.store)
    answer = iovolc("ingest", small.catalogue, "--store", small.store, "--json", *small.settings)
    assert (answer.code, answer.values["added"], answer.values["known"]) == (0, [], 3)
    assert listing(small.store) == before


def test_a_second_run_with_nothing_new_is_quick_and_the_same_run(small, tmp_path) -> None:
    before = listing(small.store / "runs" / small.record["run_id"])
    start = time.monotonic()
    answer = iovolc("run", small.catalogue, "--store", small.store, "--out", tmp_path, "--json", *small.settings)
    seconds = time.monotonic() - start
    assert (answer.code, answer.values["run"]) == (0, small.record["run_id"])
    assert listing(small.store / "runs" / small.record["run_id"]) == before
    assert contents(tmp_path) == contents(small.out)
    assert seconds < 5.0


def test_outputs_that_were_deleted_come_back_the_same(small, tmp_path) -> None:
    store = shutil.copytree(small.store, tmp_path / "store")
    shutil.rmtree(store / "runs")
    shutil.rmtree(store / "cache")
    answer = iovolc("publish", "--store", store, "--out", tmp_path / "out", "--quiet", *small.settings)
    assert answer.code == 0, answer.err
    assert contents(tmp_path / "out", but=("timings.json",)) == contents(small.out, but=("timings.json",))


@pytest.mark.parametrize("command", ["ingest", "detect", "publish"])
def test_a_store_of_another_grid_is_refused_before_any_work_and_loses_nothing(small, tmp_path, command) -> None:
    before = contents(small.store)
    named = {"ingest": (small.catalogue,), "publish": ("--out", tmp_path / "out")}.get(command, ())
    answer = iovolc(command, *named, "--store", small.store, *settings(*FAST, "grid.pixels_per_degree=8"))
    assert answer.code == 2
    assert "set grid.pixels_per_degree=4 or use another store" in answer.err
    assert not any(f"{stage}: " in answer.err for stage in ("ingest", "detect"))
    assert contents(small.store) == before
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Catalogue, options, digest and seconds of an ingest that nobody kills, in a process of its own."""
    folder = tmp_path_factory.mktemp("undisturbed")
    rows = write_maps(folder, ((), (Spot(0.0, 0.0, 100.0, -0.3),), ()), shape=TINY)
    catalogue = write_catalogue(folder / "catalogue.csv", rows)
    start = time.monotonic()
    assert child(catalogue, folder / "store").wait() == 0
    return catalogue, read_head(folder / "store").digest, time.monotonic() - start


def child(catalogue, store):
    command = ["ingest", str(catalogue), "--store", str(store), "--workers", "2", *settings(*QUICK)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *command], **quiet)


@pytest.mark.soak
def test_a_killed_ingest_is_made_good(undisturbed, tmp_path) -> None:
    catalogue, digest, seconds = undisturbed
    generator = random.Random(KILLS)
    for kill in range(KILLS):
        store = tmp_path / f"store{kill}"
        process = child(catalogue, store)
        # Most instants lie after the imports, while epochs are being written.
        time.sleep(seconds * generator.uniform(0.4, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        answer = iovolc("ingest", catalogue, "--store", store, "--json", *settings(*QUICK))
        assert answer.code == 0, answer.err
        assert read_head(store).digest == digest
        assert list(verify(store)) == []


def test_an_ingest_killed_while_it_writes_is_made_good(undisturbed, tmp_path) -> None:
    catalogue, digest, _ = undisturbed
    store = tmp_path / "store"
    process = child(catalogue, store)
    deadline = time.monotonic() + 120.0
    while not list(store.glob("epochs/**/*.json")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    answer = iovolc("ingest", catalogue, "--store", store, "--json", *settings(*QUICK))
    assert (answer.code, len(answer.values["added"]) + answer.values["known"]) == (0, 3)
    assert read_head(store).digest == digest
    assert json.loads((store / "HEAD").read_text())["number"] == 1
