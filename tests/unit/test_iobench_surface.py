"""The map that scenes are drawn on lies where the one lies to which their epochs are registered."""

import numpy as np
import pytest
from benchmarks.iobench.surface import columns_apart
from scipy.ndimage import gaussian_filter, shift


@pytest.mark.parametrize("columns", [0.0, 0.35, -2.6])
def test_a_known_shift_of_longitude_is_told(columns):
    bands = np.random.default_rng(3).normal(size=(3, 180, 360)).astype(np.float32)
    bands = gaussian_filter(bands, (0, 1.5, 1.5), mode="wrap")
    west = shift(bands, (0, 0, -columns), order=3, mode="grid-wrap")
    assert columns_apart(bands, west) == pytest.approx(columns, abs=0.05)


def test_another_stretch_of_the_same_ground_is_not_a_shift():
    bands = gaussian_filter(np.random.default_rng(5).normal(size=(3, 180, 360)), (0, 1.5, 1.5), mode="wrap")
    assert columns_apart(bands, np.exp(3.0 * bands) + 7.0) == pytest.approx(0.0, abs=0.05)
