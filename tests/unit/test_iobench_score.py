"""Found and false: blobs against extents, curves over thresholds, intervals."""

import numpy as np
import pytest
from benchmarks.iobench.score import Field, extents, judge, stratum_of, sweep, wilson
from iobench_sample import disc

SHAPE = (40, 60)


def field_with(*squares):
    """Extents of 10 x 10 pixels at these corners; the left half is the first sector, the right the second."""
    extent = np.zeros(SHAPE, np.int32)
    for number, (row, col) in enumerate(squares, start=1):
        extent[row : row + 10, col : col + 10] = number
    sector = np.ones(SHAPE, np.int8)
    sector[:, 30:] = 2
    return Field(extent, sector, np.ones((SHAPE[0], 1)))


def blobs(*parts):
    labels = np.zeros(SHAPE, np.int32)
    for number, part in enumerate(parts, start=1):
        labels[part] = number
    return labels


def test_a_blob_within_the_extent_finds_the_change():
    found, false = judge(blobs(np.s_[5:8, 5:8]), field_with((2, 2), (20, 40)))
    assert found == {0}
    assert false == (0, 0, 0)


def test_a_blob_elsewhere_is_false_in_its_sector():
    found, false = judge(blobs(np.s_[30:33, 5:8], np.s_[2:5, 50:53]), field_with((2, 2)))
    assert found == frozenset()
    assert false == (1, 1, 0)


def test_a_blob_over_half_the_map_finds_nothing():
    found, false = judge(blobs(np.s_[0:40, 0:40]), field_with((2, 2)))
    assert found == frozenset()
    assert sum(false) == 1


def test_small_blobs_can_be_left_out():
    labels = blobs(np.s_[5:6, 5:6], np.s_[30:31, 5:7])
    assert judge(labels, field_with((2, 2)), least_pixels=3) == (frozenset(), (0, 0, 0))


def test_no_blob_is_nothing():
    assert judge(blobs(), field_with((2, 2))) == (frozenset(), (0, 0, 0))


def test_lower_thresholds_find_what_higher_ones_found():
    rng = np.random.default_rng(0)
    score = rng.random(SHAPE).astype(np.float32)
    score[5:9, 5:9] += 5.0
    score[0, 0] = np.nan
    curve = sweep(score, field_with((2, 2)), (1,))[1]
    assert curve[0].found == {0}
    assert curve[0].false == (0, 0, 0)
    assert sum(curve[-1].false) > 3
    assert [point.threshold for point in curve] == sorted((point.threshold for point in curve), reverse=True)


def test_the_area_leaves_changes_out():
    assert sum(field_with((2, 2)).megapixels()) == pytest.approx((40 * 60 - 100) / 1e6)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_intervals(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("snr", "index"), [(1.9, None), (2.0, 0), (7.9, 1), (8.0, 2), (1000.0, 3)])
def test_strata(snr, index):
    assert stratum_of(snr) == index


def test_the_hole_of_a_ring_is_within_its_extent():
    lats, lons = 65.0 - (np.arange(130) + 0.5), -180.0 + (np.arange(360) + 0.5)
    extent = extents([disc(inner=0.6, lon_e=0.5, lat=0.5)], lats, lons, 30.0)
    assert extent[64, 180] == 1
    assert extent[20, 180] == 0
