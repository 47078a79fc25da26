from dataclasses import fields

import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.backplanes import Backplanes, backplanes, surface
from iovolc.geometry.ellipsoid import disc_pixel
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sky import Sky
from iovolc.geometry.sphere import pixel_lat_lon, sheet_pixel, unit_vectors
from iovolc.model.grid import Grid, Window
from iovolc.model.observation import Disc

GRID = Grid.at(4)
EQUATOR = GRID.sheet("equator")
SKY = Sky(
    sub_observer_lat=12.0, sub_observer_lon_e=-70.0, range_km=12_000.0, sub_solar_lat=2.0, sub_solar_lon_e=-30.0,
    sub_jovian_lat=0.0, sub_jovian_lon_e=0.0, jupiter_distance_km=421_800.0,
)  # fmt: skip
NAMES = [item.name for item in fields(Backplanes)]


def at(planes, name, lat, lon_e, sheet=EQUATOR):
    row, col = sheet_pixel(sheet, lat, lon_e)
    return float(getattr(planes, name)[round(float(row)), round(float(col))])


@pytest.fixture(scope="module")
def near():
    return backplanes(EQUATOR, SKY, native_km=2.0)


@pytest.fixture(scope="module")
def far():
    sky = Sky(sub_observer_lat=0.0, sub_observer_lon_e=0.0, sub_solar_lat=0.0, sub_solar_lon_e=30.0)
    return backplanes(EQUATOR, sky)


@pytest.mark.parametrize("name", ["equator", "north", "south"])
@pytest.mark.parametrize("range_km", [3_000.0, 12_000.0, 6e8])
def test_emission_is_that_of_the_perspective_view(name, range_km):
    """The same point and normal of the triaxial body: equal to the rounding of float32 (1e-5 degrees)."""
    sheet = GRID.sheet(name)
    disc = Disc(12.0, -120.0, 0.0, 0.0, 0.0, 10.0, range_km)
    sky = Sky(sub_observer_lat=12.0, sub_observer_lon_e=-120.0, range_km=range_km)
    strip = Window(0, sheet.shape[0], 60, 260)
    ours = backplanes(sheet, sky, window=strip).emission_deg
    seen = disc_pixel(disc, *pixel_lat_lon(sheet, strip))
    np.testing.assert_allclose(ours, np.degrees(np.arccos(seen.cos_emission)), atol=2e-5)
    assert (seen.visible == (ours < 90.0)).all()
    assert seen.visible.any() == ((name, range_km) != ("south", 3_000.0))


def test_resolution_is_that_of_the_perspective_view_far_away():
    disc = Disc(12.0, -70.0, 0.0, 0.0, 0.0, 10.0, 6e8)
    lat, lon_e = np.array([12.0, 40.0, -30.0]), np.array([-70.0, -100.0, -20.0])
    expected = locate(source(disc, (1, 1)), unit_vectors(lat, lon_e)).coarse_km
    planes = backplanes(EQUATOR, Sky(sub_observer_lat=12.0, sub_observer_lon_e=-70.0, range_km=6e8), native_km=10.0)
    ours = [at(planes, "resolution_km", *place) for place in zip(lat, lon_e, strict=True)]
    np.testing.assert_allclose(ours, expected, rtol=0.01)


def test_planes_are_float32_of_the_sheets_shape(near):
    for name in NAMES:
        assert getattr(near, name).dtype == np.float32
        assert getattr(near, name).shape == EQUATOR.shape


def test_row_blocks_and_windows_are_parts_of_the_whole(near):
    window = Window(70, 201, 333, 400)
    part = backplanes(EQUATOR, SKY, native_km=2.0, window=window)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(part, name), getattr(near, name)[window.slices])


def test_the_axes_of_the_body_have_the_normals_of_the_sphere():
    """Where axis and surface meet, the normal points along the axis; the radii are those of the body."""
    points_km, normals = surface(np.array([0.0, 0.0, 90.0]), np.array([0.0, 90.0, 0.0]))
    np.testing.assert_allclose(points_km, np.diag(body.TRIAXIAL_RADII_KM), atol=1e-9)
    np.testing.assert_allclose(normals, np.eye(3), atol=1e-12)


def test_the_normal_leans_off_the_spheres_by_at_most_0_43_degrees():
    lat, lon_e = pixel_lat_lon(EQUATOR)
    _, normals = surface(lat, lon_e)
    off = np.degrees(np.arccos(np.clip(np.sum(normals * unit_vectors(lat, lon_e), axis=-1), -1.0, 1.0)))
    assert 0.42 < off.max() < 0.44


