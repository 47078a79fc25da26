import gc
from pathlib import Path

import numpy as np
import pytest

from iovolc.cube.scratch import scratch_of


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
    assert scratch_of(tmp_path / "nowhere", 0)(mine) is mine
    assert scratch_of(store, 0)({}) == {}
