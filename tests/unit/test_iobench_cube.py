"""Pieces of the benchmark's cube that need no scene."""

import numpy as np
from benchmarks.iobench.cube import _residual_km, _without_rim, record_of, stated
from iobench_sample import plan


def test_rims_of_gaps_are_left_out_and_the_seam_is_none():
    plane = np.ones((20, 30), np.float32)
    plane[8:10, 14] = np.nan
    kept = np.isfinite(_without_rim(plane, 2))
    assert not kept[6:12, 12:17].any()
    assert kept.sum() == 20 * 30 - 6 * 5


def test_a_stated_registration_leaves_the_whole_warp():
    still = plan(shift_km=0.0, warp_km=0.0)
    moved = plan(shift_km=0.0, warp_km=10.0)
    seen = np.ones((260, 720), bool)
    assert _residual_km(still, stated(1.5), seen) < 1e-3
    assert 3.0 < _residual_km(moved, stated(1.5), seen) < 15.0


def test_the_record_says_what_the_plan_says():
    record = record_of(plan(3), "blue", "relative")
    assert (record.channel, record.quantity, record.psf_km) == ("blue", "relative", 60.0)
    assert record.time_utc == plan(3).time_utc
