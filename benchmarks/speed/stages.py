"""The stages that are timed: what iovolc does, what a user would pick instead, and the floor.

A peer does the same work as well as it can; where it leaves out something that iovolc does, its stage says so. The
floor is a copy of what the stage reads.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
import rasterio.warp
from affine import Affine
from benchmarks.speed.clock import Work
from numpy.typing import NDArray
from rasterio.enums import Resampling
from scipy.ndimage import gaussian_filter, label
from scipy.signal import fftconvolve
from skimage.filters import apply_hysteresis_threshold

from iovolc import body
from iovolc.detect.matched import SURROUNDINGS, respond
from iovolc.detect.pyramid import Scale
from iovolc.detect.residual import combine
from iovolc.detect.ringscan import annulus_response
from iovolc.detect.segment import hysteresis, pixels_by_label
from iovolc.geometry.smooth import smooth
from iovolc.geometry.warp import warp
from iovolc.model.grid import Grid, Sheet
from iovolc.model.observation import Bounds
from iovolc.publish.rasters import LAYERS, write_cog

Plane = NDArray[np.float32]

OWN: Final = "iovolc"
FLOOR: Final = "copy"
EPOCHS: Final = 12
_GAPS: Final = 0.4


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Parameters
    ----------
    name : str
        What is done.
    note : str
        What the peer is, and what it leaves out.
    least : float
        Ratio to the fastest peer under which something has gone wrong: about half of what was measured.
    make : callable
        From the grid and a folder, which it may fill, to the contenders by name: :data:`OWN`, peers and :data:`FLOOR`.
    """

    name: str
    note: str
    least: float
    make: Callable[[Grid, Path], Mapping[str, Work]]


def _noise(shape: tuple[int, ...], seed: int = 1) -> Plane:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def _copy(planes: NDArray[Any]) -> Work:
    target = np.empty_like(planes)
    return lambda: np.copyto(target, planes)


def _warping(grid: Grid, folder: Path) -> Mapping[str, Work]:  # noqa: ARG001
    sheet = grid.sheet("equator")
    image = _noise((sheet.shape[1] // 2 + 3, sheet.shape[1] + 6))
    image[::97, ::89] = np.nan
    target = np.empty(sheet.shape, np.float32)
    affine = Affine(360.0 / image.shape[1], 0.0, -180.0, 0.0, -180.0 / image.shape[0], 90.0)

    def gdal(**options: Any) -> None:
        rasterio.warp.reproject(
            image, target, src_crs="IAU_2015:50100", src_transform=affine, dst_crs=sheet.crs,
            dst_transform=Affine(*sheet.transform), resampling=Resampling.bilinear, src_nodata=np.nan,
            dst_nodata=np.nan, **options,
        )  # fmt: skip

    return {
        OWN: lambda: warp(image, Bounds(-180.0, 180.0, 90.0, -90.0), sheet),
        "rasterio": gdal,
        "rasterio, XSCALE=YSCALE=1": lambda: gdal(XSCALE=1, YSCALE=1),
        FLOOR: _copy(image),
    }


def _combining(grid: Grid, folder: Path) -> Mapping[str, Work]:  # noqa: ARG001
    rows, cols = grid.sheet("equator").shape
    cube = _noise((EPOCHS, rows // 2, cols // 2))
    cube[1:][np.random.default_rng(2).random(cube[1:].shape) < _GAPS] = np.nan  # numpy warns where all are missing

    def plain() -> None:
        median = np.nanmedian(cube, axis=0)
        np.nanmedian(np.abs(cube - median), axis=0)

    return {OWN: lambda: combine(list(cube), [0] * EPOCHS), "numpy": plain, FLOOR: _copy(cube)}


def _smoothing(grid: Grid, folder: Path) -> Mapping[str, Work]:  # noqa: ARG001
    sheet = grid.sheet("north")
    values = _noise(sheet.shape)
    return {
        OWN: lambda: smooth(values, sheet, 10.0 * sheet.pixel_km),
        "scipy": lambda: gaussian_filter(values, 10.0, mode="constant"),
        FLOOR: _copy(values),
    }


def _filtering(grid: Grid, folder: Path) -> Mapping[str, Work]:  # noqa: ARG001
    sheet = grid.sheet("equator")
    difference, weight = _noise(sheet.shape), np.abs(_noise(sheet.shape, 2))
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
        FLOOR: _copy(np.stack((difference, weight))),
    }


def _ringing(grid: Grid, folder: Path) -> Mapping[str, Work]:  # noqa: ARG001
    fine = grid.sheet("equator")
    sheet = Sheet("equator", (fine.shape[0] // 2, fine.shape[1] // 2), 2.0 * fine.pixel_m, fine.left_m, fine.top_m)
    weights = np.abs(_noise(sheet.shape, 2))
    products = weights * _noise(sheet.shape)
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
        FLOOR: _copy(np.stack((products, weights))),
    }


def _segmenting(grid: Grid, folder: Path) -> Mapping[str, Work]:  # noqa: ARG001
    sheet = grid.sheet("equator")
    z = gaussian_filter(_noise(sheet.shape), 2.0)
    z /= z.std()

    def plain() -> None:
        for sign in (-1.0, 1.0):
            labels, count = label(apply_hysteresis_threshold(sign * z, 2.6, 3.9), np.ones((3, 3)))
            order = np.argsort(labels.ravel(), kind="stable")
            np.split(order, np.searchsorted(labels.ravel()[order], np.arange(1, count + 1)))

    return {
        OWN: lambda: [pixels_by_label(hysteresis(z, 3.9, 2.6, sheet, sign=sign)) for sign in (-1, 1)],
        "scikit-image and scipy": plain,
        FLOOR: _copy(z),
    }


def _writing(grid: Grid, folder: Path) -> Mapping[str, Work]:
    cols = grid.sheet("equator").shape[1]
    values = gaussian_filter(_noise((cols // 2, cols)), 3.0).astype(np.float32)
    pixel_m = 2.0 * math.pi * body.RADIUS_M / cols

    def plain() -> None:
        with rasterio.open(
            folder / "peer.tif", "w", driver="COG", height=cols // 2, width=cols, count=1, dtype="float32",
            nodata=math.nan, crs=body.CRS_EQUIRECTANGULAR, transform=Affine(pixel_m, 0.0, 0.0, 0.0, -pixel_m, 0.0),
            compress="DEFLATE",
        ) as dataset:  # fmt: skip
            dataset.write(values, 1)

    return {
        OWN: lambda: write_cog(folder / "own.tif", values, LAYERS[0], {}),
        "rasterio": plain,
        FLOOR: lambda: (folder / "raw.bin").write_bytes(values.tobytes()),
    }


STAGES: Final = (
    Stage("warp of a global map to the equator", "GDAL, bilinear; does not close the seam", 2.5, _warping),
    Stage("median and MAD of 12 epochs, 40 % gaps", "nanmedian twice", 6.0, _combining),
    Stage("Gaussian of 10 pixels", "gaussian_filter", 2.0, _smoothing),
    Stage("matched filter, half the sheet shown", "gaussian_filter, of one width in pixels", 2.0, _filtering),
    Stage("ring template of 7.5 pixels", "FFT of three discs, planar", 1.2, _ringing),
    Stage("segmentation of both signs", "does not join over the seam", 6.0, _segmenting),
    Stage("COG with overviews", "Deflate, GDAL's default; the floor writes the bytes", 0.8, _writing),
)
