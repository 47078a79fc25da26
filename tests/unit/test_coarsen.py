import numpy as np
import pytest

from iovolc.geometry.coarsen import area_mean, coarsen
from iovolc.geometry.warp import sample
from iovolc.model.observation import Bounds, Disc, Placement, Projected

ROWS, COLS = 31, 62
DISC = Disc(0.0, 0.0, 0.0, 31.0, 15.0, 150.0, 1e6)
MAP = Projected("IAU_2015:50110", (30_000.0, 0.0, -930_000.0, 0.0, -30_000.0, 465_000.0))


def ramp() -> np.ndarray:
    return (np.arange(COLS)[None, :] + 2.0 * np.arange(ROWS)[:, None]).astype(np.float32)


@pytest.mark.parametrize("placement", [Bounds(-31.0, 31.0, 15.5, -15.5), MAP, DISC])
@pytest.mark.parametrize("factor", [2, 3])
def test_a_ramp_stays_where_it_is(placement: Placement, factor: int) -> None:
    coarse, moved = coarsen(ramp(), placement, factor)
    lat, lon_e = np.meshgrid([-5.0, 0.0, 4.0], [-9.0, 0.0, 7.0])
    assert coarse.size <= ramp().size / (factor - 0.5) ** 2
    np.testing.assert_allclose(sample(coarse, moved, lat, lon_e), sample(ramp(), placement, lat, lon_e), atol=0.05)


def test_factor_one_changes_nothing() -> None:
    pixels = ramp()
    assert coarsen(pixels, DISC, 1) == (pixels, DISC)


def test_mean_is_kept_when_shapes_do_not_divide() -> None:
    pixels = np.random.default_rng(1).normal(size=(7, 11)).astype(np.float32)
    np.testing.assert_allclose(area_mean(pixels, 3, 4).mean(), pixels.mean(), atol=1e-6)


def test_missing_pixels_do_not_leak() -> None:
    pixels = np.ones((4, 4), np.float32)
    pixels[0, 0] = np.nan
    pixels[2:, 2:] = np.nan
    pixels[3, 3] = 1.0
    np.testing.assert_array_equal(area_mean(pixels, 2, 2), [[1.0, 1.0], [1.0, np.nan]])


def test_factor_never_exceeds_the_image() -> None:
    coarse, _ = coarsen(np.ones((2, 5), np.float32), Bounds(0.0, 5.0, 2.0, 0.0), 50)
    assert coarse.shape[0] >= 1
