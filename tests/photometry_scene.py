"""Simulated looks at an Io whose photometry is known; the formulas are written out anew, not taken from the package."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

GAIN_SIGMA = 0.05
NOISE = 0.02


@dataclass(frozen=True)
class Scene:
    """Looks, and what is true of them; arrays of shape (look,), gains of shape (epoch,)."""

    place: NDArray[np.intp]
    epoch: NDArray[np.intp]
    lat: Values
    lon_e: Values
    incidence_deg: Values
    emission_deg: Values
    phase_deg: Values
    value: Values
    sigma: Values
    gains: Values


def brightness(model: str, parameters: tuple[float, ...], mu0: Values, mu: Values, phase_deg: Values) -> Values:
    """Reflectance factor of lunar_lambert or minnaert."""
    first, per_deg, slope, surge, width = parameters
    if model == "lunar_lambert":
        weight = np.clip(first + per_deg * phase_deg, 0.0, 1.0)
        disc = weight * 2.0 * mu0 / (mu0 + mu) + (1.0 - weight) * mu0
    else:
        k = first + per_deg * phase_deg
        disc = mu0**k * mu ** (k - 1.0)
    return disc * np.exp(-slope * phase_deg) * (1.0 + surge * np.exp(-phase_deg / width)) / (1.0 + surge)


def scene(
    seed: int,
    model: str,
    parameters: tuple[float, ...],
    *,
    n_epochs: int = 8,
    phases_deg: tuple[float, float] = (1.0, 110.0),
    terrain: float = 1.0,
    changed: float = 0.05,
    step_deg: float = 6.0,
) -> Scene:
    """Epochs from random sides of an Io whose ground differs from place to place.

    Parameters
    ----------
    phases_deg : tuple of float
        Range from which the epochs' phase angles are drawn.
    terrain : float
        How much the photometry of the ground departs from the common one, 1 being realistic: over about 600 km the
        slope by 0.0008 per degree, the first parameter by 0.05.
    changed : float
        Share of the places that change by about 30 % in some epoch.
    step_deg : float
        Distance of the places.
    """
    rng = np.random.default_rng(seed)
    lat, lon_e = _places(step_deg)
    normals = _units(lat, lon_e)
    albedo = np.exp(0.3 * _field(rng, normals) + 0.15 * rng.standard_normal(len(lat)))
    odd_slope, odd_first = 0.0008 * terrain * _field(rng, normals), 0.05 * terrain * _field(rng, normals)
    gains = np.exp(GAIN_SIGMA * rng.standard_normal(n_epochs))
    rows: list[tuple[Values, ...]] = []
    for epoch in range(n_epochs):
        sun, observer = _sides(rng, phases_deg)
        mu0, mu = normals @ sun, normals @ observer
        seen = np.flatnonzero((mu0 > np.cos(np.radians(75.0))) & (mu > np.cos(np.radians(70.0))))
        mu0, mu = mu0[seen], mu[seen]
        phase = np.full(len(seen), np.degrees(np.arccos(np.clip(sun @ observer, -1.0, 1.0))))
        common = brightness(model, parameters, mu0, mu, phase)
        bump = (parameters[0] + 0.05, *parameters[1:])
        by_first = np.log(brightness(model, bump, mu0, mu, phase) / common) / 0.05
        value = albedo[seen] * common * gains[epoch] * np.exp(odd_first[seen] * by_first - odd_slope[seen] * phase)
        value *= np.exp(NOISE * rng.standard_normal(len(seen)))
        value *= np.where(rng.random(len(seen)) < changed, np.exp(rng.choice([-0.3, 0.3], len(seen))), 1.0)
        angles = (np.degrees(np.arccos(mu0)), np.degrees(np.arccos(mu)), phase)
        rows.append((seen, np.full(len(seen), epoch), lat[seen], lon_e[seen], *angles, value, NOISE * value))
    columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
    return Scene(columns[0].astype(np.intp), columns[1].astype(np.intp), *columns[2:], gains=gains)


def _places(step_deg: float) -> tuple[Values, Values]:
    lats = np.arange(-90.0 + step_deg / 2.0, 90.0, step_deg)
    rows = [(lat, max(1, round(360.0 / step_deg * np.cos(np.radians(lat))))) for lat in lats]
    lat = np.concatenate([np.full(n, lat) for lat, n in rows])
    return lat, np.concatenate([360.0 * (np.arange(n) + 0.5) / n - 180.0 for _, n in rows])


def _units(lat: Values, lon_e: Values) -> Values:
    phi, lam = np.radians(lat), np.radians(lon_e)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def _field(rng: np.random.Generator, normals: Values) -> Values:
    """A smooth random field of unit variance, correlated over about 18 degrees."""
    bumps = rng.standard_normal((600, 3))
    bumps /= np.linalg.norm(bumps, axis=1, keepdims=True)
    smooth = np.exp(40.0 * (normals @ bumps.T - 1.0)) @ rng.standard_normal(600)
    return (smooth - smooth.mean()) / smooth.std()


def _sides(rng: np.random.Generator, phases_deg: tuple[float, float]) -> tuple[Values, Values]:
    """Directions of a Sun near the equator, and of an observer at a phase angle drawn from the range."""
    sun = _units(rng.uniform(-3.0, 3.0), rng.uniform(-180.0, 180.0))
    aside = np.cross(sun, rng.standard_normal(3))
    aside /= np.linalg.norm(aside)
    phase = np.radians(rng.uniform(*phases_deg))
    return sun, np.cos(phase) * sun + np.sin(phase) * aside
