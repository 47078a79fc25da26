"""What a camera makes of the surface: blur, local warp, light, noise, gaps; and the matched SNR of a change in it."""

import io
import math
from typing import Final

import numpy as np
from benchmarks.iobench.plan import EpochPlan
from benchmarks.iobench.surface import BANDS, Base
from benchmarks.iobench.truth import Truth, window
from numpy.typing import NDArray
from PIL import Image
from scipy.interpolate import RectBivariateSpline
from scipy.ndimage import gaussian_filter, map_coordinates

from iovolc import body
from iovolc.demo.surface import FWHM_PER_SIGMA, Surface, blurred
from iovolc.demo.view import Vectors, dot, unit_vectors

Plane = NDArray[np.float32]

SHOWN_LAT: Final = 65.0
_WARP, _SHIFT, _LIGHT, _TEXTURE, _GAPS, _GAIN, _NOISE = range(7)
WARP_KM: Final = (800.0, 4000.0)
TEXTURE_KM: Final = (300.0, 1000.0)
GAP_KM: Final = (1500.0, 5000.0)
_STEP_PX: Final = 8
RESIDUAL_KM: Final = 1.5
"""What registering is expected to leave per look and axis; only for choosing contrasts before anything is rendered."""


def rng_of(plan: EpochPlan, stream: int, band: int = 0) -> np.random.Generator:
    """The random numbers of one purpose, independent of all others."""
    return np.random.Generator(np.random.PCG64([plan.seed, stream, band]))


