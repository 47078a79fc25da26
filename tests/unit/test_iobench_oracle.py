"""The ceiling: a template that knows the change answers in units of its own scatter elsewhere."""

import math

import numpy as np
from benchmarks.iobench.oracle import template_snr
from benchmarks.iobench.render import shown_places
from benchmarks.iobench.score import extents
from iobench_sample import disc

LATS, LONS = shown_places(2.0)
TRUTH = disc(lat=10.0, lon_e=30.0)


def difference(contrast, noise, seed=0):
    weight = TRUTH.weight(*np.meshgrid(LATS, LONS, indexing="ij"))
    rng = np.random.default_rng(seed)
    return (contrast * weight + noise * rng.standard_normal(weight.shape)).astype(np.float32)


def answer(plane):
    return template_snr(TRUTH, plane, extents([TRUTH], LATS, LONS, 30.0), LATS, LONS)


def test_in_white_noise_it_is_contrast_times_root_of_pixels_less_what_the_surroundings_cost():
    inside = TRUTH.weight(*np.meshgrid(LATS, LONS, indexing="ij")).sum()
    found = np.mean([answer(difference(-0.2, 0.2, seed)) for seed in range(6)])
    assert 0.6 < found / math.sqrt(inside) < 1.0


def test_without_a_change_it_scatters_about_zero():
    answers = [answer(difference(0.0, 0.2, seed)) for seed in range(12)]
    assert abs(np.mean(answers)) < 1.0
    assert max(map(abs, answers)) < 4.5


def test_the_wrong_sign_is_negative():
    assert answer(difference(0.2, 0.1)) < -5.0


def test_what_is_not_seen_has_no_answer():
    assert math.isnan(answer(np.full((len(LATS), len(LONS)), np.nan, np.float32)))
