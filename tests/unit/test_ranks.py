import numpy as np
import pytest

from iovolc.light.ranks import normal_scores


def scores(plane, area=None):
    plane = plane.astype(np.float32)
    weights = np.ones(plane.shape) if area is None else area
    return normal_scores({"equator": plane}, {"equator": weights})["equator"]


@pytest.fixture
def picture():
    return np.random.default_rng(1).gamma(3.0, size=(60, 80))


def test_scores_are_standard_normal(picture):
    found = scores(picture)
    assert found.mean() == pytest.approx(0.0, abs=0.01)
    assert found.std() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("stretch", [np.sqrt, lambda x: 3.0 * x - 7.0, np.log1p])
def test_a_stretch_changes_nothing(picture, stretch):
    np.testing.assert_allclose(scores(stretch(picture)), scores(picture), atol=0.05)


def test_order_is_kept(picture):
    order = np.argsort(picture.ravel())
    assert (np.diff(scores(picture).ravel()[order]) >= 0).all()


def test_ties_share_their_middle_rank():
    found = scores(np.array([[0, 0], [1, 1]]))
    np.testing.assert_allclose(found, [[-0.6745, -0.6745], [0.6745, 0.6745]], atol=1e-3)


def test_rank_counts_area():
    found = scores(np.array([[0.0, 1.0]]), np.array([[3.0, 1.0]]))
    np.testing.assert_allclose(found, [[-0.3186, 1.1503]], atol=1e-3)


def test_pixels_of_another_sheet_get_a_score_without_counting():
    values = {"equator": np.array([[0.0, 1.0]], np.float32), "north": np.array([[1.0, 0.5]], np.float32)}
    areas = {"equator": np.ones((1, 2)), "north": np.zeros((1, 2))}
    found = normal_scores(values, areas)
    assert found["north"][0, 0] == found["equator"][0, 1]
    np.testing.assert_allclose(found["equator"], [[-0.6745, 0.6745]], atol=1e-3)


def test_gaps_stay_gaps(picture):
    picture[3:9, 5:20] = np.nan
    np.testing.assert_array_equal(np.isnan(scores(picture)), np.isnan(picture))


def test_a_map_without_pixels_or_of_one_tone():
    assert np.isnan(scores(np.full((2, 3), np.nan))).all()
    np.testing.assert_allclose(scores(np.full((2, 3), 7.0)), 0.0, atol=1e-6)
