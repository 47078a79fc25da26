"""Warps beside GDAL through rasterio, rioxarray, odc-geo and pyresample. All allocate what they write."""

import math
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio.warp
from affine import Affine
from benchmarks.speed.clock import Work
from benchmarks.speed.stage import BOUND, FLOOR, OWN, Contenders, Plane, copy, has, noise
from odc.geo.geobox import GeoBox
from odc.geo.warp import rio_reproject
from rasterio.enums import Resampling

from iovolc import body
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import pixel_lat_lon, unit_vectors
from iovolc.geometry.warp import warp
from iovolc.model.grid import Grid, Sheet
from iovolc.model.observation import Bounds, Placement, Projected

WORLD = Bounds(-180.0, 180.0, 90.0, -90.0)
TURNED = Bounds(0.0, 360.0, 90.0, -90.0)
DEGREES = "IAU_2015:50100"


def one_band(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """A global map of twice the grid's sharpness to the equatorial sheet."""
    sheet = grid.sheet("equator")
    image = _picture(sheet, 2.0)
    return _contenders(image, WORLD, [sheet]) | {BOUND: _remap(image, WORLD, sheet)}


def four_bands(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Four bands of the grid's own sharpness, from centre 180 to centre 0."""
    sheet = grid.sheet("equator")
    return _contenders(np.stack([_picture(sheet, 1.0)] * 4), TURNED, [sheet])


def three_sheets(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """A global map to all sheets."""
    return _contenders(_picture(grid.sheet("equator"), 1.0), WORLD, grid.sheets)


def disc(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """An orthographic picture of the grid's own sharpness to the equatorial sheet."""
    sheet = grid.sheet("equator")
    step = 1.02 * sheet.pixel_m
    half = math.ceil(body.RADIUS_M / step)
    placement = Projected(
        "+proj=ortho +R=1821490 +lat_0=20 +lon_0=-40", (step, 0.0, -half * step, 0.0, -step, half * step)
    )
    image = noise((2 * half, 2 * half))
    return _contenders(image, placement, [sheet]) | {BOUND: _remap(image, placement, sheet)}


def polar(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """A polar stereographic map to the northern sheet."""
    sheet = grid.sheet("north")
    size = sheet.shape[0] + 6
    step = 1.01 * sheet.pixel_m
    placement = Projected("IAU_2015:50130", (step, 0.0, -0.5 * size * step, 0.0, -step, 0.5 * size * step))
    image = noise((size, size))
    return _contenders(image, placement, [sheet]) | {BOUND: _remap(image, placement, sheet)}


def _picture(sheet: Sheet, finer: float) -> Plane:
    cols = round(finer * sheet.shape[1]) + 6
    image = noise((cols // 2, cols))
    image[::97, ::89] = np.nan
    return image


def _transform(placement: Placement, shape: tuple[int, ...]) -> tuple[str, Affine]:
    if isinstance(placement, Projected):
        return placement.crs_wkt, Affine(*placement.transform)
    if isinstance(placement, Bounds):
        step = 360.0 / shape[-1]
        return DEGREES, Affine(step, 0.0, placement.left_lon_e, 0.0, -step, placement.top_lat)
    raise TypeError("the peers know no perspective discs")


def _contenders(image: Plane, placement: Placement, sheets: Sequence[Sheet]) -> dict[str, Work]:
    crs, affine = _transform(placement, image.shape)
    bands = image.reshape(-1, *image.shape[-2:])

    def own() -> None:
        for sheet in sheets:
            for band in bands:
                warp(band, placement, sheet)

    found: dict[str, Work] = {
        OWN: own,
        "rasterio": _by_rasterio(image, crs, affine, sheets),
        "rasterio, XSCALE=YSCALE=1": _by_rasterio(image, crs, affine, sheets, XSCALE=1, YSCALE=1),
        "odc-geo": _by_odc(bands, crs, affine, sheets),
    }
    if has("rioxarray"):
        found["rioxarray"] = _by_rioxarray(image, crs, affine, sheets)
    if has("pyresample") and image.ndim == 2 and isinstance(placement, Projected):
        found["pyresample, nearest"] = _by_pyresample(image, crs, placement, sheets)
    return found | {FLOOR: copy(image)}


def _by_rasterio(image: Plane, crs: str, affine: Affine, sheets: Sequence[Sheet], **options: Any) -> Work:
    def work() -> None:
        for sheet in sheets:
            target = np.full((*image.shape[:-2], *sheet.shape), np.nan, np.float32)
            rasterio.warp.reproject(
                image, target, src_crs=crs, src_transform=affine, dst_crs=sheet.crs,
                dst_transform=Affine(*sheet.transform), resampling=Resampling.bilinear, src_nodata=np.nan,
                dst_nodata=np.nan, **options,
            )  # fmt: skip

    return work


def _by_odc(bands: Plane, crs: str, affine: Affine, sheets: Sequence[Sheet]) -> Work:
    def work() -> None:
        for sheet in sheets:
            boxes = GeoBox(bands.shape[1:], affine, crs), GeoBox(sheet.shape, Affine(*sheet.transform), sheet.crs)
            for band in bands:
                target = np.full(sheet.shape, np.nan, np.float32)
                rio_reproject(band, target, *boxes, resampling="bilinear", src_nodata=np.nan, dst_nodata=np.nan)

    return work


def _by_rioxarray(image: Plane, crs: str, affine: Affine, sheets: Sequence[Sheet]) -> Work:
    import rioxarray  # noqa: F401, PLC0415 - may be missing; registers itself
    import xarray as xr  # noqa: PLC0415

    array: Any = xr.DataArray(image, dims=("band", "y", "x")[-image.ndim :])
    array = array.rio.write_crs(crs).rio.write_transform(affine).rio.write_nodata(np.nan)

    def work() -> None:
        for sheet in sheets:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of its use of affine
                array.rio.reproject(
                    sheet.crs, transform=Affine(*sheet.transform), shape=sheet.shape, resampling=Resampling.bilinear
                )

    return work


def _by_pyresample(image: Plane, crs: str, placement: Projected, sheets: Sequence[Sheet]) -> Work:
    from pyresample.geometry import AreaDefinition  # noqa: PLC0415 - may be missing
    from pyresample.kd_tree import resample_nearest  # noqa: PLC0415

    def area(name: str, where: str, shape: tuple[int, ...], step: float, left: float, top: float) -> Any:
        extent = (left, top - shape[0] * step, left + shape[1] * step, top)
        return AreaDefinition(name, name, name, where, shape[1], shape[0], extent)

    step, _, left, _, _, top = placement.transform
    origin = area("origin", crs, image.shape, step, left, top)
    targets = [area(sheet.name, sheet.crs, sheet.shape, sheet.pixel_m, sheet.left_m, sheet.top_m) for sheet in sheets]

    def work() -> None:
        for target in targets:
            resample_nearest(origin, image, target, radius_of_influence=2.0 * step, fill_value=np.nan)

    return work


def _remap(image: Plane, placement: Placement, sheet: Sheet) -> Callable[[], object]:
    vectors = unit_vectors(*pixel_lat_lon(sheet)).reshape(-1, 3)
    places = locate(source(placement, (image.shape[0], image.shape[1])), vectors)
    cols, rows = ((item - 0.5).astype(np.float32).reshape(sheet.shape) for item in (places.col, places.row))
    return lambda: cv2.remap(image, cols, rows, cv2.INTER_LINEAR, borderValue=float("nan"))
