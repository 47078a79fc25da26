import numpy as np
import pytest

from iovolc.light.irmad import no_change_probability

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
