import numpy as np
import pytest
from registration_scene import WHOLE, surface

from iovolc.geometry.globalshift import global_shift
from iovolc.geometry.view import View
from iovolc.model.observation import Bounds

GROUND = surface(1)
FIRST = View(GROUND, WHOLE, 31.79)


def test_shift_of_a_whole_map_is_found() -> None:
    moved = View(np.roll(GROUND, (-3, 5), axis=(0, 1)), WHOLE, 31.79)
    north, east = global_shift(FIRST, moved)
    assert north == pytest.approx(3.0, abs=0.15)
    assert east == pytest.approx(5.0, abs=0.15)


def test_shift_of_a_region_across_the_seam_is_found() -> None:
    region = np.roll(GROUND, 180, axis=1)[60:110, 155:205]
    north, east = global_shift(FIRST, View(region, Bounds(157.0, 207.0, 26.0, -24.0), 31.79))
    assert north == pytest.approx(-4.0, abs=0.15)
    assert east == pytest.approx(2.0, abs=0.15)


def test_missing_parts_do_not_matter() -> None:
    moved = np.roll(GROUND, 4, axis=1)
    moved[:, 100:220] = np.nan
    assert global_shift(FIRST, View(moved, WHOLE, 31.79))[1] == pytest.approx(4.0, abs=0.15)


@pytest.mark.parametrize(
    "other", [surface(1, seed=77), np.full_like(GROUND, np.nan), np.ones_like(GROUND)], ids=["other", "empty", "flat"]
)
def test_nothing_in_common_means_no_shift(other: np.ndarray) -> None:
    assert global_shift(FIRST, View(other, WHOLE, 31.79)) == (0.0, 0.0)


def test_shift_beyond_the_search_is_not_invented() -> None:
    moved = View(np.roll(GROUND, 25, axis=1), WHOLE, 31.79)
    assert global_shift(FIRST, moved) == (0.0, 0.0)
