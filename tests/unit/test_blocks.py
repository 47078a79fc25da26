import numpy as np
import pytest

from iovolc import body
from iovolc.detect.clusters import owned_pixels
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.light.blocks import block_means, block_places
from iovolc.model.grid import Grid
from small_grid import small_grid

GRID = small_grid()
OWNED = owned_pixels(GRID)


def constant(value):
    return {sheet.name: np.full(sheet.shape, value, np.float32) for sheet in GRID.sheets}


def test_blocks_cover_io_once():
    places = block_places(GRID, OWNED)
    assert places.area_km2.sum() == pytest.approx(4.0 * np.pi * body.RADIUS_KM**2, rel=5e-3)


def test_about_ten_thousand_blocks_whatever_the_grid():
    four = Grid.at(4)
    count = len(block_places(four, owned_pixels(four)).lat)
    assert 5_000 < len(block_places(GRID, OWNED).lat) < 20_000
    assert 5_000 < count < 20_000


def test_means_lie_at_their_places():
    places = block_places(GRID, OWNED)
    found = block_means({sheet.name: pixel_lat_lon(sheet)[0].astype(np.float32) for sheet in GRID.sheets}, OWNED, GRID)
    inside = np.isfinite(found)
    np.testing.assert_allclose(found[inside], places.lat[inside], atol=2.0)
    assert (inside[places.area_km2 > 0]).mean() > 0.99
    assert not inside[places.area_km2 == 0].any()


def test_a_block_needs_half_of_its_pixels():
    values = constant(1.0)
    values["equator"][60, 100] = np.nan
    values["equator"][61, 100:102] = np.nan
    values["equator"][60:62, 110] = np.nan
    before = block_means(constant(1.0), OWNED, GRID)
    after = block_means(values, OWNED, GRID)
    assert np.isnan(after).sum() == np.isnan(before).sum() + 1


def test_gaps_do_not_move_the_mean():
    values = constant(5.0)
    values["equator"][::2, ::2] = np.nan
    found = block_means(values, OWNED, GRID)
    np.testing.assert_allclose(found[np.isfinite(found)], 5.0, rtol=1e-6)


def test_an_absent_sheet_has_no_means():
    values = constant(1.0)
    del values["north"]
    found = block_means(values, OWNED, GRID)
    places = block_places(GRID, OWNED)
    assert np.isnan(found[places.lat > 62.0]).all()
    assert np.isfinite(found[(places.lat < -62.0) & (places.area_km2 > 0)]).all()
