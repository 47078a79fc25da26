"""Levels as the store keeps them: read in parts, sent to other processes."""

import pickle

import numpy as np
import pytest

from iovolc.detect.levels import Level
from iovolc.pipeline.segments import _level, _save_level

PLANE = np.arange(12, dtype=np.float16).reshape(3, 4)


@pytest.fixture
def kept(tmp_path):
    planes = {"equator": PLANE, "south": PLANE + 1}
    _save_level(Level(planes, {"equator": PLANE * 2}, planes), tmp_path)
    return _level(tmp_path)


def test_planes_come_back_by_part_and_sheet(kept):
    assert sorted(kept.value) == ["equator", "south"]
    assert len(kept.noise) == 1
    assert "north" not in kept.value
    np.testing.assert_array_equal(kept.value["south"][1:2], (PLANE + 1)[1:2])
    np.testing.assert_array_equal(kept.noise["equator"], PLANE * 2)


def test_only_what_is_used_is_read(kept):
    assert isinstance(kept.value["equator"], np.memmap)


def test_they_can_be_sent(kept):
    again = pickle.loads(pickle.dumps(kept))  # noqa: S301 # our own bytes
    np.testing.assert_array_equal(again.floor["equator"], PLANE)


def test_a_sheet_that_goes_meanwhile_is_missed(kept, tmp_path):
    """Taken for one that shows nothing, it would change what is found."""
    (tmp_path / "value-south.npy").unlink()
    assert "south" in kept.value
    with pytest.raises(FileNotFoundError):
        kept.value["south"]
