"""Normalisation between calibrated epochs: a gain and a smooth surface in ln albedo, fitted on unchanged terrain."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import sph_harm_y

from iovolc.geometry.compiled import kernel
from iovolc.geometry.lattice import nodes
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.light.blocks import BlockPlaces
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Sheet

Vector = NDArray[np.float64]
Plane = NDArray[np.float32]

PATCH_KM2 = 600.0**2
"""Area over which the terrain's residual brightness is taken as one: large deposits and light residuals."""
_STEP_DEG = 5.0
_TUKEY = 4.685
_CORE_SHARE = 0.35
_CORE_QUANTILE = 0.4538
"""The scatter is read off the 35 % of blocks that fit best: deposits of Surt's size change half of what two images
share."""
_ITERATIONS = 12
_PRIOR_GAIN = 0.1
_PRIOR_SURFACE = 0.3
_DEGREE_BY_COVERAGE = ((0.4, 3), (0.1, 2), (0.02, 1), (0.0, 0))


@dataclass(frozen=True, slots=True)
class Tone:
    """``newer ~ gain * older + surface`` in ln albedo.

    Parameters
    ----------
    gain : float
        Ratio of contrasts.
    surface : Lattice
        One component: the additive surface.
    sigma : float
        Robust scatter of the blocks about the fit.
    error : float
        Standard deviation of the fitted tone itself: the scatter, over as many independent patches as the common
        area holds, for each fitted number. Large where little is seen in common or where much of it changed.
    offset : float
        Area-weighted mean of newer minus older as the fit has it, on terrain that both show; nan without any.
    patches : float
        Independent patches of terrain that both show, at least 1.
    uneven : float
        Standard deviation of the surface over terrain that both show; nan without any.
    """

    gain: float
    surface: Lattice
    sigma: float
    error: float
    offset: float = math.nan
    patches: float = 1.0
    uneven: float = 0.0


def fit_tone(newer: Vector, older: Vector, places: BlockPlaces, unchanged: Vector | None = None) -> Tone:
    """Robust fit over block means (Tukey's biweight, spherical harmonics up to degree 3 where coverage allows).

    Parameters
    ----------
    newer, older : ndarray, shape (block,)
        Block means of ln albedo; NaN where there is none.
    places : BlockPlaces
        Where the blocks lie.
    unchanged : ndarray, shape (block,), or None
        Probability of no change, as an additional weight (:func:`iovolc.light.irmad.no_change_probability`).
    """
    good = np.isfinite(newer) & np.isfinite(older) & (places.area_km2 > 0)
    node_lat, node_lon_e = nodes(_STEP_DEG)
    shape = (len(node_lat), len(node_lon_e), 1)
    if not good.any():
        return Tone(1.0, Lattice(np.zeros(shape, np.float32), _STEP_DEG), math.nan, math.nan, uneven=math.nan)
    coverage = float(places.area_km2[good].sum() / places.area_km2.sum())
    degree = next(degree for least, degree in _DEGREE_BY_COVERAGE if coverage >= least)
    basis = _harmonics(places.lat[good], places.lon_e[good], degree)
    middle = float(np.median(older[good]))
    design = np.column_stack([older[good] - middle, basis])
    base = places.area_km2[good] / places.area_km2[good].mean()
    if unchanged is not None:
        base = base * np.where(np.isfinite(unchanged[good]), np.maximum(unchanged[good], 0.01), 1.0)
    prior = np.concatenate([[1.0], np.zeros(basis.shape[1])])
    tightness = np.concatenate([[_PRIOR_GAIN], np.full(basis.shape[1], _PRIOR_SURFACE)])
    solution, sigma = _robust(design, newer[good], base, prior, tightness)
    lat, lon_e = np.meshgrid(node_lat, node_lon_e, indexing="ij")
    surface = _harmonics(lat.ravel(), lon_e.ravel(), degree) @ solution[1:] - solution[0] * middle
    patches = max(float(places.area_km2[good].sum()) / PATCH_KM2, 1.0)
    error = sigma * math.sqrt(design.shape[1] / patches)
    offset = float(np.average(design @ solution - older[good], weights=places.area_km2[good]))
    lattice = Lattice(surface.reshape(shape).astype(np.float32), _STEP_DEG)
    return Tone(float(solution[0]), lattice, sigma, error, offset, patches, _uneven(basis @ solution[1:], places, good))


