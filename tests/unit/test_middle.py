"""The median of many sizes is numpy's, to the bit."""

import math

import numpy as np
import pytest

from iovolc.detect.middle import grouped, middle_size


@pytest.mark.parametrize("count", [1, 2, 3, 1000, 1001])
@pytest.mark.parametrize("unit", [1.0, 0.37])
def test_the_median_is_numpys(count, unit):
    sizes = np.abs(np.random.default_rng(count).standard_normal(count)).astype(np.float32)
    assert middle_size([sizes], unit) == float(np.median(sizes / np.float32(unit)))


def test_sheets_count_together_and_gaps_do_not():
    first = np.array([[0.0, 5.0, np.nan]], np.float32)
    second = np.array([7.0, np.inf, 1e-40, 2.0], np.float32)
    assert middle_size([first, second]) == 2.0


def test_far_apart_middles_are_averaged():
    assert middle_size([np.array([1.0, 1000.0], np.float32)]) == 500.5


@pytest.mark.parametrize("sizes", [[], [np.full(3, np.nan, np.float32)], [np.empty(0, np.float32)]])
def test_of_none_it_is_unknown(sizes):
    assert math.isnan(middle_size(sizes))


def test_sizes_are_told_apart_by_their_code():
    sizes = np.array([[1.0, 2.0], [np.nan, 3.0]], np.float32)
    codes = np.array([[2, 0], [0, 2]], np.uint16)
    parts, pixels = grouped([sizes], [codes], 3)
    assert [part.tolist() for part in parts] == [[2.0], [], [1.0, 3.0]]
    assert pixels.tolist() == [1, 0, 2]
