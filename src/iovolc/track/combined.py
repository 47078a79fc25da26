"""How plainly all looks together show an event: its best detection, and what the others show at the same place.

It orders events and decides nothing: the false-discovery rate rests on what was found alone
(:mod:`iovolc.track.tiers`). What one map errs by, the next map lacks; a change that lasts, it shows again.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from scipy.special import log_ndtr, logsumexp

from iovolc.track.changes import Again, Change

_LEAST: Final = 1e-6
_MOST: Final = 1000.0
"""In sigmas: fewer say nothing, more no more than so many."""


def combined_snr(changes: Iterable[Change]) -> float:
    """The signal-to-noise ratio whose likelihood ratio is that of all looks together.

    Parameters
    ----------
    changes : iterable of Change
        All of one event; the one that says most counts, with what was measured at its place in its own visit and in
        later ones.

    Notes
    -----
    ``sqrt(2 ln L)`` with ``L = exp(snr^2 / 2)`` times the mean, over how many of the visits, its own first, show the
    change (none to all of them, each as likely), of the product of those visits' Bayes factors. That of a measurement
    z (in its own sigmas, positive if of the change's sign) holds any share of the change, from none to all of it, to
    be as likely: ``B = mean over a in (0, 1) of exp(a s z - a^2 s^2 / 2)``, where s is what the whole change would
    show. What has gone again costs at most ``ln (1 + visits)``, what is seen again gains much. The channels of one
    visit share its registration and light: where these may explain a change, its own visit says nothing more, nor do
    the channels of a stretched picture, nor does another product of the same look.
    """
    return math.sqrt(2.0 * max(map(_log_likelihood_ratio, changes)))


def _log_likelihood_ratio(change: Change) -> float:
    contrast = change.rank_contrast if change.relative else change.contrast
    sign = math.copysign(1.0, contrast)
    visits: dict[int, float] = defaultdict(float)
    for look in change.again:
        if _says_more(look, change):
            visits[look.visit] += log_bayes_factor(sign * look.contrast / look.sigma, abs(contrast) / look.sigma)
    lasting = list(accumulate((visits[number] for number in sorted(visits)), initial=0.0))
    return max(0.5 * change.snr**2 + float(logsumexp(lasting)) - math.log(len(lasting)), 0.0)


def _says_more(look: Again, change: Change) -> bool:
    """Whether what another comparison shows is apart from what found the change."""
    if look.visit != change.visit:
        return True
    return look.channel != change.channel and not change.relative and not change.rivalled


def log_bayes_factor(z: float, whole: float) -> float:
    """Logarithm of the mean over a in (0, 1) of ``exp(a whole z - a^2 whole^2 / 2)``.

    Parameters
    ----------
    z : float
        What is measured, in sigmas.
    whole : float
        What would be expected of the whole, in sigmas; not negative.
    """
    if whole < _LEAST:
        return 0.0
    z, whole = min(max(z, -_MOST), _MOST), min(whole, _MOST)
    # Phi(whole - z) - Phi(-z), told from the side on which neither is close to 1.
    high, low = (whole - z, -z) if z > 0.5 * whole else (z, z - whole)
    shared = float(log_ndtr(high)) + math.log1p(-math.exp(float(log_ndtr(low)) - float(log_ndtr(high))))
    return 0.5 * z * z + 0.5 * math.log(2.0 * math.pi) - math.log(whole) + shared
