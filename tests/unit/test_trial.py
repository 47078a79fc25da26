"""Injections through the whole chain: what is predicted to be found nine times in ten is found about so often."""

from functools import lru_cache

import numpy as np
import pytest

from detect_scene import Change, frame_of, look, places_of
from iovolc.config import DetectConfig, LightConfig
from iovolc.detect.band import bands
from iovolc.detect.check import Check, check_curves, pooled
from iovolc.detect.completeness import SIZES_KM, coarse_maps
from iovolc.detect.curve import Curve, Curves, FittedCurve
from iovolc.detect.epoch import detect_epoch
from iovolc.detect.trial import STRONGEST, Epochs, plan_injections, sensitivity_maps, try_injections
from iovolc.geometry.sphere import distance_km
from iovolc.pipeline.reach import curves_of
from small_grid import ALL_SLOW_UNCOMPILED, small_grid

pytestmark = ALL_SLOW_UNCOMPILED

GRID = small_grid(2)
KNOWN = Change(20.0, 60.0, 300.0, -0.5, 2)


@lru_cache(maxsize=2)
def scene(quantity="iof"):
    frame, config = frame_of(GRID), DetectConfig()
    older = tuple(look(GRID, number, (KNOWN,), quantity=quantity) for number in range(2))
    newer = look(GRID, 2, (KNOWN,), quantity=quantity)
    change = detect_epoch(newer, older, frame, places_of(GRID), config, None, None, curves_of("packaged"))
    return (
        Epochs(newer, older, frame, config, LightConfig()),
        change,
        sensitivity_maps(change, GRID, (*SIZES_KM, 170.0)),
    )


def tried(margin, count, quantity="iof", seed=0, band=None, size_km=300.0):
    epochs, change, margins = scene(quantity)
    planned = plan_injections(
        change, margins, [(size_km, margin)] * count, epochs.frame, np.random.default_rng(seed), band
    )
    return try_injections(epochs, change, planned, band)


@pytest.mark.parametrize("quantity", ["iof", "relative"])
def test_what_is_predicted_at_nine_in_ten_is_found_about_so_often(quantity):
    _, change, _ = scene(quantity)
    margin = change.sensitivity.curve(curves_of("packaged"), 170.0).margin_at(0.9)
    trials = [trial for seed in range(2) for trial in tried(margin, 14, quantity, seed, size_km=170.0)]
    assert len(trials) >= 20
    assert 0.75 <= np.mean([trial.found for trial in trials]) <= 1.0


def test_plain_changes_are_found_and_faint_ones_are_not():
    assert np.mean([trial.found for trial in tried(2.2, 12)]) >= 0.9
    assert np.mean([trial.found for trial in tried(0.4, 12)]) <= 0.1


def test_injections_keep_off_what_really_changed():
    epochs, change, _ = scene()
    assert change.verdict.real
    for trial in tried(1.0, 14, seed=4):
        injection = trial.injection
        assert distance_km(injection.lat, injection.lon_e, KNOWN.lat, KNOWN.lon_e) > 400.0
        assert abs(injection.contrast) <= STRONGEST[False]
    assert epochs.newer.side.tone["equator"].max() < 5.0


def test_a_band_tells_the_same_as_the_whole():
    epochs, change, margins = scene()
    for band in bands(epochs.frame):
        low, high = band.lat_range
        trials = tried(2.2, 2, band=band)
        assert trials
        assert all(low < trial.injection.lat < high for trial in trials)
        assert np.mean([trial.found for trial in trials]) > 0.7
        assert band.frame.grid.sheets[0].shape[0] < 0.4 * GRID.sheets[0].shape[0]
    del change, margins


def test_nothing_planned_nothing_found():
    epochs, change, _ = scene()
    assert try_injections(epochs, change, []) == ()


def test_margins_grow_with_size_and_shrink_with_noise():
    _, change, margins = scene()
    for maps in margins.values():
        middle = [float(np.median(maps[size])) for size in sorted(maps)]
        assert middle == sorted(middle)
        assert middle[0] > 0.0
    assert min(change.sensitivity.needed_z) >= 3.9


def test_coarse_maps_hold_the_share_that_was_compared():
    _, change, margins = scene()
    where = {name: np.isfinite(sigma) for name, sigma in change.sigma.items()}
    where["equator"] = where["equator"] & (np.arange(GRID.sheets[0].shape[1]) < GRID.sheets[0].shape[1] // 2)
    coarse = coarse_maps(margins, where, GRID)
    assert coarse.share.shape == (180, 360)
    assert coarse.share[90, 90] == 1.0
    assert coarse.share[90, 270] == 0.0
    assert coarse.share[5].min() == 1.0
    assert coarse.margin[3, 90, 90] == pytest.approx(float(np.median(margins["equator"][300.0])), rel=0.3)
    assert (coarse.margin[:, 90, 270] == 0.0).all()


def test_a_check_contradicts_curves_that_promise_too_much():
    epochs, change, margins = scene()
    wrong = Curves((FittedCurve(False, 1.0, Curve(0.3, 0.05)),))
    sound, false = (check_curves(epochs, change, margins, curves) for curves in (curves_of("packaged"), wrong))
    assert false.found < false.expected
    many = pooled([false] * 8)
    assert many.injected == 8 * false.injected
    assert many.contradicts
    assert sound.found >= sound.expected - 3.0 * sound.variance**0.5


@pytest.mark.parametrize(
    ("found", "contradicts"), [(90, False), (80, True), (99, False), (100, True), (84, False)]
)  # fmt: skip
def test_a_check_allows_for_chance_and_for_trifles(found, contradicts):
    assert Check(100, found, 90.0, 9.0).contradicts is contradicts
