"""One ring on the sphere: ellipses about a place, measured sector by sector.

So poles, seam and the edges of sheets need no care. A ring must stand out against its hole and against its outside, all
the way round: neither a disc nor a bright spot on the circle makes one. Not for finding the places
(:mod:`iovolc.detect.rings`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.compiled import kernel
from iovolc.geometry.longitudes import wrap180
from iovolc.geometry.sphere import pixel_lat_lon, tangent_basis, unit_vectors
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]
Vector = NDArray[np.float64]
Zones = NDArray[np.float64]
"""By sector and zone (hole, annulus, outside): weighted differences, weights, counts of pixels, and blocks."""

WIDTHS: Final = (0.2, 0.3, 0.4)
AXIS_RATIOS: Final = (1.0, 1.2, 1.4)
"""North-south over east-west."""
_FINE: Final = (1.0 / 1.05, 1.0, 1.05)
_SECTORS: Final = 12
_LEAST_SECTORS: Final = 8
_DROPPED: Final = 2
_AGREEING: Final = 0.75
_COVERED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring on the sphere.

    Parameters
    ----------
    lat, lon_e : float
        Its centre in degrees.
    radius_km, width_km, axis_ratio : float
        Mean radius, width, and length from north to south over that from east to west.
    """

    lat: float
    lon_e: float
    radius_km: float
    width_km: float
    axis_ratio: float


@dataclass(frozen=True, slots=True)
class FoundRing:
    """A ring that the templates found.

    Parameters
    ----------
    ring : Ring
        Where and how large.
    z, amplitude, sigma : float
        Significance (against hole or outside, whichever is less), contrast against both (signed), and their ratio.
    factor : int
        Reduction of the sheets on which it was measured.
    pixels : mapping of str to ndarray of int64
        Flat indices at that reduction, by sheet: the sectors of the annulus that show it.
    """

    ring: Ring
    z: float
    amplitude: float
    sigma: float
    factor: int
    pixels: Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Reduced:
    """Sums over blocks of pixels by sheet, and where the blocks lie."""

    factor: int
    sheets: Mapping[str, Sheet]
    products: Mapping[str, Plane]
    weights: Mapping[str, Plane]
    counts: Mapping[str, Plane]
    owned: Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place to be measured: its radius, the reduction of the sheets and the noise factor of annuli of this radius."""

    z: float
    lat: float
    lon_e: float
    radius_km: float
    factor: int
    noise: float


@dataclass(frozen=True, slots=True)
class _Patch:
    """Blocks about a candidate: east and north in km, sector, sums, and which sheet and block each is."""

    east_km: Vector
    north_km: Vector
    sector: NDArray[np.int64]
    sums: NDArray[np.float64]
    names: tuple[str, ...]
    which: NDArray[np.int64]
    flat: NDArray[np.int64]


@lru_cache(maxsize=24)
def places(sheet: Sheet) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and east longitudes of a sheet, kept: they are asked for often."""
    return pixel_lat_lon(sheet)


def measure(one: Candidate, planes: Reduced, seed_z: float, floor: float) -> FoundRing | None:
    """The best ellipse about a candidate; None if none is a ring."""
    patch = _patch(one, planes)
    least_count = _COVERED * planes.factor**2
    best, best_z = None, 0.0
    for ratio in AXIS_RATIOS:
        distance = np.hypot(patch.east_km * math.sqrt(ratio), patch.north_km / math.sqrt(ratio))
        for fine in _FINE:
            for width in WIDTHS:
                radius_km = one.radius_km * fine
                ring = Ring(one.lat, one.lon_e, radius_km, width * radius_km, ratio)
                sums = zone_sums(distance, patch.sector, patch.sums, zone_edges(ring))
                z, amplitude, shown = judge(sums, least_count, one.noise, floor)
                if z >= seed_z and z > best_z and (pixels := _shown(ring, distance, patch, shown)):
                    best, best_z = FoundRing(ring, z, amplitude, abs(amplitude) / z, planes.factor, pixels), z
    return best


