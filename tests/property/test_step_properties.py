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


@given(st.integers(0, 10_000), st.integers(9, 90), st.floats(0.0, 4.0))
@settings(max_examples=60, deadline=None)
def test_long_series_lose_nothing_to_the_ends_that_are_passed_over(seed, epochs, height):
    """Several blocks of ends, gaps, uneven errors, and a brief change that may hide in the noise."""
    rng = np.random.default_rng(seed)
    begin, end = np.sort(rng.choice(np.arange(epochs + 1), 2, replace=False))
    variance = rng.uniform(0.25, 4.0, epochs).astype(np.float32)
    values = (rng.standard_normal(epochs) * np.sqrt(variance)).astype(np.float32)
    values[begin:end] += np.float32(height)
    values[rng.random(epochs) < 0.3] = np.nan
    found = step_planes(values.reshape(-1, 1, 1), variance.reshape(-1, 1, 1), *thresholds(epochs), 10.0)
    known = np.flatnonzero(np.isfinite(values))
    plain = fit_step(values[known].astype(np.float64), variance[known].astype(np.float64))
    if plain is not None and plain.evidence > 0.0:
        ends = (*known.tolist(), epochs)
        evidence, amplitude, first, until = (plane[0, 0] for plane in found)
        np.testing.assert_allclose((evidence, amplitude), (plain.evidence, plain.amplitude), rtol=1e-4)
        assert (first, until) == (ends[plain.first], ends[plain.until])


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
