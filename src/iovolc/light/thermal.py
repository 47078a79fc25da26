"""Planck's law for hot spots: radiance, spectral radiant intensity, brightness and ratio temperatures, power.

Lengths of waves are micrometres, areas km2, intensities GW um-1 sr-1, powers GW. Not for fits with errors
(:mod:`iovolc.light.thermal_fit`), nor for what may be said of a power (:mod:`iovolc.light.thermal_power`).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from iovolc.errors import AlgorithmError

Floats = NDArray[np.float64]

STEFAN_BOLTZMANN: Final = 5.670374419e-8
"""W m-2 K-4 (CODATA 2018, exact to its digits)."""
FIRST_RADIATION: Final = 1.191042972e8
"""2 h c^2 in W um4 m-2 sr-1 (CODATA 2018)."""
SECOND_RADIATION: Final = 14387.76877
"""h c / k in um K (CODATA 2018)."""

MAX_EMISSION_DEG: Final = 60.0
"""Beyond this angle an intensity is not corrected: the emission of hot spots is not Lambert's there."""
TEMPERATURES_K: Final = (100.0, 3000.0)
"""Surfaces colder or hotter than this are no hot spots of Io."""

_GW_FROM_KM2: Final = 1e-3  # W m-2 times km2, in GW


def radiance(wavelength_um: ArrayLike, temperature_k: ArrayLike) -> Floats:
    """Planck's radiance of a black body in W m-2 sr-1 um-1.

    Parameters
    ----------
    wavelength_um, temperature_k : float or ndarray
        Broadcast against each other.
    """
    lam = np.asarray(wavelength_um, np.float64)
    x = SECOND_RADIATION / (lam * np.asarray(temperature_k, np.float64))
    with np.errstate(over="ignore"):  # a surface of a few kelvin emits nothing here
        return np.asarray(FIRST_RADIATION / lam**5 / np.expm1(x))


def brightness_temperature(wavelength_um: ArrayLike, radiance_w: ArrayLike) -> Floats:
    """Temperature in K of the black body with this radiance (W m-2 sr-1 um-1, above zero)."""
    lam = np.asarray(wavelength_um, np.float64)
    return np.asarray(
        SECOND_RADIATION / (lam * np.log1p(FIRST_RADIATION / (lam**5 * np.asarray(radiance_w, np.float64))))
    )


def intensity(
    wavelength_um: ArrayLike, temperature_k: ArrayLike, area_km2: ArrayLike, emissivity: float = 1.0
) -> Floats:
    """Spectral radiant intensity of a surface seen face-on, ``eps A B``, in GW um-1 sr-1."""
    area = np.asarray(area_km2, np.float64)
    return np.asarray(emissivity * area * radiance(wavelength_um, temperature_k) * _GW_FROM_KM2)


def corrected_for_emission(observed: float, emission_deg: float) -> float:
    """``I / cos e``: what the surface would show face-on.

    Raises
    ------
    AlgorithmError
        If the angle exceeds :data:`MAX_EMISSION_DEG`.
    """
    if not 0.0 <= emission_deg <= MAX_EMISSION_DEG:
        raise AlgorithmError(
            f"an intensity seen at {emission_deg:g} degrees is not corrected; at most {MAX_EMISSION_DEG:g} are",
            emission_deg=emission_deg,
        )
    return observed / math.cos(math.radians(emission_deg))


def power(temperature_k: ArrayLike, area_km2: ArrayLike, emissivity: float = 1.0) -> Floats:
    """``eps sigma T^4 A`` in GW."""
    fourth = np.asarray(temperature_k, np.float64) ** 4
    return np.asarray(emissivity * STEFAN_BOLTZMANN * fourth * np.asarray(area_km2, np.float64) * _GW_FROM_KM2)


def power_per_intensity(wavelength_um: float, temperature_k: ArrayLike) -> Floats:
    """``sigma T^4 / B`` in um sr: power over intensity of a surface of one temperature."""
    fourth = np.asarray(temperature_k, np.float64) ** 4
    return np.asarray(STEFAN_BOLTZMANN * fourth / radiance(wavelength_um, temperature_k))


def k48(temperature_k: ArrayLike, wavelength_um: float = 4.78) -> Floats:
    """Factor of the proxy ``P = pi k48 I`` near 4.8 um, for one temperature (Davies et al. 2023)."""
    return np.asarray(power_per_intensity(wavelength_um, temperature_k) / math.pi)


def ratio(shorter_um: float, longer_um: float, temperature_k: ArrayLike) -> Floats:
    """Intensity at the shorter over that at the longer wavelength, for one temperature."""
    return np.asarray(radiance(shorter_um, temperature_k) / radiance(longer_um, temperature_k))


def ratio_temperature(shorter_um: float, longer_um: float, observed: float) -> float:
    """Colour temperature in K of a background-subtracted ratio, or NaN outside :data:`TEMPERATURES_K`.

    Raises
    ------
    AlgorithmError
        If the wavelengths are not in order.
    """
    if not 0.0 < shorter_um < longer_um:
        raise AlgorithmError("give the shorter wavelength first", shorter_um=shorter_um, longer_um=longer_um)
    low, high = TEMPERATURES_K
    if not ratio(shorter_um, longer_um, low) <= observed <= ratio(shorter_um, longer_um, high):
        return math.nan

    def excess(temperature_k: float) -> float:
        return math.log(float(ratio(shorter_um, longer_um, temperature_k)) / observed)

    return float(brentq(excess, low, high, xtol=1e-6))
