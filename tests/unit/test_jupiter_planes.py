"""Jupiter's light over a sheet."""

from dataclasses import fields, replace

import numpy as np
import pytest
from tests.small_grid import small_grid

from iovolc.geometry.backplanes import backplanes
from iovolc.geometry.sky import Sky
from iovolc.geometry.sphere import sheet_pixel
from iovolc.light.jupiter import lit_centroid_offset_deg, normal_irradiance_ratio
from iovolc.light.jupiter_planes import JupiterPlanes, jupiter_planes
from iovolc.model.grid import Window

EQUATOR = small_grid().sheet("equator")
SKY = Sky(
    sub_observer_lat=0.0, sub_observer_lon_e=5.0, range_km=20_000.0, sub_solar_lat=0.0, sub_solar_lon_e=90.0,
    sub_jovian_lat=0.0, sub_jovian_lon_e=0.0, jupiter_distance_km=421_800.0,
)  # fmt: skip
NAMES = [item.name for item in fields(JupiterPlanes)]


@pytest.fixture(scope="module", name="planes")
def half_jupiter() -> JupiterPlanes:
    return jupiter_planes(EQUATOR, SKY)


def at(plane: np.ndarray, lon_e: float, lat: float = 0.0) -> float:
    row, col = sheet_pixel(EQUATOR, lat, lon_e)
    return float(plane[round(float(row)), round(float(col))])


def test_incidence_is_that_of_the_centre_moved_towards_the_sun(planes: JupiterPlanes) -> None:
    centre = backplanes(EQUATOR, SKY).jupiter_incidence_deg
    offset = float(lit_centroid_offset_deg(90.0))
    assert at(planes.incidence_deg, -40.0) - at(centre, -40.0) == pytest.approx(offset, abs=0.02)
    assert at(planes.incidence_deg, 40.0) - at(centre, 40.0) == pytest.approx(-offset, abs=0.02)


def test_the_horizon_is_soft(planes: JupiterPlanes) -> None:
    centre = backplanes(EQUATOR, SKY).jupiter_incidence_deg
    whole, set_ = centre < 80.0, centre > 100.0
    np.testing.assert_allclose(planes.effective_incidence_deg[whole], planes.incidence_deg[whole], atol=1e-4)
    np.testing.assert_allclose(planes.effective_incidence_deg[set_], 90.0, atol=1e-4)
    assert at(planes.effective_incidence_deg, 93.5) < 90.0 - 2.0
    assert at(planes.effective_incidence_deg, -93.5) > 90.0 - 0.1


def test_the_place_below_jupiter_is_nearer_to_it(planes: JupiterPlanes) -> None:
    at_centre = float(normal_irradiance_ratio(90.0, 1.0, 421_800.0))
    assert at(planes.normal_irradiance, 0.5) / at_centre == pytest.approx(1.0 + 2.0 * 1829.4 / 421_800.0, rel=1e-3)
    assert at(planes.normal_irradiance, 90.5) / at_centre == pytest.approx(1.0, abs=1e-3)


def test_an_observer_in_line_with_jupiter_sees_its_opposition(planes: JupiterPlanes) -> None:
    phase = planes.jupiter_phase_angle_deg
    assert np.nanmin(phase) < 1.0
    assert at(phase, 5.5) == pytest.approx(0.76, abs=1.0)
    assert at(backplanes(EQUATOR, SKY).phase_deg, 5.5) > 80.0


def test_incidence_emission_and_phase_make_a_triangle(planes: JupiterPlanes) -> None:
    emission = backplanes(EQUATOR, SKY).emission_deg
    assert (planes.jupiter_phase_angle_deg <= planes.incidence_deg + emission + 1e-3).all()
    assert (planes.jupiter_phase_angle_deg >= np.abs(planes.incidence_deg - emission) - 1e-3).all()


def test_a_window_is_a_part_of_the_sheet(planes: JupiterPlanes) -> None:
    window = Window(10, 90, 150, 220)
    part = jupiter_planes(EQUATOR, SKY, window=window)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(part, name), getattr(planes, name)[window.slices])


def test_what_the_sky_does_not_tell_is_nan(planes: JupiterPlanes) -> None:
    blind = jupiter_planes(EQUATOR, replace(SKY, sub_observer_lat=None))
    assert np.isnan(blind.jupiter_phase_angle_deg).all()
    np.testing.assert_array_equal(blind.incidence_deg, planes.incidence_deg)
    for missing in ("sub_solar_lon_e", "sub_jovian_lat"):
        dark = jupiter_planes(EQUATOR, replace(SKY, **{missing: None}))
        assert all(np.isnan(getattr(dark, name)).all() for name in NAMES)


def test_distances_that_are_not_known_have_defaults(planes: JupiterPlanes) -> None:
    default = jupiter_planes(EQUATOR, replace(SKY, range_km=None, jupiter_distance_km=None))
    np.testing.assert_array_equal(default.normal_irradiance, planes.normal_irradiance)
    assert np.isfinite(default.jupiter_phase_angle_deg).all()
