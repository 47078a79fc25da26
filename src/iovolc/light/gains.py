"""The gain of an epoch, by channel and source of light, as its predecessors tell it, against its prior of 1.

The comparison of two epochs takes out their gains anyway (:mod:`iovolc.light.calibrated`); what is solved here is how
far an epoch's calibration, or what is assumed of Jupiter's light, is off. Not applied to any pixel.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PULL_OF_A_WARNING: Final = 3.0


@dataclass(frozen=True, slots=True)
class Gain:
    """A gain and how well it agrees with its prior.

    Parameters
    ----------
    gain, sigma : float
        Posterior, and its relative standard deviation.
    pull : float
        What the predecessors alone tell, in ln, over its standard deviation and the prior's in quadrature: a standard
        normal number if the prior is right.
    n : int
        Predecessors that tell it.
    """

    gain: float
    sigma: float
    pull: float
    n: int

    @property
    def is_doubtful(self) -> bool:
        """Whether it lies too far from its prior for chance."""
        return abs(self.pull) > PULL_OF_A_WARNING


def solve_gain(offsets: Sequence[float], sigmas: Sequence[float], *, prior_sigma: float) -> Gain | None:
    """The gain of an epoch from its offsets against predecessors.

    Each predecessor has a gain of its own, of which only the prior is taken to be known; that keeps the gain of an
    epoch a function of the epochs before it, whatever is known of theirs.

    Parameters
    ----------
    offsets : sequence of float
        Difference of ln albedo on unchanged terrain, epoch minus predecessor.
    sigmas : sequence of float
        Standard deviations of the offsets.
    prior_sigma : float
        Of the logarithm of each gain, about 0.

    Returns
    -------
    Gain or None
        None where nothing was compared.
    """
    pairs = [(o, s) for o, s in zip(offsets, sigmas, strict=True) if math.isfinite(o) and math.isfinite(s)]
    if not pairs:
        return None
    weights = [1.0 / (sigma**2 + prior_sigma**2) for _, sigma in pairs]
    told = sum(weight * offset for weight, (offset, _) in zip(weights, pairs, strict=True)) / sum(weights)
    precision = sum(weights) + prior_sigma**-2
    mean = told * sum(weights) / precision
    pull = told / math.sqrt(prior_sigma**2 + 1.0 / sum(weights))
    return Gain(math.exp(mean), precision**-0.5, pull, len(pairs))
