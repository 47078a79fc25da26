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
from iovolc.geometry.sphere import pixel_lat_lon, tangent_basis, unit_vectors
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]
Vector = NDArray[np.float64]

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
    """Blocks about a candidate: east and north in km, sums, and which sheet and block each is."""

    east_km: Vector
    north_km: Vector
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
    best: FoundRing | None = None
    for ratio in AXIS_RATIOS:
        distance = np.hypot(patch.east_km * math.sqrt(ratio), patch.north_km / math.sqrt(ratio))
        for fine in _FINE:
            for width in WIDTHS:
                radius_km = one.radius_km * fine
                ring = Ring(one.lat, one.lon_e, radius_km, width * radius_km, ratio)
                found = _fit(ring, distance, patch, one, planes.factor, floor)
                if found is not None and found.z >= seed_z and (best is None or found.z > best.z):
                    best = found
    return best


def _patch(one: Candidate, planes: Reduced) -> _Patch:
    """Every own block within reach of the largest ellipse."""
    centre = unit_vectors(one.lat, one.lon_e)
    right, up = tangent_basis(one.lat, one.lon_e)
    reach = one.radius_km * max(_FINE) * (1.0 + 1.5 * max(WIDTHS)) * math.sqrt(max(AXIS_RATIOS)) / body.RADIUS_KM
    parts: list[tuple[Vector, Vector, NDArray[np.float64], NDArray[np.int64]]] = []
    for name, sheet in planes.sheets.items():
        lat, lon_e = places(sheet)
        flat = np.flatnonzero((np.abs(lat - one.lat) < math.degrees(reach)) & planes.owned[name])
        vectors = unit_vectors(lat.ravel()[flat], lon_e.ravel()[flat])
        height = vectors @ centre
        near = height > math.cos(reach)
        flat, vectors, height = flat[near], vectors[near], height[near]
        stretch = body.RADIUS_KM * np.arccos(np.minimum(height, 1.0)) / np.sqrt(np.maximum(1.0 - height**2, 1e-18))
        sums = np.stack([plane[name].ravel()[flat] for plane in (planes.products, planes.weights, planes.counts)])
        parts.append((stretch * (vectors @ right), stretch * (vectors @ up), sums.astype(np.float64), flat))
    return _Patch(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts], axis=1),
        tuple(planes.sheets),
        np.repeat(np.arange(len(parts)), [part[3].size for part in parts]),
        np.concatenate([part[3] for part in parts]),
    )


def _fit(ring: Ring, distance: Vector, patch: _Patch, one: Candidate, factor: int, floor: float) -> FoundRing | None:
    """Contrast of an annulus without the two sectors that show it most; None if it is no ring.

    Its significance is the least of those against all around it, against the hole and against the outside.
    """
    edges = ring.radius_km + ring.width_km * np.array([-0.5, 0.5, 1.5])
    zone = np.searchsorted(edges, distance)
    angle = np.arctan2(patch.north_km, patch.east_km)
    sector = np.floor((angle + math.pi) / (2.0 * math.pi) * _SECTORS).astype(np.int64) % _SECTORS
    code = sector * 4 + zone
    products, weights, counts, blocks = (
        np.bincount(code, weights=values, minlength=4 * _SECTORS).reshape(_SECTORS, 4)[:, :3]
        for values in (*patch.sums, np.ones(code.size))
    )
    seen = ((weights > 0) & (counts >= _COVERED * factor * factor * np.maximum(blocks, 1.0))).all(axis=1)
    if seen.sum() < _LEAST_SECTORS:
        return None
    means = products[seen] / weights[seen]
    around = weights[seen][:, [0, 2]].sum(axis=1)
    against = means[:, 1] - products[seen][:, [0, 2]].sum(axis=1) / around
    sign = math.copysign(1.0, float((weights[seen, 1] * against).sum()))
    order = np.argsort(-sign * against, kind="stable")[_DROPPED:]
    if (sign * against > 0).mean() < _AGREEING:
        return None
    share = weights[seen][order, 1] / weights[seen][order, 1].sum()
    amplitude = float(share @ against[order])
    white = float((share**2) @ (1.0 / weights[seen][order, 1] + 1.0 / around[order]))
    z = sign * amplitude / math.hypot(one.noise * math.sqrt(white), floor)
    for beside in (0, 2):
        apart = float(share @ (means[order, 1] - means[order, beside]))
        white = float((share**2) @ (1.0 / weights[seen][order, 1] + 1.0 / weights[seen][order, beside]))
        z = min(z, sign * apart / math.hypot(one.noise * math.sqrt(white), floor))
    if z <= 0.0:
        return None
    shown = np.zeros(_SECTORS, bool)
    shown[np.flatnonzero(seen)] = sign * against > 0.5 * abs(amplitude)
    inside = (zone == 1) & shown[sector]
    pixels = {
        name: np.sort(patch.flat[inside & (patch.which == k)])
        for k, name in enumerate(patch.names)
        if (inside & (patch.which == k)).any()
    }
    return FoundRing(ring, z, amplitude, abs(amplitude) / z, factor, pixels) if pixels else None