def _patch(one: Candidate, planes: Reduced) -> _Patch:
    """Every own block within reach of the largest ellipse."""
    centre = unit_vectors(one.lat, one.lon_e)
    right, up = tangent_basis(one.lat, one.lon_e)
    reach = one.radius_km * max(_FINE) * (1.0 + 1.5 * max(WIDTHS)) * math.sqrt(max(AXIS_RATIOS)) / body.RADIUS_KM
    parts: list[tuple[Vector, Vector, NDArray[np.float64], NDArray[np.int64]]] = []
    for name, sheet in planes.sheets.items():
        flat = _near(one, sheet, planes.owned[name], math.degrees(reach))
        lat, lon_e = places(sheet)
        vectors = unit_vectors(lat.ravel()[flat], lon_e.ravel()[flat])
        height = vectors @ centre
        near = height > math.cos(reach)
        flat, vectors, height = flat[near], vectors[near], height[near]
        stretch = body.RADIUS_KM * np.arccos(np.minimum(height, 1.0)) / np.sqrt(np.maximum(1.0 - height**2, 1e-18))
        sums = np.stack([plane[name].ravel()[flat] for plane in (planes.products, planes.weights, planes.counts)])
        parts.append((stretch * (vectors @ right), stretch * (vectors @ up), sums.astype(np.float64), flat))
    east_km, north_km = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    turn = np.floor((np.arctan2(north_km, east_km) + math.pi) / (2.0 * math.pi) * _SECTORS)
    return _Patch(
        east_km,
        north_km,
        turn.astype(np.int64) % _SECTORS,
        np.concatenate([part[2] for part in parts], axis=1),
        tuple(planes.sheets),
        np.repeat(np.arange(len(parts)), [part[3].size for part in parts]),
        np.concatenate([part[3] for part in parts]),
    )


def _near(one: Candidate, sheet: Sheet, owned: NDArray[np.bool_], reach_deg: float) -> NDArray[np.int64]:
    """Flat indices of own blocks that may lie within reach, and some more."""
    lat, lon_e = places(sheet)
    if sheet.wraps:
        rows = np.flatnonzero(np.abs(lat[:, 0] - one.lat) < reach_deg)
        across = math.sin(math.radians(reach_deg)) / math.cos(math.radians(one.lat))
        holds_pole = abs(one.lat) + reach_deg >= 90.0 or across >= 1.0
        aside_deg = 180.0 if holds_pole else 1.01 * math.degrees(math.asin(across))
        cols = np.flatnonzero(np.abs(wrap180(lon_e[0] - one.lon_e)) <= aside_deg)
        return (rows[:, None] * sheet.shape[1] + cols)[owned[rows[:, None], cols]]
    pole = math.copysign(90.0, float(lat[0, 0]))
    if abs(pole - one.lat) > abs(pole - float(lat[0, 0])) + reach_deg:  # farther than the sheet's corners
        return np.empty(0, np.int64)
    return np.flatnonzero((np.abs(lat - one.lat) < reach_deg) & owned)


def zone_edges(ring: Ring) -> Vector:
    """Distances between hole, annulus, outside and what is too far."""
    return ring.radius_km + ring.width_km * np.array([-0.5, 0.5, 1.5])


@kernel
def zone_sums(distance: Vector, sector: NDArray[np.int64], sums: NDArray[np.float64], edges: Vector) -> Zones:
    """Sums by sector over hole, annulus and outside.

    Parameters
    ----------
    distance, sector : ndarray, shape (block,)
        Of each block; sectors count from 0.
    sums : ndarray, shape (3, block)
        Weighted differences, weights and counts of pixels.
    edges : ndarray, shape (3,)
        From :func:`zone_edges`.

    Returns
    -------
    ndarray, shape (sector, zone, 4)
        The three sums, and the number of blocks.
    """
    out = np.zeros((_SECTORS, 3, 4))
    for i in range(distance.size):
        if distance[i] <= edges[2]:
            zone = int(distance[i] > edges[0]) + int(distance[i] > edges[1])
            held = out[sector[i], zone]
            for k in range(3):
                held[k] += sums[k, i]
            held[3] += 1.0
    return out


