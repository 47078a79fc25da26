"""The largest value about each pixel, against scipy's filter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter

from iovolc.geometry.about import largest_about


@given(st.integers(1, 30), st.integers(1, 40), st.integers(1, 5), st.booleans(), st.integers(0, 2**32 - 1))
def test_it_is_scipys_filter(rows, cols, reach, wraps, seed):
    values = np.random.default_rng(seed).standard_normal((rows, cols)).astype(np.float32)
    plain = maximum_filter(values, 2 * reach + 1, mode=("nearest", "wrap" if wraps else "nearest"))
    np.testing.assert_array_equal(largest_about(values, reach, wraps=wraps), plain)


@pytest.mark.parametrize("wraps", [False, True])
def test_a_peak_on_the_seam_is_seen_from_both_sides_where_the_sheet_closes(wraps):
    values = np.zeros((3, 9), np.float32)
    values[1, 0] = 1.0
    assert largest_about(values, 1, wraps=wraps)[1].tolist() == [1.0, 1.0, *[0.0] * 6, float(wraps)]
