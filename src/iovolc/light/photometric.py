"""How bright ground looks under given light: photometric functions with one interface.

A function gives the reflectance factor r = I/F of ground whose normal albedo is 1: I/F where Sun and observer both
stand in the zenith. So every function is 1 there, and an image divided by it shows normal albedo. Not for where the
light comes from nor how strong it is: the same functions serve sunlight and Jupitershine, each with its own angles.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc.light import disc_functions as disc
from iovolc.light.hapke import HAPKE_PARAMETERS, Hapke, hapke
from iovolc.light.phase_function import PHASE_PARAMETERS, phase_derivatives, phase_function

Values = NDArray[np.float64]
Model = Literal["lambert", "lommel_seeliger", "lunar_lambert", "minnaert", "akimov", "hapke"]

MODELS: Final[tuple[Model, ...]] = get_args(Model)
PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "lambert": PHASE_PARAMETERS,
        "lommel_seeliger": PHASE_PARAMETERS,
        "lunar_lambert": ("limb_weight", "limb_weight_per_deg", *PHASE_PARAMETERS),
        "minnaert": ("k", "k_per_deg", *PHASE_PARAMETERS),
        "akimov": PHASE_PARAMETERS,
        "hapke": HAPKE_PARAMETERS,
    }
)
"""Names of each model's parameters, in order."""

BOUNDS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "limb_weight": (-1.0, 2.0),
        "limb_weight_per_deg": (-0.1, 0.1),
        "k": (0.0, 3.0),
        "k_per_deg": (-0.1, 0.1),
        "phase_slope_per_deg": (-0.1, 0.2),
        "surge": (0.0, 5.0),
        "surge_width_deg": (0.1, 30.0),
        "single_scattering_albedo": (0.001, 0.9999),
        "asymmetry": (-0.95, 0.95),
        "roughness_deg": (0.0, 60.0),
        "surge_h": (0.0005, 5.0),
    }
)
"""Values that a parameter can have."""

_DISC: Final = MappingProxyType(
    {
        "lambert": disc.lambert,
        "lommel_seeliger": disc.lommel_seeliger,
        "lunar_lambert": disc.lunar_lambert,
        "minnaert": disc.minnaert,
        "akimov": disc.akimov,
    }
)
_DISC_DERIVATIVES: Final = MappingProxyType(
    {"lunar_lambert": disc.lunar_lambert_derivatives, "minnaert": disc.minnaert_derivatives}
)
_PART: Final = 1 << 15
"""Pixels worked on at a time, so that intermediate values stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Photometry:
    """A photometric function with its parameters.

    Parameters
    ----------
    model : str
        One of :data:`MODELS`.
    parameters : tuple of float
        In the order of :data:`PARAMETERS`, within :data:`BOUNDS`.

    Raises
    ------
    ValueError
        If the model is unknown, or there are more, fewer or other numbers than it takes.
    """

    model: Model
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.model not in PARAMETERS:
            raise ValueError(f"no photometric function is called `{self.model}`; there are {', '.join(MODELS)}")
        names = PARAMETERS[self.model]
        if len(self.parameters) != len(names):
            raise ValueError(f"{self.model} takes {', '.join(names)}, not {len(self.parameters)} numbers")
        for name, value in zip(names, self.parameters, strict=True):
            low, high = BOUNDS[name]
            if not low <= value <= high:
                raise ValueError(f"{self.model}: {name} = {value:g} lies outside {low:g} to {high:g}")

    def named(self) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(PARAMETERS[self.model], self.parameters, strict=True))


@dataclass(frozen=True, slots=True)
class PhotometryEstimate:
    """A photometric function and how well its parameters are known.

    Parameters
    ----------
    photometry : Photometry
        The function.
    covariance : tuple of tuple of float
        Of the parameters, in their order.
    """

    photometry: Photometry
    covariance: tuple[tuple[float, ...], ...]

    def sigmas(self) -> tuple[float, ...]:
        """Standard deviation of each parameter."""
        return tuple(math.sqrt(row[i]) for i, row in enumerate(self.covariance))


def reflectance(
    photometry: Photometry, incidence_deg: ArrayLike, emission_deg: ArrayLike, phase_deg: ArrayLike
) -> Values:
    """Reflectance factor per unit of normal albedo.

    Parameters
    ----------
    photometry : Photometry
        The function.
    incidence_deg, emission_deg, phase_deg : array_like
        Angles in degrees, of shapes that broadcast. The three must be possible together.

    Returns
    -------
    ndarray, shape (...), float64
        1 at (0, 0, 0); 0 where incidence or emission is 90 degrees or more; NaN where an angle is.
    """
    angles = np.broadcast_arrays(incidence_deg, emission_deg, phase_deg)
    flat = np.zeros(angles[0].size)
    for part, lit, *place in _parts(angles):
        flat[part][lit] = _value(photometry, *place)
    return flat.reshape(angles[0].shape)


def derivatives(
    photometry: Photometry, incidence_deg: ArrayLike, emission_deg: ArrayLike, phase_deg: ArrayLike
) -> Values:
    """Derivatives of :func:`reflectance` with respect to the parameters.

    Parameters
    ----------
    photometry : Photometry
        The function.
    incidence_deg, emission_deg, phase_deg : array_like
        As for :func:`reflectance`.

    Returns
    -------
    ndarray, shape (parameter, ...), float64
        In the order of :data:`PARAMETERS`.
    """
    angles = np.broadcast_arrays(incidence_deg, emission_deg, phase_deg)
    flat = np.zeros((len(photometry.parameters), angles[0].size))
    for part, lit, *place in _parts(angles):
        for row, values in zip(flat, _derivatives(photometry, *place), strict=True):
            row[part][lit] = values
    return flat.reshape(-1, *angles[0].shape)


def reflectance_sigma(
    estimate: PhotometryEstimate, incidence_deg: ArrayLike, emission_deg: ArrayLike, phase_deg: ArrayLike
) -> Values:
    """Standard deviation of :func:`reflectance` that the parameters' covariance implies; of its shape and unit."""
    slopes = derivatives(estimate.photometry, incidence_deg, emission_deg, phase_deg)
    variance = np.einsum("i...,ij,j...->...", slopes, np.array(estimate.covariance), slopes)
    return np.sqrt(np.maximum(variance, 0.0))


