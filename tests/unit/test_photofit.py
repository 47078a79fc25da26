"""Fitting photometric parameters to simulated looks whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.photometry_scene import GAIN_SIGMA, Scene, scene

from iovolc.errors import AlgorithmError
from iovolc.light.photofit import PhotometryFit, fit_photometry
from iovolc.light.photolooks import PATCH_DEG, Looks, patch_centres, patches, repeated
from iovolc.light.photometric import Photometry, PhotometryEstimate

TRUTH = {"lunar_lambert": (0.55, -0.003, 0.008, 0.2, 3.0), "minnaert": (0.62, 0.001, 0.008, 0.2, 3.0)}
START = {"lunar_lambert": (0.6, -0.004, 0.006, 0.18, 3.0), "minnaert": (0.65, 0.0015, 0.006, 0.18, 3.0)}
SIGMA = {"lunar_lambert": (0.15, 0.002, 0.004, 0.1, 1.5), "minnaert": (0.1, 0.0015, 0.004, 0.1, 1.5)}


def prior(model: str) -> PhotometryEstimate:
    covariance = np.diag(np.square(SIGMA[model]))
    return PhotometryEstimate(Photometry(model, START[model]), tuple(tuple(row) for row in covariance))  # pyright: ignore[reportArgumentType]


def looks_of(shown: Scene) -> Looks:
    angles = (shown.incidence_deg, shown.emission_deg, shown.phase_deg)
    return Looks(shown.place, patches(shown.lat, shown.lon_e), shown.epoch, *angles, shown.value, shown.sigma)


def fitted(shown: Scene, model: str) -> PhotometryFit:
    return fit_photometry(looks_of(shown), prior(model), gain_sigma=np.full(len(shown.gains), GAIN_SIGMA))


def pulls(fit: PhotometryFit, truth: tuple[float, ...]) -> NDArray[np.float64]:
    return (np.array(fit.estimate.photometry.parameters) - truth) / fit.estimate.sigmas()


@pytest.mark.parametrize("model", ["lunar_lambert", "minnaert"])
def test_parameters_lie_within_their_errors(model: str) -> None:
    """Some of what benchmarks/photometry_recovery.py counts over hundreds."""
    off = np.array([pulls(fitted(scene(seed, model, TRUTH[model]), model), TRUTH[model]) for seed in range(8)])
    assert np.mean(np.abs(off) <= 2.0) >= 0.85
    assert np.max(np.abs(off)) < 4.5


@pytest.mark.parametrize("model", ["lunar_lambert", "minnaert"])
def test_even_ground_gives_the_truth(model: str) -> None:
    shown = scene(3, model, TRUTH[model], terrain=0.0, changed=0.0, n_epochs=12)
    fit = fitted(shown, model)
    assert fit.estimate.photometry.parameters[:3] == pytest.approx(TRUTH[model][:3], rel=0.12)
    assert min(fit.learned[:2]) > 0.8
    assert fit.outlying < 0.01
    assert fit.scatter == pytest.approx(0.02, rel=0.25)
    assert np.log(fit.gains) == pytest.approx(np.log(shown.gains), abs=0.1)


def test_ground_that_differs_widens_the_errors() -> None:
    even, odd = (fitted(scene(5, "minnaert", TRUTH["minnaert"], terrain=terrain), "minnaert") for terrain in (0.0, 1.0))
    assert odd.estimate.sigmas()[0] > 2.0 * even.estimate.sigmas()[0]
    assert odd.departures[2] > 3.0 * even.departures[2]


def test_changed_places_do_not_count() -> None:
    shown = scene(7, "lunar_lambert", TRUTH["lunar_lambert"], terrain=0.0, changed=0.15)
    fit = fitted(shown, "lunar_lambert")
    assert fit.outlying > 0.12
    assert np.max(np.abs(pulls(fit, TRUTH["lunar_lambert"]))) < 3.0
    assert fit.scatter < 0.03


def test_what_no_look_tells_stays_as_it_was() -> None:
    """Without looks near opposition nothing is learned of the surge."""
    fit = fitted(scene(2, "minnaert", TRUTH["minnaert"], phases_deg=(30.0, 110.0)), "minnaert")
    assert fit.learned[3] < 0.02
    assert fit.estimate.photometry.parameters[3] == pytest.approx(START["minnaert"][3], abs=0.01)


def test_the_slope_rests_on_the_gains() -> None:
    shown = scene(4, "minnaert", TRUTH["minnaert"])
    looks = looks_of(shown)
    sure, unsure = (
        fit_photometry(looks, prior("minnaert"), gain_sigma=np.full(len(shown.gains), sigma)).estimate.sigmas()[2]
        for sigma in (0.01, 0.3)
    )
    assert unsure > 3.0 * sure


def test_the_order_of_the_looks_does_not_matter() -> None:
    shown = scene(6, "minnaert", TRUTH["minnaert"])
    looks = looks_of(shown)
    mixed = looks.of(np.random.default_rng(1).permutation(len(looks.place)))
    sigma = np.full(len(shown.gains), GAIN_SIGMA)
    first, second = (fit_photometry(item, prior("minnaert"), gain_sigma=sigma) for item in (looks, mixed))
    assert first.estimate.photometry.parameters == pytest.approx(second.estimate.photometry.parameters, rel=1e-6)
    assert first.estimate.sigmas() == pytest.approx(second.estimate.sigmas(), rel=1e-6)


def test_a_corner_of_io_is_too_little() -> None:
    shown = scene(1, "minnaert", TRUTH["minnaert"])
    looks = looks_of(shown)
    corner = looks.of((np.abs(shown.lat) < 20.0) & (np.abs(shown.lon_e) < 40.0))
    with pytest.raises(AlgorithmError, match="patches of 20 degrees, 12 are needed"):
        fit_photometry(corner, prior("minnaert"), gain_sigma=np.full(len(shown.gains), GAIN_SIGMA))


def test_epochs_that_do_not_overlap_are_too_little() -> None:
    looks = looks_of(scene(1, "minnaert", TRUTH["minnaert"]))
    once = replace(looks, place=np.arange(len(looks.place)))
    with pytest.raises(AlgorithmError, match="fill 0 patches"):
        fit_photometry(once, prior("minnaert"), gain_sigma=np.full(8, GAIN_SIGMA))


def test_places_seen_once_are_left_out() -> None:
    looks = Looks(
        np.array([5, 7, 5, 9]), np.array([1, 0, 1, 0]), np.array([0, 0, 1, 1]), *(np.zeros(4) for _ in range(5))
    )
    kept = repeated(looks)
    assert kept.epoch.tolist() == [0, 1]
    assert kept.place.tolist() == [0, 0]


def test_patches_cover_the_sphere_evenly() -> None:
    rng = np.random.default_rng(0)
    lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 40_000)))
    lon_e = rng.uniform(-180.0, 180.0, 40_000)
    number, count = np.unique(patches(lat, lon_e), return_counts=True)
    assert 95 <= len(number) <= 115
    assert count.max() < 1.5 * np.median(count)
    centre_lat, centre_lon_e = patch_centres(number)
    np.testing.assert_array_equal(patches(centre_lat, centre_lon_e), number)
    assert np.all(np.abs(centre_lat) <= 90.0 - PATCH_DEG / 2.0)
    assert patches(90.0, 0.0) == patches(85.0, 0.0)
