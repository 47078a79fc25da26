import numpy as np
import pytest

from iovolc import body
from iovolc.demo.disturb import displaced, light_residual, lost
from iovolc.demo.view import unit_vectors

LAT, LON = (grid.ravel() for grid in np.meshgrid(np.arange(-88.0, 89.0, 4.0), np.arange(-180.0, 180.0, 4.0)))
VECTORS = unit_vectors(LAT, LON)
AREA = np.cos(np.radians(LAT))


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def moved_km(shift_km: float, warp_km: float, seed: int) -> np.ndarray:
    moved = displaced(VECTORS, shift_km, warp_km, generator(seed))
    return np.linalg.norm(moved / np.linalg.norm(moved, axis=0) - VECTORS, axis=0) * body.RADIUS_KM


def test_the_shift_has_the_length_asked_for() -> None:
    assert moved_km(8.0, 0.0, 1).max() == pytest.approx(8.0, rel=0.03)


def test_the_warp_has_the_rms_asked_for() -> None:
    rms = [np.sqrt(np.average(moved_km(0.0, 5.0, seed) ** 2, weights=AREA)) for seed in range(12)]
    assert np.mean(rms) == pytest.approx(5.0, rel=0.2)


def test_the_warp_is_smooth() -> None:
    near = unit_vectors(np.array([10.0, 10.0]), np.array([50.0, 51.0]))
    moved = displaced(near, 0.0, 5.0, generator()) - near
    assert np.linalg.norm(moved[:, 0] - moved[:, 1]) * body.RADIUS_KM < 1.5


def test_a_place_moves_the_same_in_any_company() -> None:
    some = displaced(VECTORS[:, ::7], 3.0, 4.0, generator())
    assert np.array_equal(some, displaced(VECTORS, 3.0, 4.0, generator())[:, ::7])


def test_light_residual_has_its_rms_and_no_mean() -> None:
    lit = VECTORS[0] > 0.2
    light = light_residual(VECTORS[0, lit], VECTORS[0, lit], VECTORS[:, lit], 0.03, generator())
    assert np.sqrt(np.mean(light**2)) == pytest.approx(0.03, rel=1e-3)
    assert light.mean() == pytest.approx(0.0, abs=1e-4)


def test_a_flat_view_has_no_light_residual() -> None:
    one = VECTORS[:, :1]
    assert light_residual(one[0], one[0], one, 0.03, generator()) == pytest.approx([0.0])


def test_strips_are_lost_only_if_asked_for() -> None:
    assert not lost(VECTORS, 0, generator()).any()
    dense = unit_vectors(*np.meshgrid(np.arange(-80.0, 80.0, 0.5), np.arange(0.0, 360.0, 0.5)))
    share = lost(dense.reshape(3, -1), 3, generator()).mean()
    assert 0.003 < share < 0.1
