import numpy as np
import pytest

from iovolc.detect.clusters import find_clusters, footprint_km2, owned_pixels
from iovolc.detect.describe import measure, pixel_places
from iovolc.geometry.sphere import distance_km, pixel_area_km2, pixel_lat_lon
from iovolc.model.grid import OWNER_LAT
from small_grid import area_on, cap_km2, search_on, slow_uncompiled, small_grid, white_fields, with_disc

GRID = small_grid()
KM = GRID.pixel_km
SEARCH = search_on(GRID)
PLACES = pixel_places(GRID)


def clusters_with(lat, lon_e, radius_km, amplitude, seed=0, search=SEARCH):
    fields = with_disc(white_fields(GRID, seed), GRID, lat, lon_e, radius_km, amplitude)
    return fields, find_clusters(fields, GRID, search)[0]


def at_place(fields, clusters, lat, lon_e, within_km):
    differences = {name: field.difference for name, field in fields.items()}
    shapes = [(cluster, measure(cluster, differences, PLACES)) for cluster in clusters]
    return [
        (cluster, shape) for cluster, shape in shapes if distance_km(lat, lon_e, shape.lat, shape.lon_e) < within_km
    ]


def test_every_place_of_io_is_owned_once():
    owned = owned_pixels(GRID)
    assert not (owned["equator"] & (np.abs(pixel_lat_lon(GRID.sheet("equator"))[0]) > OWNER_LAT)).any()
    total = sum(float((pixel_area_km2(sheet) * owned[sheet.name]).sum()) for sheet in GRID.sheets)
    assert total == pytest.approx(cap_km2(np.pi * 1821.49), rel=5e-3)


@pytest.mark.parametrize(
    ("lat", "lon_e"),
    [(0.0, 180.0), (30.0, -179.5), (60.0, 20.0), (-60.0, 179.9), (90.0, 0.0), (-88.0, 100.0), (62.0, -90.0)],
)
@pytest.mark.parametrize("sign", [-1, 1])
@slow_uncompiled
def test_a_change_is_one_cluster_wherever_it_lies(lat, lon_e, sign):
    radius_km = 7.0 * KM
    fields, clusters = clusters_with(lat, lon_e, radius_km, 6.0 * sign)
    found = at_place(fields, clusters, lat, lon_e, radius_km)
    assert [cluster.sign for cluster, _ in found] == [sign]
    cluster, shape = found[0]
    assert distance_km(lat, lon_e, shape.lat, shape.lon_e) < 0.5 * KM
    assert shape.area_km2 == pytest.approx(cap_km2(radius_km), rel=0.1)
    assert shape.contrast == pytest.approx(6.0 * sign, rel=0.1)
    assert cluster.amplitude * sign > 4.0


@slow_uncompiled
def test_a_change_across_the_line_of_ownership_is_counted_once():
    _, clusters = clusters_with(60.0, 20.0, 7.0 * KM, 6.0)
    strongest = clusters[0]
    assert [name for name, _ in strongest.footprint.pixels] == ["equator", "north"]
    owned = owned_pixels(GRID)
    for name, pixels in strongest.footprint.pixels:
        assert owned[name].ravel()[pixels].all()
        assert (np.diff(pixels) > 0).all()
        assert pixels.dtype == np.int32


@slow_uncompiled
def test_a_change_beside_the_line_is_left_to_its_owner():
    _, clusters = clusters_with(57.0, 20.0, 2.0 * KM, 12.0)
    assert [name for name, _ in clusters[0].footprint.pixels] == ["equator"]
    _, clusters = clusters_with(63.5, 20.0, 2.0 * KM, 12.0)
    assert [name for name, _ in clusters[0].footprint.pixels] == ["north"]


@slow_uncompiled
def test_two_changes_apart_are_two_clusters_and_opposite_neighbours_too():
    fields = with_disc(white_fields(GRID, 1), GRID, 0.0, 0.0, 4.0 * KM, 6.0)
    fields = with_disc(fields, GRID, 0.0, 20.0, 4.0 * KM, 6.0)
    fields = with_disc(fields, GRID, 0.0, 28.5, 4.0 * KM, -6.0)
    clusters, _ = find_clusters(fields, GRID, SEARCH)
    strong = [cluster for cluster in clusters if cluster.z > 10.0]
    assert sorted(cluster.sign for cluster in strong) == [-1, 1, 1]


@slow_uncompiled
def test_clusters_are_sorted_by_strength():
    _, clusters = clusters_with(0.0, 0.0, 4.0 * KM, 6.0)
    strengths = [cluster.z for cluster in clusters]
    assert strengths == sorted(strengths, reverse=True)


@slow_uncompiled
def test_the_same_field_gives_the_same_clusters():
    _, one = clusters_with(10.0, 100.0, 4.0 * KM, 3.0)
    _, other = clusters_with(10.0, 100.0, 4.0 * KM, 3.0)
    for a, b in zip(one, other, strict=True):
        assert (a.z, a.amplitude, a.scale) == (b.z, b.amplitude, b.scale)
        for (_, mine), (_, yours) in zip(a.footprint.pixels, b.footprint.pixels, strict=True):
            np.testing.assert_array_equal(mine, yours)


@slow_uncompiled
def test_an_absent_sheet_is_no_obstacle():
    fields = with_disc(white_fields(GRID, 2), GRID, 60.0, 0.0, 6.0 * KM, 8.0)
    clusters, _ = find_clusters({"equator": fields["equator"]}, GRID, SEARCH)
    assert {name for cluster in clusters for name, _ in cluster.footprint.pixels} == {"equator"}


@slow_uncompiled
def test_the_area_of_a_footprint_is_that_of_its_pixels():
    _, clusters = clusters_with(60.0, 20.0, 7.0 * KM, 6.0)
    footprint = clusters[0].footprint
    areas = {sheet.name: pixel_area_km2(sheet).ravel() for sheet in GRID.sheets}
    assert footprint_km2(footprint, areas) == pytest.approx(area_on(GRID, footprint))
