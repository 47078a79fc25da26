"""Damaged manifests are named; what a bucket and its copy hold otherwise is named, and put right where it is plain."""

import json

import pytest
from tests.s3_parts import elsewhere
from tests.store_sample import GRID, ingest, put

from iovolc.cube.agreement import unlike
from iovolc.cube.bucket import Bucket, bucket_of
from iovolc.cube.cleaning import Retention, collect
from iovolc.cube.files import write_json
from iovolc.cube.layout import latest_run_file, local
from iovolc.cube.manifest import commit
from iovolc.cube.opening import store_folder


def damage(content):
    return content.replace(b"obs-0", b"obs-7")


def test_a_damaged_old_manifest_of_a_store_on_disk_is_named(tmp_path):
    ingest(tmp_path, range(1))
    ingest(tmp_path, range(1, 2))
    assert unlike(tmp_path) == ()
    old = tmp_path / "manifests" / "1.json"
    for content in (damage(old.read_bytes()), old.read_bytes()[:-7]):
        old.write_bytes(content)
        (found,) = unlike(tmp_path, mend=True)
        assert str(found) == "manifests/1.json: it is damaged; restore it from a copy"


@pytest.fixture
def store(bucket_place):
    """The copy of a store on a bucket, with two manifests and a run of the first."""
    pytest.importorskip("s3fs", reason="needs s3fs")
    pytest.importorskip("moto", reason="needs moto's server")
    store = store_folder(bucket_place)
    commit(store, GRID, [put(store, 0)])
    commit(store, GRID, [put(store, 1)])
    run = store / "runs" / "run1"
    run.mkdir(parents=True)
    (run / "run.json").write_text(json.dumps({"manifest": {"number": 1}}))
    (run / "events.csv").write_text("event_id\n")
    (run / "timings.json").write_text("{}")
    write_json(local(latest_run_file(store)), {"run_id": "run1"})
    bucket_of(store).put_folder(store, "runs")
    assert unlike(store) == ()
    return store


@pytest.mark.parametrize(
    ("here", "there", "words"),
    [
        (damage, bytes, "it is damaged; restore"),
        (bytes, damage, "it is damaged on the bucket"),
        (bytes, lambda content: content + b" ", "bucket and copy hold different ones"),
        (bytes, None, "the bucket has lost it"),
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_of_two_manifests_the_sound_one_is_taken(store, number, here, there, words):
    bucket, path = bucket_of(store), store / "manifests" / f"{number}.json"
    content = path.read_bytes()
    path.write_bytes(here(content))
    bucket.remove(f"manifests/{number}.json")
    if there is not None:
        bucket.put(f"manifests/{number}.json", there(content))
    (found,) = unlike(store)
    assert (found.name, found.mended) == (f"manifests/{number}.json", False)
    assert words in found.detail
    assert [item.mended for item in unlike(store, mend=True)] == [True]
    assert unlike(store) == ()
    assert path.read_bytes().strip() == content.strip()


def test_what_is_committed_while_the_bucket_is_listed_is_no_fault(store, monkeypatch):
    listed = Bucket.files

    def late(bucket, prefix):
        found = listed(bucket, prefix)
        if prefix == "manifests" and not late.done:
            late.done = True
            commit(store, GRID, [put(store, 2)])
        return found

    late.done = False
    monkeypatch.setattr(Bucket, "files", late)
    assert unlike(store) == ()
    assert (store / "manifests" / "3.json").exists()


def test_what_another_machine_has_deleted_is_no_fault(store, bucket_place, monkeypatch, tmp_path):
    other = elsewhere(bucket_place, monkeypatch, tmp_path / "other")
    write_json(local(latest_run_file(other)), {"run_id": "run2"})
    bucket_of(other).put("runs/latest.json", b'{"run_id": "run2"}')
    bucket_of(other).put("runs/run2/run.json", b'{"manifest": {"number": 2}}')
    assert set(collect(other, retention=Retention(manifests=1, runs=0), min_age_s=0.0)) == {
        "manifests/1.json",
        "runs/run1",
    }
    assert elsewhere(bucket_place, monkeypatch, store.parent) == store
    assert (store / "manifests" / "1.json").exists()
    assert unlike(store) == ()


def test_what_one_side_lacks_of_a_run_is_levelled_and_what_differs_is_named(store):
    bucket, run = bucket_of(store), store / "runs" / "run1"
    (run / "events.csv").unlink()
    (run / "more.csv").write_text("here alone")
    (run / "timings.json").write_text('{"detect": 1.0}')  # another machine published the same
    bucket.put("runs/run1/run.json", b'{"manifest": {"number": 2}}')
    found = {item.name: item.detail for item in unlike(store)}
    assert found.pop("runs/run1/events.csv") == "the copy lacks it"
    assert found.pop("runs/run1/more.csv") == "the bucket lacks it"
    assert found.pop("runs/run1/run.json").startswith("bucket and copy differ")
    assert found == {}
    unlike(store, mend=True)
    assert [item.name for item in unlike(store)] == ["runs/run1/run.json"]
    assert (run / "events.csv").read_text() == "event_id\n"
    (run / "run.json").unlink()
    assert [item.mended for item in unlike(store, mend=True)] == [True]
    assert unlike(store) == ()
