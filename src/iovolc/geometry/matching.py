"""Displacement of tiles of an observation against the reference map, and which of them can be believed.

Not for the field through them (:mod:`iovolc.geometry.warpfield`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.contrast import aligned_correlation, features
from iovolc.geometry.phase import phase_peaks
from iovolc.geometry.sphere import Displacement
from iovolc.geometry.tiles import Frames, Patches, cut, follow, spread_frames
from iovolc.geometry.view import View
from iovolc.hands import each

MIN_VALID: Final = 0.5
AGREEMENT_PX: Final = 2.5
MIN_PEAK_RATIO: Final = 1.5
MIN_SIZE_PX: Final = 32
CONTRAST_KM: Final = 100.0
CONTRAST_FLOOR: Final = 0.1
LOW_PASS_CYCLES_PER_KM: Final = 0.03
MAX_LOW_PASS_CYCLES: Final = 0.25
INTENSITY_SHARE: Final = 0.6
"""Weight of intensity against its gradient in the displacement; intensity alone is slightly worse."""

_PROBE_PX: Final = 8
_BATCH_PIXELS: Final = 1 << 19

Vectors = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tiling:
    """How tiles are cut and what is asked of them.

    Parameters
    ----------
    tile_km : float
        Edge of a tile; raised to at least 32 pixels.
    search_km : float
        Largest displacement sought.
    pixel_km : float
        Pixel size of the patches.
    min_correlation : float
        Least correlation after alignment.
    """

    tile_km: float
    search_km: float
    pixel_km: float
    min_correlation: float

    @property
    def size(self) -> int:
        """Pixels along an edge."""
        return max(MIN_SIZE_PX, 2 * round(self.tile_km / self.pixel_km / 2.0))

    @property
    def edge_km(self) -> float:
        """Edge of a tile as cut."""
        return self.size * self.pixel_km


@dataclass(frozen=True, slots=True)
class Matches:
    """Tiles whose displacement can be believed.

    Parameters
    ----------
    points : ndarray, shape (tile, 3)
        Unit vectors of their middles in the reference.
    displacements : ndarray, shape (tile, 3)
        Tangent vectors in units of the radius: the observation shows the point at ``points + displacements``.
    correlation : ndarray, shape (tile,)
        After alignment.
    """

    points: Vectors
    displacements: Vectors
    correlation: NDArray[np.float64]

    def take(self, keep: NDArray[np.bool_]) -> "Matches":
        """The selected tiles."""
        return Matches(self.points[keep], self.displacements[keep], self.correlation[keep])


def match(observation: View, reference: View, tiling: Tiling, displacement: Displacement) -> Matches:
    """Measure the tiles that both images show.

    Parameters
    ----------
    observation, reference : View
        Pixels are NaN where there is no data.
    tiling : Tiling
        Size, search and acceptance.
    displacement : callable
        First guess: displacement vectors at unit vectors.
    """
    frames = spread_frames(0.5 * tiling.edge_km)
    moved = follow(frames, displacement)
    seen = _visible(observation, moved, tiling) & _visible(reference, frames, tiling)
    frames, moved = frames.take(seen), moved.take(seen)
    step = max(1, _BATCH_PIXELS // tiling.size**2)
    some = np.array_split(np.arange(len(frames.centre)), max(1, -(-len(frames.centre) // step)))
    parts = list(
        each(lambda part: _match_some(observation, reference, tiling, frames.take(part), moved.take(part)), some)
    )
    return Matches(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.displacements for part in parts]),
        np.concatenate([part.correlation for part in parts]),
    )


def _visible(view: View, frames: Frames, tiling: Tiling) -> NDArray[np.bool_]:
    """Whether a sparse look finds enough data; slightly lenient."""
    probe = cut(view.pixels, view.placement, frames, _PROBE_PX, tiling.edge_km / _PROBE_PX)
    return np.isfinite(probe).mean(axis=(1, 2)) >= 0.9 * MIN_VALID


def _match_some(observation: View, reference: View, tiling: Tiling, frames: Frames, moved: Frames) -> Matches:
    first = cut(reference.pixels, reference.placement, frames, tiling.size, tiling.pixel_km)
    second = cut(observation.pixels, observation.placement, moved, tiling.size, tiling.pixel_km)
    both = np.minimum(*(np.isfinite(patches).mean(axis=(1, 2)) for patches in (first, second))) >= MIN_VALID
    col, row, correlation, good = _displace(first[both], second[both], tiling)
    found = _arrivals(moved.take(both), col, row, tiling.pixel_km, frames.centre[both])
    return Matches(frames.centre[both], found, correlation).take(good)


def _displace(
    first: Patches, second: Patches, tiling: Tiling
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Columns, rows, correlation after alignment, and whether the tile is accepted."""
    radius = max(2, round(CONTRAST_KM / tiling.pixel_km))
    contrast1, gradient1, plain1 = features(first, radius, CONTRAST_FLOOR)
    contrast2, gradient2, plain2 = features(second, radius, CONTRAST_FLOOR)
    reach = int(np.ceil(tiling.search_km / tiling.pixel_km))
    low_pass = min(MAX_LOW_PASS_CYCLES, LOW_PASS_CYCLES_PER_KM * tiling.pixel_km)
    main = phase_peaks(contrast1, contrast2, max_shift_px=reach, low_pass_cycles=low_pass)
    other = phase_peaks(gradient1, gradient2, max_shift_px=reach, low_pass_cycles=low_pass)
    col = INTENSITY_SHARE * main.col_px + (1.0 - INTENSITY_SHARE) * other.col_px
    row = INTENSITY_SHARE * main.row_px + (1.0 - INTENSITY_SHARE) * other.row_px
    correlation = aligned_correlation(plain1, plain2, col, row)
    agree = np.hypot(main.col_px - other.col_px, main.row_px - other.row_px) < AGREEMENT_PX
    return col, row, correlation, agree & (correlation > tiling.min_correlation) & (main.ratio > MIN_PEAK_RATIO)


def _arrivals(
    moved: Frames, col: NDArray[np.float64], row: NDArray[np.float64], pixel_km: float, points: Vectors
) -> Vectors:
    """Tangent displacement of ``points`` to the places (col, row) pixels from the middles of the moved patches."""
    unit = pixel_km / body.RADIUS_KM
    places = moved.centre + unit * (col[:, None] * moved.right - row[:, None] * moved.up)
    return places / np.sum(places * points, axis=1, keepdims=True) - points
