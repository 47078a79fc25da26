"""Renders a view: the changed surface, blurred, shifted, unevenly lit, noisy and with gaps, on its map frame."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.demo.disturb import displaced, light_residual, lost
from iovolc.demo.maps import Frame, whole_frame
from iovolc.demo.plan import View
from iovolc.demo.surface import BANDS, Surface, blurred, sampled
from iovolc.demo.view import Vectors, cosine_of_emission, cosine_of_incidence, places, unit_vectors

MAX_INCIDENCE_DEG: Final = 81.0
MAX_EMISSION_DEG: Final = 74.0
_WARP, _LIGHT, _GAPS, _GAIN, _NOISE = range(5)


@dataclass(frozen=True, slots=True)
class Picture:
    """The rendered bands of a view.

    Parameters
    ----------
    view : View
        What was rendered.
    frame : Frame
        Cropped to the pixels with data.
    planes : ndarray, shape (band, row, col), float32
        Normal-albedo I/F in the order of ``view.bands``; NaN where nothing was seen.
    """

    view: View
    frame: Frame
    planes: NDArray[np.float32]


def generator(seed: int, index: int, stream: int, band: int = 0) -> np.random.Generator:
    """The random numbers of one purpose, band and view: independent of all others and of their order."""
    return np.random.Generator(np.random.PCG64([seed, index, stream, band]))


def seen(
    view: View,
    vectors: Vectors,
    seed: int,
    index: int,
    *,
    max_incidence_deg: float = MAX_INCIDENCE_DEG,
    max_emission_deg: float = MAX_EMISSION_DEG,
) -> NDArray[np.bool_]:
    """Which places the view shows: lit, turned to the observer, on the map and not lost.

    Parameters
    ----------
    view : View
        The view.
    vectors : ndarray, shape (3, n)
        Unit vectors.
    seed, index : int
        Seed of the demonstration and position of the view in it.
    max_incidence_deg, max_emission_deg : float
        Limits of light and view.

    Returns
    -------
    ndarray, shape (n,), bool
    """
    mu0, mu = _angles(view, vectors)
    on_map = {"IAU_2015:50130": vectors[2] >= 0.0, "IAU_2015:50135": vectors[2] <= 0.0}.get(view.projection, True)
    lit = (mu0 >= math.cos(math.radians(max_incidence_deg))) & (mu >= math.cos(math.radians(max_emission_deg)))
    return lit & on_map & ~lost(vectors, view.gaps, generator(seed, index, _GAPS))


def render(view: View, surface: Surface, *, seed: int, index: int) -> Picture:
    """The map that the view makes of a surface.

    Parameters
    ----------
    view : View
        What to render.
    surface : Surface
        As it was at that time; its pixels bound the sharpness.
    seed, index : int
        Seed of the demonstration and position of the view in it.
    """
    frame = whole_frame(view.projection, max(surface.pixel_km, view.resolution_km / 2.2))
    lat, lon = frame.places()
    on_map = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    vectors = unit_vectors(lat.ravel()[on_map], lon.ravel()[on_map])
    shown = seen(view, vectors, seed, index)
    vectors, at = vectors[:, shown], on_map[shown]
    values = _values(view, surface, vectors, seed, index)
    planes = np.full((len(view.bands), frame.rows * frame.cols), np.nan, dtype=np.float32)
    planes[:, at] = values
    return _crop(view, frame, planes.reshape(-1, frame.rows, frame.cols), at)


def _angles(view: View, vectors: Vectors) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    mu0 = cosine_of_incidence(vectors, view.sub_solar_lat, view.sub_solar_lon_e)
    mu = cosine_of_emission(vectors, view.sub_observer_lat, view.sub_observer_lon_e, view.range_km)
    return mu0, mu


def _values(view: View, surface: Surface, vectors: Vectors, seed: int, index: int) -> NDArray[np.float32]:
    order = [BANDS.index(band) for band in view.bands]
    through = blurred(Surface(surface.planes[order], surface.pixels_per_degree), view.resolution_km)
    lat, lon = places(displaced(vectors, view.shift_km, view.warp_km, generator(seed, index, _WARP)))
    albedo = sampled(through, lat, lon)
    mu0, mu = _angles(view, vectors)
    light = light_residual(mu0, mu, vectors, view.light_residual, generator(seed, index, _LIGHT))
    gains = np.exp(view.gain_sigma * generator(seed, index, _GAIN).standard_normal(len(BANDS)))[order]
    signal = albedo * np.exp(light) * gains.astype(np.float32)[:, None]
    noisy = [
        plane + np.float32(view.noise) * np.sqrt(plane * np.median(plane)) * _noise(plane.size, seed, index, band)
        for plane, band in zip(signal, order, strict=True)
    ]
    return np.stack(noisy)


def _noise(size: int, seed: int, index: int, band: int) -> NDArray[np.float32]:
    return generator(seed, index, _NOISE, band).standard_normal(size, dtype=np.float32)


def _crop(view: View, frame: Frame, planes: NDArray[np.float32], at: NDArray[np.int64]) -> Picture:
    rows, cols = np.divmod(at, frame.cols)
    row0, row1, col0, col1 = int(rows.min()), int(rows.max()) + 1, int(cols.min()), int(cols.max()) + 1
    return Picture(view, frame.cropped(row0, row1, col0, col1), planes[:, row0:row1, col0:col1].copy())
