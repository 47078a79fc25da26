"""Recover the photometry of simulated Ios: how often fitted parameters lie within two sigma of the truth.

Each Io has parameters drawn from the priors, ground that departs from them region by region, epochs from random sides
with gains of their own, and places that change. The formulas of the simulation are not those of the package.
"""

import argparse

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from tests.photometry_scene import GAIN_SIGMA, Scene, scene

from iovolc.archive.photometry import load_photometry
from iovolc.light.photofit import PhotometryFit, fit_photometry
from iovolc.light.photolooks import Looks, patches
from iovolc.light.photometric import BOUNDS, PARAMETERS, PhotometryEstimate

CHANNEL = "green"


def drawn(prior: PhotometryEstimate, seed: int) -> NDArray[np.float64]:
    """Parameters from the prior, within their bounds."""
    rng = np.random.default_rng(100_000 + seed)
    low, high = np.array([BOUNDS[name] for name in PARAMETERS[prior.photometry.model]]).T
    while True:
        truth = np.array(prior.photometry.parameters) + np.array(prior.sigmas()) * rng.standard_normal(len(low))
        if np.all((truth > low) & (truth < high)):
            return truth


def fitted(shown: Scene, prior: PhotometryEstimate) -> PhotometryFit:
    looks = Looks(
        shown.place,
        patches(shown.lat, shown.lon_e),
        shown.epoch,
        shown.incidence_deg,
        shown.emission_deg,
        shown.phase_deg,
        shown.value,
        shown.sigma,
    )
    return fit_photometry(looks, prior, gain_sigma=np.full(len(shown.gains), GAIN_SIGMA))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--step-deg", type=float, default=5.0)
    arguments = parser.parse_args()
    for model in ("lunar_lambert", "minnaert"):
        prior = load_photometry(model).of(CHANNEL)
        if prior is None:
            raise SystemExit(f"{model} has no parameters in {CHANNEL}")
        pulls, learned, gains = [], [], []
        for seed in range(arguments.runs):
            truth = drawn(prior, seed)
            shown = scene(seed, model, tuple(truth), n_epochs=arguments.epochs, step_deg=arguments.step_deg)
            fit = fitted(shown, prior)
            pulls.append((np.array(fit.estimate.photometry.parameters) - truth) / fit.estimate.sigmas())
            gains.append(np.log(np.array(fit.gains) / shown.gains) / fit.gain_sigmas)
            learned.append(fit.learned)
        print(f"{model}, {arguments.runs} simulated Ios of {arguments.epochs} epochs")
        report("all parameters", np.ravel(pulls))
        for name, pull, gain in zip(PARAMETERS[model], np.transpose(pulls), np.mean(learned, axis=0), strict=True):
            report(f"{name} (sigma {gain:.0%} below the prior's)", pull)
        report("gains", np.ravel(gains))


def report(name: str, pulls: NDArray[np.float64]) -> None:
    inside = int(np.sum(np.abs(pulls) <= 2.0))
    low, high = binomtest(inside, len(pulls)).proportion_ci(0.95)
    share = f"{inside / len(pulls):.3f} ({low:.3f} to {high:.3f})"
    print(f"  {name:56s} within 2 sigma: {share}; scatter {np.std(pulls):.2f}", flush=True)


if __name__ == "__main__":
    main()
