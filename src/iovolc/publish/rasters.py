"""The layers of a channel as Cloud-Optimised GeoTIFFs of the whole globe, in Io's own coordinate system."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.shutil import copy
from rasterio.transform import Affine

from iovolc import body
from iovolc.detect.completeness import SIZES_KM
from iovolc.hands import each
from iovolc.model.grid import SHEET_NAMES, Grid
from iovolc.publish.run_output import LIMIT_PROBABILITIES, Backdrop, ChannelLayers, ChannelSummary, RunOutput
from iovolc.publish.sampling import map_lat_lon, mosaic


@dataclass(frozen=True, slots=True)
class Layer:
    """One published layer: its name, type, unit and meaning, and the colours of codes (None is transparent).

    What is ``rounded`` (:func:`significant_bits`) is not known to its last digits.
    """

    name: str
    dtype: str
    unit: str
    title: str
    colours: tuple[str | None, ...] = ()
    rounded: bool = False

    @property
    def is_mask(self) -> bool:
        """Whether values are codes, which must not be averaged."""
        return self.dtype == "uint8"


LAYERS: Final = (
    Layer("value", "float32", "", "Normalised value of the newest epoch"),
    Layer("difference", "float32", "", "Change of ln albedo, or of matched rank, against the predecessors"),
    Layer("z", "float32", "", "Difference over its uncertainty", rounded=True),
    Layer("status", "uint8", "", "What is known of the pixel", (None, "#c9d3dc", "#8fb8d0", "#e69f00", "#d1495b")),
    Layer("resolution_km", "float32", "km", "Effective resolution (FWHM) of the comparison"),
    Layer("comparable", "uint8", "", "1 where the newest epoch could be compared", (None, "#56b4e9")),
    Layer("completeness", "float32", "", "Probability that the stated change would have been found"),
)
LIMITS: Final = {
    size_km: Layer(
        f"limit_{size_km:.0f}km", "float32", "",
        f"Contrast with which a change of {size_km:.0f} km would have been found in 50 % and 90 % of cases (two bands)",
        rounded=True,
    )
    for size_km in SIZES_KM
}  # fmt: skip
"""By diameter."""


_BACKDROP: Final = Layer("backdrop", "float32", "", "A map for orientation")
BACKDROP_FILE: Final = "rasters/backdrop.tif"
_TILE: Final = 512
_LIMIT_BANDS: Final = tuple(f"contrast found in {chance:.0%} of cases" for chance in LIMIT_PROBABILITIES)


@dataclass(frozen=True, slots=True)
class ChannelRasters:
    """What writing a channel's rasters leaves for the page, the record and STAC.

    Parameters
    ----------
    summary : ChannelSummary
        The channel.
    files : mapping of str to str
        Path of each layer, relative to the output folder.
    compared_km2 : float
        Area on the sphere where the newest epoch could be compared.
    """

    summary: ChannelSummary
    files: Mapping[str, str]
    compared_km2: float


def write_rasters(folder: Path, run: RunOutput) -> tuple[ChannelRasters, ...]:
    """Write ``rasters/<channel>_<layer>.tif`` for all channels, one channel after the other."""
    (folder / "rasters").mkdir()
    return tuple(_write_channel(folder, run, summary) for summary in run.channels)


def write_backdrop(folder: Path, backdrop: Backdrop | None) -> None:
    """Write ``rasters/backdrop.tif``, the map for orientation, where there is one."""
    if backdrop is not None:
        tags = {"BODY": body.NAME, "TITLE": backdrop.note, "UNIT": ""}
        write_cog(folder / BACKDROP_FILE, backdrop.value.astype(np.float32), _BACKDROP, tags)


def read_backdrop(folder: Path) -> Backdrop | None:
    """The map for orientation of a published run; None if it has none."""
    path = folder / BACKDROP_FILE
    if not path.is_file():
        return None
    with rasterio.open(path) as dataset:
        return Backdrop(dataset.read(1), dataset.tags()["TITLE"])


def map_transform(cols: int) -> Affine:
    """From pixel corners (col, row) of a global map of so many columns to metres of ``IAU_2015:50110``."""
    pixel_m = 2.0 * math.pi * body.RADIUS_M / cols
    return Affine(pixel_m, 0.0, -cols / 2 * pixel_m, 0.0, -pixel_m, cols / 4 * pixel_m)


def area_km2(mask: NDArray[np.bool_], grid: Grid) -> float:
    """Area on the sphere of the true pixels of a global map, in km2."""
    scale = grid.pixels_per_degree
    lat, _ = map_lat_lon(grid)
    half = math.radians(0.5 / scale)
    pixel = 2.0 * math.sin(half) * np.cos(np.radians(lat)) * math.radians(1.0 / scale) * body.RADIUS_KM**2
    return float((mask.sum(axis=1) * pixel).sum())


def _write_channel(folder: Path, run: RunOutput, summary: ChannelSummary) -> ChannelRasters:
    sheets = {name: run.layers(summary.channel, name) for name in SHEET_NAMES}
    limits = [size for size in LIMITS if all(size in layers.limits for layers in sheets.values())]
    every = (*LAYERS, *(LIMITS[size] for size in limits))
    files = {layer.name: f"rasters/{summary.channel}_{layer.name}.tif" for layer in every}

    def write(layer: Layer) -> None:
        pixels = mosaic(run.grid, {name: _array(sheets[name], layer) for name in SHEET_NAMES})
        write_cog(folder / files[layer.name], pixels, layer, _tags(run, summary, layer))

    def write_limit(size: float) -> None:
        bands = [mosaic(run.grid, {name: sheets[name].limits[size][k] for name in SHEET_NAMES}) for k in range(2)]
        layer = LIMITS[size]
        write_cog(folder / files[layer.name], np.stack(bands), layer, _tags(run, summary, layer), _LIMIT_BANDS)

    list(each(write, LAYERS))
    list(each(write_limit, limits))
    compared = mosaic(run.grid, {name: sheets[name].comparable for name in SHEET_NAMES})
    return ChannelRasters(summary, files, round(area_km2(compared == 1, run.grid), 1))


def _array(layers: ChannelLayers, layer: Layer) -> NDArray[Any]:
    return np.asarray(getattr(layers, layer.name)).astype(layer.dtype, copy=False)


def _tags(run: RunOutput, summary: ChannelSummary, layer: Layer) -> dict[str, str]:
    tags = {
        "RUN_ID": run.run_id,
        "BODY": body.NAME,
        "CHANNEL": summary.channel,
        "OBSERVATION": summary.observation_id,
        "REFERENCES": ";".join(summary.reference_ids),
        "DIFFERENCE": summary.difference,
        "TITLE": layer.title,
        "UNIT": summary.unit if layer.name == "value" else layer.unit,
    }
    if layer.name == "completeness":
        tags["COMPLETENESS_OF"] = summary.completeness_of
    return tags


def write_cog(
    path: Path,
    pixels: NDArray[Any],
    layer: Layer,
    tags: Mapping[str, str],
    bands: Sequence[str] = (),
) -> None:
    """Write a global map as Cloud-Optimised GeoTIFF: 512-pixel tiles, overviews, ``IAU_2015:50110``.

    Parameters
    ----------
    path : Path
        Its folder exists.
    pixels : ndarray, shape (row, col), or (band, row, col)
        The whole globe, twice as wide as high.
        Floats have NaN for no data; masks have no such value.
    layer : Layer
        Masks get overviews of the nearest pixel, data of the average.
    tags : mapping of str to str
        Metadata.
    bands : sequence of str
        What each band is, where there are several.
    """
    planes = pixels if pixels.ndim == 3 else pixels[None]
    planes = significant_bits(planes) if layer.rounded else planes
    resampling = Resampling.nearest if layer.is_mask else Resampling.average
    # Overviews are made in memory: the COG driver would write its own to a file and read them back.
    with rasterio.open(
        "", "w", driver="MEM", height=planes.shape[1], width=planes.shape[2], count=len(planes), dtype=layer.dtype,
        nodata=None if layer.is_mask else math.nan, crs=body.CRS_EQUIRECTANGULAR,
        transform=map_transform(planes.shape[2]),
    ) as dataset:  # fmt: skip
        dataset.write(planes)
        for number, name in enumerate(bands or (layer.name,), start=1):
            dataset.set_band_description(number, name)
            dataset.set_band_unit(number, tags.get("UNIT", ""))
        if layer.colours:
            dataset.write_colormap(1, {code: _rgb(colour) for code, colour in enumerate(layer.colours)})
        dataset.update_tags(**dict(sorted(tags.items())))
        dataset.build_overviews(_overviews(planes.shape[1:]), resampling)
        # Floats pack a tenth better under their own predictor, which takes as long as all the rest.
        copy(
            dataset, path, driver="COG", compress="ZSTD", level=1, predictor="STANDARD", blocksize=_TILE,
            statistics="YES",
        )  # fmt: skip


def significant_bits(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Floats to the nearest of 12 significant bits, 0.02 %: what is not known to more, so that it packs the better."""
    bits = values.view(np.uint32) + np.uint32(1 << 11)
    bits &= np.uint32(0xFFFFFFFF ^ (1 << 12) - 1)
    return bits.view(np.float32)


def _overviews(shape: tuple[int, ...]) -> list[int]:
    """By which factors a map is made smaller, until it fits one tile."""
    halvings = math.ceil(math.log2(max(shape) / _TILE))
    return [2**k for k in range(1, halvings + 1)]


def _rgb(colour: str | None) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``; white for None, since a TIFF's table knows no opacity."""
    red, green, blue = bytes.fromhex((colour or "#ffffff")[1:])
    return red, green, blue
