"""Hapke's bidirectional reflectance (1981, J. Geophys. Res. 86, 3039; roughness 1984; opposition 1986, Icarus 67, 264).

With the form of those papers for the H functions, ``(1 + 2x) / (1 + 2x sqrt(1 - w))``, which is within 4 % of
Chandrasekhar's: published parameters of Io were fitted with it. Not for the revisions of 2002 and later.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iovolc.light.roughness import Varied, roughen

Values = NDArray[np.float64]

HAPKE_PARAMETERS: Final = ("single_scattering_albedo", "asymmetry", "roughness_deg", "surge", "surge_h")
"""w; b of one Henyey-Greenstein lobe, negative for backscattering; mean slope; B0 and h of the opposition surge."""


class Hapke(NamedTuple):
    """Values of :data:`HAPKE_PARAMETERS`."""

    w: float
    b: float
    slope_deg: float
    b0: float
    h: float


def hapke(mu0: Values, mu: Values, phase_deg: Values, parameters: Hapke) -> tuple[Values, tuple[Values, ...]]:
    """I/F over that at vertical incidence and emission, and its derivatives with respect to the parameters.

    Parameters
    ----------
    mu0, mu : ndarray, shape (...)
        Cosines of incidence and emission, above 0.
    phase_deg : ndarray, shape (...)
        Phase angle.
    parameters : Hapke
        Of the ground.
    """
    value, slopes = _radiance(mu0, mu, phase_deg, parameters)
    top, top_slopes = _radiance(np.ones(()), np.ones(()), np.zeros(()), parameters)
    relative = value / top
    return relative, tuple((a - relative * c) / top for a, c in zip(slopes, top_slopes, strict=True))


def _radiance(mu0: Values, mu: Values, phase_deg: Values, parameters: Hapke) -> tuple[Values, tuple[Values, ...]]:
    """``(w/4) mu0 / (mu0 + mu) ((1 + B) P + H H - 1) S`` and its derivatives."""
    w, gamma = parameters.w, math.sqrt(1.0 - parameters.w)
    rough = roughen(mu0, mu, phase_deg, parameters.slope_deg)
    sun, view = rough.mu0, rough.mu
    both = sun.value + view.value
    factor = 0.25 * w * sun.value / both * rough.shadowing.value
    lobe, lobe_by_b = _lobe(phase_deg, parameters.b)
    surge, surge_by_h = _surge(phase_deg, parameters.h)
    h_sun, h_view = _h(sun.value, gamma), _h(view.value, gamma)
    scattered = (1.0 + parameters.b0 * surge) * lobe + h_sun * h_view - 1.0
    value = factor * scattered
    h_by_gamma = _h_by_gamma(sun.value, gamma) * h_view + h_sun * _h_by_gamma(view.value, gamma)
    by_slope = value * (
        sun.slope / sun.value - (sun.slope + view.slope) / both + rough.shadowing.slope / rough.shadowing.value
    ) + factor * (_h_by_slope(sun, gamma) * h_view + h_sun * _h_by_slope(view, gamma))
    per_degree = math.radians(1.0) * (1.0 + math.tan(math.radians(parameters.slope_deg)) ** 2)
    return value, (
        value / w - factor * h_by_gamma / (2.0 * gamma),
        factor * (1.0 + parameters.b0 * surge) * lobe_by_b,
        by_slope * per_degree,
        factor * lobe * surge,
        factor * lobe * parameters.b0 * surge_by_h,
    )


def _lobe(phase_deg: Values, b: float) -> tuple[Values, Values]:
    """Henyey and Greenstein's phase function, 1 on average over the sphere, and its derivative."""
    cosine = np.cos(np.radians(phase_deg))
    below = 1.0 + 2.0 * b * cosine + b**2
    return (1.0 - b**2) / below**1.5, -2.0 * b / below**1.5 - 3.0 * (1.0 - b**2) * (cosine + b) / below**2.5


def _surge(phase_deg: Values, h: float) -> tuple[Values, Values]:
    """Shape of the opposition surge, 1 at its peak, and its derivative."""
    tangent = np.tan(np.radians(phase_deg) / 2.0)
    shape = 1.0 / (1.0 + tangent / h)
    return shape, shape**2 * tangent / h**2


def _h(cosine: Values, gamma: float) -> Values:
    return (1.0 + 2.0 * cosine) / (1.0 + 2.0 * cosine * gamma)


def _h_by_gamma(cosine: Values, gamma: float) -> Values:
    return -2.0 * cosine * (1.0 + 2.0 * cosine) / (1.0 + 2.0 * cosine * gamma) ** 2


def _h_by_slope(cosine: Varied, gamma: float) -> Values:
    return 2.0 * (1.0 - gamma) / (1.0 + 2.0 * cosine.value * gamma) ** 2 * cosine.slope
