import numpy as np
import pytest

from iovolc.detect.clusters import Cluster
from iovolc.detect.skirts import reached
from iovolc.model.detection import Footprint
from small_grid import area_on, cap_km2, disc, small_grid

GRID = small_grid()


def cluster(**radii):
    """A change about the equator's seam, or about a pole."""
    places = {"equator": (0.0, 180.0), "north": (90.0, 0.0)}
    parts = tuple(
        (name, np.flatnonzero(disc(GRID.sheet(name), *places[name], radius)).astype(np.int32))
        for name, radius in radii.items()
    )
    return Cluster(-1, 0, 8.0, -2.0, 0.2, Footprint(parts))


WIDEST_KM = 600.0


def km2(masks, name):
    return area_on(GRID, Footprint(((name, np.flatnonzero(masks[name])),)))


@pytest.mark.parametrize("name", ["equator", "north"])
def test_a_change_wider_than_all_filters_reaches_half_its_depth_further(name):
    found = reached([cluster(**{name: 400.0})], GRID, WIDEST_KM)
    assert km2(found, name) == pytest.approx(cap_km2(600.0), rel=0.08)
    assert [other for other, mask in found.items() if mask.any()] == [name]


def test_it_reaches_across_the_seam():
    mask = reached([cluster(equator=400.0)], GRID, WIDEST_KM)["equator"]
    assert mask[:, 0].any()
    assert np.array_equal(mask[:, :60], mask[:, :-61:-1])


def test_a_smaller_one_is_its_footprint():
    small = cluster(equator=250.0)
    mask = reached([small], GRID, WIDEST_KM)["equator"]
    assert np.array_equal(np.flatnonzero(mask), small.footprint.pixels[0][1])


def test_a_web_of_lines_reaches_no_further_however_much_it_covers():
    sheet = GRID.sheet("equator")
    web = np.zeros(sheet.shape, bool)
    web[10:-10:20] = web[10:-10, ::20] = True
    pixels = np.flatnonzero(web).astype(np.int32)
    mask = reached([Cluster(-1, 0, 8.0, -2.0, 0.2, Footprint((("equator", pixels),)))], GRID, WIDEST_KM)["equator"]
    assert mask.sum() == web.sum()


def test_none_reaches_nothing():
    assert not any(mask.any() for mask in reached([], GRID, WIDEST_KM).values())
