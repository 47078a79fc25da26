"""What the search finds where nothing changed: surrogate residual fields with the noise measured in this epoch.

A surrogate has the local variance of the real residual (its weights) and its spatial covariance: a sum of white noise
and of smoothed noise of growing width, whose powers reproduce the scatter of the matched filter at every scale.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from iovolc import body
from iovolc.detect.clusters import find_clusters, footprint_km2
from iovolc.detect.matched import SURROUNDINGS, WHITE_SHARE, sigma_px_squared
from iovolc.detect.noise import Noise
from iovolc.detect.pieces import Field, Search
from iovolc.detect.pyramid import Scale, expand
from iovolc.geometry.smooth import FWHM_PER_SIGMA, smooth
from iovolc.geometry.sphere import pixel_area_km2
from iovolc.hands import each
from iovolc.model.grid import OWNER_LAT, Grid, Sheet

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Noise as a sum of independent components.

    Parameters
    ----------
    sigma_km : tuple of float
        Width of each component's smoothing; 0 is white noise.
    power : tuple of float
        Variance of each component per pixel, in units of the stated variance.
    """

    sigma_km: tuple[float, ...]
    power: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class NullClusters:
    """Clusters found in surrogate fields.

    Parameters
    ----------
    scale : ndarray of int64
        Index of the best scale; rings have a class of their own after those of the scales.
    z : ndarray of float64
        Peak significance.
    area_km2 : ndarray of float64
        Of their footprints.
    draws : int
        Number of surrogate fields.
    ring_class : int or None
        The class of rings; None where none were sought.
    """

    scale: NDArray[np.int64]
    z: NDArray[np.float64]
    area_km2: NDArray[np.float64]
    draws: int
    ring_class: int | None = None


def fit_spectrum(factors: Sequence[Noise], scales: Sequence[Scale], grid: Grid) -> Spectrum:
    """The components whose scatter under each filter is the measured one.

    Parameters
    ----------
    factors : sequence of Noise
        Noise factors of each scale (:func:`iovolc.detect.noise.noise_factor`); nan where unknown.
    scales : sequence of Scale
        The scales.
    grid : Grid
        The grid.

    Notes
    -----
    Of unit noise smoothed to width ``a``, Gaussians of the widths ``s`` and ``t`` see the covariance
    ``2 a^2 / (2 a^2 + s^2 + t^2)``, of white noise ``pixel area / (2 pi (s^2 + t^2))``. The filter answers with a
    Gaussian by itself and with one less its surroundings; the powers are non-negative least squares on the relative
    variances of both.
    """
    widths = (0.0, *(scale.sigma_km for scale in scales))
    known = [i for i, factor in enumerate(factors) if all(part > 0 for part in factor)]  # which nan is not
    if not known:
        return Spectrum((0.0,), (1.0,))
    s2 = np.array([scales[i].sigma_km ** 2 for i in known])
    white = _pixel_km2(grid) / (4.0 * math.pi * s2)
    alone = [np.ones_like(s2)] + [width**2 / (width**2 + s2) / white for width in widths[1:]]
    against = [np.ones_like(s2)] + [_against_surroundings(width, s2) / (WHITE_SHARE * white) for width in widths[1:]]
    measured = np.square([[factors[i].alone for i in known], [factors[i].against for i in known]])
    design = np.stack([alone, against], axis=1) / measured
    power, _ = nnls(design.reshape(len(widths), -1).T, np.ones(measured.size), maxiter=1000)
    return Spectrum(widths, tuple(float(value) for value in power))


def _against_surroundings(width_km: float, s2: Vector) -> Vector:
    """Share of the variance of unit noise of this width that Gaussians less their surroundings keep."""
    t2 = SURROUNDINGS**2 * s2

    def covariance(one: Vector, other: Vector) -> Vector:
        return 2.0 * width_km**2 / (2.0 * width_km**2 + one + other)

    return covariance(s2, s2) + covariance(t2, t2) - 2.0 * covariance(s2, t2)


