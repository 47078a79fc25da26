"""The part of a sheet about a change, and the unchanged ground in it."""

import numpy as np
import pytest

from iovolc.detect.clusters import Cluster
from iovolc.detect.cutout import cut_out
from iovolc.model.detection import Footprint
from small_grid import disc, small_grid

GRID = small_grid()
SHEET = GRID.sheet("equator")


def about(lon_e, radius_km, neighbours=()):
    """The cutout about a disc at 5 degrees north, its mask, and that of all changes."""
    inside = disc(SHEET, 5.0, lon_e, radius_km)
    changed = np.logical_or.reduce([inside, *neighbours])
    plane = changed.astype(np.float32)
    cluster = Cluster(1, 0, 9.0, 1.0, 0.1, Footprint((("equator", np.flatnonzero(inside).astype(np.int32)),)))
    planes = {"equator": plane}
    return cut_out(cluster, planes, planes, planes, {"equator": changed}, GRID), inside, changed


@pytest.mark.parametrize(("lon_e", "radius_km"), [(20.0, 250.0), (179.0, 250.0), (-60.0, 1200.0)])
def test_the_cells_are_those_of_the_sheet_also_over_the_seam_and_with_wide_steps(lon_e, radius_km):
    cutout, inside, changed = about(lon_e, radius_km)
    assert (cutout.step > 1) == (radius_km > 1000.0)
    np.testing.assert_array_equal(cutout.difference, changed.ravel()[cutout.pixels])
    if cutout.step == 1:
        assert set(cutout.pixels[cutout.inside]) == set(np.flatnonzero(inside))


@pytest.mark.parametrize("lon_e", [20.0, 179.0])
def test_the_ground_is_what_no_change_takes_around_it(lon_e):
    neighbour = disc(SHEET, 5.0, lon_e - 17.0, 200.0)
    cutout, _, changed = about(lon_e, 250.0, [neighbour])
    assert (cutout.others & cutout.near).any()
    assert cutout.ground.size > 100
    assert np.unique(cutout.ground).size == cutout.ground.size
    assert not changed.ravel()[cutout.ground].any()
    assert cutout.distance[~np.isin(cutout.pixels, cutout.ground) & cutout.around & ~cutout.others].max() <= 0.5
