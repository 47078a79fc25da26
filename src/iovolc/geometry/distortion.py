"""Small faults of a map's coordinates: a shift, a wrong scale, latitudes of the other kind.

Measured on tiles against the base map and fitted together, so that none is taken for another. Not for gross misreadings
(:mod:`iovolc.geometry.variants`) nor for the warp that takes such faults out (:mod:`iovolc.geometry.registration`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.geometry.consistency import like_neighbours, near_one_motion
from iovolc.geometry.matching import Tiling, match
from iovolc.geometry.sphere import Displacement, lat_lon, unit_vectors
from iovolc.geometry.view import View, ground_pixel_km, reduced
from iovolc.model.observation import Placement

PIXEL_KM: Final = 16.0
TILE_KM: Final = 510.0
SEARCH_KM: Final = 64.0
MIN_CORRELATION: Final = 0.35
CONSENSUS_KM: Final = 64.0
MIN_TILES: Final = 20
GROUP_DEG: Final = 30.0
"""Errors of tiles this close are taken as one: mosaics err frame by frame."""
MIN_GROUPS: Final = 8
TUKEY: Final = 4.685
ROUNDS: Final = 5

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its standard error."""

    value: float
    error: float

    @property
    def sigmas(self) -> float:
        """Distance from zero in standard errors."""
        return self.value / self.error if self.error > 0.0 else 0.0

    def exceeds(self, limit: float, *, sigmas: float) -> bool:
        """Whether its size is certainly larger than a limit."""
        return abs(self.value) - limit >= sigmas * self.error


@dataclass(frozen=True, slots=True)
class Distortion:
    """How the stated coordinates differ from the base map's.

    Parameters
    ----------
    east_deg, north_deg : Measured
        Constant parts: stated less true.
    scale : Measured
        Coordinates grow by this share from the middle meridian and the equator.
    graphic : Measured
        1 if the stated latitudes are planetographic where the base map's are planetocentric, -1 for the reverse.
    tiles, groups : int
        Tiles that matched, and independent groups of them.
    reach_deg : float
        Largest distance of a tile from the middle meridian or the equator.
    """

    east_deg: Measured
    north_deg: Measured
    scale: Measured
    graphic: Measured
    tiles: int
    groups: int
    reach_deg: float


def graphic_less_centric(lat: ArrayLike) -> Values:
    """Planetographic less planetocentric latitude of Io's meridian ellipse, in degrees.

    Parameters
    ----------
    lat : float or ndarray
        Planetocentric degrees.

    Notes
    -----
    ``tan(graphic) = (a / c)**2 tan(centric)`` with the longest and the polar radius, as archives do it: 0.43 degrees at
    45 degrees.
    """
    longest, _, polar = body.TRIAXIAL_RADII_KM
    centric = np.radians(np.asarray(lat, np.float64))
    squared = (longest / polar) ** 2
    return np.degrees(np.arctan2(squared * np.sin(centric), np.cos(centric))) - np.degrees(centric)


def distortion(
    pixels: NDArray[np.float32],
    placement: Placement,
    reference_pixels: NDArray[np.float32],
    reference_placement: Placement,
    *,
    middle_lon_e: float,
    east_deg: float = 0.0,
    north_deg: float = 0.0,
) -> Distortion | None:
    """Measure the small faults of an image's coordinates.

    Parameters
    ----------
    pixels, reference_pixels : ndarray, shape (row, col), float32
        Any unit; NaN where there is no data.
    placement, reference_placement : Projected, Bounds or Disc
        Where the labels put them.
    middle_lon_e : float
        Meridian that a wrong scale leaves in place.
    east_deg, north_deg : float
        First guess: stated less true coordinates. Tiles are sought within 64 km of it.

    Returns
    -------
    Distortion or None
        None if too few tiles match to tell.

    Notes
    -----
    Least squares with Tukey's weights; errors by a jackknife over squares of 30 degrees.
    """
    views = [
        reduced(View(image, place, ground_pixel_km(image, place)), PIXEL_KM)
        for image, place in ((pixels, placement), (reference_pixels, reference_placement))
    ]
    found = match(
        views[0], views[1], Tiling(TILE_KM, SEARCH_KM, PIXEL_KM, MIN_CORRELATION), _guess(east_deg, north_deg)
    )
    found = found.take(near_one_motion(found.points, found.displacements, CONSENSUS_KM))
    found = found.take(like_neighbours(found.points, found.displacements, 0.5 * PIXEL_KM))
    if len(found.points) < MIN_TILES:
        return None
    lat, lon_e = lat_lon(found.points)
    stated_lat, stated_lon_e = lat_lon(found.points + found.displacements)
    return fit(lat, lon_e, stated_lat - lat, _turn(stated_lon_e - lon_e), middle_lon_e)


def fit(lat: Values, lon_e: Values, north_deg: Values, east_deg: Values, middle_lon_e: float) -> Distortion | None:
    """Fit the faults to the displacements (stated less true, degrees) of places; None for too few groups."""
    from_middle = _turn(lon_e - middle_lon_e)
    cos_lat, zero, one = np.cos(np.radians(lat)), np.zeros_like(lat), np.ones_like(lat)
    east = np.stack((cos_lat, zero, from_middle * cos_lat, zero), axis=1)
    north = np.stack((zero, one, lat, graphic_less_centric(lat)), axis=1)
    model, seen = np.concatenate((east, north)), np.concatenate((east_deg * cos_lat, north_deg))
    cells = np.floor((lat + 90.0) / GROUP_DEG) * 1000.0 + np.floor((lon_e + 180.0) / GROUP_DEG)
    _, group = np.unique(cells, return_inverse=True)
    groups = int(group.max()) + 1
    if groups < MIN_GROUPS:
        return None
    weights = _robust_weights(model, seen)
    group = np.tile(group, 2)
    values = _solve(model, seen, weights)
    without = np.array([_solve(model, seen, weights * (group != left_out)) for left_out in range(groups)])
    errors = np.sqrt((groups - 1) / groups * np.sum((without - without.mean(axis=0)) ** 2, axis=0))
    measured = [Measured(float(value), float(error)) for value, error in zip(values, errors, strict=True)]
    reach = float(max(np.abs(from_middle).max(), np.abs(lat).max()))
    return Distortion(*measured, tiles=lat.size, groups=groups, reach_deg=reach)


def _robust_weights(model: Values, seen: Values) -> Values:
    weights = np.ones(seen.size)
    for _ in range(ROUNDS):
        rest = seen - model @ _solve(model, seen, weights)
        length = np.tile(np.hypot(*np.split(rest, 2)), 2)
        scale = max(float(np.median(length)) / 1.1774, 1e-6)
        weights = np.clip(1.0 - (length / (TUKEY * scale)) ** 2, 0.0, 1.0) ** 2
    return weights


def _solve(model: Values, seen: Values, weights: Values) -> Values:
    root = np.sqrt(weights)
    return np.asarray(np.linalg.lstsq(model * root[:, None], seen * root, rcond=None)[0], np.float64)


def _guess(east_deg: float, north_deg: float) -> Displacement:
    def displacement(points: Values) -> Values:
        lat, lon_e = lat_lon(points)
        fade = np.clip((90.0 - np.abs(lat)) / 15.0, 0.0, 1.0)
        return unit_vectors(lat + north_deg * fade, lon_e + east_deg) - points

    return displacement


def _turn(lon_deg: Values) -> Values:
    return (lon_deg + 180.0) % 360.0 - 180.0
