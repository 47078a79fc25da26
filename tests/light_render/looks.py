"""Places of the rendered ground seen many times by the Sun, for fits of photometric parameters."""

import numpy as np

from iovolc.light.photolooks import Looks, patches
from light_render.geometries import under_sun
from light_render.jupiter import direction
from light_render.scene import RADII_KM, Camera, albedo_at, reflectance

TRUTH = (0.72, -0.005, 0.4 * 0.012 * np.log(10.0), 0.15, 4.0)
"""Of the renderer's Lunar-Lambert law: L, its change per degree, slope of ln brightness, surge and its width."""


def angles(lat, lon_e, view):
    """Incidence, emission and phase of places on the triaxial body, in degrees."""
    towards = direction(lat, lon_e)
    points = towards / np.linalg.norm(towards / RADII_KM, axis=-1, keepdims=True)
    normals = points / RADII_KM**2
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    ray = view.range_km * direction(view.sub_observer_lat, view.sub_observer_lon_e) - points
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    sun = direction(view.sub_solar_lat, view.sub_solar_lon_e)
    return [np.degrees(np.arccos(np.clip(c, -1.0, 1.0))) for c in (normals @ sun, np.sum(normals * ray, -1), ray @ sun)]


def looks(seed, law, *, places=1500, epochs=10, noise=0.01, gain=0.05):
    """Looks by random views, each epoch with a gain of its own."""
    rng = np.random.default_rng(seed)
    lat, lon_e = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, places))), rng.uniform(0.0, 360.0, places)
    albedo = albedo_at(lat, lon_e, Camera())
    columns = []
    for epoch in range(epochs):
        place, phase_deg, range_km = rng.uniform((-20, -180), (20, 180)), rng.uniform(3, 110), 10 ** rng.uniform(4.5, 6)
        view = under_sun(*place, phase_deg, rng.choice([90, 270]), range_km)
        incidence, emission, phase = angles(lat, lon_e, view)
        sunlit, _, _ = reflectance(lat, lon_e, albedo, view, law)
        value = sunlit * np.exp(gain * rng.standard_normal()) * (1.0 + noise * rng.standard_normal(places))
        whole = (np.arange(places), patches(lat, lon_e), np.full(places, epoch), incidence, emission, phase, value)
        good = (incidence < 75.0) & (emission < 70.0)
        columns.append([column[good] for column in (*whole, noise * value)])
    return Looks(*(np.concatenate(parts) for parts in zip(*columns, strict=True)))
