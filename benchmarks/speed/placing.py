"""Registration, match of tone, search for heat and association beside scikit-image, scikit-learn, photutils, scipy."""

import math
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from benchmarks.speed.clock import Work
from benchmarks.speed.stage import FLOOR, OWN, Contenders, Plane, copy, has, noise
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter, median_filter
from scipy.optimize import curve_fit, linear_sum_assignment
from skimage.registration import phase_cross_correlation
from sklearn.linear_model import HuberRegressor

from iovolc.config import RegistrationConfig
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.heat import Thresholds, find_heat
from iovolc.detect.heatframe import frame_of
from iovolc.geometry.registration import register
from iovolc.geometry.sphere import pixel_lat_lon, unit_vectors
from iovolc.light.blocks import block_means, block_places
from iovolc.light.calibrated import apply_tone, fit_tone
from iovolc.model.grid import Grid
from iovolc.model.observation import Bounds, Disc, ObservationRecord
from iovolc.track.association import assign

WORLD = Bounds(-180.0, 180.0, 90.0, -90.0)
PSF_PX = 3.0
SPOTS = 12
SIGHTINGS = 1200
_REACH_PX = 5
_DISC_PX = 200


def registering(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """A global map on another that lies a pixel away."""
    cols = grid.sheet("equator").shape[1]
    reference = 1.0 + 0.3 * gaussian_filter(noise((cols // 2, cols)), 2.0, mode=("nearest", "wrap"))
    moved = (np.roll(reference, (1, -1), (0, 1)) + 0.005 * noise(reference.shape, 2)).astype(np.float32)
    patch = 2 * round(127.0 / grid.pixel_km)
    starts = [
        (row, col)
        for row in range(cols // 12, cols // 2 - cols // 12 - patch, patch // 2)
        for col in range(0, cols - patch, patch // 2)
    ]
    window = np.outer(np.hanning(patch), np.hanning(patch))

    def plain() -> None:
        for row, col in starts:
            first, second = (
                (image[row : row + patch, col : col + patch] - 1.0) * window for image in (reference, moved)
            )
            phase_cross_correlation(first, second, upsample_factor=10)

    config = RegistrationConfig()
    return {
        OWN: lambda: register(moved, WORLD, reference, WORLD, config, grid_pixel_km=grid.pixel_km),
        "scikit-image": plain,
        FLOOR: copy(np.stack((reference, moved))),
    }


def toning(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Gain and a surface of harmonics from one epoch to another, fitted to blocks and put to all pixels."""
    owned = owned_pixels(grid)
    blocks = block_places(grid, owned)
    older = {sheet.name: noise(sheet.shape) for sheet in grid.sheets}
    newer = {
        name: (1.1 * plane + 0.2 + 0.1 * noise(plane.shape, 2)).astype(np.float32) for name, plane in older.items()
    }

    def own() -> None:
        first, second = (block_means(planes, owned, grid) for planes in (newer, older))
        tone = fit_tone(first, second, blocks)
        for sheet in grid.sheets:
            np.subtract(newer[sheet.name], apply_tone(tone, older[sheet.name], sheet))

    def plain() -> None:
        first, second = (block_means(planes, owned, grid) for planes in (newer, older))
        good = np.isfinite(first) & np.isfinite(second)
        design = np.column_stack((second, _harmonics(blocks.lat, blocks.lon_e)))[good]
        fitted = HuberRegressor(alpha=1e-3).fit(design, first[good], sample_weight=blocks.area_km2[good])
        for sheet in grid.sheets:
            surface = _harmonics(*pixel_lat_lon(sheet)) @ fitted.coef_[1:] + fitted.intercept_
            np.subtract(newer[sheet.name], fitted.coef_[0] * older[sheet.name] + surface)

    return {OWN: own, "scikit-learn": plain, FLOOR: copy(np.stack([newer["equator"], older["equator"]]))}


def _harmonics(lat: NDArray[np.float64], lon_e: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spherical harmonics of degree 1 to 3 but for factors, shape (..., 15)."""
    x, y, z = np.moveaxis(unit_vectors(lat, lon_e), -1, 0)
    first = [x, y, z, x * y, y * z, z * x, x**2 - y**2, 3 * z**2 - 1]
    third = [z * (5 * z**2 - 3), x * (5 * z**2 - 1), y * (5 * z**2 - 1), z * (x**2 - y**2), x * y * z]
    return np.stack([*first, *third, x * (x**2 - 3 * y**2), y * (3 * x**2 - y**2)], axis=-1)


def heating(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Hot spots of an image of the disc in eclipse: found, placed and measured."""
    image = _hot_disc()
    middle, radius = 0.5 * _DISC_PX, 0.4 * _DISC_PX
    utc = datetime(2010, 1, 1, tzinfo=UTC)
    record = ObservationRecord(
        id="m", sha256="0" * 64, path="a.fits", channel="M", quantity="radiance", mission="m", instrument="i",
        time_utc=utc, start_utc=utc, stop_utc=utc, unit="W m-2 sr-1 um-1",
        placement=Disc(0.0, 0.0, 0.0, middle, middle, radius, 4e5), psf_km=PSF_PX * 1821.0 / radius,
    )  # fmt: skip
    limits = Thresholds(5.0, math.inf, 80.0)
    found: dict[str, Work] = {
        OWN: lambda: find_heat(frame_of(record, image, None, eclipsed=True), limits),
        "scipy": lambda: _by_scipy(image),
    }
    if has("photutils"):
        found["photutils"] = lambda: _by_photutils(image)
    return found | {FLOOR: copy(image)}


def _hot_disc() -> Plane:
    generator = np.random.default_rng(1)
    points = np.zeros((_DISC_PX, _DISC_PX))
    away, angle = 0.35 * _DISC_PX * np.sqrt(generator.random(SPOTS)), generator.uniform(0.0, 2.0 * np.pi, SPOTS)
    rows, cols = (np.rint(0.5 * _DISC_PX + away * part(angle)).astype(int) for part in (np.sin, np.cos))
    points[rows, cols] = generator.uniform(150.0, 2000.0, SPOTS)
    return (gaussian_filter(points, PSF_PX / 2.355) + generator.standard_normal(points.shape)).astype(np.float32)


def _by_scipy(image: Plane) -> None:
    """A median for the background, the brightest of their surroundings, and a Gaussian fitted to each."""
    left = image - median_filter(image, 31)
    answer = gaussian_filter(left, PSF_PX / 2.355)
    sigma = 1.4826 * np.median(np.abs(answer))
    grid = np.mgrid[-_REACH_PX : _REACH_PX + 1, -_REACH_PX : _REACH_PX + 1].reshape(2, -1)

    def spot(_: object, flux: float, row: float, col: float, width: float, base: float) -> NDArray[np.float64]:
        return flux * np.exp(-0.5 * ((grid[0] - row) ** 2 + (grid[1] - col) ** 2) / width**2) + base

    peaks = (answer == maximum_filter(answer, 7)) & (answer > 5.0 * sigma)
    for row, col in np.argwhere(peaks):
        if min(row, col) >= _REACH_PX and max(row, col) < _DISC_PX - _REACH_PX:
            part = left[row - _REACH_PX : row + _REACH_PX + 1, col - _REACH_PX : col + _REACH_PX + 1].ravel()
            curve_fit(spot, grid, part, (part.max(), 0.0, 0.0, PSF_PX / 2.355, 0.0), maxfev=2000)


def _by_photutils(image: Plane) -> None:
    """A background, DAOFIND and PSF photometry."""
    from photutils.background import Background2D, MMMBackground  # noqa: PLC0415 - may be missing
    from photutils.detection import DAOStarFinder  # noqa: PLC0415
    from photutils.psf import CircularGaussianPRF, PSFPhotometry  # noqa: PLC0415

    left = image - Background2D(image, 32, bkg_estimator=MMMBackground()).background
    finder = DAOStarFinder(threshold=5.0 * 1.4826 * float(np.median(np.abs(left))), fwhm=PSF_PX)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        PSFPhotometry(CircularGaussianPRF(fwhm=PSF_PX), (11, 11), finder=finder, aperture_radius=4.0)(left)


@dataclass(frozen=True, slots=True)
class _Pair:
    sighting: int
    chain: int
    cost: float


def linking(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Which of many sightings belong to which of as many chains, where few are near each."""
    generator = np.random.default_rng(1)
    chains = generator.uniform(0.0, 1.0, (SIGHTINGS, 2))
    seen = chains + 0.005 * generator.standard_normal(chains.shape)
    apart = np.linalg.norm(seen[:, None] - chains[None], axis=2)
    near = [_Pair(int(i), int(j), float(apart[i, j])) for i, j in np.argwhere(apart < 0.03)]
    cost = np.where(apart < 0.03, apart, 1e6)
    return {OWN: lambda: assign(near), "scipy": lambda: linear_sum_assignment(cost), FLOOR: copy(cost)}
