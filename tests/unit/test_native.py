import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.ellipsoid import disc_pixel
from iovolc.geometry.native import ground_jacobian, ground_of, place_at
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Bounds, Disc, Projected

SHAPE = (60, 80)
DISC = Disc(10.0, -100.0, 25.0, 40.0, 30.0, 70.0, 6e8)
WHOLE = Bounds(0.0, 360.0, 90.0, -90.0)
PLATE = Projected("IAU_2015:50110", (2e5, 0.0, -8e6, 0.0, -1e5, 3e6))


@pytest.mark.parametrize("placement", [DISC, WHOLE, PLATE])
def test_pixel_and_place_agree(placement):
    from iovolc.geometry.locate import locate
    from iovolc.geometry.projections import source

    lat, lon_e = place_at(placement, SHAPE, 44.3, 25.8)
    found = locate(source(placement, SHAPE), unit_vectors([float(lat)], [float(lon_e)]))
    assert (found.col[0], found.row[0]) == pytest.approx((44.3, 25.8), abs=1e-6)


def test_off_the_disc_there_is_no_ground():
    ground = ground_of(DISC, SHAPE)
    assert np.isnan(ground.lat[0, 0])
    assert np.isnan(ground.cos_emission[0, 0])
    assert np.nanmax(ground.cos_emission) > 0.999
    assert not np.isfinite(ground_jacobian(DISC, SHAPE, 1.0, 1.0)).any()


def test_a_map_of_the_whole_globe_has_its_area():
    ground = ground_of(WHOLE, (90, 180))
    assert ground.pixel_km2.sum() == pytest.approx(4.0 * np.pi * body.RADIUS_KM**2, rel=1e-3)
    assert (ground.lon_e >= -180.0).all()
    assert (ground.lon_e < 180.0).all()


def test_a_pixel_near_the_limb_is_long_on_the_ground():
    towards_limb = disc_pixel(DISC, 10.0, -45.0)
    middle = ground_jacobian(DISC, SHAPE, 40.0, 30.0)
    oblique = ground_jacobian(DISC, SHAPE, float(towards_limb.col), float(towards_limb.row))
    assert np.linalg.norm(middle, 2) == pytest.approx(70.0, rel=0.02)
    assert np.linalg.norm(oblique, 2) == pytest.approx(70.0 / float(towards_limb.cos_emission), rel=0.05)
