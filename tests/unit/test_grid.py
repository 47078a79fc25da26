import math

import numpy as np
import pyproj
import pytest

from iovolc import body
from iovolc.model.grid import PIXELS_PER_DEGREE, Grid, Window


@pytest.mark.parametrize("pixels_per_degree", PIXELS_PER_DEGREE)
def test_the_equator_goes_once_around(pixels_per_degree: int) -> None:
    equator = Grid.at(pixels_per_degree).sheet("equator")
    circumference_m = 2.0 * math.pi * body.RADIUS_M
    assert equator.shape[1] * equator.pixel_m == pytest.approx(circumference_m)
    assert -equator.left_m * 2.0 == pytest.approx(circumference_m)
    assert equator.wraps


@pytest.mark.parametrize("pixels_per_degree", PIXELS_PER_DEGREE)
@pytest.mark.parametrize(("name", "sign"), [("north", 1.0), ("south", -1.0)])
def test_polar_sheets_hold_everything_from_55_degrees(pixels_per_degree: int, name: str, sign: float) -> None:
    sheet = Grid.at(pixels_per_degree).sheet(name)
    to_map = pyproj.Transformer.from_crs(body.CRS_GEOGRAPHIC, sheet.crs, always_xy=True)
    x, y = to_map.transform(np.arange(-180.0, 180.0), np.full(360, sign * 55.0))
    assert np.max(np.abs([x, y])) <= sheet.top_m == -sheet.left_m
    assert not sheet.wraps


def test_the_equator_sheet_reaches_65_degrees() -> None:
    equator = Grid.at(8).sheet("equator")
    assert equator.top_m / body.RADIUS_M == pytest.approx(math.radians(65.0))
    assert equator.shape[0] * equator.pixel_m == pytest.approx(2.0 * equator.top_m)


def test_all_sheets_have_one_pixel_size() -> None:
    grid = Grid.at(8)
    assert grid.pixel_km == pytest.approx(3.974, abs=1e-3)
    assert {sheet.pixel_km for sheet in grid.sheets} == {grid.pixel_km}


def test_the_transform_leads_from_pixels_to_metres() -> None:
    sheet = Grid.at(4).sheet("north")
    a, b, c, d, e, f = sheet.transform
    assert (b, d) == (0.0, 0.0)
    assert (a * 0 + c, e * 0 + f) == (sheet.left_m, sheet.top_m)
    assert (a * sheet.shape[1] + c, e * sheet.shape[0] + f) == pytest.approx((-sheet.left_m, -sheet.top_m))


def test_tiles_cover_each_pixel_once() -> None:
    sheet = Grid.at(4).sheet("equator")
    seen = np.zeros(sheet.shape, int)
    for window in sheet.tiles(300):
        seen[window.slices] += 1
        assert max(window.shape) <= 300
    assert (seen == 1).all()


def test_a_window_knows_its_shape() -> None:
    window = Window(2, 5, 10, 14)
    assert np.zeros((20, 20))[window.slices].shape == window.shape == (3, 4)


def test_other_grids_and_sheets_are_refused() -> None:
    with pytest.raises(ValueError, match="must be one of"):
        Grid.at(5)
    with pytest.raises(KeyError):
        Grid.at(4).sheet("east")


def test_equal_grids_are_equal_values() -> None:
    assert Grid.at(8) == Grid.at(8)
    assert hash(Grid.at(8)) == hash(Grid.at(8))
    assert Grid.at(8) != Grid.at(16)
