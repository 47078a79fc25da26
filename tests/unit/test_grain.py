import numpy as np
import pytest
from tests.small_grid import ALL_SLOW_UNCOMPILED

from iovolc.geometry.grain import tone_and_grain

pytestmark = ALL_SLOW_UNCOMPILED


def test_noise_has_grain_and_straight_edges_have_none() -> None:
    pixels = np.zeros((40, 80), np.float32)
    pixels[:, 20:40] = 50.0
    pixels[:, 40:] = np.random.default_rng(0).normal(size=(40, 40)).astype(np.float32)
    tone, grain = tone_and_grain(pixels, 2, 4)
    assert tone[:, :2].tolist() == [[0.0, 50.0], [0.0, 50.0]]
    assert (grain[:, 0] == 0.0).all()
    # The mean size of the sum of four normal deviates.
    assert grain[:, 3] == pytest.approx(np.sqrt(8.0 / np.pi), rel=0.1)


def test_cells_with_less_than_half_of_their_pixels_are_unknown() -> None:
    pixels = np.ones((20, 20), np.float32)
    pixels[:, 7:] = np.nan
    tone, grain = tone_and_grain(pixels, 2, 2)
    assert tone[:, 0].tolist() == [1.0, 1.0]
    assert np.isnan(tone[:, 1]).all()
    assert np.isnan(grain[:, 1]).all()
