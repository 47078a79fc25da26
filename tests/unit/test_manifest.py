import json
import multiprocessing
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from iovolc.cube import manifest as manifests
from iovolc.cube.entry import EpochEntry, Refused
from iovolc.cube.epochs import read_epoch
from iovolc.cube.lock import locked
from iovolc.cube.manifest import Manifest, commit, manifest_numbers, read_head, read_manifest
from iovolc.errors import ConfigError, StoreConflict, StoreCorrupt
from iovolc.model.grid import Grid
from store_sample import GRID, ingest, listing, put

BROKEN = Refused("broken.tif", "ab" * 32, ("E102",))


def test_a_new_store_has_no_manifest(tmp_path):
    assert read_head(tmp_path) is None
    assert manifest_numbers(tmp_path) == ()


def test_head_names_what_was_committed(tmp_path):
    entry = put(tmp_path, 0)
    assert read_head(tmp_path) is None
    manifest = commit(tmp_path, GRID, [entry], refused=[BROKEN])
    assert read_head(tmp_path) == manifest
    assert (manifest.number, manifest.parent, manifest.pixels_per_degree) == (1, None, 4)
    assert manifest.entries == (entry,)
    assert manifest.refused == (BROKEN,)
    assert manifest.grid == GRID


def test_late_data_slots_in_by_observation_time(tmp_path):
    late, early = put(tmp_path, 5), put(tmp_path, 1)
    same_time = put(tmp_path, 5, id="a-twin", channel="red")
    commit(tmp_path, GRID, [late])
    manifest = commit(tmp_path, GRID, [early, same_time])
    assert [entry.observation_id for entry in manifest.entries] == ["obs-1", "a-twin", "obs-5"]
    assert manifest.of_channel("green") == (early, late)
    assert manifest.channels == ("green", "red")


def test_the_same_again_writes_nothing(tmp_path):
    first = commit(tmp_path, GRID, [put(tmp_path, 0)], refused=[BROKEN])
    before = listing(tmp_path)
    assert commit(tmp_path, GRID, [put(tmp_path, 0)], refused=[BROKEN]) == first
    assert commit(tmp_path, GRID) == first
    assert listing(tmp_path) == before


def test_a_better_version_supersedes_and_the_old_manifest_still_opens(tmp_path):
    old = commit(tmp_path, GRID, [put(tmp_path, 0), put(tmp_path, 1)])
    better = put(tmp_path, 0, licence="CC0")
    new = commit(tmp_path, GRID, [better])
    assert (new.number, new.parent) == (2, 1)
    assert new.entries == (better, old.entries[1])
    assert read_manifest(tmp_path, 1) == old
    assert read_epoch(tmp_path, old.entries[0]).record.licence == ""
    assert read_epoch(tmp_path, new.entries[0]).record.licence == "CC0"
    assert commit(tmp_path, GRID, [old.entries[0]]).digest == old.digest


def test_a_refused_product_that_is_accepted_is_no_longer_refused(tmp_path):
    refused = Refused("obs-0", "cd" * 32, ())
    assert commit(tmp_path, GRID, refused=[refused, BROKEN]).refused == (BROKEN, refused)
    accepted = commit(tmp_path, GRID, [put(tmp_path, 0)])
    assert accepted.refused == (BROKEN,)
    assert commit(tmp_path, GRID, refused=[refused]) == accepted


def test_the_newest_refusal_of_a_product_counts(tmp_path):
    newer = Refused("broken.tif", "00" * 32, ("E201",))
    commit(tmp_path, GRID, refused=[BROKEN])
    assert commit(tmp_path, GRID, refused=[newer]).refused == (newer,)


def test_the_digest_tells_what_is_named_and_nothing_else(tmp_path):
    manifest = commit(tmp_path, GRID, [put(tmp_path, 0)], refused=[BROKEN])
    assert replace(manifest, number=7, parent=6).digest == manifest.digest
    others = [
        replace(manifest, entries=()),
        replace(manifest, refused=()),
        replace(manifest, pixels_per_degree=8),
        replace(manifest, entries=(replace(manifest.entries[0], content_hash="0" * 64),)),
    ]
    assert len({manifest.digest, *(other.digest for other in others)}) == 5


def test_a_manifest_survives_json(tmp_path):
    manifest = commit(tmp_path, GRID, [put(tmp_path, 0, ("equator", "north"))], refused=[BROKEN])
    assert Manifest.from_json(json.loads(json.dumps(manifest.to_json()))) == manifest


def test_grids_do_not_mix_in_one_store(tmp_path):
    entry = put(tmp_path, 0)
    commit(tmp_path, GRID, [entry])
    with pytest.raises(ConfigError, match=r"holds 4 pixels per degree, not 8; set grid\.pixels_per_degree=4"):
        commit(tmp_path, Grid.at(8))
    with pytest.raises(StoreConflict, match="obs-0 has 4 pixels per degree, not 8"):
        commit(tmp_path / "other", Grid.at(8), [entry])


