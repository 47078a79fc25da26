"""Registration of an observation to the fixed reference map by a smooth local warp.

Two passes of tiles, large then small; what is left over is measured on tiles held out of the fit. The reference gives
the frame alone: nothing is fitted at the scale of a plausible change. Not for applying the warp
(:mod:`iovolc.geometry.warp`).

Method: phase correlation of even contrast and of its gradient (Kuglin & Hines 1975), both of which must agree; a global
shift by masked correlation (Padfield 2012); a smoothing spline with block cross-validation (Wahba 1990).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.config import RegistrationConfig
from iovolc.geometry import lattice
from iovolc.geometry.consistency import like_neighbours, near_one_motion
from iovolc.geometry.globalshift import global_shift
from iovolc.geometry.matching import Matches, Tiling, match
from iovolc.geometry.residual import Residual, residual_of, residual_of_shift, sigma_at, spread_km
from iovolc.geometry.sphere import Displacement, lat_lon, tangent_basis, unit_vectors
from iovolc.geometry.view import View, ground_pixel_km, reduced
from iovolc.geometry.warpfield import Field, fit, hold_out, rotation_of
from iovolc.model.epoch import Lattice, Registration
from iovolc.model.observation import Placement

STEP_DEG: Final = 3.0
MIN_SHIFT_TILES: Final = 3
FIRST_SMOOTHING: Final = 0.1
OVERSAMPLING: Final = 2.0
"""Patches may be this much finer than the coarser image: the peak's position gains by it."""
CONSENSUS_KM: Final = 64.0
"""Farther from the motion that most tiles share is a chance match."""
MAX_PIXEL_KM: Final = 60.0
"""Coarser images show too few details for tiles."""

Vectors = NDArray[np.float64]
Image = NDArray[np.float32]


def register(
    pixels: Image,
    placement: Placement,
    reference_pixels: Image,
    reference_placement: Placement,
    config: RegistrationConfig,
    *,
    label_sigma_km: float = math.nan,
    grid_pixel_km: float,
) -> Registration:
    """How an observation must be moved to lie on the reference map.

    Parameters
    ----------
    pixels, reference_pixels : ndarray, shape (row, col), float32
        Any unit; NaN where there is no data.
    placement, reference_placement : Projected, Bounds or Disc
        Where the labels put them.
    config : RegistrationConfig
        Tiles, search distances and acceptance.
    label_sigma_km : float
        One sigma per axis of the label's position; NaN if unknown. It counts where there are few tiles.
    grid_pixel_km : float
        Pixel size of the common grid; patches are not finer.

    Returns
    -------
    Registration
        ``local`` with at least ``config.min_tiles`` accepted tiles; ``shift`` with at least three, or where a local
        warp misses held-out tiles by more than the shift does; else ``none``.

    Raises
    ------
    AmbiguousGeometry
        If a placement is not one on Io.
    """
    prior_km = label_sigma_km if math.isfinite(label_sigma_km) else config.default_sigma_km
    observation = View(pixels, placement, ground_pixel_km(pixels, placement))
    reference = View(reference_pixels, reference_placement, ground_pixel_km(reference_pixels, reference_placement))
    pixel_km = max(grid_pixel_km, observation.pixel_km / OVERSAMPLING, reference.pixel_km / OVERSAMPLING)
    if not pixel_km <= MAX_PIXEL_KM:
        return _unregistered(prior_km)
    guess = _first_guess(*global_shift(reference, observation))
    first, second = _tilings(config, pixel_km)
    found = _pass(observation, reference, first, guess)
    if len(found.points) >= config.min_tiles:
        guess = fit(found.points, found.displacements, FIRST_SMOOTHING).at
    found = _pass(observation, reference, second, guess)
    return _conclude(found, second.edge_km, config, prior_km)


def _tilings(config: RegistrationConfig, pixel_km: float) -> tuple[Tiling, Tiling]:
    """Both passes; the larger tiles have larger pixels, so that all have about as many."""
    coarse_km = pixel_km * max(1.0, config.tile_km[0] / config.tile_km[1])
    return (
        Tiling(config.tile_km[0], config.search_km[0], coarse_km, config.min_correlation),
        Tiling(config.tile_km[1], config.search_km[1], pixel_km, config.min_correlation),
    )


