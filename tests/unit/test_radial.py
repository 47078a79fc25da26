import numpy as np

from iovolc.geometry import radial
from iovolc.geometry.tiles import spread_frames

POINTS = spread_frames(900.0).centre
CENTRES = radial.knots()


def test_knots_are_unit_vectors_spread_over_the_sphere() -> None:
    np.testing.assert_allclose(np.linalg.norm(CENTRES, axis=1), 1.0)
    np.testing.assert_allclose(CENTRES.mean(axis=0), 0.0, atol=0.01)


def test_kernel_is_one_at_its_knot_and_falls_off() -> None:
    kernels = radial.design(np.vstack((CENTRES[7], -CENTRES[7])), CENTRES)
    assert abs(kernels[7, 0] - 1.0) < 1e-6
    assert kernels[7, 1] < 0.1


def test_fit_agrees_with_a_plain_solver() -> None:
    values = np.sin(2.0 * POINTS[:, :2]).T.copy()
    kernels, roughness = radial.design(POINTS, CENTRES), radial.design(CENTRES, CENTRES)
    normal, right = radial.normal_equations(kernels, values)
    np.testing.assert_allclose(normal, kernels @ kernels.T)
    np.testing.assert_allclose(right, kernels @ values.T)
    found = radial.combine(kernels, radial.solve(normal, right, roughness, 0.1))
    direct = kernels.T @ np.linalg.solve(kernels @ kernels.T + 0.1 * roughness, kernels @ values.T)
    np.testing.assert_allclose(found, direct, atol=1e-6)


def test_more_smoothing_gives_a_smoother_sum() -> None:
    noise = np.random.default_rng(0).normal(size=(1, len(POINTS)))
    kernels, roughness = radial.design(POINTS, CENTRES), radial.design(CENTRES, CENTRES)
    normal, right = radial.normal_equations(kernels, noise)
    rough, smooth = (
        radial.combine(kernels, radial.solve(normal, right, roughness, weight)).std() for weight in (0.01, 3.0)
    )
    assert smooth < 0.7 * rough
