"""A store on a bucket of a real S3 server: the bytes of one on disk, two writers at once, copies that come and go."""

import shutil
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
from tests.small_grid import ALL_SLOW_UNCOMPILED
from tests.small_maps import contents, iovolc
from tests.store_sample import GRID, put

from iovolc.cube.audit import verify
from iovolc.cube.bucket import Bucket, bucket_of, copy_of
from iovolc.cube.manifest import commit, read_head, read_manifest, refresh
from iovolc.cube.opening import store_folder
from iovolc.errors import ConfigError, StoreCorrupt, StoreError, TransientIOError

pytest.importorskip("s3fs", reason="needs s3fs")
pytest.importorskip("moto", reason="needs moto's server")

pytestmark = ALL_SLOW_UNCOMPILED
SAID = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def endpoint():
    """The address of an S3 server of its own."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], **quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.put(f"{address}/iobucket").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def place(endpoint, monkeypatch, tmp_path, request):
    """An address on the bucket for each test, and a folder of its own for copies."""
    for name, value in (*SAID.items(), ("AWS_ENDPOINT_URL", endpoint), ("IOVOLC_COPIES", str(tmp_path / "copies"))):
        monkeypatch.setenv(name, value)
    return f"s3://iobucket/{request.node.name}/io"


def elsewhere(place, monkeypatch, tmp_path, name):
    """The copy of another machine."""
    monkeypatch.setenv("IOVOLC_COPIES", str(tmp_path / name))
    return store_folder(place)


def test_a_run_on_a_bucket_gives_the_files_of_one_on_disk(whole, place, monkeypatch, tmp_path) -> None:
    pairs = [part for pair in whole.settings for part in ("--set", pair)]
    answer = iovolc("run", whole.inbox, "--store", place, "--out", tmp_path / "out", "--quiet", *pairs)
    assert answer.code == 4, answer.err
    store = copy_of(place)
    whole.check(store, tmp_path / "out")
    other = elsewhere(place, monkeypatch, tmp_path, "other")
    assert verify(other) == ()
    for kept in ("epochs", "manifests", "quarantine", "runs"):
        assert contents(other / kept) == contents(store / kept)
        assert contents(other / kept, but=("timings.json",)) == contents(whole.store / kept, but=("timings.json",))
    assert iovolc("status", "--store", place, "--json").values["health"] == "degraded"
    again = iovolc("run", whole.inbox, "--store", place, "--out", tmp_path / "again", "--quiet", *pairs)
    assert again.code == 4
    whole.check(other, tmp_path / "again")


def test_two_writers_at_once_lose_nothing(place, monkeypatch, tmp_path) -> None:
    stores = [elsewhere(place, monkeypatch, tmp_path, name) for name in ("one", "two")]

    def write(store, indices):
        for index in indices:
            commit(store, GRID, [put(store, index)])

    writers = [threading.Thread(target=write, args=(store, range(first, 10, 2))) for first, store in enumerate(stores)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    third = elsewhere(place, monkeypatch, tmp_path, "three")
    assert [entry.observation_id for entry in read_head(third).entries] == [f"obs-{index}" for index in range(10)]
    assert verify(third) == ()


def test_head_moves_only_from_where_it_was_read(place) -> None:
    bucket = Bucket(place)
    assert bucket.read("HEAD") is None
    assert bucket.put_over("HEAD", b"1", None)
    assert not bucket.put_over("HEAD", b"2", None)
    _, tag = bucket.read("HEAD")
    assert bucket.put_over("HEAD", b"3", tag)
    assert not bucket.put_over("HEAD", b"4", tag)
    assert bucket.read("HEAD")[0] == b"3"


def test_a_writer_that_was_killed_before_it_moved_head_hinders_nobody(place) -> None:
    store = store_folder(place)
    commit(store, GRID, [put(store, 0)])
    bucket_of(store).put("manifests/2.json", b"{}")  # what it left
    manifest = commit(store, GRID, [put(store, 1)])
    assert (manifest.number, manifest.parent, len(manifest.entries)) == (3, 1, 2)
    assert read_manifest(store, 1).entries == manifest.entries[:1]


def test_an_upload_that_was_cut_off_is_completed_and_what_is_there_not_sent_again(place, monkeypatch) -> None:
    store = store_folder(place)
    entry = put(store, 0)
    bucket, sent = bucket_of(store), []
    names = sorted(path.relative_to(store).as_posix() for path in store.glob("epochs/**/*") if path.is_file())
    bucket.put(names[0], (store / names[0]).read_bytes())
    bucket.put(names[1], b"half")
    original = Bucket.put
    monkeypatch.setattr(Bucket, "put", lambda self, name, content: (sent.append(name), original(self, name, content)))
    commit(store, GRID, [entry])
    assert sorted(name for name in sent if name.startswith("epochs")) == names[1:]


def test_what_the_copy_lost_is_fetched_with_a_new_copy(place) -> None:
    store = store_folder(place)
    commit(store, GRID, [put(store, 0)])
    shutil.rmtree(store)
    assert verify(store_folder(place)) == ()
    assert len(read_head(store).entries) == 1


def test_a_damaged_head_on_the_bucket_is_named(place) -> None:
    store = store_folder(place)
    commit(store, GRID, [put(store, 0)])
    bucket_of(store).put("HEAD", b"{")
    with pytest.raises(StoreCorrupt, match="HEAD"):
        refresh(store)


@pytest.mark.parametrize("text", ["http://somewhere/io", "s3://", "file:///data"])
def test_what_is_no_address_of_a_bucket_is_refused(text) -> None:
    with pytest.raises(ConfigError, match="is no address of a store"):
        store_folder(text)


def test_a_bucket_that_is_not_there_is_named(place) -> None:
    with pytest.raises(StoreError, match="does not exist; make the bucket first"):
        store_folder(place.replace("iobucket", "elsewhere"))


def test_a_bucket_that_cannot_be_reached_may_be_tried_again(place, monkeypatch) -> None:
    class Lost:
        def info(self, path):
            raise ConnectionResetError(f"connection reset at {path}")

    store = store_folder(place)
    monkeypatch.setattr(Bucket, "_at", lambda _, name: (Lost(), name))
    with pytest.raises(TransientIOError, match="cannot be reached: connection reset"):
        commit(store, GRID, [put(store, 0)])


def test_a_folder_is_itself(tmp_path) -> None:
    assert store_folder(tmp_path) == tmp_path
    assert bucket_of(tmp_path) is None
