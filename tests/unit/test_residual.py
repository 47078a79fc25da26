import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.residual import residual_of, residual_of_shift, sigma_at, spread_km
from iovolc.geometry.sphere import unit_vectors
from iovolc.geometry.tiles import spread_frames
from iovolc.geometry.warpfield import tangent

POINTS = spread_frames(300.0).centre


def noise(sigma_km: float, points: np.ndarray, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return tangent(rng.normal(0.0, sigma_km / body.RADIUS_KM, points.shape), points)


def test_spread_is_one_sigma_per_axis() -> None:
    assert spread_km(POINTS, noise(3.0, POINTS)) == pytest.approx(3.0, rel=0.1)


def test_spread_ignores_a_few_gross_errors() -> None:
    vectors = noise(3.0, POINTS)
    vectors[::20] *= 50.0
    assert spread_km(POINTS, vectors) == pytest.approx(3.0, rel=0.2)


def test_sigma_is_local() -> None:
    east = POINTS[:, 1] > 0.0
    vectors = np.where(east[:, None], noise(5.0, POINTS), noise(1.0, POINTS))
    residual = residual_of(POINTS, vectors, noise(8.0, POINTS), 10.0, 255.0)
    rough, quiet = sigma_at(residual, unit_vectors([0.0, 0.0], [90.0, -90.0]))
    assert rough > 3.5
    assert quiet < 2.5
    assert residual.sigma_km == pytest.approx(2.0, abs=1.0)


def test_far_from_tiles_the_error_of_the_plain_shift_holds() -> None:
    half = POINTS[POINTS[:, 2] > 0.5]
    residual = residual_of(half, noise(1.0, half), noise(8.0, half), 10.0, 255.0)
    near, far = sigma_at(residual, unit_vectors([80.0, -80.0], [0.0, 0.0]))
    assert near < 2.5
    assert far == pytest.approx(8.0, rel=0.2)


def test_few_tiles_lean_on_the_label() -> None:
    points = POINTS[100:104]
    trusting = residual_of_shift(points, noise(1.0, points), 2.0)
    doubting = residual_of_shift(points, noise(1.0, points), 20.0)
    assert trusting.sigma_km < 3.0
    assert doubting.sigma_km > 10.0
    np.testing.assert_array_equal(sigma_at(doubting, POINTS[:3]), np.full(3, doubting.sigma_km))
