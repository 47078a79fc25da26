import numpy as np

from iovolc.geometry.contrast import aligned_correlation, features


def patch(seed: int = 0, size: int = 20) -> np.ndarray:
    return np.random.default_rng(seed).normal(100.0, 10.0, (1, size, size)).astype(np.float32)


def test_contrast_does_not_depend_on_gain_and_offset() -> None:
    contrast, gradient, plain = features(patch(), 5, 0.1)
    brighter = features(3.0 * patch() + 40.0, 5, 0.1)
    np.testing.assert_allclose(brighter[0], contrast, atol=1e-3)
    np.testing.assert_allclose(brighter[1], gradient, atol=1e-3)
    np.testing.assert_allclose(brighter[2], plain, atol=1e-3)


def test_brightness_ramp_is_removed() -> None:
    ramp = np.broadcast_to(np.arange(20, dtype=np.float32), (1, 20, 20)).copy()
    _, _, plain = features(ramp, 5, 0.1)
    assert np.abs(plain[0, 6:14, 6:14]).max() < 1e-4


def test_missing_pixels_become_zero_and_leave_the_rest_alone() -> None:
    holed = patch()
    holed[0, 4:8, 4:8] = np.nan
    contrast, gradient, plain = features(holed, 3, 0.1)
    assert np.isnan(plain[0, 5, 5])
    assert contrast[0, 5, 5] == 0.0
    assert np.isfinite(contrast).all()
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(plain[0, 14:, 14:], features(patch(), 3, 0.1)[2][0, 14:, 14:], rtol=0.05, atol=0.05)


def test_features_have_zero_mean_and_end_softly() -> None:
    contrast, gradient, _ = features(patch(), 5, 0.1)
    for values in (contrast, gradient):
        assert abs(values.mean()) < 1e-3
        assert np.abs(values[0, 0]).max() < 0.1


def test_no_data_at_all_gives_zeros() -> None:
    contrast, gradient, plain = features(np.full((1, 8, 8), np.nan, np.float32), 2, 0.1)
    assert not contrast.any()
    assert not gradient.any()
    assert np.isnan(plain).all()


def test_moved_copy_correlates_fully_after_alignment() -> None:
    first = patch()
    second = np.roll(first, (2, -3), axis=(1, 2))
    second[0, 12, 12] = np.nan
    aligned = aligned_correlation(first, second, np.array([-3.2]), np.array([1.8]))
    apart = aligned_correlation(first, second, np.array([0.0]), np.array([0.0]))
    assert aligned[0] > 0.999
    assert abs(apart[0]) < 0.3


def test_flat_patches_do_not_correlate() -> None:
    flat = np.ones((1, 6, 6), np.float32)
    assert aligned_correlation(flat, flat, np.zeros(1), np.zeros(1)).tolist() == [0.0]