def test_two_versions_at_once_are_refused(tmp_path):
    with pytest.raises(StoreConflict, match="two versions of obs-0"):
        commit(tmp_path, GRID, [put(tmp_path, 0), put(tmp_path, 0, licence="CC0")])


def test_an_epoch_that_is_gone_is_not_named(tmp_path):
    entry = put(tmp_path, 0)
    shutil.rmtree(tmp_path / "epochs")
    with pytest.raises(StoreConflict, match="obs-0 is gone"):
        commit(tmp_path, GRID, [entry])
    assert read_head(tmp_path) is None


def test_a_locked_store_is_left_alone(tmp_path):
    entry = put(tmp_path, 0)
    with locked(tmp_path), pytest.raises(StoreConflict, match="another process"):
        commit(tmp_path, GRID, [entry], timeout_s=0.02)
    assert read_head(tmp_path) is None


@pytest.mark.parametrize("earlier", [0, 2])
def test_killed_between_manifest_and_head_the_rerun_ends_the_same(tmp_path, monkeypatch, earlier):
    before = ingest(tmp_path, range(earlier)) if earlier else None
    entry = put(tmp_path, earlier)

    def killed(path, data):
        if path.name == "HEAD":
            raise KeyboardInterrupt
        write_json(path, data)

    write_json = manifests.write_json
    with monkeypatch.context() as patch:
        patch.setattr(manifests, "write_json", killed)
        with pytest.raises(KeyboardInterrupt):
            commit(tmp_path, GRID, [entry])
    assert len(manifest_numbers(tmp_path)) == earlier + 1
    assert read_head(tmp_path) == before
    after = commit(tmp_path, GRID, [entry])
    assert after.number == earlier + 1
    assert after.digest == ingest(tmp_path / "clean", range(earlier + 1)).digest


def test_a_lost_head_is_noticed_before_history_is_overwritten(tmp_path):
    last = ingest(tmp_path, range(2))
    (tmp_path / "HEAD").unlink()
    with pytest.raises(StoreCorrupt, match=r'HEAD is lost; write \{"number": N\}'):
        commit(tmp_path, GRID, [put(tmp_path, 2)])
    (tmp_path / "HEAD").write_text('{"number": 2}')
    assert read_head(tmp_path) == last


@pytest.mark.parametrize("text", ["[]", "{}", '{"number": "x"}', "rubbish"])
def test_a_damaged_head_is_noticed(tmp_path, text):
    commit(tmp_path, GRID, [put(tmp_path, 0)])
    (tmp_path / "HEAD").write_text(text)
    with pytest.raises(StoreCorrupt, match=r"HEAD .*restore"):
        read_head(tmp_path)


def test_head_and_manifest_must_fit(tmp_path):
    manifest = commit(tmp_path, GRID, [put(tmp_path, 0)])
    other = replace(manifest, refused=(BROKEN,))
    (tmp_path / "manifests/1.json").write_text(json.dumps(other.to_json()))
    with pytest.raises(StoreCorrupt, match="names another manifest 1"):
        read_head(tmp_path)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text.replace("obs-0", "obs-9"), "does not match its digest"),
        (lambda text: text.replace('"number": 1', '"number": 3'), "does not match its digest"),
        (lambda text: text.replace("content_hash", "hash"), "is not a manifest"),
        (lambda text: text[:-20], "is damaged"),
        (lambda _: "[]", "is not a manifest"),
    ],
)
def test_a_damaged_manifest_is_noticed(tmp_path, damage, words):
    commit(tmp_path, GRID, [put(tmp_path, 0)])
    path = tmp_path / "manifests/1.json"
    path.write_text(damage(path.read_text()))
    with pytest.raises(StoreCorrupt, match=words):
        read_head(tmp_path)


def test_a_missing_manifest_is_noticed(tmp_path):
    with pytest.raises(StoreCorrupt, match=r"4\.json is missing"):
        read_manifest(tmp_path, 4)


def test_many_writers_at_once_lose_nothing(tmp_path):
    groups = [range(index, index + 2) for index in range(0, 12, 2)]
    threads = [threading.Thread(target=ingest, args=(tmp_path, group)) for group in groups]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head = read_head(tmp_path)
    assert head is not None
    assert [entry.observation_id for entry in head.entries] == [f"obs-{index}" for index in range(12)]
    assert manifest_numbers(tmp_path) == tuple(range(1, 13))


def test_processes_at_once_lose_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    groups = (range(3), range(2, 5))
    processes = [context.Process(target=ingest, args=(Path(tmp_path), group)) for group in groups]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    head = read_head(tmp_path)
    assert [process.exitcode for process in processes] == [0, 0]
    assert head is not None
    assert head.digest == ingest(tmp_path / "alone", range(5)).digest


def test_an_entry_survives_json(tmp_path):
    entry = put(tmp_path, 0, ("equator", "south"), is_mosaic=True)
    assert EpochEntry.from_json(json.loads(json.dumps(entry.to_json()))) == entry
