"""Pictures of Io's disc with known centre, radius and light, for the tests of the limb."""

import numpy as np
from scipy import ndimage

from iovolc.geometry.disc import place_disc
from iovolc.geometry.ellipsoid import disc_lat_lon
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.discview import DiscView

FINE = 3


def seen(*, phase_deg=0.0, lat=2.0, range_km=7e8, north_angle_deg=15.0, sun_from="east"):
    """A view whose Sun stands this far to the east or north of the observer."""
    east, north = (phase_deg, 0.0) if sun_from == "east" else (0.0, phase_deg)
    return DiscView(lat, 40.0, north_angle_deg, range_km, lat + north, 40.0 + east)


def draw(view, *, x, y, radius, shape=(128, 128), fwhm=6.0, spots=(), noise=0.01, limb_darkening=0.5, seed=1):
    """The blurred disc; spots are (degrees along the limb from image right downwards, strength)."""
    fine = place_disc(view, centre_x=x * FINE, centre_y=y * FINE, radius_px=radius * FINE)
    row, col = np.mgrid[: shape[0] * FINE, : shape[1] * FINE] + 0.5
    lat, lon_e = disc_lat_lon(fine, col, row)
    normal = unit_vectors(lat, lon_e)
    to_observer = unit_vectors(view.sub_observer_lat, view.sub_observer_lon_e) * view.range_km - 1821.49 * normal
    mu = np.clip(np.sum(normal * to_observer, axis=-1) / np.linalg.norm(to_observer, axis=-1), 1e-3, 1.0)
    mu0 = np.clip(normal @ unit_vectors(view.sub_solar_lat, view.sub_solar_lon_e), 0.0, 1.0)
    bright = (1 - limb_darkening) * 2 * mu0 / (mu0 + mu) + limb_darkening * mu0
    bright = np.nan_to_num(bright * (1.0 + 0.1 * np.sin(5 * normal[..., 0] + 3) * np.cos(4 * normal[..., 2])))
    for angle, strength in spots:
        away = np.radians(angle)
        spot_x, spot_y = (x + radius * 0.97 * np.cos(away)) * FINE, (y + radius * 0.97 * np.sin(away)) * FINE
        bright += strength * np.exp(-0.5 * ((col - spot_x) ** 2 + (row - spot_y) ** 2) / (1.0 * FINE) ** 2)
    blurred = ndimage.gaussian_filter(bright, fwhm / 2.3548 * FINE)
    picture = blurred.reshape(shape[0], FINE, shape[1], FINE).mean(axis=(1, 3))
    return (picture + np.random.default_rng(seed).normal(0.0, noise, shape)).astype(np.float32)
