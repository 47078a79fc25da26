"""Plume rings: annuli of 50 to 620 km, round or longer from north to south.

A screening finds the places (:mod:`iovolc.detect.ringscan`), where the Gaussian filters left nothing explained; there,
and on the outlines of what they did explain, ellipses are measured (:mod:`iovolc.detect.ringfit`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.detect.matched import Response
from iovolc.detect.noise import SMOOTH_SHARE_MOST, noise_factor, smooth_share
from iovolc.detect.pyramid import Scale, reduce_weighted, reduced_sheet
from iovolc.detect.ringfit import Candidate, FoundRing, Reduced, Ring, measure, places
from iovolc.detect.ringscan import annulus_response
from iovolc.geometry.sphere import lat_lon, unit_vectors
from iovolc.hands import each
from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid

Plane = NDArray[np.float32]
Vector = NDArray[np.float64]

RADII_KM: Final = tuple(50.0 * 1.15**k for k in range(19))
_SCREEN_WIDTH: Final = 0.3
_SCREEN_Z: Final = 2.5
_LEAST_RADIUS_PX: Final = 4.0
_FINEST_RADIUS_PX: Final = 8.0
_CANDIDATES: Final = 40
_OUTLINES: Final = 12
_OUTLINE_PIXELS: Final = 1000
_APART: Final = 1.2


@dataclass(frozen=True, slots=True)
class Shape:
    """Centre of an outline in degrees, and the mean distance from it."""

    lat: float
    lon_e: float
    radius_km: float


def shape_of(footprint: Footprint, grid: Grid) -> Shape:
    """The outline of a footprint, from about a thousand of its pixels."""
    step = max(1, sum(pixels.size for _, pixels in footprint.pixels) // _OUTLINE_PIXELS)
    vectors = np.concatenate(
        [
            unit_vectors(*(plane.ravel()[pixels[::step]] for plane in places(grid.sheet(name))))
            for name, pixels in footprint.pixels
        ]
    )
    centre = vectors.mean(axis=0)
    centre /= np.linalg.norm(centre)
    away = body.RADIUS_KM * np.arccos(np.clip(vectors @ centre, -1.0, 1.0))
    lat, lon_e = (float(value) for value in lat_lon(centre))
    return Shape(lat, lon_e, float(away.mean()))


def find_rings(
    differences: Mapping[str, Plane],
    weights: Mapping[str, Plane],
    left: Mapping[str, Plane],
    owned: Mapping[str, NDArray[np.bool_]],
    grid: Grid,
    shapes: Sequence[Shape] = (),
    *,
    seed_z: float,
    sigma_floor: float,
    smooth: bool = True,
) -> tuple[FoundRing, ...]:
    """Rings of both signs, the strongest first; none overlaps another.

    Parameters
    ----------
    differences, weights : mapping of str to ndarray, shape (row, col), float32
        By sheet; weights are 0 where there is no data.
    left : mapping of str to ndarray, shape (row, col), float32
        Weights without what has been found already: there rings are sought everywhere.
    owned : mapping of str to ndarray of bool
        Pixels that belong to each sheet.
    grid : Grid
        The grid.
    shapes : sequence of Shape
        Outlines of what has been found already: each is tried as a ring.
    seed_z : float
        Significance that a ring must reach.
    sigma_floor : float
        Systematic error of an amplitude by itself.
    smooth : bool
        Whether it is smooth, so that little of it is left in narrow annuli.
    """
    floors = {radius_km: _floor(radius_km, sigma_floor, smooth=smooth) for radius_km in RADII_KM}
    rest = _pyramid(differences, left, owned, grid)
    factors = {radius_km: _factor(radius_km, grid) for radius_km in RADII_KM}
    radii_km = [radius_km for radius_km, factor in factors.items() if factor]
    screened: list[Candidate] = []
    noise: dict[float, float] = {}
    screens = each(lambda radius_km: _screen(rest[factors[radius_km]], radius_km, floors[radius_km]), radii_km)
    for radius_km, (of_radius, peaks) in zip(radii_km, screens, strict=True):
        noise[radius_km] = of_radius
        screened += peaks
    found = [measure(one, rest[one.factor], seed_z, floors[one.radius_km]) for one in _apart(screened)]
    outlined = _outlined(shapes, noise, grid)
    whole = {
        factor: _reduce(differences, weights, owned, grid, factor)
        for factor in sorted({one.factor for one in outlined})
    }
    found += [measure(one, whole[one.factor], seed_z, floors[one.radius_km]) for one in outlined]
    kept: list[FoundRing] = []
    for ring in sorted((one for one in found if one), key=lambda one: (-one.z, one.ring.lat, one.ring.lon_e)):
        if all(_distance_km(ring.ring, other.ring) > _reach_km(ring.ring, other.ring) for other in kept):
            kept.append(ring)
    return tuple(kept)


def _floor(radius_km: float, sigma_floor: float, *, smooth: bool) -> float:
    """What is left of a systematic error in an annulus against both its sides."""
    return (smooth_share(Scale(_SCREEN_WIDTH * radius_km)) if smooth else SMOOTH_SHARE_MOST) * sigma_floor


def _pyramid(
    differences: Mapping[str, Plane], weights: Mapping[str, Plane], owned: Mapping[str, NDArray[np.bool_]], grid: Grid
) -> dict[int, Reduced]:
    """The sums at every reduction that the radii ask for."""
    planes: dict[int, Reduced] = {}
    for factor in sorted({_factor(radius_km, grid) for radius_km in RADII_KM} - {0}):
        finer = planes.get(factor // 2)
        planes[factor] = _halved(finer) if finer else _reduce(differences, weights, owned, grid, factor)
    return planes


def _outlined(shapes: Sequence[Shape], noise: Mapping[float, float], grid: Grid) -> list[Candidate]:
    """The largest outlines as candidates, at the three radii next to their mean distance and finer pixels."""
    radii = np.array(sorted(noise))
    fitting = [shape for shape in shapes if radii.size and radii[0] <= shape.radius_km <= radii[-1]]
    ordered = sorted(fitting, key=lambda shape: (-shape.radius_km, shape.lat, shape.lon_e))[:_OUTLINES]
    candidates: list[Candidate] = []
    for shape in ordered:
        middle = int(np.argmin(np.abs(np.log(radii / shape.radius_km))))
        candidates += [
            Candidate(0.0, shape.lat, shape.lon_e, radius, max(1, _factor(radius, grid) // 2), noise[radius])
            for radius in radii[max(middle - 1, 0) : middle + 2].tolist()
        ]
    return candidates


def _factor(radius_km: float, grid: Grid) -> int:
    """By how much sheets may be reduced for a radius; 0 where even whole pixels are too coarse."""
    if radius_km < _FINEST_RADIUS_PX * grid.pixel_km:
        return 0
    factor = 1
    while radius_km >= 2 * factor * _LEAST_RADIUS_PX * grid.pixel_km and all(
        size % (2 * factor) == 0 for sheet in grid.sheets for size in sheet.shape
    ):
        factor *= 2
    return factor


def _reduce(
    differences: Mapping[str, Plane],
    weights: Mapping[str, Plane],
    owned: Mapping[str, NDArray[np.bool_]],
    grid: Grid,
    factor: int,
) -> Reduced:
    sums = {name: reduce_weighted(differences[name], weights[name], factor) for name in differences}
    half = factor // 2
    return Reduced(
        factor,
        {name: reduced_sheet(grid.sheet(name), factor) for name in sums},
        {name: parts[0] for name, parts in sums.items()},
        {name: parts[1] for name, parts in sums.items()},
        {name: parts[2] for name, parts in sums.items()},
        {name: owned[name][half::factor, half::factor] for name in sums},
    )


def _halved(finer: Reduced) -> Reduced:
    """Sums over blocks of twice the size."""

    def summed(planes: Mapping[str, Plane]) -> dict[str, Plane]:
        return {
            name: plane.reshape(plane.shape[0] // 2, 2, plane.shape[1] // 2, 2).sum(axis=(1, 3))
            for name, plane in planes.items()
        }

    return Reduced(
        2 * finer.factor,
        {name: reduced_sheet(sheet, 2) for name, sheet in finer.sheets.items()},
        summed(finer.products),
        summed(finer.weights),
        summed(finer.counts),
        {name: plane[1::2, 1::2] for name, plane in finer.owned.items()},
    )


def _screen(planes: Reduced, radius_km: float, floor: float) -> tuple[float, list[Candidate]]:
    """The noise factor of round annuli of one radius, and the local maxima of their significance."""
    answers: dict[str, Response] = {}
    for name, sheet in planes.sheets.items():
        width_km = _SCREEN_WIDTH * radius_km
        given = planes.products[name], planes.weights[name], planes.owned[name]
        amplitude, sigma = annulus_response(*given, sheet, radius_km, width_km)
        answers[name] = Response(amplitude, amplitude, sigma, 1)
    noise = noise_factor(answers, planes.owned)
    candidates: list[Candidate] = []
    for name, answer in answers.items():
        sigma = np.sqrt((noise * answer.sigma) ** 2 + floor**2)
        strength = (np.abs(answer.amplitude) / sigma).astype(np.float32)
        rows, cols = _peaks(strength)
        lat, lon_e = (plane[rows, cols] for plane in places(planes.sheets[name]))
        candidates += [
            Candidate(float(z), float(at), float(east), radius_km, planes.factor, noise)
            for z, at, east in zip(strength[rows, cols], lat, lon_e, strict=True)
        ]
    return noise, candidates


def _peaks(strength: Plane) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pixels above the screening's threshold that no neighbour exceeds."""
    rows, cols = np.nonzero(strength > _SCREEN_Z)
    padded = np.pad(strength, ((1, 1), (0, 0)))
    padded = np.pad(padded, ((0, 0), (1, 1)), mode="wrap")
    around = [padded[rows + 1 + i, cols + 1 + k] for i in (-1, 0, 1) for k in (-1, 0, 1)]
    highest = strength[rows, cols] >= np.max(around, axis=0, initial=0.0)
    return rows[highest], cols[highest]


def _apart(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates by strength; of those about one place with like radii only the strongest."""
    ordered = sorted(candidates, key=lambda one: (-one.z, one.radius_km, one.lat, one.lon_e))
    vectors = unit_vectors(np.array([one.lat for one in ordered]), np.array([one.lon_e for one in ordered]))
    radii = np.array([one.radius_km for one in ordered])
    kept: list[int] = []
    for k, one in enumerate(ordered):
        if len(kept) >= _CANDIDATES:
            break
        near = body.RADIUS_KM * np.linalg.norm(vectors[kept] - vectors[k], axis=1) < 0.5 * one.radius_km
        alike = np.abs(np.log(radii[kept] / one.radius_km)) < math.log(1.3)
        if not (near & alike).any():
            kept.append(k)
    return [ordered[k] for k in kept]


def _distance_km(one: Ring, other: Ring) -> float:
    chord = np.linalg.norm(unit_vectors(one.lat, one.lon_e) - unit_vectors(other.lat, other.lon_e))
    return 2.0 * body.RADIUS_KM * math.asin(min(0.5 * float(chord), 1.0))


def _reach_km(one: Ring, other: Ring) -> float:
    return _APART * max(one.radius_km, other.radius_km)
