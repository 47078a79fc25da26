"""A run on a bucket of a real S3 server gives the files of one on disk, for another machine, too."""

import pytest
from tests.s3_parts import BUCKET, given, s3_server
from tests.small_grid import ALL_SLOW_UNCOMPILED
from tests.small_maps import contents, iovolc

from iovolc.cube.audit import verify
from iovolc.cube.bucket import copy_of
from iovolc.cube.opening import store_folder

pytest.importorskip("s3fs", reason="needs s3fs")
pytest.importorskip("moto", reason="needs moto's server")

pytestmark = ALL_SLOW_UNCOMPILED


@pytest.fixture(scope="module")
def endpoint():
    with s3_server() as address:
        yield address


@pytest.fixture
def place(endpoint, monkeypatch, tmp_path, request):
    """An address on the bucket for each test, and a folder of its own for copies."""
    given(monkeypatch, endpoint, tmp_path / "copies")
    return f"s3://{BUCKET}/{request.node.name}/io"


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