@kernel
def judge(zones: Zones, least_count: float, noise: float, floor: float) -> tuple[float, float, NDArray[np.bool_]]:
    """Contrast of an annulus without the two sectors that show it most.

    Parameters
    ----------
    zones : ndarray, shape (sector, zone, 4)
        From :func:`zone_sums`.
    least_count : float
        Pixels of each block that must be seen, on the mean of a zone.
    noise, floor : float
        Noise factor, and systematic error of the contrast.

    Returns
    -------
    z, amplitude : float
        Significance, which is the least of those against all around it, against the hole and against the outside, and
        the signed contrast; 0 if it is no ring.
    shown : ndarray, shape (sector,), bool
        Sectors that show it.
    """
    product, weight = zones[:, :, 0], zones[:, :, 1]
    shown = np.zeros(_SECTORS, np.bool_)
    seen = np.zeros(_SECTORS, np.bool_)
    against, around = np.zeros(_SECTORS), np.ones(_SECTORS)
    total = 0.0
    for k in range(_SECTORS):
        seen[k] = True
        for zone in range(3):
            covered = zones[k, zone, 2] >= least_count * max(zones[k, zone, 3], 1.0)
            seen[k] = seen[k] and covered and weight[k, zone] > 0.0
        if seen[k]:
            around[k] = weight[k, 0] + weight[k, 2]
            against[k] = product[k, 1] / weight[k, 1] - (product[k, 0] + product[k, 2]) / around[k]
            total += weight[k, 1] * against[k]
    sign = math.copysign(1.0, total)
    agreeing = seen & (sign * against > 0.0)
    if seen.sum() < _LEAST_SECTORS or agreeing.sum() < _AGREEING * seen.sum():
        return 0.0, 0.0, shown
    kept = seen.copy()
    for _ in range(_DROPPED):
        kept[np.argmax(np.where(kept, sign * against, -np.inf))] = False
    share = np.where(kept, weight[:, 1], 0.0) / weight[kept, 1].sum()
    amplitude, hole, outside = 0.0, 0.0, 0.0
    white, white_hole, white_outside = 0.0, 0.0, 0.0
    for k in np.flatnonzero(kept):
        mean = product[k, 1] / weight[k, 1]
        amplitude += share[k] * against[k]
        hole += share[k] * (mean - product[k, 0] / weight[k, 0])
        outside += share[k] * (mean - product[k, 2] / weight[k, 2])
        own = 1.0 / weight[k, 1]
        white += share[k] ** 2 * (own + 1.0 / around[k])
        white_hole += share[k] ** 2 * (own + 1.0 / weight[k, 0])
        white_outside += share[k] ** 2 * (own + 1.0 / weight[k, 2])
    z = math.inf
    for contrast, spread in ((amplitude, white), (hole, white_hole), (outside, white_outside)):
        z = min(z, sign * contrast / math.hypot(noise * math.sqrt(spread), floor))
    shown[:] = seen & (sign * against > 0.5 * abs(amplitude))
    return max(z, 0.0), amplitude, shown


def _shown(ring: Ring, distance: Vector, patch: _Patch, sectors: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """The blocks of the annulus in some sectors, by sheet."""
    inner, outer, _ = zone_edges(ring)
    inside = (distance > inner) & (distance <= outer) & sectors[patch.sector]
    return {
        name: np.sort(patch.flat[inside & (patch.which == k)])
        for k, name in enumerate(patch.names)
        if (inside & (patch.which == k)).any()
    }
