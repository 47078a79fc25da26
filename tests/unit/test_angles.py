import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.angles import illumination
from iovolc.geometry.backplanes import backplanes
from iovolc.geometry.sky import Sky
from iovolc.geometry.sphere import pixel_lat_lon
from small_grid import small_grid


def angles(lat, lon_e, sub_solar=(0.0, 0.0), sub_observer=(0.0, 0.0), range_km=np.inf):
    return illumination(lat, lon_e, sub_solar=sub_solar, sub_observer=sub_observer, range_km=range_km)


def test_under_the_sun_and_a_distant_observer_all_angles_vanish():
    np.testing.assert_allclose(angles(0.0, 0.0), (0.0, 0.0, 0.0), atol=1e-5)


def test_incidence_grows_away_from_the_sub_solar_point():
    """But for the flattening, which tilts the ground by up to 0.43 degrees."""
    incidence, _, _ = angles(np.array([0.0, 30.0, 90.0, 0.0]), np.array([60.0, 0.0, 10.0, 180.0]))
    np.testing.assert_allclose(incidence, [60.0, 30.0, 90.0, 180.0], atol=0.43)


def test_the_angles_are_those_of_the_backplanes():
    sheet = small_grid().sheet("equator")
    lat, lon_e = pixel_lat_lon(sheet)
    sky = Sky(sub_observer_lat=-40.0, sub_observer_lon_e=70.0, range_km=5e3, sub_solar_lat=3.0, sub_solar_lon_e=20.0)
    planes = backplanes(sheet, sky)
    found = angles(lat, lon_e, sub_solar=(3.0, 20.0), sub_observer=(-40.0, 70.0), range_km=5e3)
    for angle, plane in zip(found, (planes.incidence_deg, planes.emission_deg, planes.phase_deg), strict=True):
        np.testing.assert_allclose(angle, plane, atol=1e-3)


def test_phase_of_a_distant_observer_is_the_same_everywhere():
    _, _, phase = angles(np.array([0.0, 45.0]), np.array([10.0, -80.0]), sub_observer=(0.0, 40.0))
    np.testing.assert_allclose(phase, 40.0, atol=1e-6)


def test_a_near_observer_sees_the_limb_sooner():
    """At a range of two radii the limb lies 60 degrees from the sub-observer point."""
    _, emission, _ = angles(0.0, 60.0, range_km=2.0 * body.RADIUS_KM)
    assert emission == pytest.approx(90.0, abs=0.5)
    _, distant, _ = angles(0.0, 60.0)
    assert distant == pytest.approx(60.0, abs=0.5)


def test_incidence_emission_and_phase_obey_the_triangle():
    lat, lon_e = np.meshgrid(np.linspace(-80, 80, 9), np.linspace(-180, 150, 12))
    incidence, emission, phase = angles(lat, lon_e, sub_solar=(3.0, 20.0), sub_observer=(-40.0, 70.0), range_km=5_000.0)
    assert (phase <= incidence + emission + 1e-9).all()
    assert (phase >= np.abs(incidence - emission) - 1e-9).all()


def test_what_the_label_does_not_tell_is_unknown():
    incidence, emission, phase = angles(10.0, 20.0, sub_solar=(np.nan, np.nan), range_km=np.nan)
    assert np.isnan(incidence)
    assert np.isnan(phase)
    assert np.isfinite(emission)
