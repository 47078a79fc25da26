import numpy as np
import pytest

from iovolc import body
from iovolc.geometry import sphere
from iovolc.model.grid import Grid, Sheet, Window

GRID = Grid.at(4)
SPHERE_KM2 = 4.0 * np.pi * body.RADIUS_KM**2


def sheet(name: str) -> Sheet:
    return GRID.sheet(name)


def test_unit_vectors_point_to_the_named_directions() -> None:
    assert sphere.unit_vectors([0.0, 0.0, 90.0], [0.0, 90.0, 17.0]) == pytest.approx(np.eye(3), abs=1e-15)


def test_lat_lon_inverts_unit_vectors_of_any_length() -> None:
    lat, lon_e = sphere.lat_lon(3.0 * sphere.unit_vectors([[-40.0], [75.0]], [-180.0, 20.0, 179.0]))
    assert lat == pytest.approx(np.array([[-40.0] * 3, [75.0] * 3]))
    assert lon_e == pytest.approx(np.array([[-180.0, 20.0, 179.0]] * 2))


def test_distances_are_exact_near_far_and_opposite() -> None:
    degree = np.pi / 180.0 * body.RADIUS_KM
    assert sphere.distance_km(0.0, 179.5, 0.0, -179.5) == pytest.approx(degree, rel=1e-12)
    assert sphere.distance_km(10.0, 30.0, -10.0, -150.0) == pytest.approx(180.0 * degree, rel=1e-12)
    assert sphere.distance_km(0.0, 0.0, 1e-7, 0.0) == pytest.approx(1e-7 * degree, rel=1e-6)


def test_tangent_basis_is_right_handed() -> None:
    east, north = sphere.tangent_basis([0.0, 50.0], [0.0, -120.0])
    up = sphere.unit_vectors([0.0, 50.0], [0.0, -120.0])
    assert np.cross(east, north) == pytest.approx(up)
    assert (east[0].tolist(), north[0].tolist()) == ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0])


@pytest.mark.parametrize("name", ["equator", "north", "south"])
def test_pixel_centres_come_back_to_their_row_and_column(name: str) -> None:
    lat, lon_e = sphere.pixel_lat_lon(sheet(name))
    row, col = sphere.sheet_pixel(sheet(name), lat, lon_e)
    rows, cols = np.indices(sheet(name).shape)
    assert np.abs(row - rows).max() < 1e-8
    assert np.abs(col - cols).max() < 1e-8


def test_longitude_runs_the_right_way_on_each_sheet() -> None:
    for name, lat in (("north", 80.0), ("south", -80.0)):
        row, col = sphere.sheet_pixel(sheet(name), [lat, lat], [0.0, 90.0])
        middle = (sheet(name).shape[0] - 1) / 2.0
        assert col == pytest.approx([middle, col[1]])
        assert col[1] > middle
        assert (row[0] > middle) == (name == "north")
    row, col = sphere.sheet_pixel(sheet("equator"), [0.0, 0.0], [0.0, 90.0])
    assert col == pytest.approx([719.5, 1079.5])


@pytest.mark.parametrize("name", ["equator", "north"])
def test_a_window_is_a_part_of_the_whole(name: str) -> None:
    window = Window(3, 20, 100, 140)
    for function in (
        lambda *a: sphere.pixel_lat_lon(*a)[0],
        lambda *a: sphere.pixel_lat_lon(*a)[1],
        sphere.pixel_area_km2,
    ):
        assert np.array_equal(function(sheet(name), window), function(sheet(name))[window.slices])


def test_equatorial_areas_sum_to_the_zone_exactly() -> None:
    zone = SPHERE_KM2 * np.sin(np.radians(65.0))
    assert sphere.pixel_area_km2(sheet("equator")).sum() == pytest.approx(zone, rel=1e-12)


def test_the_sheets_together_cover_the_sphere_once() -> None:
    total = 0.0
    for item in GRID.sheets:
        lat, _ = sphere.pixel_lat_lon(item)
        mine = np.abs(lat) < 60.0 if item.name == "equator" else np.abs(lat) >= 60.0
        total += sphere.pixel_area_km2(item)[mine].sum()
    assert total == pytest.approx(SPHERE_KM2, rel=2e-4)


@pytest.mark.parametrize("name", ["equator", "north", "south"])
def test_a_column_and_a_row_are_placed_as_all_their_places_are(name: str) -> None:
    lat, lon_e = np.linspace(-89.0, 89.0, 40)[:, None], np.linspace(-400.0, 400.0, 70)[None, :]
    each = sphere.sheet_pixel(sheet(name), *(np.array(part) for part in np.broadcast_arrays(lat, lon_e)))
    together = sphere.sheet_pixel(sheet(name), lat, lon_e)
    assert all(np.array_equal(one, other) for one, other in zip(each, together, strict=True))
