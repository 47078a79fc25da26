"""Speed of the warp beside its peers, all in one run: ``python benchmarks/speed_warp.py``.

Rates are target megapixels x bands per second of processor time; the last column is the rate relative to a copy of
the target in memory. A peer that cannot do a case is left out. Memory stays under 4 GB.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import rasterio.warp
from affine import Affine
from numpy.typing import NDArray
from odc.geo.geobox import GeoBox
from odc.geo.warp import rio_reproject
from rasterio.enums import Resampling

from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import pixel_lat_lon, unit_vectors
from iovolc.geometry.warp import warp
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Grid, Sheet
from iovolc.model.observation import Bounds, Disc, Placement, Projected

Pixels = NDArray[np.float32]
SHAPE = (5723, 11445)
REPEATS = 3
GRID = Grid.at(16)
EQUATOR, NORTH, _ = GRID.sheets
DEGREES = "IAU_2015:50100"


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median processor time of one call after a first one that warms up."""
    work()
    found = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)


def copy_rate(sheet: Sheet) -> float:
    """Megapixels per second of copying a float32 array of the sheet's shape."""
    data, target = np.ones(sheet.shape, np.float32), np.empty(sheet.shape, np.float32)
    return data.size / 1e6 / seconds(lambda: np.copyto(target, data), 9)


def transform(placement: Placement, shape: tuple[int, int]) -> tuple[str, Affine]:
    """Coordinate system and affine of a map, for the peers."""
    if isinstance(placement, Projected):
        return placement.crs_wkt, Affine(*placement.transform)
    if isinstance(placement, Bounds):
        width = (placement.right_lon_e - placement.left_lon_e) / shape[1]
        height = (placement.bottom_lat - placement.top_lat) / shape[0]
        return DEGREES, Affine(width, 0.0, placement.left_lon_e, 0.0, height, placement.top_lat)
    raise TypeError("the peers know no perspective discs")


def by_rasterio(image: Pixels, placement: Placement, sheet: Sheet, plain: bool = False) -> None:
    """``plain`` keeps GDAL from widening its kernel where the target is coarser."""
    crs, affine = transform(placement, image.shape[-2:])
    target = np.full((*image.shape[:-2], *sheet.shape), np.nan, np.float32)
    options: dict[str, Any] = {"XSCALE": 1, "YSCALE": 1} if plain else {}
    rasterio.warp.reproject(
        image, target, src_crs=crs, src_transform=affine, dst_crs=sheet.crs, dst_transform=Affine(*sheet.transform),
        resampling=Resampling.bilinear, src_nodata=np.nan, dst_nodata=np.nan, **options,
    )  # fmt: skip


def by_odc(image: Pixels, placement: Placement, sheet: Sheet) -> None:
    crs, affine = transform(placement, image.shape[-2:])
    target = np.full((*image.shape[:-2], *sheet.shape), np.nan, np.float32)
    boxes = GeoBox(image.shape[-2:], affine, crs), GeoBox(sheet.shape, Affine(*sheet.transform), sheet.crs)
    for one, out in zip(image.reshape(-1, *image.shape[-2:]), target.reshape(-1, *sheet.shape), strict=True):
        rio_reproject(one, out, boxes[0], boxes[1], resampling="bilinear", src_nodata=np.nan, dst_nodata=np.nan)


def by_opencv(image: Pixels, placement: Placement, sheet: Sheet) -> None:
    """Without wrap and NaN handling; the maps are made before the clock starts."""
    cols, rows = maps(placement, image.shape, sheet)
    cv2.remap(image, cols, rows, cv2.INTER_LINEAR, borderValue=float("nan"))


CACHED_MAPS: dict[tuple[Placement, str], tuple[Pixels, Pixels]] = {}


