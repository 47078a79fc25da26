import numpy as np

from iovolc import body
from iovolc.geometry.consistency import like_neighbours, near_one_motion
from iovolc.geometry.tiles import spread_frames
from iovolc.geometry.warpfield import tangent

POINTS = spread_frames(500.0).centre
SHIFT = np.cross([0.0, 0.0, 0.01], POINTS)


def with_outliers(every: int, size_km: float) -> tuple[np.ndarray, np.ndarray]:
    wrong = np.zeros(len(POINTS), dtype=bool)
    wrong[::every] = True
    rng = np.random.default_rng(0)
    away = tangent(rng.normal(size=POINTS.shape), POINTS)
    away *= size_km / body.RADIUS_KM / np.linalg.norm(away, axis=1, keepdims=True)
    return SHIFT + wrong[:, None] * away, wrong


def test_chance_matches_far_from_the_common_motion_are_left_out() -> None:
    displacements, wrong = with_outliers(every=4, size_km=120.0)
    np.testing.assert_array_equal(near_one_motion(POINTS, displacements, 60.0), ~wrong)


def test_a_smooth_warp_is_within_the_generous_threshold() -> None:
    warp = tangent(0.01 * np.sin(3.0 * POINTS[:, [1, 2, 0]]), POINTS)
    assert near_one_motion(POINTS, SHIFT + warp, 60.0).all()


def test_few_tiles_are_left_to_the_neighbours() -> None:
    assert near_one_motion(POINTS[:5], SHIFT[:5], 1.0).all()


def test_tile_unlike_its_neighbours_is_left_out() -> None:
    displacements, wrong = with_outliers(every=20, size_km=20.0)
    np.testing.assert_array_equal(like_neighbours(POINTS, displacements, 9.0), ~wrong)


def test_small_deviations_are_never_outliers() -> None:
    displacements, _ = with_outliers(every=20, size_km=3.0)
    assert like_neighbours(POINTS, displacements, 9.0).all()


def test_two_tiles_cannot_judge_each_other() -> None:
    assert like_neighbours(POINTS[:2], SHIFT[:2], 0.0).all()


def test_same_tiles_give_the_same_answer() -> None:
    displacements, _ = with_outliers(every=3, size_km=80.0)
    np.testing.assert_array_equal(
        near_one_motion(POINTS, displacements, 60.0), near_one_motion(POINTS, displacements, 60.0)
    )
