import numpy as np
import pytest

from iovolc import body
from iovolc.geometry import ellipsoid
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Disc

DISC = Disc(25.0, -130.0, 40.0, 320.0, 280.0, 9.0, 60_000.0)


def facing(lon_e: float, north_angle_deg: float = 0.0, range_km: float = 1e9) -> Disc:
    return Disc(0.0, lon_e, north_angle_deg, 100.0, 100.0, 10.0, range_km)


def test_the_sub_observer_point_is_the_centre() -> None:
    found = ellipsoid.disc_pixel(DISC, 25.0, -130.0)
    assert (float(found.col), float(found.row)) == pytest.approx((320.0, 280.0))
    assert bool(found.visible)
    assert float(found.cos_emission) == pytest.approx(1.0, abs=2e-5)


def test_north_is_up_and_east_is_right() -> None:
    found = ellipsoid.disc_pixel(facing(0.0), [30.0, 0.0], [0.0, 30.0])
    assert found.row[0] < 100.0
    assert found.col[1] > 100.0


def test_a_quarter_turn_anticlockwise_puts_north_to_the_left() -> None:
    found = ellipsoid.disc_pixel(facing(0.0, north_angle_deg=90.0), 30.0, 0.0)
    assert float(found.col) < 95.0
    assert float(found.row) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("lon_e", "half_width_km"), [(0.0, body.TRIAXIAL_RADII_KM[1]), (90.0, body.TRIAXIAL_RADII_KM[0])]
)
def test_the_limb_shows_the_axis_that_is_seen_across(lon_e: float, half_width_km: float) -> None:
    found = ellipsoid.disc_pixel(facing(lon_e), [0.0, 89.999], [lon_e + 89.999, lon_e])
    assert found.col[0] - 100.0 == pytest.approx(half_width_km / 10.0, abs=1e-3)
    assert 100.0 - found.row[1] == pytest.approx(body.TRIAXIAL_RADII_KM[2] / 10.0, abs=1e-3)


def test_the_far_side_is_hidden_and_the_near_cap_shrinks_with_range() -> None:
    assert not bool(ellipsoid.disc_pixel(DISC, -25.0, 50.0).visible)
    assert np.isnan(ellipsoid.disc_pixel(DISC, -25.0, 50.0).col)
    assert bool(ellipsoid.disc_pixel(facing(0.0), 0.0, 80.0).visible)
    assert not bool(ellipsoid.disc_pixel(facing(0.0, range_km=5000.0), 0.0, 80.0).visible)


def test_ray_casting_inverts_the_projection() -> None:
    lat, lon_e = np.meshgrid(np.linspace(-80.0, 80.0, 17), np.linspace(-180.0, 170.0, 36))
    found = ellipsoid.disc_pixel(DISC, lat, lon_e)
    back_lat, back_lon_e = ellipsoid.disc_lat_lon(DISC, found.col[found.visible], found.row[found.visible])
    there, back = unit_vectors(lat, lon_e)[found.visible], unit_vectors(back_lat, back_lon_e)
    assert found.visible.mean() > 0.4
    assert np.abs(there - back).max() < 1e-9


def test_off_the_limb_there_is_no_place() -> None:
    lat, lon_e = ellipsoid.disc_lat_lon(DISC, [320.0, 0.0], [280.0, 0.0])
    assert (lat[0], lon_e[0]) == pytest.approx((25.0, -130.0))
    assert np.isnan(lat[1])
    assert np.isnan(lon_e[1])


def test_a_sphere_would_be_off_by_kilometres() -> None:
    """The parallax that the triaxial body takes out: 7.9 km of height at 60 degrees of emission."""
    found = ellipsoid.disc_pixel(facing(60.0), 0.0, 0.0)
    spherical = 100.0 - body.RADIUS_KM * np.sin(np.radians(60.0)) / 10.0
    assert (spherical - float(found.col)) * 10.0 == pytest.approx(7.91 * np.sin(np.radians(60.0)), abs=0.01)
