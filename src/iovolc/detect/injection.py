"""Made-up changes to be added to an epoch, so that it can be tried which of them detection finds.

Their outlines are lobed, patchy or round with soft edges; none is a template of the detectors, and nothing here knows
those. Not for judging what was found (:mod:`iovolc.detect.trial`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.special import expit

from iovolc import body
from iovolc.detect.look import Look
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.geometry.sphere import distance_km, lat_lon, pixel_lat_lon, sheet_pixel, tangent_basis, unit_vectors
from iovolc.light.blocks import block_means
from iovolc.light.lit import lit
from iovolc.light.match import Frame
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]
Floats = NDArray[np.float64]
Outline = Literal["round", "lobed", "patchy"]

OUTLINES: Final[tuple[Outline, ...]] = ("round", "lobed", "patchy")
_SOFTNESS: Final = (0.03, 0.15)
"""Width of the edge in radii."""
_AXES: Final = (0.6, 1.0)
_LOBES: Final = range(2, 6)
_PATCHES: Final = range(3, 7)
_REACH: Final = 2.2
"""No outline reaches farther than this many radii."""
_GAP_KM: Final = 120.0
_RIM_POINTS: Final = 12
_TRIES: Final = 60


@dataclass(frozen=True, slots=True)
class Injection:
    """A made-up change.

    Parameters
    ----------
    lat, lon_e : float
        Its centre, degrees.
    size_km : float
        Diameter of the disc of the same area.
    contrast : float
        Change of ln albedo or of normal scores, signed, before the picture's blur.
    outline : {'round', 'lobed', 'patchy'}
        Kind of its outline.
    seed : int
        Of the outline's shape.
    """

    lat: float
    lon_e: float
    size_km: float
    contrast: float
    outline: Outline
    seed: int


def inject(look: Look, injections: Sequence[Injection], frame: Frame) -> Look:
    """An epoch with changes added to its tone, as sharp as its own picture.

    Parameters
    ----------
    look : Look
        The epoch.
    injections : sequence of Injection
        The changes.
    frame : Frame
        Of the grid.
    """
    tone = {name: plane.copy() for name, plane in look.side.tone.items()}
    for injection in injections:
        picture, step_km = _picture(injection, look.side.resolution_km, frame.grid.pixel_km)
        for name, plane in tone.items():
            _add(plane, frame.grid.sheet(name), injection, picture, step_km)
    light = look.side.lit
    if light is not None and light.planes:
        light = lit(light.lighting, tone, light.planes, frame.owned, frame.grid)
    blocks = block_means(tone, frame.owned, frame.grid)
    return replace(look, side=replace(look.side, tone=tone, blocks=blocks, lit=light))


def draw_places(
    sizes_km: Sequence[float],
    free: Callable[[Floats, Floats], NDArray[np.bool_]],
    generator: np.random.Generator,
    lat_range: tuple[float, float] = (-90.0, 90.0),
) -> list[tuple[float, float, float]]:
    """Places for changes, drawn by equal area, that neither touch each other nor what is not free.

    Parameters
    ----------
    sizes_km : sequence of float
        Diameters, the largest first.
    free : callable of (lat, lon_e)
        Which places may be covered.
    generator : Generator
        Source of chance.
    lat_range : tuple of float
        Latitudes between which all of a change has to lie, degrees.

    Returns
    -------
    list of (lat, lon_e, size_km)
        Fewer than asked for where there is no room.
    """
    placed: list[tuple[float, float, float]] = []
    for size in sizes_km:
        half_deg = math.degrees(0.5 * size / body.RADIUS_KM)
        low, high = lat_range[0] + half_deg, lat_range[1] - half_deg
        if low >= high:
            continue
        bottom, top = math.sin(math.radians(low)), math.sin(math.radians(high))
        lat = np.degrees(np.arcsin(generator.uniform(bottom, top, _TRIES)))
        lon_e = generator.uniform(-180.0, 180.0, _TRIES)
        good = _all_free(lat, lon_e, size, free)
        for other_lat, other_lon_e, other_size in placed:
            near = distance_km(lat, lon_e, other_lat, other_lon_e)
            good &= near > 0.75 * (size + other_size) + _GAP_KM
        if good.any():
            first = int(np.argmax(good))
            placed.append((float(lat[first]), float(lon_e[first]), size))
    return placed


def _all_free(
    lat: Floats, lon_e: Floats, size_km: float, free: Callable[[Floats, Floats], NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """Whether a change's centre, and its rim all around, are free."""
    good = free(lat, lon_e)
    east, north = tangent_basis(lat, lon_e)
    centre, angle = unit_vectors(lat, lon_e), 0.6 * size_km / body.RADIUS_KM
    for turn in np.arange(_RIM_POINTS) * 2.0 * math.pi / _RIM_POINTS:
        toward = math.cos(turn) * north + math.sin(turn) * east
        good &= free(*lat_lon(math.cos(angle) * centre + math.sin(angle) * toward))
    return good