def shown_places(pixels_per_degree: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes (row,) and east longitudes (col,) of an observation's pixels, which reach to ``SHOWN_LAT``."""
    rows, cols = round(2 * SHOWN_LAT * pixels_per_degree), round(360 * pixels_per_degree)
    return (
        SHOWN_LAT - (np.arange(rows) + 0.5) / pixels_per_degree,
        -180.0 + (np.arange(cols) + 0.5) / pixels_per_degree,
    )


def waves(
    vectors: Vectors, lengths_km: tuple[float, float], count: int, components: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A smooth random field on the sphere of unit variance, longer waves stronger; shape (component, n)."""
    total = np.zeros((components, vectors.shape[1]), np.float32)
    power = 0.0
    for _ in range(count):
        length = math.exp(rng.uniform(*np.log(lengths_km)))
        direction = rng.standard_normal(3)
        direction *= 2.0 * math.pi * body.RADIUS_KM / length / np.linalg.norm(direction)
        amplitude = length * rng.standard_normal(components)
        total += amplitude.astype(np.float32)[:, None] * np.cos(
            dot(direction, vectors) + np.float32(rng.uniform(0.0, 2.0 * math.pi))
        )
        power += 0.5 * float(np.mean(amplitude**2))
    return total / np.float32(math.sqrt(power))


def displacement(plan: EpochPlan, vectors: Vectors) -> NDArray[np.float32]:
    """How far the pixels' true places lie from where the map says, in kilometres along x, y, z; shape (3, n)."""
    axis = rng_of(plan, _SHIFT).standard_normal(3)
    axis *= plan.shift_km / np.linalg.norm(axis)
    turned = np.cross(axis, vectors.T).T.astype(np.float32)
    return turned + np.float32(plan.warp_km) * waves(vectors, WARP_KM, 24, 3, rng_of(plan, _WARP)) / np.float32(
        math.sqrt(2.0)
    )


def light(plan: EpochPlan, vectors: Vectors) -> NDArray[np.float32]:
    """What is wrong with the light, in ln albedo: a low-order surface and a smaller rest, shape (n,)."""
    rng = rng_of(plan, _LIGHT)
    terms = [*vectors, vectors[0] * vectors[1], vectors[1] * vectors[2], vectors[0] ** 2 - vectors[1] ** 2]
    total = np.sum([np.float32(rng.standard_normal()) * (term - term.mean()) for term in terms], axis=0)
    surface = np.float32(plan.surface_rms / max(float(np.std(total)), 1e-9)) * total
    rest = waves(vectors, TEXTURE_KM, 40, 1, rng_of(plan, _TEXTURE))[0]
    return surface + np.float32(plan.texture_rms) * rest


def observe(plan: EpochPlan, base: Base, planes: Plane) -> Plane:
    """The bands as delivered, shape (band, row, col) on :func:`shown_places`; NaN where nothing was seen.

    Parameters
    ----------
    plan : EpochPlan
        How it is seen.
    base : Base
        For the pixel size.
    planes : ndarray, shape (band, row, col)
        The surface at that time, whole globe.
    """
    ppd = base.surface.pixels_per_degree
    lats, lons = shown_places(ppd)
    x, y, z, tone, gap = _smooth_fields(plan, lats, lons)
    row = (90.0 - np.degrees(np.arctan2(z, np.hypot(x, y)))) * ppd - 0.5
    col = (np.degrees(np.arctan2(y, x)) + 180.0) * ppd - 0.5
    through = blurred(Surface(planes, ppd), plan.resolution_km).planes
    gains = np.exp(plan.gain_sigma * rng_of(plan, _GAIN).standard_normal(len(BANDS)))
    hidden = gap < np.quantile(gap, plan.gap_share) if plan.gap_share > 0.0 else np.zeros(gap.shape, bool)
    factor = np.exp(tone)
    out = np.empty((len(planes), *row.shape), np.float32)
    for band, plane in enumerate(through):
        seen = map_coordinates(plane, [row, col], order=3, mode="grid-wrap")
        signal = np.maximum(seen, np.float32(0.01)) * factor * np.float32(gains[band])
        noise = rng_of(plan, _NOISE, band).standard_normal(row.shape, dtype=np.float32)
        out[band] = np.where(hidden, np.nan, signal * (1.0 + np.float32(plan.noise) * noise))
    return out


def _smooth_fields(plan: EpochPlan, lats: NDArray[np.float64], lons: NDArray[np.float64]) -> list[Plane]:
    """True place (x, y, z of any length), light and gaps at all places: splines through every eighth of them.

    The fields are smooth on the sphere, and the splines reach both ends of the longitudes: there is no seam.
    """
    some_lats = np.linspace(lats[0], lats[-1], max(8, len(lats) // _STEP_PX))
    some_lons = np.linspace(lons[0], lons[-1], max(8, len(lons) // _STEP_PX))
    shape = len(some_lats), len(some_lons)
    vectors = unit_vectors(*(part.ravel() for part in np.meshgrid(some_lats, some_lons, indexing="ij")))
    moved = displacement(plan, vectors) / np.float32(body.RADIUS_KM)
    gap = waves(vectors, GAP_KM, 12, 1, rng_of(plan, _GAPS))[0]
    fields = [
        RectBivariateSpline(-some_lats, some_lons, field.reshape(shape))(-lats, lons).astype(np.float32)
        for field in (*moved, light(plan, vectors), gap)
    ]
    every = unit_vectors(*np.meshgrid(lats, lons, indexing="ij"))
    return [place + move for place, move in zip(every, fields[:3], strict=True)] + fields[3:]


def stretched(planes: Plane, *, quality: int = 88) -> Plane:
    """The bands as a stretched eight-bit JPEG shows them, 0 to 255; gaps stay gaps."""
    out = np.empty_like(planes)
    for band, plane in enumerate(planes):
        low, high = np.nanpercentile(plane, (0.5, 99.5))
        curve = np.clip((plane - low) / (high - low), 0.0, 1.0) ** 0.8
        grey = np.nan_to_num(255.0 * curve).round().astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(grey).save(file, "JPEG", quality=quality)
        with Image.open(file) as picture:
            out[band] = np.where(np.isfinite(plane), np.asarray(picture, np.float32), np.nan)
    return out


def matched_snr(
    truth: Truth, base: Base, before: EpochPlan, after: EpochPlan, residual_km: tuple[float, float] | None = None
) -> float:
    """Matched SNR of a change of contrast 1 (or of its own contrast) in the band that shows it best.

    ``sum(d^2) / sqrt(sum(d^2 v))``: d the change of ln albedo per pixel as the later look shows it, v its variance from
    noise, residual registration and light in one look before and one after.

    Parameters
    ----------
    truth : Truth
        The change.
    base : Base
        The surface.
    before, after : EpochPlan
        The two looks.
    residual_km : tuple of float or None
        What registering left in each, one sigma per axis; None takes ``RESIDUAL_KM``.
    """
    ours, theirs = residual_km or (RESIDUAL_KM, RESIDUAL_KM)
    lats, lons = base.surface.places()
    rows, cols = window(truth, lats, lons, 3.0 * after.resolution_km)
    lat, lon = np.meshgrid(lats[rows], lons[cols], indexing="ij")
    sigma_km = after.resolution_km / FWHM_PER_SIGMA
    pixel_km = base.surface.pixel_km
    weight = _blur(truth.weight(lat, lon), sigma_km / pixel_km, math.cos(math.radians(truth.lat)))
    best = 0.0
    for band, dln in enumerate(truth.dln):
        change = dln * weight
        tone = np.log(base.surface.planes[band][np.ix_(rows, cols)])
        tone = _blur(tone, sigma_km / pixel_km, math.cos(math.radians(truth.lat)))
        along, across = np.gradient(tone, pixel_km)
        slope2 = along**2 + (across / math.cos(math.radians(truth.lat))) ** 2
        variance = before.noise**2 + after.noise**2 + before.texture_rms**2 + after.texture_rms**2
        total = variance + (ours**2 + theirs**2) * slope2
        square = change**2
        best = max(best, float(square.sum() / math.sqrt((square * total).sum() + 1e-30)))
    return best


def _blur(values: NDArray[np.floating], sigma_px: float, cos_lat: float) -> NDArray[np.float64]:
    return gaussian_filter(np.asarray(values, np.float64), (sigma_px, sigma_px / cos_lat), mode="nearest")
