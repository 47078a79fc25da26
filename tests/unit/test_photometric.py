"""Photometric functions: limits, symmetries, derivatives, and values that were published."""

import numpy as np
import pytest
from tests.unit.photometry_sample import PHASE, SAMPLES, angles, phase_of

from iovolc.light.photometric import (
    MODELS,
    PARAMETERS,
    Photometry,
    PhotometryEstimate,
    derivatives,
    reflectance,
    reflectance_sigma,
)

FLAT = (0.0, 0.0, 3.0)


@pytest.mark.parametrize("model", MODELS)
def test_ground_under_vertical_light_has_its_normal_albedo(model: str) -> None:
    assert reflectance(SAMPLES[model], 0.0, 0.0, 0.0) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_seen_where_sun_or_observer_is_down(model: str) -> None:
    incidence = np.array([90.0, 120.0, 30.0, 30.0, 180.0])
    emission = np.array([30.0, 30.0, 90.0, 150.0, 0.0])
    assert np.all(reflectance(SAMPLES[model], incidence, emission, 100.0) == 0.0)
    assert np.all(derivatives(SAMPLES[model], incidence, emission, 100.0) == 0.0)


@pytest.mark.parametrize("model", MODELS)
def test_it_darkens_without_a_step_to_the_terminator(model: str) -> None:
    incidence = np.array([80.0, 88.0, 89.9, 89.9999])
    fading = reflectance(SAMPLES[model], incidence, 20.0, incidence + 20.0)
    assert np.all(np.diff(fading) < 0.0)
    assert 0.0 < fading[-1] < 1e-3


@pytest.mark.parametrize("model", MODELS)
def test_what_is_unknown_stays_unknown(model: str) -> None:
    unknown = [np.nan, 10.0, 10.0], [10.0, np.nan, 10.0], [20.0, 20.0, np.nan]
    assert np.isnan(reflectance(SAMPLES[model], *unknown)).all()
    assert np.isnan(derivatives(SAMPLES[model], *unknown)[0]).all()


