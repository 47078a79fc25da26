"""Jupiter's light on facets: how much, from where, and what the horizon leaves of it."""

import numpy as np
import pytest

from iovolc import body
from iovolc.light.jupiter import (
    facet_factor,
    far_field_phase,
    irradiance_ratio,
    jupiter_phase_deg,
    lit_centroid,
    lit_centroid_offset_deg,
    near_field_factor,
    normal_irradiance_ratio,
    sigma_fraction,
    soft_horizon,
)

JUPITER = np.array((1.0, 0.0, 0.0))


def sun(alpha_deg: float) -> np.ndarray:
    """The Sun east of Jupiter, at a phase of Jupiter."""
    return np.array((-np.cos(np.radians(alpha_deg)), np.sin(np.radians(alpha_deg)), 0.0))


def facets(zenith_deg: float, *azimuths_deg: float) -> np.ndarray:
    """Normals at an angle from Jupiter, turned away from it to azimuths from north through east."""
    z, a = np.radians(zenith_deg), np.radians(azimuths_deg)
    return np.stack((np.full(a.shape, np.cos(z)), np.sin(z) * np.sin(a), np.sin(z) * np.cos(a)), axis=-1)


def test_the_phase_curve_is_one_at_full_and_falls() -> None:
    curve = far_field_phase(np.arange(0.0, 180.5, 0.5))
    assert curve[0] == 1.0
    assert (np.diff(curve) < 0.001).all()
    assert far_field_phase(12.0) == pytest.approx(far_field_phase(12.001), rel=2e-3)


def test_near_jupiter_full_phase_is_brighter_and_the_crescent_fainter() -> None:
    assert near_field_factor(0.0) == pytest.approx(1.1176, abs=5e-5)
    assert near_field_factor(130.0) < 0.6
    assert near_field_factor([170.3, 175.0, 180.0]).tolist() == [0.0, 0.0, 0.0]


def test_normal_irradiance_carries_no_cosine() -> None:
    offset = np.radians(lit_centroid_offset_deg(90.0))
    assert normal_irradiance_ratio(90.0, 0.5) * np.cos(offset) == pytest.approx(irradiance_ratio(90.0, 0.5))
    nearer = normal_irradiance_ratio(90.0, 0.5, body.JUPITER_DISTANCE_KM / 2.0)
    assert nearer == pytest.approx(4.0 * normal_irradiance_ratio(90.0, 0.5))


def test_sigma_is_smooth_and_as_stated() -> None:
    assert sigma_fraction([0.0, 45.0, 90.0, 150.0]).tolist() == [0.1, 0.1, 0.2, 0.4]
    assert np.abs(np.diff(sigma_fraction(np.arange(181.0)))).max() <= 0.0101


@pytest.mark.parametrize("alpha", [0.0, 30.0, 90.0, 150.0, 180.0])
def test_the_centroid_lies_towards_the_sun(alpha: float) -> None:
    light = lit_centroid(sun(alpha), JUPITER)
    assert jupiter_phase_deg(sun(alpha), JUPITER) == pytest.approx(alpha, abs=1e-6)
    assert np.linalg.norm(light) == pytest.approx(1.0)
    if 0.0 < alpha < 180.0:
        assert np.degrees(np.arctan2(light[1], light[0])) == pytest.approx(lit_centroid_offset_deg(alpha))
        assert light @ sun(alpha) > JUPITER @ sun(alpha)


def test_above_the_horizon_the_factor_is_the_cosine_to_the_centroid() -> None:
    normals = np.concatenate([facets(zenith, 0.0, 90.0, 200.0, 270.0) for zenith in (0.0, 30.0, 60.0, 79.9)])
    cosine = normals @ lit_centroid(sun(100.0), JUPITER)
    np.testing.assert_allclose(facet_factor(normals, sun(100.0), JUPITER), cosine, atol=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 60.0, 120.0])
def test_light_fades_smoothly_through_the_horizon(alpha: float) -> None:
    zenith = np.arange(75.0, 105.0, 0.05)
    for azimuth in (0.0, 90.0, 215.0, 270.0):
        factor = facet_factor(np.concatenate([facets(z, azimuth) for z in zenith]), sun(alpha), JUPITER)
        assert (factor >= 0.0).all()
        assert (factor[zenith >= 100.0] == 0.0).all()
        assert np.diff(factor).max() < 2e-6
        assert np.diff(factor).min() > -1.1 * np.radians(0.05)


def test_parallax_is_followed_where_directions_are_given_per_facet() -> None:
    horizon = soft_horizon(sun(60.0), JUPITER)
    normals = facets(80.0, 0.0, 90.0, 180.0, 270.0)
    moved = 421_800.0 * JUPITER - body.RADIUS_KM * normals
    moved /= np.linalg.norm(moved, axis=-1, keepdims=True)
    ratio = horizon.factor(normals, moved) / horizon.factor(normals, JUPITER)
    assert ((ratio > 0.95) & (ratio < 0.99)).all()


def test_what_is_not_known_stays_unknown() -> None:
    normals = facets(85.0, 0.0, 90.0)
    normals[0] = np.nan
    factor = facet_factor(normals, sun(60.0), JUPITER)
    assert np.isnan(factor[0])
    assert factor[1] > 0.0


def test_a_jupiter_without_lit_ground_in_view_gives_no_light() -> None:
    normals = facets(85.0, 0.0, 90.0)
    assert normal_irradiance_ratio(175.0, 0.5) == 0.0
    assert np.isfinite(facet_factor(normals, sun(175.0), JUPITER)).all()