def test_incidence_by_hand(far):
    """Pixel centres lie an eighth of a degree beside the places."""
    for lon_e, expected in ((0.0, 30.0), (90.0, 60.0), (-90.0, 120.0), (-180.0, 150.0)):
        assert at(far, "incidence_deg", 0.0, lon_e) == pytest.approx(expected, abs=0.2)


def test_phase_of_a_distant_observer_is_the_same_everywhere(far):
    np.testing.assert_allclose(far.phase_deg, 30.0, atol=1e-4)


def test_angles_obey_the_triangle(near):
    assert (near.phase_deg <= near.incidence_deg + near.emission_deg + 1e-3).all()
    assert (near.phase_deg >= np.abs(near.incidence_deg - near.emission_deg) - 1e-3).all()


def test_a_near_observer_sees_less_of_the_globe():
    """From two radii the limb is 60 degrees away."""
    sky = Sky(sub_observer_lat=0.0, sub_observer_lon_e=0.0, range_km=2.0 * body.RADIUS_KM)
    planes = backplanes(EQUATOR, sky)
    assert at(planes, "emission_deg", 0.0, 58.5) < 90.0
    assert at(planes, "emission_deg", 0.0, 61.5) > 90.0


def test_jupiter_is_below_the_horizon_of_the_meridian_90_by_its_parallax(near):
    """90 degrees plus atan(1819.4 / 421 800) at 90 degrees east; 0 below Jupiter."""
    lat, lon_e = pixel_lat_lon(EQUATOR)
    row, col = (round(float(index)) for index in sheet_pixel(EQUATOR, 0.0, 90.0))
    beside = float(lon_e[row, col]) - 90.0
    assert abs(lat[row, col]) < 0.2
    assert at(near, "jupiter_incidence_deg", 0.0, 90.0) == pytest.approx(90.247 + beside, abs=0.01)
    assert at(near, "jupiter_incidence_deg", 0.0, 0.0) < 0.3


def test_local_time_is_noon_below_the_sun_and_later_to_the_east(near):
    for lon_e, hour in ((-30.0, 12.0), (-15.0, 13.0), (-120.0, 6.0), (60.0, 18.0)):
        assert at(near, "local_time_h", 20.0, lon_e) == pytest.approx(hour, abs=0.02)
    assert ((near.local_time_h >= 0.0) & (near.local_time_h < 24.0)).all()


def test_resolution_grows_with_distance_and_slant(near):
    """Native below the observer; at other places times the distance over the height, over the cosine of emission."""
    assert at(near, "resolution_km", 12.0, -70.0) == pytest.approx(2.0, rel=0.01)
    point = body.RADIUS_KM * unit_vectors(12.0, -30.0)
    distance_km = np.linalg.norm(12_000.0 * unit_vectors(12.0, -70.0) - point)
    cosine = np.cos(np.radians(at(near, "emission_deg", 12.0, -30.0)))
    expected = 2.0 * distance_km / (12_000.0 - body.RADIUS_KM) / cosine
    assert at(near, "resolution_km", 12.0, -30.0) == pytest.approx(expected, rel=0.01)


def test_nothing_is_resolved_where_nothing_is_seen(near):
    hidden = near.emission_deg > 90.001
    assert np.isinf(near.resolution_km[hidden]).all()
    assert np.isfinite(near.resolution_km[near.emission_deg < 89.9]).all()


def test_azimuths_point_to_sun_and_observer(far):
    assert at(far, "sun_azimuth_deg", 0.0, -20.0) == pytest.approx(90.0, abs=0.5)
    assert at(far, "sun_azimuth_deg", 0.0, 80.0) == pytest.approx(270.0, abs=0.5)
    assert (at(far, "sun_azimuth_deg", -50.0, 30.0) + 90.0) % 360.0 == pytest.approx(90.0, abs=0.5)
    assert at(far, "observer_azimuth_deg", 50.0, 0.0) == pytest.approx(180.0, abs=0.5)


@pytest.mark.parametrize(
    ("sky", "known"),
    [
        (Sky(), set()),
        (Sky(sub_solar_lat=1.0, sub_solar_lon_e=2.0), {"incidence_deg", "local_time_h", "sun_azimuth_deg"}),
        (
            Sky(sub_observer_lat=1.0, sub_observer_lon_e=2.0),
            {"emission_deg", "resolution_km", "observer_azimuth_deg"},
        ),
        (Sky(sub_jovian_lat=0.0, sub_jovian_lon_e=-0.4), {"jupiter_incidence_deg"}),
    ],
)  # fmt: skip
def test_what_the_sky_does_not_tell_is_nan(sky, known):
    planes = backplanes(EQUATOR, sky, native_km=5.0, window=Window(0, 8, 0, 8))
    for name in NAMES:
        assert np.isnan(getattr(planes, name)).all() == (name not in known), name
