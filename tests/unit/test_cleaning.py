"""What can go of a store, and what must stay."""

import json
import os
import shutil
import threading
import time

import pytest

from iovolc.cube.audit import verify
from iovolc.cube.cache import cached_arrays
from iovolc.cube.cleaning import Retention, collect, garbage
from iovolc.cube.files import write_json
from iovolc.cube.layout import latest_run_file, local
from iovolc.cube.lock import publishing
from iovolc.cube.manifest import commit, manifest_numbers, read_head
from iovolc.cube.quarantine import refuse
from store_sample import GRID, files, ingest, put


def test_what_any_manifest_names_is_not_garbage(tmp_path):
    ingest(tmp_path, range(2))
    commit(tmp_path, GRID, [put(tmp_path, 0, licence="CC0")], refused=[refuse(tmp_path, "ab" * 32, "x.tif")])
    cached_arrays(tmp_path, "null", "k", dict)
    assert garbage(tmp_path) == {}


def litter(store):
    """An epoch and a refusal that no manifest names, and what killed processes leave."""
    unnamed = put(store, 7)
    refuse(store, "cd" * 32, "y.tif")
    partials = [
        "epochs/obs-0/.partial-x/zarr.json",
        "cache/null/.partial-y/a.npz",
        "manifests/.partial-3",
        ".partial-HEAD",
    ]
    for name in partials:
        path = store / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    return {
        f"epochs/obs-7/{unnamed.content_hash}",
        f"quarantine/{'cd' * 32}.json",
        "epochs/obs-0/.partial-x",
        "cache/null/.partial-y",
        "manifests/.partial-3",
        ".partial-HEAD",
    }


def test_garbage_is_what_no_manifest_names(tmp_path):
    ingest(tmp_path, range(2))
    names = litter(tmp_path)
    assert set(garbage(tmp_path)) == names
    assert list(garbage(tmp_path)) == sorted(names)


def test_what_may_still_be_written_is_spared(tmp_path):
    ingest(tmp_path, range(1))
    litter(tmp_path)
    an_hour_ago = time.time() - 3600.0
    os.utime(tmp_path / ".partial-HEAD", (an_hour_ago, an_hour_ago))
    assert garbage(tmp_path, min_age_s=1800.0) == {".partial-HEAD": 4}
    assert collect(tmp_path) == {}


def test_collecting_garbage_leaves_the_store_as_if_it_had_never_been(tmp_path):
    manifest = ingest(tmp_path, range(2))
    clean = files(tmp_path)
    names = litter(tmp_path)
    assert set(collect(tmp_path, min_age_s=0.0)) == names
    (tmp_path / ".publish.lock").unlink()  # always empty
    assert files(tmp_path) == clean
    assert read_head(tmp_path) == manifest


def published(store, name, number, age_s):
    """A run of a manifest, published that long ago."""
    record = store / "runs" / name / "run.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"manifest": {"number": number}}))
    then = time.time() - age_s
    os.utime(record, (then, then))


def past(store):
    """Four manifests, each with a better version of one epoch, and a run of each; the first is operational."""
    for number, licence in enumerate(("CC0", "PD", "CC-BY", "GPL"), start=1):
        commit(store, GRID, [put(store, 0, licence=licence), put(store, 1)])
        published(store, f"run{number}", number, age_s=1000.0 - number)
    write_json(local(latest_run_file(store)), {"run_id": "run1"})


def test_all_of_the_past_is_kept_unless_told(tmp_path):
    past(tmp_path)
    assert garbage(tmp_path) == {}


def test_old_runs_go_and_the_operational_one_stays(tmp_path):
    past(tmp_path)
    assert [*garbage(tmp_path, retention=Retention(runs=1))] == ["runs/run2", "runs/run3"]


def test_superseded_epochs_go_with_the_manifests_that_name_them(tmp_path):
    past(tmp_path)
    keep = Retention(manifests=1, runs=0)
    gone = collect(tmp_path, retention=keep, min_age_s=0.0)
    assert manifest_numbers(tmp_path) == (1, 4)  # the operational run's and the current one
    assert {name.split("/")[0] for name in gone} == {"epochs", "manifests", "runs"}
    assert sum(name.startswith("epochs/obs-0/") for name in gone) == 2
    head = read_head(tmp_path)
    assert head is not None
    assert {path.name for path in (tmp_path / "epochs").iterdir()} == {"obs-0", "obs-1"}
    assert all((tmp_path / "epochs" / entry.observation_id / entry.content_hash).is_dir() for entry in head.entries)
    assert garbage(tmp_path, retention=keep) == {}


def test_manifests_of_kept_runs_stay(tmp_path):
    past(tmp_path)
    collect(tmp_path, retention=Retention(manifests=1), min_age_s=0.0)
    assert manifest_numbers(tmp_path) == (1, 2, 3, 4)


def test_old_results_go_by_age(tmp_path):
    ingest(tmp_path, range(1))
    for key, age_s in (("old", 3 * 86400.0), ("new", 60.0)):
        cached_arrays(tmp_path, "null", key, dict)
        then = time.time() - age_s
        os.utime(tmp_path / "cache" / "null" / key, (then, then))
    assert [*garbage(tmp_path, retention=Retention(cache_days=2.0))] == ["cache/null/old"]


def test_size_counts_the_files_of_folders(tmp_path):
    ingest(tmp_path, range(1))
    for name in (".partial-a/b/c", ".partial-a/d"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    assert garbage(tmp_path) == {".partial-a": 10}


@pytest.mark.parametrize("keep", [4, 5, 9])
def test_keeping_more_manifests_than_there_are_keeps_all(tmp_path, keep):
    past(tmp_path)
    assert len(manifest_numbers(tmp_path)) == 4
    assert garbage(tmp_path, retention=Retention(manifests=keep)) == {}
    ingest(tmp_path, range(3, 6))
    assert garbage(tmp_path, retention=Retention(manifests=len(manifest_numbers(tmp_path)) + 1)) == {}


def test_what_a_killed_clean_up_leaves_does_not_pass_for_an_epoch(tmp_path, monkeypatch):
    ingest(tmp_path, range(1))
    unnamed = put(tmp_path, 7)
    folder = tmp_path / "epochs" / "obs-7" / unnamed.content_hash

    def killed(path):
        next(file for file in sorted(path.rglob("*")) if file.is_file()).unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        collect(tmp_path, min_age_s=0.0)
    monkeypatch.undo()
    assert not folder.exists()
    assert put(tmp_path, 7) == unnamed
    assert verify(tmp_path, commit(tmp_path, GRID, [unnamed])) == ()


def test_a_run_that_becomes_operational_while_the_clean_up_waits_stays(tmp_path):
    past(tmp_path)
    with publishing(tmp_path):
        keep = {"retention": Retention(runs=0), "min_age_s": 0.0}
        cleaning = threading.Thread(target=collect, args=(tmp_path,), kwargs=keep)
        cleaning.start()
        cleaning.join(0.3)
        write_json(local(latest_run_file(tmp_path)), {"run_id": "run2"})
    cleaning.join()
    assert {path.parent.name for path in tmp_path.glob("runs/*/run.json")} == {"run2"}


def test_a_half_published_run_takes_no_place(tmp_path):
    past(tmp_path)
    shutil.copytree(tmp_path / "runs" / "run3", tmp_path / "runs" / ".partial-run9")
    assert [*garbage(tmp_path, retention=Retention(runs=2))] == ["runs/.partial-run9", "runs/run2"]
