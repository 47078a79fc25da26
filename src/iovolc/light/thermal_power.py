"""What may be said of a hot spot's power: a value with its method and bounds, or bounds alone.

The step from radiance near 5 um to total power is disputed: cool crust emits most of the power and hardly any of that
radiance (Davies et al. 2023, 2024 against Tosi, Mura and Zambon 2025). So the method is always named, and no bounds are
closer than a factor of two on either side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from iovolc.errors import AlgorithmError
from iovolc.light.thermal import power_per_intensity
from iovolc.light.thermal_fit import BandValue, ThermalFit, fit_one, fit_two

Method = Literal["single_T", "two_T", "k48_fixed", "none"]

L_BAND_UM: Final = (3.2, 4.1)
M_BAND_UM: Final = (4.4, 5.2)
BOUND_TEMPERATURES_K: Final = (400.0, 1000.0)
"""Without a temperature of its own a source is taken to lie between these."""
FITTED_TEMPERATURES_K: Final = (294.0, 1534.0)
"""Colour temperatures for which one temperature is believed: ratios of 3.455 to 4.78 um from 0.1 to 2.2."""
LEAST_FACTOR: Final = 2.0
"""Uncertainty of any power derived from radiance, on either side."""
_BETTER_CHI2: Final = 11.8  # three sigma for two more parameters


@dataclass(frozen=True, slots=True)
class Power:
    """Power of a hot spot in GW.

    Parameters
    ----------
    method : str
        ``single_T``, ``two_T``, ``k48_fixed``, or ``none`` where only bounds can be given.
    gw, low_gw, high_gw : float or None
        Value and bounds; None where the bands do not give it.
    fit : ThermalFit or None
        Temperatures and areas behind it.
    """

    method: Method
    gw: float | None
    low_gw: float | None
    high_gw: float | None
    fit: ThermalFit | None = None


NO_POWER: Final = Power("none", None, None, None)


def derive_power(
    bands: Sequence[BandValue], *, emissivity: float = 1.0, max_area_km2: float | None = None, k48: float | None = None
) -> Power:
    """The power that intensities of one moment support.

    Parameters
    ----------
    bands : sequence of BandValue
        Corrected for emission angle; any number.
    emissivity : float
        For all bands.
    max_area_km2 : float or None
        Largest area of a surface (patera or pixel); None allows no second temperature.
    k48 : float or None
        Factor of ``P = pi k48 I`` near 4.8 um, if the proxy is wanted where no temperature can be fitted.

    Returns
    -------
    Power
        ``two_T`` where four bands need it, else ``single_T`` where unsaturated L and M bands give a credible
        temperature, else ``k48_fixed`` if asked for, else ``none`` with the bounds for 400 to 1000 K.
    """
    fitted = _fitted(bands, emissivity, max_area_km2)
    if fitted is not None:
        factor = max(LEAST_FACTOR, math.exp(fitted.log_power_sigma))
        method: Method = "single_T" if fitted.temperature_k.size == 1 else "two_T"
        return Power(method, fitted.power_gw, fitted.power_gw / factor, fitted.power_gw * factor, fitted)
    bounds = _bounds(bands)
    m_band = _in_band(bands, M_BAND_UM)
    if k48 is None or not m_band:
        return bounds
    value = math.pi * k48 * m_band[0].value
    low, high = bounds.low_gw or value, bounds.high_gw or value
    return Power("k48_fixed", value, min(low, value / LEAST_FACTOR), max(high, value * LEAST_FACTOR))


def _fitted(bands: Sequence[BandValue], emissivity: float, max_area_km2: float | None) -> ThermalFit | None:
    if not (_in_band(bands, L_BAND_UM) and _in_band(bands, M_BAND_UM)):
        return None
    try:
        one = fit_one(bands, emissivity)
    except AlgorithmError:
        return None
    two = _second(bands, emissivity, max_area_km2)
    if two is not None and one.chi2 - two.chi2 > _BETTER_CHI2:
        return two
    low, high = FITTED_TEMPERATURES_K
    return one if low <= one.temperature_k[0] <= high else None


def _second(bands: Sequence[BandValue], emissivity: float, max_area_km2: float | None) -> ThermalFit | None:
    if max_area_km2 is None:
        return None
    try:
        return fit_two(bands, emissivity, max_area_km2=max_area_km2)
    except AlgorithmError:
        return None


def _in_band(bands: Sequence[BandValue], limits_um: tuple[float, float]) -> list[BandValue]:
    low, high = limits_um
    return [band for band in bands if low <= band.wavelength_um <= high and band.limit == "detection"]


def _bounds(bands: Sequence[BandValue]) -> Power:
    """Bounds for 400 to 1000 K; those of several bands are cut where they agree, the longest band first."""
    low, high = 0.0, math.inf
    for band in sorted(bands, key=lambda band: -band.wavelength_um):
        least, most = _factors(band.wavelength_um)
        below = band.value * least if band.limit != "upper" else 0.0
        above = band.value * most if band.limit != "lower" else math.inf
        if max(low, below) <= min(high, above):
            low, high = max(low, below), min(high, above)
    return Power("none", None, low if low > 0.0 else None, high if math.isfinite(high) else None)


def _factors(wavelength_um: float) -> tuple[float, float]:
    """Least and most power per intensity over the temperatures of the bounds: the least lies between them at 5 um."""
    found = power_per_intensity(wavelength_um, np.linspace(*BOUND_TEMPERATURES_K, 61))
    return float(found.min()), float(found.max())
