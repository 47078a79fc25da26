"""Lighting geometries: thirty for the round trip, twenty pairs for the null, and the passes of 1997 and 2024."""

import numpy as np

from light_render.jupiter import direction
from light_render.scene import Camera, View

DAY_A = Camera("A", psf_km=20.0, noise=0.01, gain=1.06)
DAY_B = Camera("B", psf_km=32.0, noise=0.015, gain=0.88, red_share=0.15)
NIGHT_A = Camera("A", psf_km=20.0, noise=0.01, floor=2e-5, full=0.02, gain=1.06)
NIGHT_B = Camera("B", psf_km=32.0, noise=0.015, floor=3e-5, full=0.02, gain=0.88, red_share=0.15)


def under_sun(lat, lon_e, phase_deg, bearing_deg=90.0, range_km=5e5):
    """A view from over a place with the Sun at this phase, in this direction from north through east."""
    up = direction(lat, lon_e)
    east = np.array([-np.sin(np.radians(lon_e)), np.cos(np.radians(lon_e)), 0.0])
    along = np.cos(np.radians(bearing_deg)) * np.cross(up, east) + np.sin(np.radians(bearing_deg)) * east
    sun = np.cos(np.radians(phase_deg)) * up + np.sin(np.radians(phase_deg)) * along
    return View(
        float(np.degrees(np.arcsin(sun[2]))), float(np.degrees(np.arctan2(sun[1], sun[0]))), lat, lon_e, range_km
    )


def under_jupiter(lat, lon_e, alpha_deg, *, east=True, range_km=2e4):
    """A view of the night side when Jupiter, seen from Io, has this phase."""
    return View(2.0, 180.0 - alpha_deg if east else alpha_deg - 180.0, lat, lon_e, range_km)


def round_trip():
    """Name, view and camera of thirty exposures: 16 by the Sun, 10 by Jupiter, 4 across the terminator."""
    suns = [
        (f"sun-{phase:03d}", under_sun((-18, 5, 20)[n % 3], (37 * n + 221) % 360 - 180, phase, (85, 265, 95)[n % 3]))
        for n, phase in enumerate(range(0, 160, 10))
    ]
    places = ((-10, -25), (15, 20), (-20, 40), (5, -45), (25, 0))
    ranges = (6e3, 2e4, 2e5)
    alphas = (20, 35, 50, 58, 65, 75, 85, 95, 105, 120)
    jupiters = [
        (
            f"jupiter-{alpha:03d}",
            under_jupiter(*places[n % 5], alpha, east=n % 5 in (0, 3, 4), range_km=ranges[n % 3]),
        )
        for n, alpha in enumerate(alphas)
    ]
    mixed = [
        (f"mixed-{alpha:03d}", under_jupiter(5, lon_e, alpha, range_km=3e4))
        for alpha, lon_e in ((61, 30), (75, 20), (90, 10), (105, 0))
    ]
    days, nights = (DAY_A, DAY_B), (NIGHT_A, NIGHT_B)
    by_sun = [(name, view, days[n % 2]) for n, (name, view) in enumerate(suns)]
    by_jupiter = [(name, view, nights[n % 2]) for n, (name, view) in enumerate(jupiters)]
    by_both = [(name, view, (DAY_A, NIGHT_A, DAY_B, NIGHT_B)[n]) for n, (name, view) in enumerate(mixed)]
    return by_sun + by_jupiter + by_both


def null_pairs():
    """Twenty times name, older and newer (view, camera): 12 by day, 5 of day and night, 3 by night."""
    days = [
        (10, 10), (10, 25), (10, 40), (20, 55), (15, 70), (30, 80), (40, 100), (60, 30), (75, 20), (90, 45), (70, 10),
        (50, 110),
    ]  # fmt: skip
    pairs = []
    for n, (first, second) in enumerate(days):
        lat, lon_e, turn = (-15, 0, 15)[n % 3], (61 * n + 240) % 360 - 180, 15 * (n % 3 - 1)
        bearings = (90, 270) if n % 2 else (270, 90)
        older = (under_sun(lat, lon_e, first, bearings[0]), DAY_A)
        newer = (under_sun(-lat, lon_e + turn, second, bearings[second < 40]), (DAY_A, DAY_B)[n % 2])
        pairs.append((f"day-{first}-{second}", older, newer))
    nights = [(58, -25, True), (40, 15, False), (75, 10, False), (90, -35, True), (105, 25, False)]
    for n, (alpha, lon_e, east) in enumerate(nights):
        older = (under_sun((5, -10)[n % 2], lon_e, 15 + 10 * n, 90 if lon_e > 0 else 270), DAY_A)
        newer = (under_jupiter((-10, 12)[n % 2], lon_e, alpha, east=east), (NIGHT_A, NIGHT_B)[n % 2])
        pairs.append((f"night-{alpha}-day", older, newer))
    for first, second in ((30, 58), (58, 90), (45, 105)):
        older = (under_jupiter(5, -20, first), NIGHT_A)
        newer = (under_jupiter(-12, -30, second), NIGHT_B)
        pairs.append((f"night-{first}-{second}", older, newer))
    return pairs


def best_place(*views):
    """Latitude and east longitude at which the worst of light and view is best in all of these views."""
    lat, lon_e = (angle.ravel() for angle in np.meshgrid(np.arange(-60, 61, 4), np.arange(-180, 180, 4), indexing="ij"))
    normals, worst = direction(lat, lon_e), np.ones(lat.size)
    for view in views:
        ray = view.range_km / 1821.5 * direction(view.sub_observer_lat, view.sub_observer_lon_e) - normals
        mu = np.sum(normals * ray, axis=1) / np.linalg.norm(ray, axis=1)
        by_sun = normals @ direction(view.sub_solar_lat, view.sub_solar_lon_e)
        mu0 = np.where(by_sun > 0.0, by_sun, np.where(by_sun < -0.1, normals[:, 0], 0.0))
        worst = np.minimum(worst, np.minimum(mu, mu0))
    return int(lat[worst.argmax()]), int(lon_e[worst.argmax()])