def maps(placement: Placement, shape: tuple[int, int], sheet: Sheet) -> tuple[Pixels, Pixels]:
    key = (placement, sheet.name)
    if key not in CACHED_MAPS:
        CACHED_MAPS.clear()
        vectors = unit_vectors(*pixel_lat_lon(sheet)).reshape(-1, 3)
        places = locate(source(placement, shape), vectors)
        cols, rows = ((item - 0.5).astype(np.float32).reshape(sheet.shape) for item in (places.col, places.row))
        CACHED_MAPS[key] = cols, rows
    return CACHED_MAPS[key]


def by_iovolc(image: Pixels, placement: Placement, sheet: Sheet, shift: Lattice | None = None) -> None:
    for band in image.reshape(-1, *image.shape[-2:]):
        warp(band, placement, sheet, displacement=shift)


def report(case: str, sheet: Sheet, bands: int, contenders: dict[str, Callable[[], None]]) -> None:
    """Print one table."""
    floor = copy_rate(sheet)
    print(f"\n{case}: {sheet.shape[1]} x {sheet.shape[0]}, {bands} band(s); copy {floor:.0f} Mpx/s")
    for name, work in contenders.items():
        rate = bands * sheet.shape[0] * sheet.shape[1] / 1e6 / seconds(work, 1 if bands > 1 else REPEATS)
        print(f"  {name:34s} {rate:8.1f} Mpx/s   {rate / floor:8.4f} of a copy")


def contenders(image: Pixels, placement: Placement, sheet: Sheet) -> dict[str, Callable[[], None]]:
    found: dict[str, Callable[[], None]] = {"iovolc": lambda: by_iovolc(image, placement, sheet)}
    found["rasterio bilinear"] = lambda: by_rasterio(image, placement, sheet)
    found["rasterio bilinear XSCALE=YSCALE=1"] = lambda: by_rasterio(image, placement, sheet, plain=True)
    found["odc-geo"] = lambda: by_odc(image, placement, sheet)
    if image.ndim == 2:
        found["OpenCV remap, maps given"] = lambda: by_opencv(image, placement, sheet)
    return found


def picture(shape: tuple[int, ...]) -> Pixels:
    image = np.random.default_rng(1).random(shape, np.float32)
    image[..., ::97, ::89] = np.nan
    return image


def report_global() -> None:
    image, world = picture(SHAPE), Bounds(-180.0, 180.0, 90.0, -90.0)
    shift = Lattice(np.full((91, 180, 4), 1e-3, np.float32), 2.0)
    still = contenders(image, world, EQUATOR)
    still["iovolc through a displacement"] = lambda: by_iovolc(image, world, EQUATOR, shift)
    report("global equirectangular to the equator", EQUATOR, 1, still)
    report("global equirectangular to the pole", NORTH, 1, contenders(image, world, NORTH))
    own = contenders(picture((2880, 5760)), world, NORTH)
    report("global of the grid's own pixel size to the pole", NORTH, 1, own)


def report_others() -> None:
    polar = Projected("IAU_2015:50130", (2_000.0, 0.0, -2e6, 0.0, -2_000.0, 2e6))
    report("polar stereographic to the pole", NORTH, 1, contenders(picture((2000, 2000)), polar, NORTH))
    hemisphere = picture((1000, 1000))
    globe = Projected("+proj=ortho +R=1821490 +lat_0=20 +lon_0=-40", (4_000.0, 0.0, -2e6, 0.0, -4_000.0, 2e6))
    report("orthographic to the equator", EQUATOR, 1, contenders(hemisphere, globe, EQUATOR))
    disc = Disc(20.0, -40.0, 12.0, 500.0, 500.0, 4.0, 400_000.0)
    report("perspective disc to the equator", EQUATOR, 1, {"iovolc": lambda: by_iovolc(hemisphere, disc, EQUATOR)})


def report_bands() -> None:
    bands = np.broadcast_to(picture(SHAPE), (4, *SHAPE)).copy()
    turned = contenders(bands, Bounds(0.0, 360.0, 90.0, -90.0), EQUATOR)
    report("global equirectangular, centre 180 to 0", EQUATOR, 4, turned)


def main() -> None:
    report_global()
    report_others()
    report_bands()


if __name__ == "__main__":
    main()
