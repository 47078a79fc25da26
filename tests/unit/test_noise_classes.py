"""Which looks a pixel's noise goes with, over sheets, lights and numbers of looks."""

import numpy as np
import pytest

from iovolc.detect.classes import class_ratios, noise_classes
from iovolc.detect.compare import _combine
from iovolc.detect.residual import Combined
from iovolc.light.match import Difference
from small_grid import small_grid

GRID = small_grid(1)


def plane(name, value=0.0):
    return np.full(GRID.sheet(name).shape, value, np.float32)


def test_a_look_has_one_number_on_all_sheets():
    """The first predecessor does not show the north: there the second is the best, and no other than elsewhere."""
    fine = Difference({"equator": plane("equator")}, {}, 10.0)
    both = Difference({"equator": plane("equator"), "north": plane("north")}, {}, 10.0)
    found = _combine([fine, both], [0, 0], GRID)
    assert np.unique(found["equator"].first).tolist() == [0]
    assert np.unique(found["north"].first).tolist() == [1]


def part(first, count):
    shape = (1, len(first))
    zero = np.zeros(shape, np.float32)
    return Combined(zero, zero, np.array([count], np.uint8), np.array([first], np.uint8))


def test_light_best_look_and_number_of_looks_tell_classes_apart():
    looks = {"equator": part([0, 0, 1, 1], [1, 2, 1, 1])}
    codes = noise_classes(looks, {"equator": np.array([[0, 0, 0, 1]], np.uint16)})["equator"]
    assert len(np.unique(codes)) == 4


def test_the_longest_history_has_room_for_all_codes():
    looks = {"equator": part([63, 63, 62], [64, 63, 64])}
    codes = noise_classes(looks, {"equator": np.array([[3, 3, 3]], np.uint16)})["equator"]
    assert len(np.unique(codes)) == 3
    assert int(codes.max()) == (3 * 64 + 63) * 65 + 64


@pytest.mark.parametrize(("pixels", "expected"), [(1_000, 1.36), (100_000, 1.97)])
def test_a_small_class_is_drawn_to_the_whole(pixels, expected):
    sizes = np.abs(2.0 * np.random.default_rng(1).standard_normal(pixels)).astype(np.float32)
    found = class_ratios([sizes], [np.zeros(pixels, np.uint16)], 1, 2500.0)
    assert float(found[0]) == pytest.approx(expected, rel=0.05)
