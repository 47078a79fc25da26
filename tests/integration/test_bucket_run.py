"""A run on a bucket of a real S3 server gives the files of one on disk, for another machine, too."""

import pytest
from tests.s3_parts import elsewhere
from tests.small_grid import ALL_SLOW_UNCOMPILED
from tests.small_maps import contents, iovolc

from iovolc.cube.audit import verify
from iovolc.cube.bucket import copy_of

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
    assert iovolc("status", "--store", bucket_place, "--json").values["health"] == "degraded"
    again = iovolc("run", whole.inbox, "--store", bucket_place, "--out", tmp_path / "again", "--quiet", *pairs)
    assert again.code == 4
    whole.check(other, tmp_path / "again")
