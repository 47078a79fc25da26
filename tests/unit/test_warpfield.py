import numpy as np
import pytest

from iovolc import body
from iovolc.geometry import radial
from iovolc.geometry.sphere import lat_lon, unit_vectors
from iovolc.geometry.tiles import spread_frames
from iovolc.geometry.warpfield import SMOOTHINGS, Field, fit, hold_out, rotation_of, tangent

POINTS = spread_frames(300.0).centre
FEW = spread_frames(450.0).centre


def warp(points: np.ndarray) -> np.ndarray:
    x, y, z = points.T
    return tangent(0.01 * np.stack((np.sin(2 * y), np.cos(2 * z), np.sin(2 * x)), axis=1), points)


def test_rotation_is_recovered() -> None:
    rotation = np.array([0.003, -0.002, 0.01])
    np.testing.assert_allclose(rotation_of(POINTS, np.cross(rotation, POINTS)), rotation, atol=1e-12)


def test_small_region_does_not_determine_a_twist() -> None:
    lat, lon_e = np.meshgrid(np.linspace(-4, 4, 5), np.linspace(-4, 4, 5))
    points = unit_vectors(lat, lon_e).reshape(-1, 3)
    found = rotation_of(points, np.cross([0.5, 0.0, 0.01], points))
    assert abs(found[0]) < 1e-3
    assert found[2] == pytest.approx(0.01, abs=1e-3)


def test_smooth_warp_is_met_between_the_tiles() -> None:
    field = fit(POINTS, warp(POINTS), 0.01)
    between = spread_frames(170.0).centre
    error_km = np.linalg.norm(field.at(between) - warp(between), axis=1) * body.RADIUS_KM
    assert np.median(error_km) < 0.15
    assert error_km.max() < 1.0


def test_field_is_tangent() -> None:
    field = fit(POINTS, warp(POINTS), 0.1)
    np.testing.assert_allclose(np.sum(field.at(POINTS) * POINTS, axis=1), 0.0, atol=1e-12)


def test_far_from_all_tiles_the_field_relaxes_to_the_shift() -> None:
    lat, lon_e = lat_lon(POINTS)
    near = (np.abs(lat) < 30.0) & (np.abs(lon_e) < 30.0)
    rng = np.random.default_rng(2)
    displacements = tangent(np.array([0.0, 0.01, 0.0]) + 0.004 * rng.normal(size=(near.sum(), 3)), POINTS[near])
    field = fit(POINTS[near], displacements, 0.3)
    opposite = unit_vectors([0.0, 10.0], [180.0, 170.0])
    shift = Field(field.rotation, np.zeros((0, 3))).at(opposite)
    assert np.linalg.norm(field.at(opposite) - shift, axis=1).max() * body.RADIUS_KM < 1.0


@pytest.fixture
def few_knots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holding out solves for the knots many times; without compilation it would cost minutes."""
    monkeypatch.setattr(radial, "KNOTS", 80)


@pytest.mark.usefixtures("few_knots")
def test_clean_tiles_ask_for_less_smoothing_than_noisy_ones() -> None:
    rng = np.random.default_rng(3)
    noisy = tangent(warp(FEW) + 0.01 * rng.normal(size=FEW.shape), FEW)
    clean = hold_out(FEW, warp(FEW), 450.0)
    rough = hold_out(FEW, noisy, 450.0)
    assert clean.smoothing == SMOOTHINGS[0]
    assert rough.smoothing > clean.smoothing


@pytest.mark.usefixtures("few_knots")
def test_held_out_residual_is_the_noise_not_the_misfit() -> None:
    rng = np.random.default_rng(4)
    noise = tangent(0.002 * rng.normal(size=FEW.shape), FEW)
    residuals = hold_out(FEW, warp(FEW) + noise, 450.0).residuals
    ratio = np.median(np.linalg.norm(residuals, axis=1)) / np.median(np.linalg.norm(noise, axis=1))
    assert 0.95 < ratio < 1.5


def test_tiles_in_one_block_are_all_held_out_against_nothing() -> None:
    points = unit_vectors(np.linspace(1, 5, 4), np.linspace(1, 5, 4))
    displacements = tangent(np.full((4, 3), 0.01), points)
    np.testing.assert_array_equal(hold_out(points, displacements, 300.0).residuals, displacements)