def _picture(injection: Injection, resolution_km: float, pixel_km: float) -> tuple[Plane, float]:
    """The change's contrast on a square fine plane about its centre, blurred, and the plane's step in kilometres."""
    radius = 0.5 * injection.size_km
    step = min(radius / 6.0, pixel_km / 2.0)
    reach = _REACH * radius + 1.5 * resolution_km
    half = math.ceil(reach / step)
    steps = np.arange(-half, half + 1, dtype=np.float64) * (step / radius)
    x, y = steps[None, :], -steps[:, None]
    shape = _shape(injection.outline, np.random.default_rng(injection.seed))
    grown = math.sqrt(math.pi / max(float(shape(x, y).sum()) * (step / radius) ** 2, 1e-6))
    cover = shape(x / grown, y / grown)
    blurred = gaussian_filter(cover, resolution_km / FWHM_PER_SIGMA / step, mode="constant", truncate=3.0)
    return (injection.contrast * blurred).astype(np.float32), step


def _shape(outline: Outline, generator: np.random.Generator) -> Callable[[Floats, Floats], Floats]:
    """Cover, 0 to 1, at places in units of about one radius."""
    soft, axis = generator.uniform(*_SOFTNESS), generator.uniform(*_AXES)
    turn = generator.uniform(0.0, math.pi)
    lobes = [(k, generator.normal(0.0, 0.35 / k), generator.uniform(0.0, 2.0 * math.pi)) for k in _LOBES]
    count = int(generator.choice(_PATCHES))
    patches = [(*generator.normal(0.0, 0.4, 2), generator.uniform(0.35, 0.7)) for _ in range(count)]

    def cover(x: Floats, y: Floats) -> Floats:
        u = (x * math.cos(turn) + y * math.sin(turn)) * math.sqrt(axis)
        v = (y * math.cos(turn) - x * math.sin(turn)) / math.sqrt(axis)
        if outline == "patchy":
            distances: list[Floats] = [np.hypot(u - a, v - b) - r for a, b, r in patches]
            return np.asarray(expit(-np.min(distances, axis=0) / (0.5 * soft)), np.float64)
        rim = np.ones_like(u)
        if outline == "lobed":
            angle = np.arctan2(v, u)
            rim = np.clip(1.0 + sum(size * np.cos(k * angle + phase) for k, size, phase in lobes), 0.3, 1.7)
        return np.asarray(expit((rim - np.hypot(u, v)) / (0.5 * soft)), np.float64)

    return cover


def _add(plane: Plane, sheet: Sheet, injection: Injection, picture: Plane, step_km: float) -> None:
    """Add a change's picture to the pixels of a sheet that it covers."""
    half = picture.shape[0] // 2
    reach_km = math.sqrt(2.0) * half * step_km
    row, col = (float(part) for part in sheet_pixel(sheet, injection.lat, injection.lon_e))
    widened = 1.25 / max(math.cos(math.radians(injection.lat)), 0.1) if sheet.wraps else 1.25
    down, right = math.ceil(1.25 * reach_km / sheet.pixel_km), math.ceil(widened * reach_km / sheet.pixel_km)
    rows = [i for i in range(round(row) - down, round(row) + down + 1) if 0 <= i < sheet.shape[0]]
    span = range(round(col) - right, round(col) + right + 1)[: sheet.shape[1]]
    cols = [i % sheet.shape[1] for i in span if sheet.wraps or 0 <= i < sheet.shape[1]]
    if not rows or not cols:
        return
    part = np.ix_(rows, cols)
    lat, lon_e = (places[part] for places in pixel_lat_lon(sheet))
    x, y = _offsets_km(lat, lon_e, injection)
    at = np.stack([half - y / step_km, half + x / step_km])
    plane[part] += map_coordinates(picture, at, order=1, cval=0.0)


def _offsets_km(lat: Floats, lon_e: Floats, injection: Injection) -> tuple[Floats, Floats]:
    """East and north offsets from the centre, azimuthal equidistant."""
    vectors = unit_vectors(lat, lon_e)
    east, north = tangent_basis(injection.lat, injection.lon_e)
    x, y = vectors @ east, vectors @ north
    across = np.hypot(x, y)
    angle = np.arctan2(across, vectors @ unit_vectors(injection.lat, injection.lon_e))
    stretch = body.RADIUS_KM * np.where(across > 1e-12, angle / np.maximum(across, 1e-12), 1.0)
    return x * stretch, y * stretch


def masked_places(
    masks: Mapping[str, NDArray[np.bool_]], grid: Grid, split_lat: float
) -> Callable[[Floats, Floats], NDArray[np.bool_]]:
    """A question of places: whether the mask of the sheet that owns a place is set there.

    Parameters
    ----------
    masks : mapping of str to ndarray, shape (row, col), bool
        By sheet; places of absent sheets are not set.
    grid : Grid
        The grid.
    split_lat : float
        Latitude, in degrees, from which polar sheets own places.
    """

    def ask(lat: Floats, lon_e: Floats) -> NDArray[np.bool_]:
        out = np.zeros(lat.shape, np.bool_)
        owners = {"equator": np.abs(lat) < split_lat, "north": lat >= split_lat, "south": lat <= -split_lat}
        for sheet in grid.sheets:
            here = owners[sheet.name]
            if sheet.name not in masks or not here.any():
                continue
            row, col = (np.rint(part).astype(np.int64) for part in sheet_pixel(sheet, lat[here], lon_e[here]))
            inside = (row >= 0) & (row < sheet.shape[0])
            col = col % sheet.shape[1] if sheet.wraps else np.clip(col, 0, sheet.shape[1] - 1)
            out[here] = inside & masks[sheet.name][np.clip(row, 0, sheet.shape[0] - 1), col]
        return out

    return ask
