import numpy as np
import pytest
from scipy.ndimage import fourier_shift, gaussian_filter

from iovolc.geometry.phase import phase_peaks

SIZE = 32


def patches(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([gaussian_filter(rng.normal(size=(64, 64)), 1.2, mode="wrap") for _ in range(count)])


def moved(images: np.ndarray, col: float, row: float) -> np.ndarray:
    return np.stack([np.fft.ifft2(fourier_shift(np.fft.fft2(image), (row, col))).real for image in images])


def windowed(images: np.ndarray) -> np.ndarray:
    inner = images[:, 16:48, 16:48]
    window = np.hanning(SIZE + 2)[1:-1]
    return ((inner - inner.mean(axis=(1, 2), keepdims=True)) * window[:, None] * window).astype(np.float32)


@pytest.mark.parametrize(("col", "row"), [(0.0, 0.0), (2.3, -1.6), (-2.5, 0.4)])
def test_known_shift_is_found_to_a_tenth_of_a_pixel(col: float, row: float) -> None:
    images = patches(24)
    found = phase_peaks(windowed(images), windowed(moved(images, col, row)), max_shift_px=5, low_pass_cycles=0.2)
    assert abs(np.median(found.col_px) - col) < 0.1
    assert abs(np.median(found.row_px) - row) < 0.1
    assert np.median(found.ratio) > 2.0


def test_unrelated_patches_have_no_outstanding_peak() -> None:
    found = phase_peaks(windowed(patches(24)), windowed(patches(24, seed=9)), max_shift_px=5, low_pass_cycles=0.2)
    assert np.median(found.ratio) < 1.5


def test_search_stays_within_its_bound() -> None:
    images = patches(8)
    found = phase_peaks(windowed(images), windowed(moved(images, 6.0, 0.0)), max_shift_px=3, low_pass_cycles=0.2)
    assert np.all(np.abs(found.col_px) <= 3.5)


def test_empty_patches_have_no_peak() -> None:
    nothing = np.zeros((2, SIZE, SIZE), np.float32)
    found = phase_peaks(nothing, nothing, max_shift_px=4, low_pass_cycles=0.2)
    assert found.ratio.tolist() == [0.0, 0.0]
    assert found.col_px.tolist() == [0.0, 0.0]
