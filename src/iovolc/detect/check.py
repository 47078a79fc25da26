"""Whether an epoch's own injections bear out the detection curves that a run uses."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from iovolc.detect.band import bands
from iovolc.detect.completeness import SIZES_KM
from iovolc.detect.curve import Curves
from iovolc.detect.epoch import EpochChange
from iovolc.detect.trial import Epochs, Margins, plan_injections, try_injections

_COUNTS: Final = {300.0: 1, 100.0: 4, 30.0: 5, 10.0: 5}
"""Few, since neighbours count as noise to each other."""
_PROBABILITIES: Final = (0.9, 0.5)
"""What is injected is predicted to be found with these, in turn."""
_TOLERATED: Final = 0.05
_SIGMAS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """Injections into an epoch, or into several.

    Parameters
    ----------
    injected, found : int
        How many were injected and how many of them were found.
    expected, variance : float
        How many the curves give, and the variance of that number.
    """

    injected: int
    found: int
    expected: float
    variance: float

    @property
    def contradicts(self) -> bool:
        """Whether what was found cannot be chance, and is more than a trifle off."""
        off = abs(self.found - self.expected)
        return off > _SIGMAS * math.sqrt(self.variance) and off > _TOLERATED * self.injected


def pooled(checks: Sequence[Check]) -> Check:
    """Several checks as one."""
    return Check(
        sum(check.injected for check in checks),
        sum(check.found for check in checks),
        sum(check.expected for check in checks),
        sum(check.variance for check in checks),
    )


def check_curves(epochs: Epochs, change: EpochChange, margins: Margins, curves: Curves) -> Check:
    """Inject some changes into a band of the epoch, and count what the whole chain finds.

    Parameters
    ----------
    epochs : Epochs
        The epochs.
    change : EpochChange
        The comparison without injections.
    margins : mapping
        Its :func:`iovolc.detect.trial.sensitivity_maps`.
    curves : Curves
        What is to be checked. Sizes of which too few are ever found are left out.
    """
    number = zlib.crc32(epochs.newer.record.id.encode())
    choice = bands(epochs.frame)
    band = choice[number % len(choice)]
    wanted: list[tuple[float, float]] = []
    for size in sorted(SIZES_KM, reverse=True):
        curve = change.sensitivity.curve(curves, size)
        chances = [_PROBABILITIES[k % len(_PROBABILITIES)] for k in range(_COUNTS[size])]
        wanted += [(size, curve.margin_at(chance)) for chance in chances if chance < curve.ceiling]
    generator = np.random.default_rng([epochs.config.seed, number])
    planned = plan_injections(change, margins, wanted, epochs.frame, generator, band)
    trials = try_injections(epochs, change, planned, band)
    chances = [
        float(change.sensitivity.curve(curves, trial.injection.size_km).probability(trial.margin)) for trial in trials
    ]
    found = sum(trial.found for trial in trials)
    return Check(len(trials), found, sum(chances), sum(chance * (1.0 - chance) for chance in chances))
