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


def km2(masks, name):
    return area_on(GRID, Footprint(((name, np.flatnonzero(masks[name])),)))


@pytest.mark.parametrize("name", ["equator", "north"])
def test_a_change_reaches_half_a_radius_further_than_its_footprint(name):
    found = reached([cluster(**{name: 400.0})], GRID)
    assert km2(found, name) == pytest.approx(cap_km2(600.0), rel=0.06)
    assert [other for other, mask in found.items() if mask.any()] == [name]


def test_it_reaches_across_the_seam():
    mask = reached([cluster(equator=400.0)], GRID)["equator"]
    assert mask[:, 0].any()
    assert np.array_equal(mask[:, :60], mask[:, :-61:-1])


def test_a_small_one_reaches_two_pixels_further():
    before, after = (
        np.ptp(np.nonzero(mask)[0])
        for mask in (disc(GRID.sheet("equator"), 0.0, 180.0, 50.0), reached([cluster(equator=50.0)], GRID)["equator"])
    )
    assert after - before == 4


def test_none_reaches_nothing():
    assert not any(mask.any() for mask in reached([], GRID).values())
