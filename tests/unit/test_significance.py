import numpy as np
import pytest
from scipy.stats import kstest

from iovolc.detect.null import NullClusters, Spectrum, null_clusters
from iovolc.detect.significance import PRIOR_PEAKS, SHAPE_PRIOR_SIGMA, fit_tail, p_values, q_values, survival
from small_grid import search_on, slow_uncompiled, small_grid, white_fields

SEED_Z = 3.0


def exponential(count, seed, scale=0.3):
    return SEED_Z + np.random.default_rng(seed).exponential(scale, count)


def null_of(z, scale=None):
    which = np.zeros(len(z), np.int64) if scale is None else np.asarray(scale, np.int64)
    return NullClusters(which, np.asarray(z, float), np.full(len(z), 50.0), 2)


def test_a_large_exponential_sample_gives_its_own_scale_and_hardly_any_shape():
    tail = fit_tail(exponential(20_000, 1), SEED_Z)
    assert tail.scale == pytest.approx(0.3, rel=0.05)
    assert tail.shape < 0.03
    assert tail.count == 20_000


def test_one_freak_peak_in_a_small_sample_does_not_make_the_tail_heavy():
    z = np.append(exponential(60, 2), SEED_Z + 3.0)
    assert fit_tail(z, SEED_Z).shape < SHAPE_PRIOR_SIGMA


def test_a_tail_that_is_heavy_beyond_doubt_stays_heavy():
    uniform = np.random.default_rng(3).random(20_000)
    z = SEED_Z + 0.3 * (uniform**-0.3 - 1.0) / 0.3
    assert fit_tail(z, SEED_Z).shape == pytest.approx(0.3, abs=0.07)


def test_the_tail_is_never_taken_to_end():
    tail = fit_tail(SEED_Z + np.random.default_rng(4).random(5000), SEED_Z)
    assert tail.shape == 0.0
    assert survival(tail, np.array([SEED_Z + 1.5]), SEED_Z)[0] > 0


def test_the_shape_is_surer_than_its_prior_and_surer_with_more_peaks():
    few, many = (fit_tail(exponential(n, 5), SEED_Z).shape_sigma for n in (50, 5000))
    assert many < few < SHAPE_PRIOR_SIGMA


def test_no_p_value_is_below_what_the_sample_supports():
    tail = fit_tail(exponential(99, 6), SEED_Z)
    assert survival(tail, np.array([60.0]), SEED_Z)[0] == tail.floor
    assert tail.floor == pytest.approx(1.0 / (1000.0 * (99 + PRIOR_PEAKS)))


def test_without_null_clusters_the_tail_of_a_gaussian_field_is_taken():
    p, tails = p_values(np.array([0, 0]), np.array([SEED_Z + 1.0, SEED_Z + 20.0]), null_of([]), SEED_Z)
    assert p[0] == pytest.approx(np.exp(-SEED_Z))
    assert p[1] == tails[0].floor == pytest.approx(1.0 / (1000.0 * PRIOR_PEAKS))
    assert tails[0].count == 0


def test_a_scale_with_its_own_peaks_is_judged_by_them():
    z = np.concatenate([exponential(100, 7, 0.2), exponential(100, 8, 0.8)])
    null = null_of(z, np.repeat([0, 1], 100))
    p, tails = p_values(np.array([0, 1]), np.array([SEED_Z + 1.0] * 2), null, SEED_Z)
    assert p[0] < 0.02
    assert p[1] > 0.15
    assert tails[0].count == tails[1].count == 100


def test_a_scale_without_peaks_borrows_from_its_neighbours_first():
    null = null_of(np.concatenate([exponential(60, 9, 0.2), exponential(60, 10, 0.8)]), np.repeat([1, 9], 60))
    _, tails = p_values(np.array([2]), np.array([SEED_Z + 1.0]), null, SEED_Z)
    assert tails[2].count == 60
    assert tails[2].scale == pytest.approx(0.2, rel=0.3)


@slow_uncompiled
def test_clusters_of_other_surrogates_have_uniform_p_values():
    grid = small_grid()
    search = search_on(grid, largest_km=800.0, seed_z=SEED_Z, grow_z=2.0)
    fields = white_fields(grid, 1)
    spectrum = Spectrum((0.0, 80.0, 300.0), (1.0, 0.3, 0.1))
    null, fresh = (null_clusters(fields, grid, search, spectrum, (seed,), 4) for seed in (1, 2))
    p, _ = p_values(fresh.scale, fresh.z, null, SEED_Z)
    assert len(p) > 100
    assert kstest(p, "uniform").pvalue > 0.01
    assert abs(np.mean(p < 0.1) - 0.1) < 0.05


def test_q_values_are_benjamini_hochberg():
    assert q_values(np.array([0.01, 0.02, 0.03, 0.9])) == pytest.approx([0.04, 0.04, 0.04, 0.9])
    assert len(q_values(np.empty(0))) == 0
