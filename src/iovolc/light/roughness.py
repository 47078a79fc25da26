"""Hapke's macroscopic roughness (Hapke 1984, Icarus 59, 41): effective cosines and the shadowing factor S.

Every quantity comes as a value with its derivative with respect to the tangent of the mean slope. Not for relief that
the image resolves.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_LEAST_SINE: Final = 1e-9
_SMOOTH: Final = 1e-3


class Varied(NamedTuple):
    """A value and its derivative with respect to the tangent of the mean slope."""

    value: Values
    slope: Values


class Rough(NamedTuple):
    """Effective cosines of incidence and emission, and the shadowing factor."""

    mu0: Varied
    mu: Varied
    shadowing: Varied


class _Ground(NamedTuple):
    """Tangent of the mean slope; Hapke's chi and its derivative."""

    tangent: float
    chi: float
    chi_slope: float


def roughen(mu0: Values, mu: Values, phase_deg: Values, mean_slope_deg: float) -> Rough:
    """Effective cosines and shadowing of ground whose slopes have this mean.

    Parameters
    ----------
    mu0, mu : ndarray, shape (...)
        Cosines of incidence and emission, above 0.
    phase_deg : ndarray, shape (...)
        Phase angle.
    mean_slope_deg : float
        Hapke's theta bar; below 0.06 degrees the ground counts as smooth.
    """
    tangent = math.tan(math.radians(mean_slope_deg))
    if tangent < _SMOOTH:
        none = np.zeros_like(mu0)
        return Rough(Varied(mu0, none), Varied(mu, none), Varied(np.ones_like(mu0), none))
    chi = 1.0 / math.sqrt(1.0 + math.pi * tangent**2)
    ground = _Ground(tangent, chi, -math.pi * tangent * chi**3)
    oblique, upright = np.minimum(mu0, mu), np.maximum(mu0, mu)
    azimuth = _azimuth(mu0, mu, phase_deg)
    tilted_oblique, tilted_upright = _together(oblique, upright, azimuth, ground)
    low_sun = mu0 < mu
    tilted_mu0, tilted_mu = (
        _chosen(low_sun, tilted_oblique, tilted_upright),
        _chosen(low_sun, tilted_upright, tilted_oblique),
    )
    return Rough(tilted_mu0, tilted_mu, _shadowing(mu0, tilted_mu, oblique, upright, azimuth, ground))


def _shadowing(
    mu0: Values, tilted_mu: Varied, oblique: Values, upright: Values, azimuth: Values, ground: _Ground
) -> Varied:
    """Hapke's S: ``mu_e mu0 chi / (eta(i) eta(e) (1 - f + f chi upright / eta(upright)))``."""
    alone_oblique, alone_upright = _alone(oblique, ground), _alone(upright, ground)
    with np.errstate(over="ignore"):
        behind = np.exp(-2.0 * np.tan(azimuth / 2.0))
    part = behind * ground.chi * upright / alone_upright.value
    below = 1.0 - behind + part
    value = tilted_mu.value * mu0 * ground.chi / (alone_oblique.value * alone_upright.value * below)
    upright_change, chi_change = alone_upright.slope / alone_upright.value, ground.chi_slope / ground.chi
    change = (
        tilted_mu.slope / tilted_mu.value
        - alone_oblique.slope / alone_oblique.value
        - upright_change
        + chi_change
        - part * (chi_change - upright_change) / below
    )
    return Varied(value, value * change)


def _azimuth(mu0: Values, mu: Values, phase_deg: Values) -> Values:
    """Angle between the planes of incidence and emission, in radians; any where one ray is vertical."""
    sines = np.sqrt((1.0 - mu0**2) * (1.0 - mu**2))
    cosine = (np.cos(np.radians(phase_deg)) - mu0 * mu) / np.maximum(sines, _LEAST_SINE)
    return np.arccos(np.clip(cosine, -1.0, 1.0))


def _alone(cosine: Values, ground: _Ground) -> Varied:
    """Hapke's eta: the effective cosine of one ray by itself."""
    first, second = _exponentials(cosine, ground.tangent)
    left = 2.0 - first.value
    share = second.value / left
    return _tilted(cosine, Varied(share, (second.slope + share * first.slope) / left), ground)


def _together(oblique: Values, upright: Values, azimuth: Values, ground: _Ground) -> tuple[Varied, Varied]:
    """Effective cosines of the more oblique and of the more upright ray, given both."""
    first, second = _exponentials(oblique, ground.tangent)
    upright_first, upright_second = _exponentials(upright, ground.tangent)
    turn, half = azimuth / np.pi, np.sin(azimuth / 2.0) ** 2
    left = 2.0 - first.value - turn * upright_first.value
    left_slope = -first.slope - turn * upright_first.slope

    def tilted(cosine: Values, own: Values | float, other: Values) -> Varied:
        share = (own * second.value + other * upright_second.value) / left
        slope = (own * second.slope + other * upright_second.slope - share * left_slope) / left
        return _tilted(cosine, Varied(share, slope), ground)

    return tilted(oblique, 1.0, -half), tilted(upright, np.cos(azimuth), half)


def _tilted(cosine: Values, share: Varied, ground: _Ground) -> Varied:
    sine = np.sqrt(1.0 - cosine**2)
    inner = cosine + sine * ground.tangent * share.value
    inner_slope = sine * (share.value + ground.tangent * share.slope)
    return Varied(ground.chi * inner, ground.chi_slope * inner + ground.chi * inner_slope)


def _exponentials(cosine: Values, tangent: float) -> tuple[Varied, Varied]:
    """Hapke's E1 and E2 of one ray."""
    cotangent = cosine / np.maximum(np.sqrt(1.0 - cosine**2), _LEAST_SINE) / tangent
    first, second = np.exp(-2.0 / np.pi * cotangent), np.exp(-(cotangent**2) / np.pi)
    return (
        Varied(first, first * 2.0 / np.pi * cotangent / tangent),
        Varied(second, second * 2.0 / np.pi * cotangent**2 / tangent),
    )


def _chosen(where: NDArray[np.bool_], first: Varied, second: Varied) -> Varied:
    return Varied(np.where(where, first.value, second.value), np.where(where, first.slope, second.slope))
