"""The renderer that stands for the truth, against the numbers of the literature and of first principles."""

import numpy as np
import pytest

from light_render.geometries import null_pairs, round_trip
from light_render.jupiter import ALBEDO, EQUATOR_KM, POLE_KM, body, direction, lamp, spread
from light_render.laws import LAWS
from light_render.scene import Camera, View, picture, reflectance

JUPITERSHINE = {
    0: (0.01614, 0.0), 10: (0.01531, 0.5), 30: (0.01220, 1.6), 45: (0.00982, 2.6), 60: (0.00748, 3.6),
    75: (0.00537, 4.7), 90: (0.00356, 5.8), 105: (0.00219, 6.7), 120: (0.00124, 7.6), 135: (0.00064, 8.3),
    150: (0.00025, 8.8),
}  # fmt: skip
"""Phase of Jupiter: its irradiance over the Sun's in V, and how far the centre of light lies from the disc's."""


def tilted(zenith_deg, towards_deg):
    """A facet that has Jupiter's centre at this zenith angle; 0 leans towards the Sun's side, 180 away, 90 across."""
    z, turn = np.radians(zenith_deg), np.radians(towards_deg)
    return np.array([np.cos(z), np.sin(z) * np.cos(turn), np.sin(z) * np.sin(turn)])


@pytest.mark.parametrize("alpha_deg", JUPITERSHINE)
def test_the_lamp_is_as_bright_as_the_table_says(alpha_deg):
    expected, away_deg = JUPITERSHINE[alpha_deg]
    light = lamp(0.0, 180.0 - alpha_deg)
    assert light.total == pytest.approx(expected, rel=0.01)
    assert np.degrees(np.arccos(min(light.light_centre[0], 1.0))) == pytest.approx(away_deg, abs=0.06)


@pytest.mark.parametrize("band", [("U", 0.0107), ("B", 0.0133), ("R", 0.0149), ("I", 0.0096)])
def test_bands_differ_as_jupiter_does(band):
    assert lamp(0.0, 180.0, ALBEDO[band[0]]).total == pytest.approx(band[1], abs=1e-4)


@pytest.mark.parametrize(
    ("alpha_deg", "zenith_deg", "towards_deg", "share"),
    [
        (0, 80, 0, 0.174), (90, 80, 0, 0.274), (90, 80, 180, 0.073), (90, 80, 90, 0.174), (0, 90, 0, 0.033),
        (90, 90, 0, 0.102), (90, 60, 0, 0.59), (90, 60, 180, 0.41), (0, 60, 90, 0.50),
    ],
)  # fmt: skip
def test_the_lamp_sets_softly(alpha_deg, zenith_deg, towards_deg, share):
    light = lamp(0.0, 180.0 - alpha_deg)
    assert light.on(tilted(zenith_deg, towards_deg)) / light.on([1.0, 0.0, 0.0]) == pytest.approx(share, abs=0.006)


def test_patches_are_worth_their_many_elements():
    coarse, fine = lamp(2.0, 110.0), lamp(2.0, 110.0, patch_deg=0.0)
    assert coarse.total == pytest.approx(fine.total, rel=1e-3)
    facets = [tilted(z, turn) for z in (0, 40, 75) for turn in (0, 90, 180, 270)]
    assert [coarse.on(f) for f in facets] == pytest.approx([fine.on(f) for f in facets], rel=3e-3)


def test_jupiter_has_the_area_of_an_ellipsoid():
    _, normals, area = body(spread(20000))
    assert 0.5 * np.abs(normals[:, 0]) @ area == pytest.approx(np.pi * EQUATOR_KM * POLE_KM, rel=1e-3)
    assert 0.5 * np.abs(normals[:, 2]) @ area == pytest.approx(np.pi * EQUATOR_KM**2, rel=1e-3)


@pytest.mark.parametrize("law", LAWS)
def test_every_law_gives_the_normal_albedo_and_is_reciprocal(law):
    albedo = np.array([0.2, 0.5, 0.85])
    one = np.ones(3)
    assert LAWS[law](one, one, 0.0 * one, albedo) == pytest.approx(albedo, rel=2e-3)
    mu0, mu, g_deg = np.array([0.3, 0.5, 0.9]), np.array([0.8, 0.6, 0.4]), np.array([45.0, 60.0, 80.0])
    there, back = LAWS[law](mu0, mu, g_deg, albedo) / mu0, LAWS[law](mu, mu0, g_deg, albedo) / mu
    assert there == pytest.approx(back, rel=1e-6)


def test_a_place_below_jupiter_has_the_law_times_the_lamp():
    view = View(0.0, 180.0, 0.0, 60.0, 1e7)
    _, shine, mu = reflectance(np.zeros(1), np.zeros(1), np.full(1, 0.6), view)
    plain = LAWS["lunar-lambert"](np.ones(1), mu, np.full(1, 60.0), np.full(1, 0.6))
    assert shine == pytest.approx(0.01614 * plain, rel=0.02)


def test_the_far_side_has_no_light_of_jupiter():
    _, shine, _ = reflectance(np.zeros(1), np.full(1, 150.0), np.full(1, 0.6), View(0.0, 30.0, 0.0, 150.0))
    assert shine[0] == 0.0


def test_the_night_is_fifty_times_darker_than_the_day():
    view = View(3.1, 118.0, 5.0, 30.0, 3e4)
    dark = picture(view, Camera(noise=0.0, floor=0.0), 1, pixels_per_degree=1)
    night, day = np.nanmedian(dark[80:100, 340:]), np.nanmedian(dark[80:100, 85:100])
    assert 1.0 / 1000.0 < night / day < 1.0 / 50.0


def test_noise_repeats_with_its_seed_alone():
    view = View(0.0, 20.0, 0.0, 0.0)
    first, again, other = (picture(view, Camera(), seed, pixels_per_degree=1) for seed in (1, 1, 2))
    assert np.array_equal(first, again, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)


def test_there_are_thirty_geometries_of_phases_up_to_150_and_twenty_pairs_up_to_60_apart():
    views = [view for _, view, _ in round_trip()]
    assert len(views) == 30
    assert [round(view.phase_deg) for view in views[:16]] == list(range(0, 160, 10))
    assert len(null_pairs()) == 20
    days = [pair for pair in null_pairs() if pair[0].startswith("day")]
    assert max(abs(a[0].phase_deg - b[0].phase_deg) for _, a, b in days) == pytest.approx(60.0)


def test_no_geometry_is_in_an_eclipse_or_just_after_one():
    views = [view for _, view, _ in round_trip()] + [side[0] for pair in null_pairs() for side in pair[1:]]
    away_deg = [np.degrees(np.arccos(direction(view.sub_solar_lat, view.sub_solar_lon_e)[0])) for view in views]
    assert min(away_deg) > 15.0
