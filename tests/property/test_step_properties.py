"""The step search at every pixel against the plain one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iovolc.detect.steps import fit_step, step_planes, thresholds

VALUES = st.lists(
    st.tuples(st.floats(-3, 3, width=32), st.floats(0.125, 4.0, width=32), st.booleans()), min_size=1, max_size=12
)


@given(VALUES)
@settings(max_examples=60, deadline=None)
def test_every_pixel_is_fitted_as_a_series_of_its_own(series):
    values, variance, seen = (np.array(part) for part in zip(*series, strict=True))
    shown = np.where(seen, values, np.nan).astype(np.float32).reshape(-1, 1, 1)
    found = step_planes(shown, variance.astype(np.float32).reshape(-1, 1, 1), *thresholds(len(series)), 10.0)
    evidence, amplitude, first, until = (plane[0, 0] for plane in found)
    known = np.flatnonzero(seen)
    plain = fit_step(values[known].astype(np.float64), variance[known].astype(np.float64))
    if plain is None:
        assert evidence == 0.0
        return
    np.testing.assert_allclose(evidence, plain.evidence, atol=2e-3)
    if plain.evidence > 0.5:
        ends = (*known.tolist(), len(series))
        if (ends[plain.first], ends[plain.until]) == (first, until):
            np.testing.assert_allclose(amplitude, plain.amplitude, atol=1e-3)


@given(VALUES, st.floats(-5, 5))
@settings(max_examples=40, deadline=None)
def test_a_common_offset_changes_nothing_and_a_mirror_only_the_sign(series, offset):
    values, variance, _ = (np.array(part, np.float64) for part in zip(*series, strict=True))
    plain = fit_step(values, variance)
    if plain is None:
        return
    moved, mirrored = fit_step(values + offset, variance), fit_step(-values, variance)
    np.testing.assert_allclose(moved.evidence, plain.evidence, atol=1e-6)
    np.testing.assert_allclose(mirrored.evidence, plain.evidence, atol=1e-6)