def _pixel_km2(grid: Grid) -> float:
    """Harmonic mean of the areas that the filter gives to a grid's pixels: those of ``equator`` narrow poleward."""
    inverse, count = 0.0, 0
    for sheet in grid.sheets:
        rows, cols = sheet.shape
        if sheet.wraps:
            lat = (sheet.top_m - (np.arange(rows) + 0.5) * sheet.pixel_m) / body.RADIUS_M
            own = np.abs(lat) < math.radians(OWNER_LAT)
            inverse += cols * float((1.0 / np.cos(lat[own])).sum())
            count += cols * int(own.sum())
        else:
            rim = 2.0 * body.RADIUS_M / sheet.pixel_m * math.tan(math.radians(90.0 - OWNER_LAT) / 2.0)
            inverse += math.pi * rim**2
            count += round(math.pi * rim**2)
    return grid.pixel_km**2 * count / inverse


def draw(spectrum: Spectrum, sheet: Sheet, generator: np.random.Generator) -> NDArray[np.float32]:
    """A field of this noise in units of its stated standard deviation, on one sheet."""
    field = np.zeros(sheet.shape, np.float32)
    for sigma_km, power in zip(spectrum.sigma_km, spectrum.power, strict=True):
        if power <= 0:
            continue
        if sigma_km == 0:
            field += np.float32(math.sqrt(power)) * generator.standard_normal(sheet.shape, dtype=np.float32)
            continue
        scale = Scale(sigma_km * FWHM_PER_SIGMA)
        factor = scale.factor(sheet)
        shape = (sheet.shape[0] // factor, sheet.shape[1] // factor)
        noise = smooth(generator.standard_normal(shape, dtype=np.float32), sheet, sigma_km)
        field += expand((math.sqrt(power) * noise / _spread(sheet, scale, shape)).astype(np.float32), factor)
    return field


def _spread(sheet: Sheet, scale: Scale, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Standard deviation of smoothed unit white noise; less near the sheet's edges, beyond which there is nothing."""
    squared = sigma_px_squared(sheet, scale, sheet.shape[0] // shape[0], shape[0])[:, None]
    inside = smooth(np.ones(shape, np.float32), sheet, scale.sigma_km / math.sqrt(2.0))
    return np.sqrt(np.maximum(inside, 0.1) / (4.0 * math.pi * squared))


def null_clusters(
    fields: Mapping[str, Field],
    grid: Grid,
    search: Search,
    spectrum: Spectrum,
    seed: Sequence[int],
    draws: int,
    least_km2: float = 0.0,
) -> NullClusters:
    """Clusters of surrogate fields that have the fields' weights and gaps.

    Parameters
    ----------
    fields : mapping of str to Field
        The real residual; only weights and ownership are used.
    grid, search : Grid, Search
        As for the real search; the systematic floor is left out, so the null has unit variance at every scale.
    spectrum : Spectrum
        The measured noise.
    seed : sequence of int
        Seed of the generator.
    draws : int
        Number of surrogate fields.
    least_km2 : float
        Smaller clusters are left out, as they are of the real field.
    """
    generator = np.random.Generator(np.random.PCG64(list(seed)))
    bare = replace(search, sigma_floor=0.0)
    areas = {sheet.name: pixel_area_km2(sheet).ravel() for sheet in grid.sheets}
    surrogates = (
        {
            sheet.name: _surrogate(fields[sheet.name], draw(spectrum, sheet, generator))
            for sheet in grid.sheets
            if sheet.name in fields
        }
        for _ in range(draws)
    )

    def found_in(surrogate: Mapping[str, Field]) -> list[tuple[int, float, float]]:
        clusters, _ = find_clusters(surrogate, grid, bare)
        return [
            (cluster.rank_class(search), cluster.z, km2)
            for cluster in clusters
            if (km2 := footprint_km2(cluster.footprint, areas)) >= least_km2
        ]

    found = [cluster for clusters in each(found_in, surrogates) for cluster in clusters]
    table = np.array(found, dtype=np.float64).reshape(-1, 3)
    return NullClusters(table[:, 0].astype(np.int64), table[:, 1], table[:, 2], draws, search.ring_class)


def _surrogate(field: Field, noise: NDArray[np.float32]) -> Field:
    known = field.weight > 0
    sigma = 1.0 / np.sqrt(np.where(known, field.weight, np.float32(1.0)))
    return Field(np.where(known, noise * sigma, np.float32(0.0)).astype(np.float32), field.weight, field.owned)
