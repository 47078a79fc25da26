"""Temperature and area of a hot spot from its intensities in several bands, with their covariance.

Fits run in ln T and ln A, where errors of brightness are nearly symmetric; saturated bands count as lower limits. Not
for what may be said of a power from too few bands (:mod:`iovolc.light.thermal_power`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, least_squares
from scipy.special import log_ndtr

from iovolc.errors import AlgorithmError
from iovolc.light.thermal import TEMPERATURES_K, intensity, power

Floats = NDArray[np.float64]
Limit = Literal["detection", "upper", "lower"]

_LOG_T: Final = (math.log(TEMPERATURES_K[0]), math.log(TEMPERATURES_K[1]))
_STARTS_K: Final = np.geomspace(220.0, 1800.0, 32)
_PAIRS_K: Final = tuple((hot, cool) for hot in (600.0, 900.0, 1300.0) for cool in (250.0, 350.0, 500.0))
_LEAST_AREA_KM2: Final = 1e-9
_LARGEST_AREA_KM2: Final = 4.2e7  # all of Io


@dataclass(frozen=True, slots=True)
class BandValue:
    """Intensity of a hot spot in one band.

    Parameters
    ----------
    wavelength_um : float
        Effective wavelength.
    value, sigma : float
        Intensity, corrected for emission angle, and its one-sigma error in GW um-1 sr-1; sigma above zero.
    limit : str
        ``lower`` where the band is saturated, ``upper`` where nothing was seen.
    """

    wavelength_um: float
    value: float
    sigma: float
    limit: Limit = "detection"


@dataclass(frozen=True, slots=True)
class ThermalFit:
    """Surfaces of one temperature each that radiate as observed.

    Parameters
    ----------
    temperature_k, area_km2 : ndarray, shape (component,)
        The hottest first.
    log_covariance : ndarray, shape (2 component, 2 component)
        Of all ln T, then of all ln A.
    chi2 : float
        Twice the negative logarithm of the likelihood, up to a constant.
    freedom : int
        Detected bands less parameters.
    emissivity : float
        As assumed.
    """

    temperature_k: Floats
    area_km2: Floats
    log_covariance: Floats
    chi2: float
    freedom: int
    emissivity: float

    @property
    def power_gw(self) -> float:
        """Power of all components in GW."""
        return float(power(self.temperature_k, self.area_km2, self.emissivity).sum())

    @property
    def log_sigmas(self) -> Floats:
        """One-sigma errors of ln T, then of ln A: 68 % lies within a factor exp(sigma)."""
        return np.sqrt(np.diag(self.log_covariance))

    @property
    def log_power_sigma(self) -> float:
        """One-sigma error of ln P."""
        share = power(self.temperature_k, self.area_km2, self.emissivity) / self.power_gw
        slope = np.concatenate((4.0 * share, share))
        return float(np.sqrt(slope @ self.log_covariance @ slope))


def fit_one(bands: Sequence[BandValue], emissivity: float = 1.0) -> ThermalFit:
    """One temperature and one area.

    Parameters
    ----------
    bands : sequence of BandValue
        At least two detections at different wavelengths; limits only bound.
    emissivity : float
        Of the surface, for all bands.

    Returns
    -------
    ThermalFit
        The maximum of the likelihood, and the inverse of the expected information there.

    Raises
    ------
    AlgorithmError
        If there are too few detections, or no temperature from 100 to 3000 K explains them.
    """
    _require(bands, 2)
    seen = [band for band in bands if band.limit == "detection"]
    starts = [np.log([temperature, _area_at(temperature, seen, emissivity)]) for temperature in _STARTS_K]
    solution = _solve(bands, emissivity, [min(starts, key=lambda start: _chi2(start, bands, emissivity))])
    return _fit_of(solution, bands, emissivity)


def fit_two(bands: Sequence[BandValue], emissivity: float = 1.0, *, max_area_km2: float) -> ThermalFit:
    """Two temperatures with an area each.

    Parameters
    ----------
    bands : sequence of BandValue
        At least four detections at different wavelengths.
    emissivity : float
        Of both surfaces, for all bands.
    max_area_km2 : float
        Neither surface is larger: the area of the patera or of the pixel.

    Raises
    ------
    AlgorithmError
        If there are too few detections, or no pair of temperatures explains them.
    """
    _require(bands, 4)
    seen = [band for band in bands if band.limit == "detection"]
    starts = [np.log([*pair, *_areas_at(pair, seen, emissivity, max_area_km2)]) for pair in _PAIRS_K]
    best = sorted(starts, key=lambda start: _chi2(start, bands, emissivity))[:3]
    return _fit_of(_solve(bands, emissivity, best, max_area_km2), bands, emissivity)


def _require(bands: Sequence[BandValue], least: int) -> None:
    seen = len({band.wavelength_um for band in bands if band.limit == "detection"})
    if seen < least:
        raise AlgorithmError(f"{seen} detected bands do not give a temperature; {least} are needed", bands=float(seen))
    if any(not band.sigma > 0.0 for band in bands):
        raise AlgorithmError("a band without error cannot be weighed; give its sigma")


def _columns(bands: Sequence[BandValue]) -> tuple[Floats, Floats, Floats]:
    table = np.array([(band.wavelength_um, band.value, band.sigma) for band in bands])
    return table[:, 0], table[:, 1], table[:, 2]


def _model(parameters: Floats, wavelength_um: Floats, emissivity: float) -> Floats:
    half = parameters.size // 2
    temperature, area = np.exp(parameters[:half]), np.exp(parameters[half:])
    return intensity(wavelength_um[:, None], temperature, area, emissivity).sum(axis=1)


def _residuals(parameters: Floats, bands: Sequence[BandValue], emissivity: float) -> Floats:
    """Their squares add up to -2 ln L: normal for detections, the tail of the normal for limits."""
    wavelength_um, value, sigma = _columns(bands)
    z = (_model(parameters, wavelength_um, emissivity) - value) / sigma
    sign = np.array([{"detection": 0.0, "lower": 1.0, "upper": -1.0}[band.limit] for band in bands])
    return np.where(sign == 0.0, z, np.sqrt(np.maximum(-2.0 * log_ndtr(sign * z), 0.0)))


def _chi2(parameters: Floats, bands: Sequence[BandValue], emissivity: float) -> float:
    return float((_residuals(parameters, bands, emissivity) ** 2).sum())


def _area_at(temperature_k: float, seen: Sequence[BandValue], emissivity: float) -> float:
    """The best area of a surface of a known temperature."""
    wavelength_um, value, sigma = _columns(seen)
    unit = intensity(wavelength_um, temperature_k, 1.0, emissivity) / sigma
    return max(float(unit @ (value / sigma) / (unit @ unit)), _LEAST_AREA_KM2)


def _areas_at(
    pair: tuple[float, float], seen: Sequence[BandValue], emissivity: float, max_area_km2: float
) -> tuple[float, float]:
    """Areas of two known temperatures: the hotter one carries the shortest band, the cooler one what is left."""
    ordered = sorted(seen, key=lambda band: band.wavelength_um)
    hot = _area_at(pair[0], ordered[:1], emissivity)
    last = ordered[-1]
    left = last.value - float(intensity(last.wavelength_um, pair[0], hot, emissivity))
    cool = left / float(intensity(last.wavelength_um, pair[1], 1.0, emissivity))
    return min(hot, 0.5 * max_area_km2), min(max(cool, hot), 0.9 * max_area_km2)


def _solve(
    bands: Sequence[BandValue], emissivity: float, starts: Sequence[Floats], max_area_km2: float = _LARGEST_AREA_KM2
) -> OptimizeResult:
    half = starts[0].size // 2
    low = np.array([_LOG_T[0]] * half + [math.log(_LEAST_AREA_KM2 / 10.0)] * half)
    high = np.array([_LOG_T[1]] * half + [math.log(max_area_km2)] * half)
    solutions = [
        least_squares(_residuals, np.clip(start, low + 1e-6, high - 1e-6), bounds=(low, high), x_scale="jac",
                      args=(bands, emissivity), max_nfev=400)
        for start in starts
    ]  # fmt: skip
    return min(solutions, key=lambda solution: float(solution.cost))


def _fit_of(solution: OptimizeResult, bands: Sequence[BandValue], emissivity: float) -> ThermalFit:
    parameters: Floats = solution.x
    half = parameters.size // 2
    order = np.argsort(-parameters[:half], kind="stable")
    order = np.concatenate((order, order + half))
    jacobian: Floats = solution.jac[:, order]
    information = jacobian.T @ jacobian
    at_edge = min(parameters[:half]) < _LOG_T[0] + 1e-3 or max(parameters[:half]) > _LOG_T[1] - 1e-3
    if at_edge or np.linalg.cond(information) > 1e14:
        raise AlgorithmError("the bands do not fix a temperature from 100 to 3000 K", chi2=2.0 * float(solution.cost))
    fitted = np.exp(parameters[order])
    seen = sum(band.limit == "detection" for band in bands)
    covariance = np.asarray(np.linalg.inv(information), np.float64)
    return ThermalFit(
        fitted[:half], fitted[half:], covariance, 2.0 * float(solution.cost), seen - parameters.size, emissivity
    )