@pytest.mark.parametrize("model", MODELS)
def test_light_can_go_the_other_way(model: str) -> None:
    incidence, emission, phase = angles(500)
    there = reflectance(SAMPLES[model], incidence, emission, phase) / np.cos(np.radians(incidence))
    back = reflectance(SAMPLES[model], emission, incidence, phase) / np.cos(np.radians(emission))
    np.testing.assert_allclose(there, back, rtol=1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_derivatives_are_those_of_finite_differences(model: str) -> None:
    place = angles(400)
    sample = SAMPLES[model]
    exact = derivatives(sample, *place)
    assert exact.shape == (len(sample.parameters), 400)
    for i, value in enumerate(sample.parameters):
        step = 1e-5 * max(abs(value), 1e-2)
        up, down = (
            Photometry(sample.model, (*sample.parameters[:i], value + sign * step, *sample.parameters[i + 1 :]))
            for sign in (1.0, -1.0)
        )
        numeric = (reflectance(up, *place) - reflectance(down, *place)) / (2.0 * step)
        np.testing.assert_allclose(exact[i], numeric, atol=1e-6 * np.abs(exact[i]).max())


def test_planes_broadcast_and_keep_their_shape() -> None:
    planes = np.full((3, 1), 30.0, np.float32), np.full((1, 4), 10.0, np.float32)
    together = reflectance(SAMPLES["lunar_lambert"], *planes, 35.0)
    assert together.shape == (3, 4)
    assert together.dtype == np.float64
    one = reflectance(SAMPLES["lunar_lambert"], 30.0, 10.0, 35.0)
    np.testing.assert_allclose(together, one)
    assert derivatives(SAMPLES["lunar_lambert"], *planes, 35.0).shape == (5, 3, 4)


def test_large_planes_are_worked_on_in_parts_that_fit_together() -> None:
    incidence, emission, phase = (plane.reshape(400, 250) for plane in angles(100_000))
    whole = reflectance(SAMPLES["minnaert"], incidence, emission, phase)
    rows = np.stack([reflectance(SAMPLES["minnaert"], *row) for row in zip(incidence, emission, phase, strict=True)])
    np.testing.assert_array_equal(whole, rows)


def test_special_cases_meet() -> None:
    place = angles(300)
    lambert = reflectance(SAMPLES["lambert"], *place)
    np.testing.assert_allclose(reflectance(Photometry("minnaert", (1.0, 0.0, *PHASE)), *place), lambert, rtol=1e-12)
    np.testing.assert_allclose(reflectance(Photometry("lunar_lambert", (0.0, 0.0, *PHASE)), *place), lambert)
    seeliger = reflectance(SAMPLES["lommel_seeliger"], *place)
    np.testing.assert_allclose(reflectance(Photometry("lunar_lambert", (1.0, 0.0, *PHASE)), *place), seeliger)


def test_the_limb_weight_falls_in_a_straight_line_and_stops_at_nothing() -> None:
    sample = Photometry("lunar_lambert", (0.6, -0.01, *FLAT))
    half = reflectance(Photometry("lunar_lambert", (0.3, 0.0, *FLAT)), 40.0, 20.0, 30.0)
    assert reflectance(sample, 40.0, 20.0, 30.0) == pytest.approx(half)
    assert reflectance(sample, 40.0, 45.0, 80.0) == pytest.approx(np.cos(np.radians(40.0)))
    assert np.all(derivatives(sample, 40.0, 45.0, 80.0)[:2] == 0.0)


def test_a_flat_full_disc_of_the_moon() -> None:
    emission = np.array([0.0, 30.0, 60.0, 85.0])
    for model in ("lommel_seeliger", "akimov"):
        np.testing.assert_allclose(reflectance(Photometry(model, FLAT), emission, emission, 0.0), 1.0, rtol=1e-12)


def test_known_values() -> None:
    """Worked out by hand: mu0 = 0.5, mu = sqrt(3)/2, g = 90 degrees."""
    place = (60.0, 30.0, 90.0)
    assert reflectance(Photometry("lambert", FLAT), *place) == pytest.approx(0.5)
    assert reflectance(Photometry("lommel_seeliger", FLAT), *place) == pytest.approx(1.0 / (0.5 + np.sqrt(3) / 2))
    assert reflectance(Photometry("minnaert", (0.5, 0.0, *FLAT)), *place) == pytest.approx(0.5**0.5 / 0.75**0.25)
    # On the equator of luminance, gamma = 30 degrees: cos 45 cos(2 (30 - 45)) / cos 30.
    assert reflectance(Photometry("akimov", FLAT), *place) == pytest.approx(np.sqrt(0.5))


def test_the_surge_can_be_that_of_the_green_disc() -> None:
    """SSI's green disc is 13 % brighter at 0.5 than at 4.1 degrees (Simonelli et al. 1997)."""
    sample = Photometry("lommel_seeliger", (0.012, 0.145, 3.0))
    near, far = reflectance(sample, 0.0, 0.0, np.array([0.5, 4.1]))
    assert near / far == pytest.approx(1.13, abs=0.01)
    assert reflectance(Photometry("lommel_seeliger", (0.0, 0.15, 3.0)), 10.0, 10.0, 15.0) == pytest.approx(
        1.0 / 1.15, rel=2e-3
    )


def test_the_slope_is_in_natural_logarithms_per_degree() -> None:
    dimmer = reflectance(Photometry("lambert", (0.01, 0.0, 3.0)), 0.0, 50.0, 50.0)
    assert dimmer == pytest.approx(np.exp(-0.5))


def test_what_is_not_known_of_the_parameters_shows_in_the_reflectance() -> None:
    sample = Photometry("minnaert", (0.7, 0.0, 0.0, 0.0, 3.0))
    covariance = np.zeros((5, 5))
    covariance[0, 0] = 0.1**2
    estimate = PhotometryEstimate(sample, tuple(tuple(row) for row in covariance))
    place = (60.0, 30.0, phase_of(np.array(60.0), np.array(30.0), np.array(90.0)))
    relative = reflectance_sigma(estimate, *place) / reflectance(sample, *place)
    assert relative == pytest.approx(0.1 * abs(np.log(0.5 * np.sqrt(3) / 2)))
    assert reflectance_sigma(estimate, 0.0, 0.0, 0.0) == 0.0
    assert estimate.sigmas() == (0.1, 0.0, 0.0, 0.0, 0.0)
    assert sample.named()["k"] == 0.7


@pytest.mark.parametrize(
    ("model", "parameters", "says"),
    [
        ("oren_nayar", (1.0,), "no photometric function"),
        ("minnaert", (0.5,), "takes k, k_per_deg"),
        ("minnaert", (-0.5, 0.0, *PHASE), "k = -0.5 lies outside 0 to 3"),
        ("hapke", (1.0, -0.3, 20.0, 0.7, 0.04), "single_scattering_albedo = 1"),
        ("lambert", (float("nan"), 0.1, 3.0), "phase_slope_per_deg"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(model: str, parameters: tuple[float, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Photometry(model, parameters)  # pyright: ignore[reportArgumentType]


def test_every_model_names_its_parameters() -> None:
    assert set(PARAMETERS) == set(MODELS) == set(SAMPLES)
