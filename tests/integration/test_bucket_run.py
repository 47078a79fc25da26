"""A run on a bucket of a real S3 server gives the files of one on disk, for another machine, too."""

import json
import shutil

import pandas as pd
import pytest
from tests.s3_parts import elsewhere
from tests.small_grid import ALL_SLOW_UNCOMPILED
from tests.small_maps import contents, iovolc

from iovolc.cube.audit import verify
from iovolc.cube.bucket import bucket_of, copy_of
from iovolc.cube.manifest import commit, read_head
from iovolc.cube.pointer import operational_run
from iovolc.pipeline.runs import find_run

pytest.importorskip("s3fs", reason="needs s3fs")
pytest.importorskip("moto", reason="needs moto's server")

pytestmark = ALL_SLOW_UNCOMPILED


def test_a_run_on_a_bucket_gives_the_files_of_one_on_disk(whole, bucket_place, monkeypatch, tmp_path) -> None:
    pairs = [part for pair in whole.settings for part in ("--set", pair)]
    answer = iovolc("run", whole.inbox, "--store", bucket_place, "--out", tmp_path / "out", "--quiet", *pairs)
    assert answer.code == 4, answer.err
    store = copy_of(bucket_place)
    whole.check(store, tmp_path / "out")
    other = elsewhere(bucket_place, monkeypatch, tmp_path / "other")
    assert verify(other) == ()
    for kept in ("epochs", "manifests", "quarantine", "runs"):
        assert contents(other / kept) == contents(store / kept)
        assert contents(other / kept, but=("timings.json",)) == contents(whole.store / kept, but=("timings.json",))
    said, told = (iovolc("status", "--store", place, "--json").values for place in (bucket_place, whole.store))
    differ = {"published_utc": "", "store_bytes": 0}  # results that are kept for reuse are not on the bucket
    assert said | differ == told | differ
    assert iovolc("status", "--store", other, "--json").values | differ == said | differ
    again = iovolc("run", whole.inbox, "--store", bucket_place, "--out", tmp_path / "again", "--quiet", *pairs)
    assert again.code == 4
    whole.check(other, tmp_path / "again")
    damaged_on_either_side(bucket_place, other)
    explained_from_the_past(bucket_place, elsewhere(bucket_place, monkeypatch, tmp_path / "later"), tmp_path)


def explained_from_the_past(place, store, folder) -> None:
    """An epoch has gone from the current manifest: a machine without the past explains and repeats what was."""
    events = pd.read_parquet(folder / "out" / "events.parquet")
    head, name = read_head(store), json.loads((folder / "out" / "run.json").read_text())["run_id"]
    commit(store, head.grid, superseded=[head.entries[0].observation_id])
    shutil.rmtree(store)
    told = iovolc("explain", events["event_id"].iloc[0], "--run", "latest", "--store", place, "--json")
    assert told.code == 0, told.err
    assert all(item["registration"]["method"] for item in told.values["inputs"])
    assert len(told.values["inputs"]) == 2
    shutil.rmtree(store / "runs" / name)
    assert find_run(name, store).run_id == name
    again = iovolc(
        "rerun", "--store", place, "--manifest", head.number, "--set", "detect.seed_z=5.5", "--dry-run", "--json"
    )
    assert (again.code, again.values["compute"].keys()) == (0, {head.entries[1].observation_id})


def damaged_on_either_side(place, other) -> None:
    """Of two epochs one is damaged on the bucket, the other in the copy: each is mended from where it is sound."""
    store, bucket = copy_of(place), bucket_of(copy_of(place))
    here, there = read_head(store).entries
    next((store / here.folder).glob("equator/value/c/*/*")).write_bytes(b"half")
    bucket.remove(next(name for name in bucket.files(there.folder) if "/value/c/" in name))
    bucket.put("manifests/1.json", b"half")
    bucket.remove(f"runs/{operational_run(store)}/events.csv")
    found = iovolc("verify", "--store", place, "--json")
    assert (found.code, len(found.values["damaged"])) == (5, 4)
    mended = iovolc("verify", "--store", place, "--repair", "--json", "--quiet")
    assert (mended.code, len(mended.values["mended"]), mended.values["damaged"]) == (0, 4, [])
    assert contents(store / "epochs") == contents(other / "epochs")
    assert iovolc("verify", "--store", place).code == 0
    assert iovolc("gc", "--store", place, "--json").values == {"garbage": [], "bytes": 0}
