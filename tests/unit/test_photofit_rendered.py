"""Photometric parameters of ground that was rendered by other code."""

import numpy as np
import pytest

from iovolc.archive.photometry import load_photometry
from iovolc.light.photofit import fit_photometry
from light_render.looks import TRUTH, looks


def fitted(seed, law, model):
    prior = load_photometry(model).of("green")
    return fit_photometry(looks(seed, law), prior, gain_sigma=np.full(10, 0.05))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_parameters_come_back_within_their_sigmas(seed):
    estimate = fitted(seed, "lunar-lambert", "lunar_lambert").estimate
    pulls = (np.array(estimate.photometry.parameters) - TRUTH) / estimate.sigmas()
    assert np.abs(pulls).max() < 3.0
    assert estimate.sigmas()[0] < 0.02


@pytest.mark.parametrize("model", ["lunar_lambert", "minnaert"])
def test_ground_under_another_law_is_described_to_two_per_cent(model):
    fit = fitted(3, "minnaert", model)
    assert fit.scatter < 0.02
    assert fit.outlying < 0.05
