"""Footprints as polygons: valid and of the right area, also over a pole and across 180 degrees."""

import numpy as np
import pytest
import shapely
from publish_sample import GRID, PLACES, cap_footprint

from iovolc import body
from iovolc.geometry.sphere import pixel_area_km2
from iovolc.model.detection import Footprint
from iovolc.publish.polygons import footprint_polygon


def sphere_area_km2(geometry):
    """Area between straight edges in longitude and latitude, by the integral of sin(lat) along them."""
    total = 0.0
    for polygon in getattr(geometry, "geoms", [geometry]):
        for ring in (polygon.exterior, *polygon.interiors):
            lon, lat = np.radians(np.asarray(ring.coords)).T
            total -= float(np.sum(np.diff(lon) * np.sin((lat[1:] + lat[:-1]) / 2)))
    return total * body.RADIUS_KM**2


def cap_area_km2(radius_km):
    return 2 * np.pi * body.RADIUS_KM**2 * (1 - np.cos(radius_km / body.RADIUS_KM))


@pytest.mark.parametrize("event_id", PLACES)
def test_area_on_the_sphere(event_id):
    place = PLACES[event_id][:3]
    polygon = footprint_polygon(cap_footprint(*place), GRID)
    assert polygon.is_valid
    assert sphere_area_km2(polygon) == pytest.approx(cap_area_km2(place[2]), rel=0.02)


@pytest.mark.parametrize("lat", [-90.0, -70.0, 61.0, 75.0])
def test_area_agrees_with_the_pixels(lat):
    footprint = cap_footprint(lat, -135.0, 160.0)
    pixels = sum(pixel_area_km2(GRID.sheet(name)).ravel()[flat].sum() for name, flat in footprint.pixels)
    assert sphere_area_km2(footprint_polygon(footprint, GRID)) == pytest.approx(pixels, rel=0.02)


def test_across_the_seam_it_is_cut_in_two():
    polygon = footprint_polygon(cap_footprint(*PLACES["evt-seam"][:3]), GRID)
    west, east = sorted(polygon.geoms, key=lambda part: part.bounds[0])
    assert west.bounds[0] == -180.0
    assert west.bounds[2] < -150.0
    assert east.bounds[2] == 180.0
    assert east.bounds[0] > 150.0


def test_over_the_pole_it_runs_along_the_edge_of_the_map():
    polygon = footprint_polygon(cap_footprint(*PLACES["evt-pole"][:3]), GRID)
    assert polygon.bounds[0::2] == (-180.0, 180.0)
    assert polygon.bounds[3] == 90.0
    assert polygon.covers(shapely.Point(-150.0, 89.9))
    assert not polygon.covers(shapely.Point(0.0, 70.0))


def test_at_60_degrees_the_sheets_leave_no_gap():
    polygon = footprint_polygon(cap_footprint(*PLACES["evt-edge60"][:3]), GRID)
    assert polygon.geom_type == "Polygon"
    assert len(polygon.interiors) == 0


def test_a_ring_keeps_its_hole_and_its_orientation():
    outer, inner = (dict(cap_footprint(0.0, 20.0, radius).pixels)["equator"] for radius in (200.0, 100.0))
    ring = footprint_polygon(Footprint((("equator", np.setdiff1d(outer, inner)),)), GRID)
    assert ring.is_valid
    assert ring.exterior.is_ccw
    assert not ring.interiors[0].is_ccw
    assert sphere_area_km2(ring) == pytest.approx(cap_area_km2(200) - cap_area_km2(100), rel=0.02)


def test_pixels_that_touch_at_a_corner_make_valid_parts():
    cols = GRID.sheet("equator").shape[1]
    flat = np.array([100 * cols + 50, 101 * cols + 51], dtype=np.int32)
    polygon = footprint_polygon(Footprint((("equator", flat),)), GRID)
    assert polygon.is_valid
    assert len(polygon.geoms) == 2


def test_an_empty_footprint_is_an_empty_polygon():
    assert footprint_polygon(Footprint(()), GRID).is_empty
