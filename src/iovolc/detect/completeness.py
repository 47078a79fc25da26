"""How plainly a comparison would have shown changes of given sizes, from its variance and its thresholds alone.

Plainness is the margin: the signal-to-noise ratio over that with which a change passes the search.

Not for how often what is that plain is found (:mod:`iovolc.detect.curve`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.curve import Curve, Curves
from iovolc.detect.matched import SURROUNDINGS, cover
from iovolc.detect.noise import Noise, total_errors
from iovolc.detect.pieces import Field
from iovolc.detect.pyramid import Scale, expand, reduced_sheet
from iovolc.geometry.compiled import kernel
from iovolc.geometry.sphere import sheet_pixel
from iovolc.hands import in_rows
from iovolc.model.grid import OWNER_LAT, Grid, Sheet, SheetName

Plane = NDArray[np.float32]

SIZES_KM: Final = (10.0, 30.0, 100.0, 300.0)
"""Diameters for which completeness is told."""
_WIDEST: Final = 1.5
"""Filters wider than this many diameters never show a change best."""
TOLD_FOR_Q: Final = 0.1
"""The false-discovery rate at which a change must pass to count as found, whatever rate a run asks for."""
COARSE_PPD: Final = 1
"""Pixels per degree of the maps that are kept of every comparison."""
_SAMPLES: Final = 4


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the plainness of a change in a comparison depends on.

    Parameters
    ----------
    scales : tuple of Scale
        Of the search.
    noise : tuple of Noise
        How much wider than for white noise the answers scatter, at each scale; nan where unknown.
    sigma_floor : float
        Systematic error of an amplitude of any size, by itself.
    resolution_km : float
        Resolution (FWHM) of the comparison.
    relative : bool
        Whether ranks are compared.
    needed_z : tuple of float
        Significance with which a change passes, at each scale (:func:`iovolc.detect.significance.needed_z`).
    """

    scales: tuple[Scale, ...]
    noise: tuple[Noise, ...]
    sigma_floor: float
    resolution_km: float
    relative: bool
    needed_z: tuple[float, ...]

    @property
    def local(self) -> bool:
        """Whether amplitudes are told against their surroundings, too: ranks err at all sizes."""
        return not self.relative

    def curve(self, curves: Curves, size_km: float) -> Curve:
        """The detection curve of changes of a size in this comparison."""
        return curves.of(relative=self.relative, elements=size_km / self.resolution_km)


@dataclass(frozen=True, slots=True)
class CoarseMaps:
    """A comparison's sensitivity on one global map of :data:`COARSE_PPD` pixels per degree, north up from 180 W.

    Parameters
    ----------
    margin : ndarray, shape (size, row, col), float32
        Margin per unit of contrast, for each of :data:`SIZES_KM`; 0 where nothing was compared.
    share : ndarray, shape (row, col), float32
        Share of the pixel that was compared.
    """

    margin: NDArray[np.float32]
    share: Plane


def seen_share(size_km: float, scale_km: float, resolution_km: float) -> float:
    """Part of a disc's contrast that the filter answers at its centre.

    Parameters
    ----------
    size_km : float
        Diameter of the disc.
    scale_km, resolution_km : float
        Full widths at half maximum of filter and picture, both Gaussian.
    """
    return 1.0 - 2.0 ** -(size_km**2 / (scale_km**2 + resolution_km**2))