def _parts(angles: tuple[Any, ...]) -> Iterator[tuple[slice, NDArray[np.bool_], Values, Values, Values]]:
    """Pieces of the planes: their place, what of them is lit and seen, and its cosines and phase angles."""
    flat = [np.ravel(plane) for plane in angles]
    for start in range(0, len(flat[0]), _PART):
        part = slice(start, start + _PART)
        incidence, emission, phase = (plane[part].astype(np.float64) for plane in flat)
        lit = ~((incidence >= 90.0) | (emission >= 90.0))
        # Every model depends on the phase angle, not every one on the others: what is unknown is handed on through it.
        known = np.where(np.isnan(incidence) | np.isnan(emission), np.nan, phase)
        yield part, lit, np.cos(np.radians(incidence[lit])), np.cos(np.radians(emission[lit])), known[lit]


def _value(photometry: Photometry, mu0: Values, mu: Values, phase_deg: Values) -> Values:
    if photometry.model == "hapke":
        return hapke(mu0, mu, phase_deg, Hapke(*photometry.parameters))[0]
    own, common = _split(photometry)
    return _DISC[photometry.model](mu0, mu, phase_deg, *own) * phase_function(phase_deg, *common)


def _derivatives(photometry: Photometry, mu0: Values, mu: Values, phase_deg: Values) -> tuple[Values, ...]:
    if photometry.model == "hapke":
        return hapke(mu0, mu, phase_deg, Hapke(*photometry.parameters))[1]
    own, common = _split(photometry)
    fall = phase_function(phase_deg, *common)
    shape = _DISC[photometry.model](mu0, mu, phase_deg, *own)
    by_own = _DISC_DERIVATIVES[photometry.model](mu0, mu, phase_deg, *own) if own else ()
    return (*(slope * fall for slope in by_own), *(shape * slope for slope in phase_derivatives(phase_deg, *common)))


def _split(photometry: Photometry) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The parameters of the disc function, and those of the phase function."""
    own = len(photometry.parameters) - len(PHASE_PARAMETERS)
    return photometry.parameters[:own], photometry.parameters[own:]
