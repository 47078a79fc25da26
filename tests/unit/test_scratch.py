import gc
import resource
import signal
from pathlib import Path

import numpy as np
import pytest

from iovolc.cube.scratch import on_disk, scratch_of


def planes():
    generator = np.random.default_rng(1)
    return {"equator": generator.random((30, 40), np.float32), "north": generator.integers(0, 9, (5, 7), np.uint8)}


def open_files(folder):
    return sum(str(folder) in str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())


@pytest.fixture
def store(tmp_path):
    (tmp_path / "cache").mkdir()
    return tmp_path


def test_planes_come_back_as_they_went(store):
    mine = planes()
    kept = scratch_of(store, 0)(mine)
    assert kept is not mine
    assert list(kept) == list(mine)
    assert "south" not in kept
    for name, plane in mine.items():
        np.testing.assert_array_equal(kept[name], plane)
        assert (type(kept[name]), kept[name].dtype) == (np.ndarray, plane.dtype)
    with pytest.raises(KeyError):
        kept["south"]


def test_a_part_of_a_plane_is_kept_as_that_part(store):
    whole = planes()["equator"]
    kept = scratch_of(store, 0)({"equator": whole[3:20, ::2], "turned": whole.T})
    np.testing.assert_array_equal(kept["equator"], whole[3:20, ::2])
    np.testing.assert_array_equal(kept["turned"], whole.T)


def test_what_an_asker_writes_is_his_own(store):
    kept = scratch_of(store, 0)(planes())
    kept["equator"][:] = 0.0
    np.testing.assert_array_equal(kept["equator"], planes()["equator"])


def test_no_name_is_left_and_the_file_goes_with_its_planes(store):
    kept = scratch_of(store, 0)(planes())
    assert open_files(store) == 1
    assert list((store / "cache").iterdir()) == []
    lent = kept["equator"]
    del kept
    gc.collect()
    np.testing.assert_array_equal(lent, planes()["equator"])
    del lent
    assert open_files(store) == 0


def test_small_planes_and_those_that_the_disk_will_not_have_stay_in_memory(store, tmp_path):
    mine = planes()
    assert scratch_of(store)(mine) is mine
    (tmp_path / "file").touch()
    assert scratch_of(tmp_path / "file", 0)(mine) is mine
    assert scratch_of(store, 0)({}) == {}


def test_a_store_without_a_cache_gets_one(tmp_path):
    assert on_disk(scratch_of(tmp_path / "store", 0)(planes()))


@pytest.mark.parametrize("missing", [1, 1000, 6000])
def test_a_disk_that_fills_leaves_planes_in_memory_and_no_file(store, caplog, missing):
    """The size of a file is limited as a disk is: what is written last would fail without a word."""
    mine = planes()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (sum(plane.nbytes for plane in mine.values()) - missing, hard))
    try:
        kept = scratch_of(store, 0)(mine)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert kept is mine
    assert open_files(store) == 0
    assert "takes no planes" in caplog.text
