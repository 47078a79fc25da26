import numpy as np
import pytest

from iovolc.geometry.sphere import distance_km, lat_lon
from iovolc.model.detection import Footprint
from iovolc.track.places import areas_km2, footprint_of, joined_places, places_of, vectors
from iovolc.track.regions import dilated, edge_pixels, joined, overlap
from track_sample import GRID, area_km2, cap, ring

WHERE = {
    "equator": (5.0, 20.0),
    "seam": (-20.0, 179.9),
    "north pole": (89.5, 10.0),
    "between sheets": (60.0, 45.0),
    "between sheets in the south": (-59.0, -179.0),
}


@pytest.mark.parametrize("where", WHERE)
def test_dilation_reaches_as_far_as_asked_everywhere(where):
    lat, lon_e = WHERE[where]
    grown = dilated(cap(lat, lon_e, 120.0), 60.0, GRID)
    expected = cap(lat, lon_e, 180.0)
    assert grown.area_km2 == pytest.approx(area_km2(expected), rel=0.06)
    shared = overlap(grown, dilated(expected, 0.0, GRID))
    assert shared.of_union > 0.9


@pytest.mark.parametrize("where", WHERE)
def test_dilation_by_nothing_leaves_the_footprint(where):
    footprint = cap(*WHERE[where], 120.0)
    same = dilated(footprint, 0.0, GRID)
    assert same.places.tolist() == places_of(footprint, GRID).tolist()
    assert same.area_km2 == pytest.approx(area_km2(footprint))


def test_overlap_is_by_area_and_names_its_parts():
    small, large = dilated(cap(0.0, 0.0, 60.0), 0.0, GRID), dilated(cap(0.0, 0.0, 120.0), 0.0, GRID)
    shared = overlap(small, large)
    assert shared.of_smaller == pytest.approx(1.0)
    assert shared.of_union == pytest.approx(small.area_km2 / large.area_km2)
    assert shared.of_second == pytest.approx(shared.of_union)
    assert overlap(large, small).of_second == pytest.approx(1.0)


def test_neighbours_on_both_sides_of_the_sheets_border_overlap_once_dilated():
    south, north = cap(58.5, 0.0, 40.0), cap(61.5, 0.0, 40.0)
    assert overlap(dilated(south, 0.0, GRID), dilated(north, 0.0, GRID)).of_union == 0.0
    assert overlap(dilated(south, 20.0, GRID), dilated(north, 20.0, GRID)).of_union > 0.02


@pytest.mark.parametrize("where", WHERE)
def test_regions_that_share_a_place_share_a_cell(where):
    lat, lon_e = WHERE[where]
    first, second = dilated(cap(lat, lon_e, 100.0), 0.0, GRID), dilated(cap(lat - 3.0, lon_e, 100.0), 0.0, GRID)
    assert overlap(first, second).of_union > 0.0
    assert first.cells & second.cells
    far = dilated(cap(-lat, lon_e + 90.0, 100.0), 0.0, GRID)
    assert not first.cells & far.cells


def test_union_counts_each_place_once():
    first, second = dilated(cap(0.0, 0.0, 100.0), 0.0, GRID), dilated(cap(0.0, 2.0, 100.0), 0.0, GRID)
    both = joined((first, second), GRID)
    shared = overlap(first, second)
    assert both.area_km2 == pytest.approx(first.area_km2 + second.area_km2 - shared.of_second * second.area_km2)


@pytest.mark.parametrize("where", WHERE)
def test_places_keep_their_direction_area_and_footprint(where):
    lat, lon_e = WHERE[where]
    footprint = cap(lat, lon_e, 150.0)
    places = places_of(footprint, GRID)
    km2 = areas_km2(places, GRID)
    centre = lat_lon(km2 @ vectors(places, GRID))
    assert distance_km(*centre, lat, lon_e) < 4.0
    assert km2.sum() == pytest.approx(area_km2(footprint))
    back = footprint_of(joined_places([footprint, footprint], GRID), GRID)
    assert [(name, pixels.tolist()) for name, pixels in back.pixels] == [
        (name, pixels.tolist()) for name, pixels in footprint.pixels
    ]
    assert all(pixels.dtype == np.int32 for _, pixels in back.pixels)


def test_edge_pixels_of_a_block_that_crosses_the_seam():
    cols = GRID.sheet("equator").shape[1]
    block = np.sort([row * cols + col % cols for row in range(100, 105) for col in range(-2, 3)]).astype(np.int32)
    assert edge_pixels(Footprint((("equator", block),)), GRID) == 16


def test_a_ring_has_two_edges():
    assert edge_pixels(ring(0.0, 0.0, 150.0, 300.0), GRID) > 1.3 * edge_pixels(cap(0.0, 0.0, 300.0), GRID)