def _uneven(surface: Vector, places: BlockPlaces, good: NDArray[np.bool_]) -> float:
    area = places.area_km2[good]
    return math.sqrt(float(np.average((surface - np.average(surface, weights=area)) ** 2, weights=area)))


def apply_tone(tone: Tone, older: Plane, sheet: Sheet) -> Plane:
    """The older epoch's ln albedo in the newer one's tone; NaN stays NaN."""
    return add_surface(tone.surface, older, sheet, gain=tone.gain)


def add_surface(surface: Lattice, values: Plane, sheet: Sheet, *, gain: float) -> Plane:
    """``gain * values + surface`` at each pixel, of a surface of one component; NaN stays NaN."""
    lat, lon_e = pixel_lat_lon(sheet)
    if sheet.name == "equator":  # a row has one latitude, a column one longitude: nothing more need be read
        lat, lon_e = np.broadcast_to(lat[:, :1], sheet.shape), np.broadcast_to(lon_e[:1], sheet.shape)
    return _carried(surface.values[..., 0], surface.step_deg, gain, values, lat, lon_e)


@kernel
def _carried(surface: Plane, step_deg: float, gain: float, older: Plane, lat: Vector, lon_e: Vector) -> Plane:
    last, around = surface.shape[0] - 1, surface.shape[1]
    out = np.empty_like(older)
    for row in range(older.shape[0]):
        for col in range(older.shape[1]):
            if math.isnan(older[row, col]):
                out[row, col] = math.nan
                continue
            y = (lat[row, col] + 90.0) / step_deg
            x = (lon_e[row, col] + 180.0) / step_deg
            i, j = min(int(y), last - 1), int(x) % around
            down, right, after = y - i, x - int(x), (j + 1) % around
            above = surface[i, j] * (1.0 - right) + surface[i, after] * right
            below = surface[i + 1, j] * (1.0 - right) + surface[i + 1, after] * right
            out[row, col] = gain * older[row, col] + above * (1.0 - down) + below * down
    return out


def _robust(design: Vector, target: Vector, base: Vector, prior: Vector, tightness: Vector) -> tuple[Vector, float]:
    """Iteratively reweighted least squares with a Gaussian prior; the solution and the robust scatter."""
    solution = prior.copy()
    solution[1] = _mode(target - design @ prior) / design[0, 1]
    sigma = math.inf
    for _ in range(_ITERATIONS):
        residual = target - design @ solution
        sigma = max(float(np.quantile(np.abs(residual), _CORE_SHARE)) / _CORE_QUANTILE, 1e-6)
        weight = base * np.clip(1.0 - (residual / (_TUKEY * sigma)) ** 2, 0.0, None) ** 2
        weighted = design * weight[:, None]
        precision = sigma**2 / tightness**2
        normal = weighted.T @ design + np.diag(precision)
        updated: Vector = np.linalg.solve(normal, weighted.T @ target + precision * prior).astype(np.float64)
        done = np.max(np.abs(updated - solution)) < 1e-5
        solution = updated
        if done:
            break
    return solution, sigma


def _mode(values: Vector) -> float:
    """Half-sample mode, where values crowd though most may lie elsewhere (Bickel & Fruehwirth 2006, CSDA 50, 3500)."""
    held = np.sort(values)
    while len(held) > 3:
        half = (len(held) + 1) // 2
        widths = held[half - 1 :] - held[: len(held) - half + 1]
        first = int(np.argmin(widths))
        held = held[first : first + half]
    return float(held.mean())


def _harmonics(lat: Vector, lon_e: Vector, degree: int) -> Vector:
    """Real spherical harmonics up to ``degree``; the first column is constant."""
    theta, phi = np.radians(90.0 - lat), np.radians(lon_e)
    columns: list[Vector] = []
    for n in range(degree + 1):
        for m in range(n + 1):
            value = sph_harm_y(n, m, theta, phi)
            columns.append(np.real(value))
            if m:
                columns.append(np.imag(value))
    return np.stack(columns, axis=-1)