def margin_per_contrast(
    field: Field, sheet: Sheet, sensitivity: Sensitivity, sizes_km: Sequence[float] = SIZES_KM
) -> dict[float, Plane]:
    """Margin of a disc of unit contrast about each pixel, at the scale that shows it best.

    Parameters
    ----------
    field : Field
        What is searched; its difference does not count.
    sheet : Sheet
        The sheet.
    sensitivity : Sensitivity
        Of the comparison.
    sizes_km : sequence of float
        Diameters.

    Returns
    -------
    dict of float to ndarray, shape (row, col), float32
        By size; 0 where the filter is not covered.
    """
    coarsest = reduced_sheet(sheet, sensitivity.scales[-1].factor(sheet)).shape
    best = {size: np.zeros(coarsest, np.float32) for size in sizes_km}
    # From coarse to fine, so that what coarse scales show best is repeated over ever smaller blocks.
    for index, scale in reversed(tuple(enumerate(sensitivity.scales))):
        wanted = [size for size in sizes_km if index == 0 or scale.fwhm_km <= _WIDEST * size]
        if not wanted or not np.isfinite(sensitivity.noise[index]).all():
            continue
        covered = cover(field.weight, sheet, scale)
        answer, floors = covered.nothing(), field.floors(covered)
        alone, against = total_errors(answer, sensitivity.noise[index], sensitivity, floors, scale)
        for size in wanted:
            whole, around = (
                np.float32(seen_share(size, width_km, sensitivity.resolution_km))
                for width_km in (scale.fwhm_km, SURROUNDINGS * scale.fwhm_km)
            )
            margin = expand(best[size], alone.shape[0] // best[size].shape[0])
            in_rows(
                partial(_keep_best, np.float32(sensitivity.needed_z[index]), whole, whole - around),
                alone, against, margin,
            )  # fmt: skip
            best[size] = margin
    return {size: expand(margin, sheet.shape[0] // margin.shape[0]) for size, margin in best.items()}


@kernel
def _keep_best(
    needed_z: np.float32, whole: np.float32, beside: np.float32, alone: Plane, against: Plane, margin: Plane
) -> None:
    """Raise margins to those of a scale: parts of a contrast seen by itself and beside surroundings, over errors."""
    for row in range(margin.shape[0]):
        for col in range(margin.shape[1]):
            by_itself = whole * (np.float32(1.0) / (needed_z * alone[row, col]))
            told = beside * (np.float32(1.0) / (needed_z * against[row, col]))
            margin[row, col] = max(margin[row, col], by_itself, told)


def coarse_maps(
    margin: Mapping[str, Mapping[float, Plane]], compared_where: Mapping[str, NDArray[np.bool_]], grid: Grid
) -> CoarseMaps:
    """A comparison's sensitivity for changes of :data:`SIZES_KM`, on one coarse global map.

    Parameters
    ----------
    margin : mapping of str to mapping of float to ndarray, shape (row, col), float32
        By sheet, as :func:`margin_per_contrast` gives it; absent sheets were not compared.
    compared_where : mapping of str to ndarray, shape (row, col), bool
        Where there was something to compare.
    grid : Grid
        The grid.
    """
    rows, cols = 180 * COARSE_PPD, 360 * COARSE_PPD
    fine = np.zeros((len(SIZES_KM), rows * _SAMPLES, cols * _SAMPLES), np.float32)
    compared = np.zeros(fine.shape[1:], np.float32)
    for sheet in grid.sheets:
        if sheet.name not in margin:
            continue
        here, at = _sampled(grid, sheet.name)
        known = compared_where[sheet.name].ravel()[at]
        compared[here] = known
        for layer, size in zip(fine, SIZES_KM, strict=True):
            layer[here] = np.where(known, margin[sheet.name][size].ravel()[at], np.float32(0.0))
    share = _means(compared)
    means = np.stack([_means(layer) for layer in fine]) / np.maximum(share, np.float32(1e-6))
    return CoarseMaps(means.astype(np.float32), share)


@lru_cache(maxsize=6)
def _sampled(grid: Grid, name: SheetName) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which samples of the coarse map lie on a sheet, and the flat index of the pixel under each of them."""
    step = 1.0 / (COARSE_PPD * _SAMPLES)
    lat, lon_e = np.meshgrid(
        np.arange(90.0 - step / 2, -90.0, -step), np.arange(-180.0 + step / 2, 180.0, step), indexing="ij"
    )
    poles = {"equator": np.abs(lat) < OWNER_LAT, "north": lat >= OWNER_LAT, "south": lat <= -OWNER_LAT}
    here = poles[name]
    sheet = grid.sheet(name)
    row, col = (np.rint(part).astype(np.int64) for part in sheet_pixel(sheet, lat[here], lon_e[here]))
    cols = sheet.shape[1]
    col = col % cols if sheet.wraps else np.clip(col, 0, cols - 1)
    return here, np.clip(row, 0, sheet.shape[0] - 1) * cols + col


def _means(layer: Plane) -> Plane:
    rows, cols = layer.shape
    blocks = layer.reshape(rows // _SAMPLES, _SAMPLES, cols // _SAMPLES, _SAMPLES)
    return blocks.mean(axis=(1, 3), dtype=np.float64).astype(np.float32)