def _pass(observation: View, reference: View, tiling: Tiling, guess: Displacement) -> Matches:
    found = match(reduced(observation, tiling.pixel_km), reduced(reference, tiling.pixel_km), tiling, guess)
    found = found.take(near_one_motion(found.points, found.displacements, CONSENSUS_KM))
    return found.take(like_neighbours(found.points, found.displacements, 0.5 * tiling.pixel_km))


def _first_guess(north_deg: float, east_deg: float) -> Displacement:
    """The shift of the label as a field; its northward part fades towards the poles, where it has no direction."""
    turn = math.radians(east_deg)

    def displacement(points: Vectors) -> Vectors:
        lat, lon_e = lat_lon(points)
        _, north = tangent_basis(lat, lon_e)
        fade = np.clip((90.0 - np.abs(lat)) / 15.0, 0.0, 1.0)
        moved = points + math.radians(north_deg) * fade[:, None] * north
        cos, sin = math.cos(turn), math.sin(turn)
        turned = moved @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
        return turned / np.linalg.norm(turned, axis=1, keepdims=True) - points

    return displacement


def _conclude(found: Matches, edge_km: float, config: RegistrationConfig, prior_km: float) -> Registration:
    count = len(found.points)
    if count < MIN_SHIFT_TILES:
        return _unregistered(prior_km)
    shift = Field(rotation_of(found.points, found.displacements), np.zeros((0, 3)))
    from_shift = found.displacements - shift.at(found.points)
    if count < config.min_tiles:
        # A few tiles that disagree by more than the label's own error are chance matches.
        agreed = spread_km(found.points, from_shift) <= prior_km
        plain = residual_of_shift(found.points, from_shift, prior_km)
        return _registration(found, shift, plain, "shift") if agreed else _unregistered(prior_km)
    held = hold_out(found.points, found.displacements, edge_km)
    if spread_km(found.points, held.residuals) > spread_km(found.points, from_shift):
        plain = residual_of(found.points, from_shift, from_shift, prior_km, edge_km)
        return _registration(found, shift, plain, "shift")
    field = fit(found.points, found.displacements, held.smoothing)
    residual = residual_of(found.points, held.residuals, from_shift, prior_km, edge_km)
    return _registration(found, field, residual, "local")


def _registration(found: Matches, field: Field, residual: Residual, method: str) -> Registration:
    lat, lon_e = lattice.nodes(STEP_DEG)
    points = unit_vectors(lat[:, None], lon_e[None, :]).reshape(-1, 3)
    # Rounding (0.2 m) keeps the bytes free of the last bits of a threaded matrix product.
    vectors = np.round(field.at(points), 7)
    values = np.concatenate((vectors, np.round(sigma_at(residual, points), 4)[:, None]), axis=1)
    tile_lat, tile_lon_e = lat_lon(found.points)
    east, north = tangent_basis(tile_lat, tile_lon_e)
    east_km = np.sum(found.displacements * east, axis=1) * body.RADIUS_KM
    north_km = np.sum(found.displacements * north, axis=1) * body.RADIUS_KM
    held_out_km = np.linalg.norm(residual.vectors, axis=1) * body.RADIUS_KM
    tiles = np.stack((tile_lat, tile_lon_e, east_km, north_km, held_out_km, found.correlation), axis=1)
    return Registration(
        Lattice(values.reshape(lat.size, lon_e.size, 4).astype(np.float32), STEP_DEG),
        np.round(tiles, 5).astype(np.float32),
        round(float(np.median(east_km)), 5),
        round(float(np.median(north_km)), 5),
        round(residual.sigma_km, 5),
        method,
    )


def _unregistered(prior_km: float) -> Registration:
    lat, lon_e = lattice.nodes(STEP_DEG)
    values = np.zeros((lat.size, lon_e.size, 4), np.float32)
    values[..., 3] = prior_km
    return Registration(Lattice(values, STEP_DEG), np.zeros((0, 6), np.float32), 0.0, 0.0, prior_km, "none")
