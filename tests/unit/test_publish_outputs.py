"""Publishing as a whole: the same bytes every time, and nothing of others is ever overwritten."""

import errno
import json
import os

import pytest
from publish_sample import published, sample_run

from iovolc.errors import ConfigError, StoreError
from iovolc.publish.mrt import MRT_NAMES
from iovolc.publish.outputs import OWN_NAMES, publish
from iovolc.publish.staging import check_replaceable, staged


def _files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_runs_give_identical_bytes(tmp_path):
    publish(tmp_path / "again", sample_run())
    first, second = _files(published()), _files(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [name for name in sorted(first) if first[name] != second[name] and name != "timings.json"] == []


def test_the_contract_is_complete():
    names = {path.name for path in published().iterdir()}
    assert names == OWN_NAMES - MRT_NAMES | {"events.mrt"}  # the sample has no light curves
    assert len(list((published() / "rasters").iterdir())) == 23


def test_an_earlier_output_is_replaced(tmp_path):
    out = tmp_path / "out"
    with staged(out, OWN_NAMES) as folder:
        (folder / "run.json").write_text('{"program": "iovolc", "run_id": "old"}')
    with staged(out, OWN_NAMES) as folder:
        (folder / "run.json").write_text('{"program": "iovolc", "run_id": "new"}')
    assert json.loads((out / "run.json").read_text())["run_id"] == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_the_earlier_output(tmp_path):
    out = tmp_path / "out"
    with staged(out, OWN_NAMES) as folder:
        (folder / "run.json").write_text('{"program": "iovolc"}')
    with pytest.raises(KeyError, match="unknown"):
        publish(out, sample_run(layers=lambda channel, sheet: {}[f"unknown {channel} {sheet}"]))
    assert _files(out) == {"run.json": b'{"program": "iovolc"}'}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_named_though_a_library_hides_it(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RuntimeError, match="seek error"), staged(tmp_path / "out", OWN_NAMES):
        raise RuntimeError("seek error")
    monkeypatch.setattr("iovolc.publish.staging.os.fsync", full)
    with pytest.raises(StoreError, match="No space left") as told, staged(tmp_path / "out", OWN_NAMES):
        raise RuntimeError("seek error")
    assert "seek error" in str(told.value.__cause__.__context__)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_swept(tmp_path):
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial" / "half").write_text("x")
    (tmp_path / "out").mkdir()
    with staged(tmp_path / "out", OWN_NAMES) as folder:
        (folder / "run.json").write_text("{}")
    assert _files(tmp_path) == {"out/run.json": b"{}"}


@pytest.mark.parametrize("text", [None, "no json", "[]", '{"program": "other"}'])
def test_a_folder_of_others_is_refused(tmp_path, text):
    (tmp_path / "precious.txt").write_text("mine")
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(ConfigError, match="not an output of iovolc"):
        publish(tmp_path, sample_run())
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_files_of_others_within_an_output_are_not_lost(tmp_path):
    (tmp_path / "run.json").write_text('{"program": "iovolc"}')
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"also holds notes\.txt"):
        check_replaceable(tmp_path, OWN_NAMES)


def test_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ConfigError, match="is a file"):
        check_replaceable(tmp_path / "out", OWN_NAMES)


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigError, match="file is not a folder"):
        check_replaceable(tmp_path / "file" / "below" / "out", OWN_NAMES)
    check_replaceable(tmp_path / "not yet" / "there" / "out", OWN_NAMES)
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    with pytest.raises(ConfigError, match="not a folder that may be written to"):
        check_replaceable(tmp_path / "not yet" / "there" / "out", OWN_NAMES)
