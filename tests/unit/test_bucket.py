"""A store on a bucket of a real S3 server: two writers at once, writers that are killed, copies that come and go."""

import shutil
import threading

import pytest
from tests.s3_parts import elsewhere
from tests.store_sample import GRID, put

from iovolc.cube.audit import verify
from iovolc.cube.bucket import Bucket, bucket_of
from iovolc.cube.cleaning import Retention, collect, garbage
from iovolc.cube.manifest import commit, read_head, read_manifest, refresh
from iovolc.cube.opening import store_folder
from iovolc.errors import ConfigError, StoreConflict, StoreCorrupt, StoreError, TransientIOError

pytest.importorskip("s3fs", reason="needs s3fs")
pytest.importorskip("moto", reason="needs moto's server")


def test_two_writers_at_once_lose_nothing(bucket_place, monkeypatch, tmp_path) -> None:
    stores = [elsewhere(bucket_place, monkeypatch, tmp_path / name) for name in ("one", "two")]

    def write(store, indices):
        for index in indices:
            commit(store, GRID, [put(store, index)])

    writers = [threading.Thread(target=write, args=(store, range(first, 10, 2))) for first, store in enumerate(stores)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    third = elsewhere(bucket_place, monkeypatch, tmp_path / "three")
    assert [entry.observation_id for entry in read_head(third).entries] == [f"obs-{index}" for index in range(10)]
    assert verify(third) == ()


def test_head_moves_only_from_where_it_was_read(bucket_place) -> None:
    bucket = Bucket(bucket_place)
    assert bucket.read("HEAD") is None
    assert bucket.put_over("HEAD", b"1", None)
    assert not bucket.put_over("HEAD", b"2", None)
    tag = bucket.read("HEAD")[1].tag
    assert bucket.put_over("HEAD", b"3", tag)
    assert not bucket.put_over("HEAD", b"4", tag)
    assert bucket.read("HEAD")[0] == b"3"


def test_a_writer_that_was_killed_before_it_moved_head_hinders_nobody(bucket_place) -> None:
    store = store_folder(bucket_place)
    commit(store, GRID, [put(store, 0)])
    bucket_of(store).put("manifests/2.json", b"{}")  # what it left
    manifest = commit(store, GRID, [put(store, 1)])
    assert (manifest.number, manifest.parent, len(manifest.entries)) == (3, 1, 2)
    assert read_manifest(store, 1).entries == manifest.entries[:1]


def test_an_upload_that_was_cut_off_is_completed_and_what_is_there_not_sent_again(bucket_place, monkeypatch) -> None:
    store = store_folder(bucket_place)
    entry = put(store, 0)
    bucket, sent = bucket_of(store), []
    names = sorted(path.relative_to(store).as_posix() for path in store.glob("epochs/**/*") if path.is_file())
    bucket.put(names[0], (store / names[0]).read_bytes())
    bucket.put(names[1], b"half")
    original = Bucket.put
    monkeypatch.setattr(Bucket, "put", lambda self, name, content: (sent.append(name), original(self, name, content)))
    commit(store, GRID, [entry])
    assert sorted(name for name in sent if name.startswith("epochs")) == names[1:]


def test_what_the_copy_lost_is_fetched_with_a_new_copy(bucket_place) -> None:
    store = store_folder(bucket_place)
    commit(store, GRID, [put(store, 0)])
    shutil.rmtree(store)
    assert verify(store_folder(bucket_place)) == ()
    assert len(read_head(store).entries) == 1


def chunk_of(bucket, entry):
    return next(name for name in bucket.files(entry.folder) if name.endswith("equator/value/c/0/0"))


@pytest.mark.parametrize("fault", ["lost", "cut", "other", "more"])
def test_what_the_bucket_holds_otherwise_is_found_and_put_right(bucket_place, fault) -> None:
    store = store_folder(bucket_place)
    (entry,) = commit(store, GRID, [put(store, 0)]).entries
    bucket = bucket_of(store)
    name = f"{entry.folder}/stray" if fault == "more" else chunk_of(bucket, entry)
    content = b"" if fault == "more" else (store / name).read_bytes()
    bucket.remove(name)
    if fault != "lost":
        bucket.put(name, {"cut": content[:-7], "other": content[::-1], "more": b"x"}[fault])
    (damage,) = verify(store)
    assert damage.observation_id == "obs-0"
    assert damage.detail == f"it is not as it should be on the bucket: {name}, 1 files in all"
    bucket.mirror_folder(store, entry.folder)
    assert verify(store) == ()
    assert name not in bucket.files(entry.folder) if fault == "more" else bucket.read(name)[0] == content


def test_what_no_manifest_names_goes_from_bucket_and_copy(bucket_place, monkeypatch, tmp_path) -> None:
    store = store_folder(bucket_place)
    first = commit(store, GRID, [put(store, 0)])
    second = commit(store, GRID, [put(store, 0, licence="CC0")])
    bucket = bucket_of(store)
    bucket.put("epochs/obs-9/ff/zarr.json", b"{}")  # a writer was killed
    bucket.put("runs/old/run.json", b'{"manifest": {"number": 1}}')
    other = elsewhere(bucket_place, monkeypatch, tmp_path / "other")  # has the newest manifest alone
    assert garbage(other) == {"epochs/obs-9/ff": 2}
    assert collect(other, retention=Retention(manifests=1)) == {}  # of today
    assert set(collect(other, retention=Retention(manifests=1), min_age_s=0.0)) == {
        "epochs/obs-9/ff"
    }  # a run needs more
    assert not (other / "runs").exists()
    gone = collect(other, retention=Retention(manifests=1, runs=0), min_age_s=0.0)
    assert set(gone) == {"runs/old", first.entries[0].folder, "manifests/1.json"}
    assert all(name.startswith(second.entries[0].folder) for name in bucket.files("epochs"))
    assert set(bucket.files("manifests")) == {"manifests/2.json"}
    third = elsewhere(bucket_place, monkeypatch, tmp_path / "third")
    assert (verify(third), read_head(third)) == ((), second)


def test_a_damaged_record_of_a_run_is_named_before_anything_goes(bucket_place) -> None:
    store = store_folder(bucket_place)
    commit(store, GRID, [put(store, 0)])
    bucket_of(store).put("runs/one/run.json", b"{half")
    with pytest.raises(StoreCorrupt, match=r"runs/one/run.json is damaged on the bucket"):
        collect(store, retention=Retention(manifests=1), min_age_s=0.0)


def test_a_run_that_another_machine_made_operational_stays(bucket_place, monkeypatch, tmp_path) -> None:
    store = store_folder(bucket_place)
    commit(store, GRID, [put(store, 0)])
    bucket = bucket_of(store)
    for name in ("one", "two"):
        bucket.put(f"runs/{name}/run.json", b'{"manifest": {"number": 1}}')
    bucket.put("runs/latest.json", b'{"run_id": "one"}')
    other = elsewhere(bucket_place, monkeypatch, tmp_path / "other")
    bucket.put("runs/latest.json", b'{"run_id": "two"}')
    assert set(collect(other, retention=Retention(runs=0), min_age_s=0.0)) == {"runs/one"}
    assert set(bucket.files("runs")) == {"runs/latest.json", "runs/two/run.json"}


def test_what_another_machine_names_while_it_is_deleted_is_put_again(bucket_place, monkeypatch, tmp_path) -> None:
    store = store_folder(bucket_place)
    commit(store, GRID, [put(store, 0)])
    other = elsewhere(bucket_place, monkeypatch, tmp_path / "other")
    entry = put(other, 1)
    bucket_of(other).put_folder(other, entry.folder)  # an old leftover of the same content
    remove = Bucket.remove

    def while_it_commits(self, name):
        remove(self, name)
        monkeypatch.setattr(Bucket, "remove", remove)
        commit(other, GRID, [entry])

    monkeypatch.setattr(Bucket, "remove", while_it_commits)
    with pytest.raises(StoreConflict, match="another machine has taken up epochs/obs-1"):
        collect(store, min_age_s=0.0)
    assert verify(elsewhere(bucket_place, monkeypatch, tmp_path / "third")) == ()


def test_a_damaged_head_on_the_bucket_is_named(bucket_place) -> None:
    store = store_folder(bucket_place)
    commit(store, GRID, [put(store, 0)])
    bucket_of(store).put("HEAD", b"{")
    with pytest.raises(StoreCorrupt, match="HEAD"):
        refresh(store)


def test_a_bucket_cannot_write_outside_the_copy(bucket_place) -> None:
    bucket = Bucket(bucket_place)
    bucket.put("epochs/a/b/zarr.json", b"{}")
    store = store_folder(bucket_place)
    for name in ("../outside", "epochs/../../outside", "/etc/outside"):
        with pytest.raises(StoreCorrupt, match="leads out of the store"):
            bucket.fetch_folder(name, store)
    bucket.fetch_folder("epochs/a/b", store)
    assert (store / "epochs" / "a" / "b" / "zarr.json").read_bytes() == b"{}"


@pytest.mark.parametrize("text", ["http://somewhere/io", "s3://", "file:///data"])
def test_what_is_no_address_of_a_bucket_is_refused(text) -> None:
    with pytest.raises(ConfigError, match="is no address of a store"):
        store_folder(text)


def test_a_bucket_that_is_not_there_is_named(bucket_place) -> None:
    with pytest.raises(StoreError, match="does not exist; make the bucket first"):
        store_folder(bucket_place.replace("iobucket", "elsewhere"))


def test_a_bucket_that_cannot_be_reached_may_be_tried_again(bucket_place, monkeypatch) -> None:
    class Lost:
        def info(self, path):
            raise ConnectionResetError(f"connection reset at {path}")

    store = store_folder(bucket_place)
    monkeypatch.setattr(Bucket, "_at", lambda _, name: (Lost(), name))
    with pytest.raises(TransientIOError, match="cannot be reached: connection reset"):
        commit(store, GRID, [put(store, 0)])


def test_a_folder_is_itself(tmp_path) -> None:
    assert store_folder(tmp_path) == tmp_path
    assert bucket_of(tmp_path) is None


def test_a_folder_whose_first_file_comes_while_it_is_listed_is_still_empty(bucket_place, monkeypatch) -> None:
    monkeypatch.setattr("s3fs.S3FileSystem.find", lambda _, path, **__: {path: {"type": "directory", "name": path}})
    assert Bucket(bucket_place).files("manifests") == {}
