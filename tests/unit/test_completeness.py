"""Margins predicted from variance alone against what the filters answer; thresholds in significance."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iovolc.detect.completeness import Sensitivity, margin_per_contrast, seen_share
from iovolc.detect.curve import Curve
from iovolc.detect.matched import respond
from iovolc.detect.noise import Noise
from iovolc.detect.null import NullClusters
from iovolc.detect.pieces import Field
from iovolc.detect.pyramid import scales
from iovolc.detect.significance import Verdict, needed_z, p_values, would_pass
from small_grid import ALL_SLOW_UNCOMPILED, disc, small_grid

pytestmark = ALL_SLOW_UNCOMPILED

GRID = small_grid(2)
SCALES = scales(GRID, 0.0, 600.0, 1.5)
SIGMA = 0.1


def sensitivity(**changes):
    plain = {
        "scales": SCALES, "noise": (Noise(1.0, 1.0),) * len(SCALES), "sigma_floor": 0.02,
        "resolution_km": 1e-3,
        "relative": True, "needed_z": (5.0,) * len(SCALES),
    }  # fmt: skip
    return Sensitivity(**{**plain, **changes})


def predicted(size_km, name="equator", weight=None, floor=0.0, **changes):
    sheet = GRID.sheet(name)
    weight = np.full(sheet.shape, SIGMA**-2, np.float32) if weight is None else weight
    field = Field(np.zeros_like(weight), weight, np.ones(weight.shape, bool), terrain=floor)
    return margin_per_contrast(field, sheet, sensitivity(**changes), (size_km,))[size_km]


def test_smooth_errors_of_light_hide_little_of_what_is_told_against_its_surroundings():
    alone, against = (
        float(np.median(predicted(120.0, sigma_floor=0.2, relative=relative))) for relative in (True, False)
    )
    assert against > 2.0 * alone


def test_a_displaced_map_hides_changes_where_the_ground_slopes():
    sheet = GRID.sheet("equator")
    weight = np.full(sheet.shape, SIGMA**-2, np.float32)
    slope = np.zeros(sheet.shape, np.float32)
    slope[:, :360] = 0.01
    field = Field(np.zeros_like(weight), weight, np.ones(sheet.shape, bool), slopes=(slope, slope), shift_km=10.0)
    margin = margin_per_contrast(field, sheet, sensitivity(), (300.0,))[300.0]
    assert float(np.median(margin[:, 100:260])) < 0.3 * float(np.median(margin[:, 460:620]))


@pytest.mark.parametrize(
    ("name", "lat", "lon_e"), [("equator", 0.25, 0.25), ("equator", -45.25, 90.25), ("north", 80, 0)]
)
@pytest.mark.parametrize("size_km", [120.0, 300.0, 600.0])
def test_a_margin_is_what_the_best_filter_answers(name, lat, lon_e, size_km):
    sheet = GRID.sheet(name)
    change = disc(sheet, lat, lon_e, size_km / 2.0).astype(np.float32)
    weight = np.full(sheet.shape, SIGMA**-2, np.float32)
    answers = [respond(change, weight, sheet, scale) for scale in SCALES if scale.fwhm_km <= 1.5 * size_km]
    z = max(float((answer.amplitude / np.sqrt(answer.sigma**2 + 0.02**2)).max()) for answer in answers)
    margin = predicted(size_km, name)[disc(sheet, lat, lon_e, 60.0)]
    assert float(np.median(margin)) == pytest.approx(z / 5.0, rel=0.1)


def test_noise_floor_and_threshold_lower_the_margin():
    plain = float(np.median(predicted(300.0)))
    assert float(np.median(predicted(300.0, needed_z=(10.0,) * len(SCALES)))) == pytest.approx(plain / 2.0)
    assert float(np.median(predicted(300.0, noise=(Noise(3.0, 3.0),) * len(SCALES)))) < 0.8 * plain
    assert float(np.median(predicted(300.0, floor=0.2))) < 0.25 * plain
    assert float(np.median(predicted(120.0, resolution_km=240.0))) < 0.35 * float(np.median(predicted(120.0)))


def test_a_floor_that_varies_counts_where_it_is():
    floor = np.zeros(GRID.sheet("equator").shape, np.float32)
    floor[:, :360] = 0.5
    margin = predicted(300.0, floor=floor)
    assert float(np.median(margin[:, 100:260])) < 0.15 * float(np.median(margin[:, 460:620]))


def test_nothing_compared_no_margin():
    weight = np.full(GRID.sheet("equator").shape, SIGMA**-2, np.float32)
    weight[:, :360] = 0.0
    margin = predicted(120.0, weight=weight)
    assert (margin[:, 60:300] == 0.0).all()
    assert (margin[:, 420:660] > 0.0).all()


def test_scales_of_unknown_noise_are_left_out():
    noise = (Noise(math.nan, math.nan),) * len(SCALES)
    assert (predicted(300.0, noise=noise) == 0.0).all()


@given(st.floats(5.0, 500.0), st.floats(5.0, 500.0), st.floats(1.0, 200.0))
@settings(max_examples=50, deadline=None)
def test_a_larger_change_answers_more(size_km, scale_km, resolution_km):
    share = seen_share(size_km, scale_km, resolution_km)
    assert 0.0 < share <= 1.0
    assert share <= seen_share(1.2 * size_km, scale_km, resolution_km)
    assert share >= seen_share(size_km, scale_km, 1.2 * resolution_km)


@given(st.floats(0.5, 2.0), st.floats(0.02, 0.5), st.floats(0.05, 1.0))
@settings(max_examples=50, deadline=None)
def test_a_plainer_change_is_found_at_least_as_often(middle, width, ceiling):
    chance = Curve(middle, width, ceiling).probability(np.linspace(0.0, 4.0, 60))
    assert (np.diff(chance) >= 0.0).all()
    assert chance[0] == 0.0
    assert chance[-1] <= ceiling


def verdict(p, inflation=1.0):
    z = 3.9 + np.random.default_rng(0).exponential(0.25, 400)
    return Verdict(NullClusters(np.zeros(400, np.int64), z, np.ones(400), 2), np.array(p), inflation, ())


@pytest.mark.parametrize("others", [[], [0.5] * 50, [1e-6] * 10 + [0.4] * 40])
@pytest.mark.parametrize("inflation", [1.0, 1.5])
def test_what_is_needed_is_what_just_passes(others, inflation):
    held = verdict(others, inflation)
    (needed,) = needed_z(held, 1, 3.9, 0.1)
    p, _ = p_values(np.zeros(2, np.int64), np.array([0.999, 1.001]) * needed / inflation, held.null, 3.9)
    if needed > 3.9 * inflation:
        assert would_pass(p, held.p, 0.1).tolist() == [False, True]


def test_more_noise_clusters_need_more_and_real_ones_less():
    few, many, real = (
        needed_z(verdict(p), 1, 3.9, 0.1)[0] for p in ([0.5] * 10, [0.5] * 1000, [1e-7] * 500 + [0.5] * 500)
    )
    assert few < many
    assert real < many
