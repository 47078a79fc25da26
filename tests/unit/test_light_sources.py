import numpy as np
import pytest
from light_sample import SKY, law, lighting

from iovolc.geometry.backplanes import backplanes
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.light.jupiter_planes import jupiter_planes
from iovolc.light.sources import bracket_sigma, rays_at, rays_near, terms_of
from small_grid import small_grid

SHEET = small_grid().sheet("equator")
LAT, LON_E = pixel_lat_lon(SHEET)
LIGHT = lighting()


def at(lat, lon_e, **changes):
    light = lighting(**changes)
    return light, rays_at(light, np.array(lat), np.array(lon_e))


def test_the_angles_are_those_of_the_backplanes():
    rays, planes, jupiter = rays_at(LIGHT, LAT, LON_E), backplanes(SHEET, SKY), jupiter_planes(SHEET, SKY)
    for angle, plane in (
        (rays.incidence_deg, planes.incidence_deg),
        (rays.emission_deg, planes.emission_deg),
        (rays.phase_deg, planes.phase_deg),
        (rays.jupiter_incidence_deg, jupiter.effective_incidence_deg),
        (rays.jupiter_phase_deg, jupiter.jupiter_phase_angle_deg),
    ):
        np.testing.assert_allclose(angle, plane, atol=2e-3)


def test_between_the_nodes_the_cosines_are_right_to_a_few_in_ten_thousand():
    near, exact = rays_near(LIGHT, LAT, LON_E), rays_at(LIGHT, LAT, LON_E)
    for name in ("incidence_deg", "emission_deg", "phase_deg", "jupiter_incidence_deg", "jupiter_phase_deg"):
        one, other = (np.cos(np.radians(getattr(rays, name))) for rays in (near, exact))
        np.testing.assert_allclose(one, other, atol=4e-4)


def test_white_paper_shows_the_cosines_of_both_sources():
    light, rays = at([0.0, 0.0], [100.0, 10.0])
    terms = terms_of(light, rays)
    np.testing.assert_allclose(terms.sun[0], np.cos(np.radians(10.2)), rtol=0.01)
    assert terms.sun[1] == 0.0
    np.testing.assert_allclose(terms.jupiter[1], light.irradiance * np.cos(np.radians(rays.jupiter_incidence_deg[1])))
    assert (terms.jupiter_share > 0.9).tolist() == [False, True]


def test_half_jupiter_gives_a_few_thousandths_of_the_sun():
    """E_J/E_S at 90 degrees of phase is 0.00356, towards Jupiter's centre and so over the cosine of 5.8 degrees."""
    quarter = lighting(sub_solar_lat=0.0, sub_solar_lon_e=89.5)
    assert quarter.irradiance == pytest.approx(0.00356 / np.cos(np.radians(5.8)), rel=0.01)
    assert 0.1 < quarter.irradiance_sigma < 0.4


def test_in_the_shadow_of_jupiter_there_is_no_light():
    light, rays = at([0.0, 0.0], [0.0, 60.0], eclipse="umbra")
    assert light.irradiance == 0.0
    np.testing.assert_array_equal(terms_of(light, rays).bracket, 0.0)
    np.testing.assert_array_equal(terms_of(light, rays).jupiter_share, 0.0)


def test_an_observer_of_whom_nothing_is_known_sees_white_paper():
    unseen = {"sub_observer_lat": None, "sub_observer_lon_e": None, "range_km": None}
    light, rays = at([0.0, 20.0], [100.0, 10.0], ground=law("lunar_lambert"), **unseen)
    assert np.isnan(rays.emission_deg).all()
    terms = terms_of(light, rays)
    np.testing.assert_allclose(terms.sun, np.maximum(np.cos(np.radians(rays.incidence_deg)), 0.0))
    np.testing.assert_allclose(bracket_sigma(light, rays, terms), light.irradiance_sigma * terms.jupiter)


def test_the_error_of_the_light_is_that_of_the_ground_and_by_night_that_of_jupiter_too():
    light, rays = at([0.0, 0.0], [80.0, 10.0], ground=law("lunar_lambert", sigma=0.05))
    terms = terms_of(light, rays)
    day, night = bracket_sigma(light, rays, terms) / terms.bracket
    assert 0.0 < day < 4.0
    assert night > light.irradiance_sigma
