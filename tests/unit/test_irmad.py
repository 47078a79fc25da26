import numpy as np
import pytest
from benchmarks.speed.reference import ir_mad
from scipy.stats import chi2

from iovolc.light.irmad import chances, median, no_change_probability, squared_distance, weigh

PLACES, BANDS = 4000, 3


@pytest.fixture
def scene():
    generator = np.random.default_rng(3)
    mixing = np.array([[1.0, 0.6, 0.3], [0.0, 0.8, 0.5], [0.0, 0.0, 0.4]])
    surface = generator.standard_normal((PLACES, BANDS)) @ mixing
    first = surface + 0.05 * generator.standard_normal(surface.shape)
    second = surface + 0.05 * generator.standard_normal(surface.shape)
    changed = np.zeros(PLACES, bool)
    changed[: PLACES // 10] = True
    second[changed] += np.array([1.0, -0.8, 1.2])
    return first, second, changed


def chance(first, second, weight=None):
    return no_change_probability(first, second, np.ones(len(first)) if weight is None else weight)


def test_changed_places_get_a_low_probability_and_others_a_high_one(scene):
    first, second, changed = scene
    found = chance(first, second)
    assert np.median(found[changed]) < 1e-6
    assert 0.3 < np.median(found[~changed]) < 0.7
    assert (found[~changed] < 0.01).mean() < 0.03


@pytest.mark.parametrize("seed", range(3))
def test_gains_offsets_and_mixtures_of_bands_do_not_matter(scene, seed):
    first, second, _ = scene
    generator = np.random.default_rng(seed)
    mixed = second @ (np.eye(BANDS) + 0.4 * generator.standard_normal((BANDS, BANDS))) * 30.0 + 500.0
    np.testing.assert_allclose(chance(first, mixed), chance(first, second), atol=0.03)


def test_the_two_images_are_equals(scene):
    first, second, _ = scene
    np.testing.assert_allclose(chance(second, first), chance(first, second), atol=0.02)


def test_the_images_may_differ_in_bands(scene):
    first, second, changed = scene
    found = chance(first[:, :2], second)
    assert np.median(found[changed]) < np.median(found[~changed]) - 0.3


def test_places_without_data_or_weight_are_unknown(scene):
    first, second, _ = scene
    first[7, 1], second[8, 0] = np.nan, np.nan
    weight = np.ones(PLACES)
    weight[9] = 0.0
    found = chance(first, second, weight)
    assert np.isnan(found[7:10]).all()
    assert np.isfinite(np.delete(found, [7, 8, 9])).all()


def test_too_few_places_tell_nothing(scene):
    first, second, _ = scene
    assert np.isnan(chance(first[:100], second[:100])).all()


def test_an_image_against_itself_has_not_changed(scene):
    first, _, _ = scene
    assert chance(first, first).min() > 0.5


@pytest.mark.parametrize("freedom", [2, 3, 4, 7])
def test_weights_by_cubics_are_those_of_the_closed_form(freedom):
    observed = np.concatenate((np.linspace(0.0, 150.0, 5001), [1e3, 1e9]))
    found, weight = np.empty(observed.size), np.linspace(0.5, 2.0, observed.size)
    weigh(weight, observed, 1.0 / 1.3, chances(freedom), found)
    np.testing.assert_allclose(found, weight * chi2.sf(observed / 1.3, freedom), rtol=0.0, atol=1e-8)
    assert found.min() >= 0.0


@pytest.mark.parametrize("size", [1, 2, 7, 1000, 40_001, 40_002])
@pytest.mark.parametrize("order", ["mixed", "rising", "alike"])
def test_the_median_is_that_of_numpy_to_the_bit(size, order):
    values = np.random.default_rng(size).chisquare(3, size)
    values = {"mixed": values, "rising": np.sort(values), "alike": np.round(values)}[order]
    assert median(values) == np.median(values)


def test_the_median_is_right_where_the_sample_misleads():
    values = np.random.default_rng(1).chisquare(3, 40_000)
    values[:: values.size // 2001] = 100.0
    assert median(values) == np.median(values)


@pytest.mark.parametrize(("bands", "variates"), [(2, 2), (3, 3), (5, 2), (6, 3)])
def test_squared_distances_are_those_of_numpy(bands, variates):
    generator = np.random.default_rng(bands)
    joint, mean = generator.standard_normal((bands, 700)), generator.standard_normal(bands)
    transform, spread = generator.standard_normal((bands, variates)), generator.uniform(0.5, 2.0, variates)
    found = np.empty(700)
    squared_distance(joint, mean, transform, spread, found)
    np.testing.assert_allclose(found, ((transform.T @ (joint - mean[:, None])) ** 2 / spread[:, None]).sum(axis=0))


def test_the_passes_over_blocks_give_what_whole_arrays_give(scene):
    first, second, _ = scene
    weight = np.random.default_rng(4).uniform(0.5, 1.0, PLACES)
    np.testing.assert_allclose(chance(first, second, weight), ir_mad(first, second, weight), rtol=0.0, atol=1e-7)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_image_of_one_value_tells_nothing(value):
    generator = np.random.default_rng(1)
    varied, flat = generator.normal(size=(400, 2)), np.full((400, 2), value)
    for one, other in ((varied, flat), (flat, varied), (flat, flat)):
        assert np.isnan(no_change_probability(one, other, np.ones(400))).all()
