import numpy as np
import pytest

from iovolc.detect.segment import connected, hysteresis, pixels_by_label
from iovolc.model.grid import Sheet

EQUATOR = Sheet("equator", (6, 12), 1000.0, -6000.0, 3000.0)
NORTH = Sheet("north", (6, 12), 1000.0, -6000.0, 3000.0)


def plane(*rows):
    return np.array([[int(mark) for mark in row] for row in rows], np.float32)


APART = plane("110000000001", "000000000000", "000011000000", "000000100000", "000000000000", "100000000000")


def test_regions_are_eight_connected_and_numbered_by_first_pixel():
    found = connected(APART > 0, NORTH)
    assert found.count == 4
    assert [found.labels[place] for place in ((0, 0), (0, 11), (2, 4), (3, 6), (5, 0))] == [1, 2, 3, 3, 4]
    assert found.labels.dtype == np.int32


def test_the_equator_is_connected_across_the_seam():
    found = connected(APART > 0, EQUATOR)
    assert found.count == 3
    assert found.labels[0, 0] == found.labels[0, 11] == 1


@pytest.mark.parametrize(
    ("left", "right"), [((2, 0), (3, 11)), ((3, 0), (2, 11)), ((0, 0), (1, 11)), ((5, 0), (4, 11))]
)
def test_the_seam_is_crossed_diagonally_too(left, right):
    mask = np.zeros(EQUATOR.shape, bool)
    mask[left] = mask[right] = True
    assert connected(mask, EQUATOR).count == 1
    assert connected(mask, NORTH).count == 2


def test_a_band_around_io_is_one_region():
    mask = np.zeros(EQUATOR.shape, bool)
    mask[3] = True
    assert connected(mask, EQUATOR).count == 1


def test_nothing_gives_no_region():
    found = connected(np.zeros(EQUATOR.shape, bool), EQUATOR)
    assert found.count == 0
    assert not found.labels.any()
    assert pixels_by_label(found) == []


def test_only_regions_with_a_seed_are_kept_whole():
    strength = plane("223320000220", "000000000000", "000000000000", "000000000000", "002200000000", "000000040000")
    found = hysteresis(strength, 2.5, 1.5, EQUATOR)
    assert found.count == 2
    assert [pixels.tolist() for pixels in pixels_by_label(found)] == [[0, 1, 2, 3, 4], [67]]


def test_a_threshold_must_be_exceeded():
    assert hysteresis(APART * 3.0, 3.0, 1.0, EQUATOR).count == 0


def test_a_seed_beyond_the_seam_keeps_both_sides():
    strength = APART * 2.0
    strength[0, 11] = 5.0
    found = hysteresis(strength, 4.0, 1.0, EQUATOR)
    assert [pixels.tolist() for pixels in pixels_by_label(found)] == [[0, 1, 11]]
