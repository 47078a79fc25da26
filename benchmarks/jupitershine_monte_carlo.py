"""Jupitershine by throwing points at Jupiter, against the light model.

``python benchmarks/jupitershine_monte_carlo.py [MILLIONS]`` draws that many million points (default 4) on an oblate
Jupiter and adds up the light that each sends to facets of Io, by Minnaert's law alone; the package takes no part in it.
The same points seen from very far give the far-field law, so that the ratio of the two is compared with the near-field
factor, and facets turned away from Jupiter with the soft horizon. Fails if one differs by more than 1 % of its value,
or 0.05 % of the whole light where that is more, beyond three standard errors.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from iovolc.light.jupiter import facet_factor, far_field_phase, normal_irradiance_ratio

Vectors = NDArray[np.float64]

REQ_KM, RPOL_KM, D_KM, K = 71_492.0, 66_854.0, 421_800.0, 0.9
PHASES = (0.0, 10.0, 30.0, 60.0, 90.0, 120.0, 150.0)
ZENITHS = (0.0, 30.0, 60.0, 75.0, 80.0, 85.0, 90.0, 95.0)
AZIMUTHS = (0.0, 90.0, 180.0, 250.0)
PIECE = 100_000


def surface(rng: np.random.Generator, count: int) -> tuple[Vectors, Vectors, Vectors]:
    """Points of the half of Jupiter that faces Io (at x = -D), outward normals, and the area per point."""
    z, longitude = rng.uniform(-1.0, 1.0, count), rng.uniform(0.5 * np.pi, 1.5 * np.pi, count)
    ring = np.sqrt(1.0 - z * z)
    ball = np.stack((ring * np.cos(longitude), ring * np.sin(longitude), z), axis=1)
    gradient = ball / np.array((REQ_KM, REQ_KM, RPOL_KM))
    length = np.linalg.norm(gradient, axis=1)
    area = 2.0 * np.pi * REQ_KM * REQ_KM * RPOL_KM * length / count
    return ball * np.array((REQ_KM, REQ_KM, RPOL_KM)), gradient / length[:, None], area


def light(points: Vectors, normals: Vectors, area: Vectors, to_sun: Vectors, place: Vectors) -> tuple[Vectors, Vectors]:
    """Directions from a place to the points, and the irradiance that each gives a facet which faces it."""
    rays = points - place
    ranges = np.linalg.norm(rays, axis=1)
    directions = rays / ranges[:, None]
    mu0, mu = normals @ to_sun, -np.sum(normals * directions, axis=1)
    seen = (mu0 > 0.0) & (mu > 0.0)
    radiance = np.zeros(len(points))
    radiance[seen] = mu0[seen] ** K * mu[seen] ** (K - 1.0)
    return directions, radiance * area * np.maximum(mu, 0.0) / ranges**2


def facets() -> Vectors:
    """Normals turned away from Jupiter (in x) towards all azimuths from north; the first faces it."""
    places = [(z, a) for z in ZENITHS for a in AZIMUTHS if z > 0.0 or a == 0.0]
    z, a = np.radians(np.array(places).T)
    return np.stack((np.cos(z), np.sin(z) * np.sin(a), np.sin(z) * np.cos(a)), axis=1)


def sampled(alpha_deg: float, pieces: int, seed: int = 0) -> tuple[Vectors, Vectors]:
    """Irradiance of facets and of one facing the lit centroid, relative to the far-field law, and standard errors."""
    alpha = np.radians(alpha_deg)
    to_sun = np.array((-np.cos(alpha), np.sin(alpha), 0.0))
    far_km = 1e4 * D_KM
    rng, rows = np.random.default_rng(seed), []
    for _ in range(pieces):
        points, normals, area = surface(rng, PIECE)
        directions, weights = light(points, normals, area, to_sun, np.array((-D_KM, 0.0, 0.0)))
        _, far = light(points, normals, area, to_sun, np.array((-far_km, 0.0, 0.0)))
        turned = np.maximum(directions @ facets().T, 0.0)
        total = weights @ directions
        rows.append(np.append(weights @ turned, np.linalg.norm(total)) * D_KM**2 / (far.sum() * far_km**2))
    found = np.array(rows)
    return found.mean(axis=0), found.std(axis=0) / np.sqrt(max(pieces - 1, 1))


def expected(alpha_deg: float) -> Vectors:
    """The same by the light model; its measured phase curve is divided out."""
    alpha = np.radians(alpha_deg)
    to_sun, to_jupiter = np.array((-np.cos(alpha), np.sin(alpha), 0.0)), np.array((1.0, 0.0, 0.0))
    far = REQ_KM * RPOL_KM / D_KM**2 * far_field_phase(alpha_deg)
    normal = float(normal_irradiance_ratio(alpha_deg, 1.0) / far)
    return normal * np.append(facet_factor(facets(), to_sun, to_jupiter), 1.0)


def main(millions: float = 4.0) -> int:
    worst, bad = [], 0
    for alpha in PHASES:
        found, error = sampled(alpha, max(2, round(millions * 1e6 / PIECE)))
        model = expected(alpha)
        allowed = np.maximum(0.01 * found, 5e-4 * found[-1])
        bad += int(np.sum(np.abs(model - found) > allowed + 3.0 * error))
        bright = found > 0.05 * found[-1]
        worst.append(float(np.max(np.abs(model[bright] / found[bright] - 1.0))))
        print(f"phase {alpha:5.0f}: near-field factor {model[0]:.4f}, by points {found[0]:.4f} +- {error[0]:.4f}")
    print(f"worst facet with over 5 % of the light: {100 * max(worst):.2f} %; beyond the limits: {bad}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2])))
