"""Planes of comparisons: the union of what was compared, and differences that stay in memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from iovolc.model.grid import Grid
from iovolc.pipeline import planes

GRID = Grid.at(4)
SHAPE = GRID.sheet("equator").shape


@dataclass(frozen=True)
class Comparison:
    """Stands for a task: where it lies and which rows of the equator it compared."""

    store: Path
    key: str
    rows: tuple[int, int]


@pytest.fixture
def reads(monkeypatch):
    """Counts how often maps are read; each comparison sees its own rows of the equator alone."""
    seen = []

    def maps_of(task, sheet):
        seen.append((task.key, sheet))
        if sheet != "equator":
            return None
        difference = np.full(SHAPE, np.nan, np.float32)
        difference[slice(*task.rows)] = 0.5
        return difference, np.ones(SHAPE, np.float32)

    monkeypatch.setattr(planes, "maps_of", maps_of)
    planes.difference_of.cache_clear()
    return seen


@pytest.mark.usefixtures("reads")
def test_the_union_of_all_comparisons(tmp_path):
    tasks = [Comparison(tmp_path, "aa" * 32, (0, 10)), Comparison(tmp_path, "bb" * 32, (5, 33))]
    found = planes.compared_anywhere(tasks, GRID)
    assert found["equator"].shape == SHAPE
    assert found["equator"][:33].all()
    assert not found["equator"][33:].any()
    assert not found["north"].any()


@pytest.mark.usefixtures("reads")
def test_nothing_compared_is_nowhere():
    found = planes.compared_anywhere((), GRID)
    assert {name: int(mask.sum()) for name, mask in found.items()} == {"equator": 0, "north": 0, "south": 0}


def test_maps_are_read_once_only(tmp_path, reads):
    tasks = [Comparison(tmp_path, "aa" * 32, (0, 10))]
    first = planes.compared_anywhere(tasks, GRID)
    before = len(reads)
    second = planes.compared_anywhere(tasks, GRID)
    assert len(reads) == before
    assert np.array_equal(first["equator"], second["equator"])


def test_a_difference_stays_in_memory_and_cannot_be_changed(tmp_path, reads):
    task = Comparison(tmp_path, "aa" * 32, (0, 10))
    plane = planes.difference_of(task, "equator", SHAPE)
    assert planes.difference_of(task, "equator", SHAPE) is plane
    assert reads == [("aa" * 32, "equator")]
    with pytest.raises(ValueError, match="read-only"):
        plane[0, 0] = 1.0
    assert np.isnan(planes.difference_of(task, "north", GRID.sheet("north").shape)).all()
