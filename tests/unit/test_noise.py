"""Noise told from a picture alone."""

import numpy as np
import pytest

from iovolc.light.noise import WINDOW_PX, pixel_noise


def terrain(shape, seed=0):
    """Smooth ground with a slope, a straight edge and dark patches."""
    rng = np.random.default_rng(seed)
    row, col = np.indices(shape)
    ground = 0.5 + 0.002 * row - 0.001 * col + 0.2 * (col > shape[1] // 3)
    for r, c in rng.uniform(0, min(shape), (6, 2)):
        ground[np.hypot(row - r, col - c) < 5] *= 0.4
    return ground.astype(np.float32)


@pytest.mark.parametrize("sigma", [0.003, 0.03, 0.3])
def test_white_noise_is_measured_over_slopes_edges_and_patches(sigma):
    noise = np.random.default_rng(1).standard_normal((160, 192), dtype=np.float32)
    found = pixel_noise(terrain(noise.shape) + np.float32(sigma) * noise)
    assert found.shape == noise.shape
    assert np.median(found) == pytest.approx(sigma, rel=0.05)
    assert np.all(np.abs(found / sigma - 1.0) < 0.3)


def test_noise_differs_from_place_to_place():
    noise = np.random.default_rng(2).standard_normal((4 * WINDOW_PX, 8 * WINDOW_PX), dtype=np.float32)
    noise[:, 4 * WINDOW_PX :] *= 10.0
    found = pixel_noise(noise)
    assert np.median(found[:, : 3 * WINDOW_PX]) == pytest.approx(1.0, rel=0.1)
    assert np.median(found[:, 5 * WINDOW_PX :]) == pytest.approx(10.0, rel=0.1)


def test_places_hardly_seen_tell_nothing_and_do_not_spoil_others():
    value = np.random.default_rng(3).standard_normal((3 * WINDOW_PX, 2 * WINDOW_PX + 5), dtype=np.float32)
    value[:WINDOW_PX, :WINDOW_PX] = np.nan
    found = pixel_noise(value)
    assert np.isnan(found[: WINDOW_PX - 1, : WINDOW_PX - 1]).all()
    assert np.isfinite(found[WINDOW_PX : 2 * WINDOW_PX, :WINDOW_PX]).all()
