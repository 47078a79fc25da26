"""What the search for changes does, beside scipy, scikit-image, scikit-learn, Dask and bottleneck."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.speed.clock import Work
from benchmarks.speed.reference import ir_mad, library_kernels, wrapped_labels
from benchmarks.speed.stage import FLOOR, OWN, Contenders, Plane, copy, has, noise
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.signal import fftconvolve
from skimage.filters import apply_hysteresis_threshold
from sklearn.covariance import EmpiricalCovariance

from iovolc.config import DetectConfig
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.describe import pixel_places
from iovolc.detect.epoch import described, detect_epoch
from iovolc.detect.look import Look
from iovolc.detect.matched import SURROUNDINGS, respond
from iovolc.detect.pyramid import Scale
from iovolc.detect.residual import combine
from iovolc.detect.ringscan import annulus_response
from iovolc.detect.segment import connected, hysteresis, pixels_by_label
from iovolc.geometry.smooth import smooth
from iovolc.light.blocks import block_means, block_places
from iovolc.light.irmad import no_change_probability, squared_distance
from iovolc.light.match import Frame, Side
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Grid, Sheet
from iovolc.model.observation import Bounds, ObservationRecord

EPOCHS = 12
_GAPS = 0.4
_LEAST_PPD = 4


def statistics(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Median and median deviation over epochs."""
    rows, cols = grid.sheet("equator").shape
    cube = noise((EPOCHS, rows // 2, cols // 2))
    cube[1:][np.random.default_rng(2).random(cube[1:].shape) < _GAPS] = np.nan  # numpy warns where all are missing

    def plain() -> None:
        median = np.nanmedian(cube, axis=0)
        np.nanmedian(np.abs(cube - median), axis=0)

    found: dict[str, Work] = {OWN: lambda: combine(list(cube), [0] * EPOCHS), "numpy": plain}
    if has("bottleneck"):
        found["Dask and bottleneck"] = _by_dask(cube)
    return found | {FLOOR: copy(cube)}


def _by_dask(cube: Plane) -> Work:
    import bottleneck  # noqa: PLC0415 - may be missing
    import dask.array as da  # noqa: PLC0415

    def block(part: Plane) -> Plane:
        median = bottleneck.nanmedian(part, axis=0)
        return np.stack([median, bottleneck.nanmedian(np.abs(part - median), axis=0)])

    chunks: Any = (EPOCHS, 256, 256)
    lazy: Any = da.from_array(cube, chunks=chunks)
    return lambda: da.map_blocks(block, lazy, dtype=np.float32, chunks=((2,), *lazy.chunks[1:])).compute()


def smoothing(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """A Gaussian on a polar sheet."""
    sheet = grid.sheet("north")
    values = noise(sheet.shape)
    return {
        OWN: lambda: smooth(values, sheet, 10.0 * sheet.pixel_km),
        "scipy": lambda: gaussian_filter(values, 10.0, mode="constant"),
        FLOOR: copy(values),
    }


def filtering(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """The matched filter where half the sheet is shown."""
    sheet = grid.sheet("equator")
    difference, weight = noise(sheet.shape), np.abs(noise(sheet.shape, 2))
    weight[:, sheet.shape[1] // 2 :] = 0.0
    scale = Scale(6.0 * sheet.pixel_km)
    sigma_px = scale.sigma_km / sheet.pixel_km

    def plain() -> None:
        means: list[NDArray[Any]] = []
        for width in (sigma_px, SURROUNDINGS * sigma_px):
            summed, total = (
                gaussian_filter(plane, width, mode=("constant", "wrap")) for plane in (difference * weight, weight)
            )
            means.append(summed / np.maximum(total, np.float32(1e-20)))
        np.subtract(*means)

    return {
        OWN: lambda: respond(difference, weight, sheet, scale),
        "scipy": plain,
        FLOOR: copy(np.stack((difference, weight))),
    }


def ringing(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """One ring template on the reduced equatorial sheet."""
    fine = grid.sheet("equator")
    sheet = Sheet("equator", (fine.shape[0] // 2, fine.shape[1] // 2), 2.0 * fine.pixel_m, fine.left_m, fine.top_m)
    weights = np.abs(noise(sheet.shape, 2))
    products = weights * noise(sheet.shape)
    owned = np.ones(sheet.shape, np.bool_)
    radius_px = 7.5
    away = np.hypot(*np.ogrid[-11:12, -11:12])
    discs = [(away <= share * radius_px).astype(np.float32) for share in (0.85, 1.15, 1.45)]

    def plain() -> None:
        pad = ((0, 0), (11, 11))
        sums = [
            [fftconvolve(np.pad(plane, pad, mode="wrap"), disc, mode="same") for plane in (products, weights)]
            for disc in discs
        ]
        (inner, inside), (middle, within), (outer, around) = sums
        ring, held = middle - inner, within - inside
        np.subtract(ring / held, (outer - ring) / (around - held))

    radius_km = radius_px * sheet.pixel_km
    return {
        OWN: lambda: annulus_response(products, weights, owned, sheet, radius_km, 0.3 * radius_km),
        "scipy": plain,
        FLOOR: copy(np.stack((products, weights))),
    }


def segmenting(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Hysteresis and the pixels of each region, of both signs."""
    sheet = grid.sheet("equator")
    z = gaussian_filter(noise(sheet.shape), 2.0)
    z /= z.std()

    def plain() -> None:
        for sign in (-1.0, 1.0):
            labels, count = wrapped_labels(apply_hysteresis_threshold(sign * z, 2.6, 3.9), wraps=True)
            order = np.argsort(labels.ravel(), kind="stable")
            np.split(order, np.searchsorted(labels.ravel()[order], np.arange(1, count + 1)))

    return {
        OWN: lambda: [pixels_by_label(hysteresis(z, 3.9, 2.6, sheet, sign=sign)) for sign in (-1, 1)],
        "scikit-image and scipy": plain,
        FLOOR: copy(z),
    }


def labelling(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Connected regions of 7 % of the pixels, joined over the seam by both."""
    sheet = grid.sheet("equator")
    smoothed = gaussian_filter(noise(sheet.shape), 2.0)
    mask = smoothed > 1.5 * smoothed.std()
    return {
        OWN: lambda: connected(mask, sheet),
        "scipy": lambda: wrapped_labels(mask, wraps=True),
        FLOOR: copy(mask),
    }


def distances(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Squared Mahalanobis distances of three bands from their mean."""
    rows, cols = grid.sheet("equator").shape
    joint = noise((3, rows * cols)).astype(np.float64)
    joint[1] += 0.5 * joint[0]
    covariance, mean = np.cov(joint), joint.mean(axis=1)
    spread, transform = np.linalg.eigh(covariance)
    inverse, observed = np.linalg.inv(covariance), np.empty(joint.shape[1])
    samples = np.ascontiguousarray(joint.T)
    fitted = EmpiricalCovariance().fit(samples[:20_000])

    def plain() -> None:
        away = samples - mean
        np.einsum("ij,jk,ik->i", away, inverse, away)

    def faster() -> None:
        away = samples - mean
        ((away @ inverse) * away).sum(axis=1)

    return {
        OWN: lambda: squared_distance(joint, mean, transform, spread, observed),
        "numpy, einsum": plain,
        "numpy, matrix product": faster,
        "scikit-learn": lambda: fitted.mahalanobis(samples),
        FLOOR: copy(joint),
    }


def alteration(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """IR-MAD of two images of three bands of which a twentieth has changed."""
    rows, cols = grid.sheet("equator").shape
    size = rows * cols // 4
    generator = np.random.default_rng(1)
    ground = generator.standard_normal((size, 3))
    first, second = (
        ground @ generator.standard_normal((3, 3)) + 0.3 * generator.standard_normal((size, 3)) for _ in range(2)
    )
    second[: size // 20] += 3.0 * generator.standard_normal((size // 20, 3))
    weight = generator.uniform(0.5, 1.0, size)
    return {
        OWN: lambda: no_change_probability(first, second, weight),
        "numpy": lambda: ir_mad(first, second, weight),
        FLOOR: copy(np.stack((first, second))),
    }


def surface(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """One new epoch against three earlier ones, with null and significance, at half the sharpness if it can be."""
    coarse = Grid.at(grid.pixels_per_degree // 2) if grid.pixels_per_degree > _LEAST_PPD else grid
    owned = owned_pixels(coarse)
    frame, places = Frame(coarse, owned, block_places(coarse, owned)), pixel_places(coarse)
    *older, newer = (_look(frame, number) for number in range(4))
    config = DetectConfig(null_draws=1)

    def own() -> object:
        return described(detect_epoch(newer, older, frame, places, config), places, config)

    def plain() -> object:
        with library_kernels():
            return own()

    tones = np.stack([look.side.tone["equator"] for look in (newer, *older)])
    return {OWN: own, "scipy, numpy in place of kernels": plain, FLOOR: copy(tones)}


def _look(frame: Frame, number: int) -> Look:
    """An epoch of rough ground with noise of its own; the last has a darker disc."""
    tones: dict[str, Plane] = {}
    for sheet in frame.grid.sheets:
        ground = 0.3 * gaussian_filter(noise(sheet.shape), 4.0) / 0.07
        tone = ground + 0.03 * noise(sheet.shape, 10 + number)
        if number == 3:
            rows, cols = np.ogrid[: sheet.shape[0], : sheet.shape[1]]
            tone -= 0.3 * (np.hypot(rows - sheet.shape[0] // 2, cols - sheet.shape[1] // 3) < 9)
        tones[sheet.name] = tone.astype(np.float32)
    time = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=200 * number)
    record = ObservationRecord(
        id=f"epoch-{number}", sha256="0" * 64, path="a.tif", channel="red", quantity="iof", mission="m", instrument="i",
        time_utc=time, start_utc=time, stop_utc=time, placement=Bounds(-180.0, 180.0, 90.0, -90.0),
    )  # fmt: skip
    resolution_km = 2.0 * frame.grid.pixel_km
    side = Side(record.id, "iof", False, resolution_km, tones, block_means(tones, frame.owned, frame.grid))
    return Look(record, side, Lattice(np.full((19, 36, 1), 0.1 * resolution_km, np.float32), 10.0))
