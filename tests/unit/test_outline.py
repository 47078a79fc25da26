"""The outline against the body's own projection."""

import numpy as np
import pytest
from disc_scene import seen

from iovolc.geometry.disc import place_disc
from iovolc.geometry.ellipsoid import disc_lat_lon
from iovolc.geometry.outline import limb_km, outline

ANGLES = np.radians(np.arange(0.0, 360.0, 15.0))


@pytest.mark.parametrize("range_km", [4000.0, 1e5, 7e8])
@pytest.mark.parametrize("north_angle_deg", [0.0, 70.0])
def test_just_inside_there_is_ground_and_just_outside_none(range_km, north_angle_deg):
    view = seen(lat=25.0, range_km=range_km, north_angle_deg=north_angle_deg)
    disc = place_disc(view, centre_x=500.0, centre_y=500.0, radius_px=400.0)
    limb = outline(view, ANGLES)
    for factor, is_ground in ((1.0 - 1e-5, True), (1.0 + 1e-5, False)):
        reach = 400.0 * limb.reach * factor
        lat, _ = disc_lat_lon(disc, 500.0 + reach * limb.right, 500.0 + reach * limb.down)
        assert (np.isfinite(lat) == is_ground).all()


def test_a_near_limb_shows_less_than_a_hemisphere():
    assert limb_km(1e9) == pytest.approx(1821.49)
    assert limb_km(3642.98) == pytest.approx(1821.49 / np.cos(np.radians(30.0)))


def test_the_night_begins_away_from_the_sun():
    limb = outline(seen(phase_deg=60.0, lat=0.0, north_angle_deg=0.0), ANGLES)
    right, left = 0, 12
    assert limb.shade[right] == 0.0
    assert limb.shade[left] == pytest.approx(1.0 - np.cos(np.radians(60.0)))
    assert limb.sun_along == pytest.approx(0.5)


def test_a_crescent_has_no_lit_limb_on_the_far_side():
    limb = outline(seen(phase_deg=120.0, lat=0.0, north_angle_deg=0.0), ANGLES)
    assert limb.shade[0] == 0.0
    assert np.isinf(limb.shade[12])
