import numpy as np
import pytest

from iovolc.detect.pyramid import Scale, expand, reduce_weighted, scales
from iovolc.model.grid import Grid
from small_grid import small_grid

GRID = Grid.at(8)


def test_scales_rise_in_equal_steps_up_to_the_largest():
    found = [scale.fwhm_km for scale in scales(GRID, 8.0, 600.0, 1.5)]
    np.testing.assert_allclose(np.divide(found[1:], found[:-1]), 1.5)
    assert found[0] == 8.0
    assert 400.0 < found[-1] <= 600.0


def test_no_scale_is_under_two_pixels():
    assert scales(GRID, 1.0, 600.0, 1.5)[0].fwhm_km == pytest.approx(2.0 * GRID.pixel_km)


def test_there_is_always_one_scale():
    assert [scale.fwhm_km for scale in scales(GRID, 50.0, 10.0, 1.5)] == [50.0]


def test_the_largest_is_among_the_scales_when_the_steps_lead_to_it():
    assert len(scales(GRID, 10.0, 80.0, 2.0)) == 4


@pytest.mark.parametrize("sheet", [*GRID.sheets, *small_grid().sheets], ids=lambda sheet: f"{sheet.name}{sheet.shape}")
def test_reduction_keeps_the_filter_sampled_and_divides_the_sheet(sheet):
    for scale in scales(GRID, 8.0, 600.0, 1.5):
        factor = scale.factor(sheet)
        assert sheet.shape[0] % factor == 0
        assert sheet.shape[1] % factor == 0
        assert factor == 1 or scale.sigma_km / (sheet.pixel_km * factor) >= 1.5


def test_wide_filters_are_reduced():
    assert Scale(8.0).factor(GRID.sheet("equator")) == 1
    assert Scale(600.0).factor(GRID.sheet("north")) >= 8


def test_reduction_sums_weights_products_and_pixels():
    generator = np.random.default_rng(0)
    difference = generator.standard_normal((8, 12)).astype(np.float32)
    weight = generator.random((8, 12)).astype(np.float32)
    weight[0, :5] = 0.0
    products, weights, counts = reduce_weighted(difference, weight, 4)
    blocks = [slice(4, 8), slice(8, 12)]
    assert products.shape == (2, 3)
    assert products[1, 2] == pytest.approx((difference * weight)[tuple(blocks)].sum(), rel=1e-5)
    assert weights.sum() == pytest.approx(weight.sum(), rel=1e-5)
    np.testing.assert_array_equal(counts, [[12, 15, 16], [16, 16, 16]])


def test_expanding_repeats_each_value():
    values = np.array([[1, 2], [3, 4]])
    np.testing.assert_array_equal(expand(values, 2), np.kron(values, np.ones((2, 2), int)))
    assert expand(values, 1) is values
