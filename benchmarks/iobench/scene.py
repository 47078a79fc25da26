"""A scene: which epochs look at Io, and what changes between them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from benchmarks.iobench.plan import EpochPlan, plan_epochs
from benchmarks.iobench.render import matched_snr
from benchmarks.iobench.surface import Base
from benchmarks.iobench.truth import FAMILIES, STRATA, Family, Truth, draw_shape, is_apart, window
from numpy.typing import NDArray

ROUGH_NOISE: Final = 0.04
"""Of a pixel of a difference; only to pass over shapes that cannot reach a stratum before their SNR is worked out."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Epochs in order of time, and the changes among them."""

    seed: int
    epochs: tuple[EpochPlan, ...]
    truths: tuple[Truth, ...]


def plan_scene(base: Base, seed: int, *, epochs: int, changes: int) -> Scene:
    """Epochs and changes; these fill the strata of matched SNR evenly, as far as each family's contrasts allow.

    Parameters
    ----------
    base : Base
        The surface.
    seed : int
        Of everything random.
    epochs : int
        At most as many as :data:`DATES`.
    changes : int
        How many to put in; 0 gives a null scene.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 0]))
    looks = plan_epochs(epochs, base.surface.pixel_km, rng)
    truths: list[Truth] = []
    for number in range(changes):
        stratum = STRATA[number // len(FAMILIES) % len(STRATA)]
        first = number % len(FAMILIES)
        # Where no contrast of a family reaches the stratum, the next family fills it.
        for family in (*FAMILIES[first:], *FAMILIES[:first]):
            found = _one(base, looks, family, stratum, truths, rng)
            if found is not None:
                truths.append(found)
                break
    return Scene(seed, looks, tuple(truths))


def _one(
    base: Base,
    looks: Sequence[EpochPlan],
    family: Family,
    stratum: tuple[float, float],
    others: list[Truth],
    rng: np.random.Generator,
) -> Truth | None:
    low, high = stratum
    for _ in range(60):
        onset = int(rng.integers(max(1, len(looks) // 2), len(looks)))
        shape = draw_shape(family, rng, onset)
        if not is_apart(shape, others):
            continue
        wanted = float(np.exp(rng.uniform(np.log(low), np.log(min(high, 4.0 * low)))))
        guess = wanted * ROUGH_NOISE * base.surface.pixel_km / math.sqrt(shape.area_km2)
        if not family.contrast[0] / 4.0 <= guess <= family.contrast[1] * 2.0:
            continue
        contrast = wanted / matched_snr(shape, base, looks[onset - 1], looks[onset])
        if family.contrast[0] <= contrast <= family.contrast[1]:
            return scaled(shape, contrast)
    return None


def scaled(truth: Truth, contrast: float) -> Truth:
    """The same change, stronger or weaker."""
    red, green, blue = (contrast * value for value in truth.dln)
    return replace(truth, dln=(red, green, blue))


def changed(base: Base, truths: Sequence[Truth], epoch: int) -> NDArray[np.float32]:
    """Albedo of the surface at an epoch, shape (band, row, col), before any blur."""
    planes = base.surface.planes.copy()
    lats, lons = base.surface.places()
    for truth in truths:
        if truth.onset <= epoch:
            rows, cols = window(truth, lats, lons, 0.0)
            lat, lon = np.meshgrid(lats[rows], lons[cols], indexing="ij")
            weight = truth.weight(lat, lon).astype(np.float32)
            for band, plane in enumerate(planes):
                plane[np.ix_(rows, cols)] *= np.exp(np.float32(truth.dln[band]) * weight)
    return planes
