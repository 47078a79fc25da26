"""Any order, any repetition, any kill: the store ends in the same state."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import store_sample
from iovolc.cube.audit import require_sound
from iovolc.cube.cleaning import collect
from iovolc.cube.cube import open_cube
from iovolc.cube.entry import Refused
from iovolc.cube.epochs import read_epoch, write_epoch
from iovolc.cube.manifest import commit, read_head
from store_sample import GRID, PROVENANCE, ingest, listing, put, sample_epoch

COUNT = 6
KILLS = int(os.environ.get("IOVOLC_SOAK_KILLS", "3"))
REFUSED = [Refused(f"bad-{index}.tif", f"{index:064x}", ("E102",)) for index in range(3)]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A store with epochs that no manifest names yet, and their entries."""
    root = tmp_path_factory.mktemp("written")
    return root, [put(root, index) for index in range(COUNT)]


def forget(store):
    shutil.rmtree(store / "manifests", ignore_errors=True)
    (store / "HEAD").unlink(missing_ok=True)


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_any_order_of_ingest_gives_the_same_manifest(written, data):
    store, entries = written
    forget(store)
    expected = commit(store, GRID, entries, refused=REFUSED).digest
    forget(store)
    parts = data.draw(st.permutations([*entries, *REFUSED]))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(parts) - 1))))
    for first, last in zip([0, *cuts], [*cuts, len(parts)], strict=True):
        batch = parts[first:last]
        commit(
            store,
            GRID,
            [part for part in batch if not isinstance(part, Refused)],
            refused=[part for part in batch if isinstance(part, Refused)],
        )
    assert read_head(store).digest == expected


@settings(deadline=None, max_examples=15)
@given(repeats=st.lists(st.integers(0, COUNT - 1), min_size=1, max_size=4))
def test_ingesting_again_adds_no_byte(written, repeats):
    store, entries = written
    head = commit(store, GRID, entries)
    before = listing(store)
    for index in repeats:
        assert commit(store, GRID, [put(store, index)]) == head
    assert listing(store) == before


@settings(deadline=None, max_examples=15)
@given(
    resolution_km=st.floats(0.1, 1e3) | st.just(float("nan")),
    notes=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    emission=st.floats(-90.0, 90.0),
)
def test_what_is_written_is_what_is_read(written, resolution_km, notes, emission):
    store, _ = written
    epoch = sample_epoch(0, notes=notes, sub_observer_lat=emission)
    epoch = type(epoch)(epoch.record, epoch.sheets, epoch.registration, resolution_km)
    again = read_epoch(store, write_epoch(store, epoch, GRID, PROVENANCE))
    assert again.record.notes == notes
    assert again.record.sub_observer_lat == emission
    assert again.resolution_km == pytest.approx(resolution_km, rel=0.0, abs=0.0, nan_ok=True)


def start_ingest(store):
    """A child process that has imported everything and waits for a line to begin."""
    command = [sys.executable, store_sample.__file__, str(store), "0", str(COUNT)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    return child


def finish(child):
    child.wait()
    child.stdin.close()
    child.stdout.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The state after an ingest that nobody killed, and how long it took in seconds."""
    store = tmp_path_factory.mktemp("undisturbed")
    child = start_ingest(store)
    begun = time.monotonic()
    child.stdin.write("\n")
    child.stdin.flush()
    finish(child)
    assert child.returncode == 0
    duration_s = time.monotonic() - begun
    collect(store, min_age_s=0.0)
    return store, duration_s


def sizes(store: Path):
    return {name: size for name, (size, _) in listing(store).items() if (store / name).is_file()}


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_at_any_instant_the_rerun_ends_the_same(tmp_path, undisturbed, kill):
    clean, duration_s = undisturbed
    child = start_ingest(tmp_path)
    child.stdin.write("\n")
    child.stdin.flush()
    time.sleep(random.Random(kill).uniform(0.0, duration_s))
    child.kill()
    finish(child)

    left = read_head(tmp_path)
    if left is not None:
        require_sound(tmp_path)
        assert open_cube(tmp_path, left)["/green/equator"].sizes["time"] == len(left.entries)
    again = ingest(tmp_path, range(COUNT))
    assert again.digest == read_head(clean).digest
    require_sound(tmp_path)
    collect(tmp_path, min_age_s=0.0)
    assert sizes(tmp_path) == sizes(clean)
