"""How the brightness of uniform ground changes over the disc at one phase angle, 1 where both rays are vertical.

Each function takes the cosines of incidence and emission (above 0) and the phase angle in degrees, then its own
parameters. Not for the phase function (:mod:`iovolc.light.phase_function`) nor for Hapke's model, in which the two
cannot be told apart (:mod:`iovolc.light.hapke`).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_LEAST_SINE: Final = 1e-9


def lambert(mu0: Values, mu: Values, phase_deg: Values) -> Values:  # noqa: ARG001
    """White paper: the cosine of incidence alone."""
    return mu0


def lommel_seeliger(mu0: Values, mu: Values, phase_deg: Values) -> Values:  # noqa: ARG001
    """Dark dust, single scattering: ``2 mu0 / (mu0 + mu)``."""
    return 2.0 * mu0 / (mu0 + mu)


def lunar_lambert(mu0: Values, mu: Values, phase_deg: Values, weight: float, per_deg: float) -> Values:
    """Lommel-Seeliger with weight L, Lambert with the rest (McEwen 1991, Icarus 92, 298).

    L is linear in the phase angle, ``weight + per_deg g``, and held between 0 and 1.
    """
    share = np.clip(weight + per_deg * phase_deg, 0.0, 1.0)
    return share * lommel_seeliger(mu0, mu, phase_deg) + (1.0 - share) * mu0


def lunar_lambert_derivatives(
    mu0: Values, mu: Values, phase_deg: Values, weight: float, per_deg: float
) -> tuple[Values, ...]:
    """Derivatives with respect to ``weight`` and ``per_deg``; 0 where L is held."""
    share = weight + per_deg * phase_deg
    free = (share >= 0.0) & (share <= 1.0)
    by_weight = np.where(free, lommel_seeliger(mu0, mu, phase_deg) - mu0, 0.0)
    return by_weight, by_weight * phase_deg


def minnaert(mu0: Values, mu: Values, phase_deg: Values, k: float, per_deg: float) -> Values:
    """``mu0^k mu^(k-1)`` (Minnaert 1941, Astrophys. J. 93, 403), k linear in the phase angle and never below 0."""
    power = np.maximum(k + per_deg * phase_deg, 0.0)
    return np.exp(power * np.log(mu0 * mu)) / mu


def minnaert_derivatives(mu0: Values, mu: Values, phase_deg: Values, k: float, per_deg: float) -> tuple[Values, ...]:
    """Derivatives with respect to ``k`` and ``per_deg``; 0 where k is held."""
    free = k + per_deg * phase_deg >= 0.0
    by_k = np.where(free, minnaert(mu0, mu, phase_deg, k, per_deg) * np.log(mu0 * mu), 0.0)
    return by_k, by_k * phase_deg


def akimov(mu0: Values, mu: Values, phase_deg: Values) -> Values:
    """A surface rough at all scales, without parameters (Shkuratov et al. 2011, Planet. Space Sci. 59, 1326, eq. 19).

    At opposition the disc is flat; at the terminator it is dark.
    """
    phase = np.radians(phase_deg)
    sine = np.sin(phase)
    apart = sine > _LEAST_SINE
    tangent = np.where(apart, (mu0 / mu - np.cos(phase)) / np.where(apart, sine, 1.0), 0.0)
    longitude = np.arctan(tangent)
    cos_longitude = np.cos(longitude)
    cos_latitude = np.minimum(mu / cos_longitude, 1.0)
    left = np.pi - np.minimum(phase, np.pi - _LEAST_SINE)
    along = np.cos(np.pi / left * (longitude - phase / 2.0))
    return np.cos(phase / 2.0) * np.maximum(along, 0.0) * cos_latitude ** (phase / left) / cos_longitude
