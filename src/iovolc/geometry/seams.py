"""Seams of mosaics: long lines across which the tone or the grain of a map steps the same way all along.

Terrain has edges too, but none that run straight for twenty degrees. Gaps, painted areas, the poles and the join of
the map's own left and right edge do not count. Not for seams of differences between two maps
(:mod:`iovolc.detect.straight`).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter

from iovolc import body
from iovolc.geometry import taps
from iovolc.geometry.coarsen import coarse_placement
from iovolc.geometry.grain import tone_and_grain
from iovolc.geometry.locate import locate
from iovolc.geometry.longitudes import wrap180
from iovolc.geometry.projections import source
from iovolc.geometry.seamlines import Line, joined, outstanding
from iovolc.geometry.sphere import unit_vectors
from iovolc.geometry.view import ground_pixel_km
from iovolc.model.observation import Disc, Placement

Plane = NDArray[np.float64]
STEP_DEG: Final = 0.5
MAX_LAT: Final = (72.0, 50.0)
"""Nearer to the poles maps are smeared, which makes lines from west to east, and painted."""
PAINTED_CELLS: Final = 3
SIDE_CELLS: Final = (1, 3)
"""Cells on either side whose means are compared, of tone and of grain."""
AROUND_CELLS: Final = 40
"""Edge of the surroundings whose typical step is the unit."""
CLIP: Final = 1.5
"""No single place may speak louder."""
FLOOR: Final = 0.1
"""Least unit, over the typical step of the whole map; and least grain, over the median one."""
LENGTHS_DEG: Final = (20.0, 40.0)
SIGMAS: Final = 6.0
LEAST_MEAN: Final = 1.0
MIN_WEIGHT: Final = 0.9


@dataclass(frozen=True, slots=True)
class Seam:
    """A line across which a map steps.

    Parameters
    ----------
    start, stop : tuple of float
        Latitude and east longitude of its ends, in degrees.
    tone : float
        Size of the step in tone, over the standard deviation of the map's tones.
    grain : float
        Factor by which the grain changes, at least 1.
    sigmas : float
        How far the clearer of the two is beyond all parallel lines, in their own spread.
    """

    start: tuple[float, float]
    stop: tuple[float, float]
    tone: float
    grain: float
    sigmas: float


def find_seams(pixels: NDArray[np.float32], placement: Placement) -> tuple[Seam, ...]:
    """The seams of a map, the clearest first.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        Any unit; NaN where there is no data.
    placement : Projected, Bounds or Disc
        Where the map lies. A disc is one image and has none.

    Returns
    -------
    tuple of Seam
        Empty also for maps of more than half a degree per pixel.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    cells = _cells(pixels, placement)
    found = () if cells is None else (*_along(cells, down=True), *_along(cells, down=False))
    return tuple(sorted(found, key=lambda seam: -seam.sigmas))


def _cells(pixels: NDArray[np.float32], placement: Placement) -> tuple[Plane, Plane] | None:
    """Tone and logarithm of the grain on the globe, from 90 N and 180 W; None for images that cannot tell."""
    if isinstance(placement, Disc):
        return None
    factor = STEP_DEG * body.KM_PER_DEGREE / ground_pixel_km(pixels, placement)
    if factor < 1.0:
        return None
    shape = (max(2, round(pixels.shape[0] / factor)), max(2, round(pixels.shape[1] / factor)))
    tone, grain = tone_and_grain(np.ascontiguousarray(pixels, np.float32), *shape)
    # What is painted has no grain at all; beside it, as beside the edges, cells are mixed.
    painted = maximum_filter(np.nan_to_num(grain), PAINTED_CELLS) == 0.0
    ground = np.isfinite(grain) & ~maximum_filter(painted, 2 * PAINTED_CELLS - 1)
    ground[[0, -1]] = ground[:, [0, -1]] = False
    if not ground.any():
        return None
    grain = np.log(grain + FLOOR * float(np.median(grain[ground])))
    tone, grain = (np.where(ground, plane, np.nan).astype(np.float32) for plane in (tone, grain))
    view = source(coarse_placement(placement, pixels.shape, shape), shape)
    lat = np.arange(90.0 - 0.5 * STEP_DEG, -90.0, -STEP_DEG)[:, None]
    lon_e = np.arange(-180.0 + 0.5 * STEP_DEG, 180.0, STEP_DEG)[None, :]
    places = locate(view, unit_vectors(lat, lon_e).reshape(-1, 3))
    planes = (taps.at(plane, view.edges, places.col, places.row, MIN_WEIGHT) for plane in (tone, grain))
    tone, grain = (plane.reshape(lat.size, lon_e.size).astype(np.float64) for plane in planes)
    return tone, grain


def _along(cells: tuple[Plane, Plane], *, down: bool) -> Iterator[Seam]:
    """Seams from north to south, or from west to east."""
    margin = round((90.0 - MAX_LAT[0 if down else 1]) / STEP_DEG)
    raws: list[Plane] = []
    lines: list[Line] = []
    for plane, side in zip(cells, SIDE_CELLS, strict=True):
        inner = np.pad(plane[margin:-margin], ((margin, margin), (0, 0)), constant_values=np.nan)
        raw = _steps(inner if down else inner.T, side)
        steps = np.clip(raw / _unit(raw, rows_close=not down), -CLIP, CLIP)
        if not down:
            reach = round(max(LENGTHS_DEG) / STEP_DEG)
            raw, steps = (np.concatenate((values, values[:reach])) for values in (raw, steps))
        raws.append(raw)
        for length_deg in LENGTHS_DEG:
            lines += outstanding(steps, round(length_deg / STEP_DEG), sigmas=SIGMAS, least=LEAST_MEAN)
    spread = float(np.nanstd(cells[0]))
    circle = 0 if down else cells[0].shape[1]
    for line in joined(lines, raws[0].shape[1], circle=circle):
        tone, grain = (abs(_mean_along(raw, line)) for raw in raws)
        ends = np.clip(line.ends, margin, len(cells[0]) - margin).tolist() if down else line.ends
        start, stop = (_place(row, line.at(row), down=down) for row in ends)
        yield Seam(start, stop, tone / spread, math.exp(grain), line.sigmas)


def _steps(plane: Plane, side: int) -> Plane:
    """Mean right of each cell's left edge less the mean left of it; the columns close a circle."""
    right = np.mean([np.roll(plane, -n, axis=1) for n in range(side)], axis=0)
    return right - np.roll(right, side, axis=1)


def _unit(raw: Plane, *, rows_close: bool) -> Plane:
    """Root mean square step around each one."""
    known = np.isfinite(raw)
    mode = ("wrap", "constant") if rows_close else ("constant", "wrap")
    squares = uniform_filter(np.where(known, raw * raw, 0.0), AROUND_CELLS, mode=mode)
    share = uniform_filter(known.astype(np.float64), AROUND_CELLS, mode=mode)
    around = np.sqrt(np.maximum(squares, 0.0) / np.maximum(share, 1e-9))
    floor = FLOOR * math.sqrt(float(np.mean(raw[known] ** 2))) if known.any() else 0.0
    return around + floor + 1e-12


def _mean_along(raw: Plane, line: Line) -> float:
    """Mean of the steps that are known along a line, where it is clearest."""
    steps = line.values(raw)
    known = np.isfinite(steps)
    return float(steps[known].mean()) if known.any() else 0.0


def _place(row: float, col: float, *, down: bool) -> tuple[float, float]:
    """Latitude and east longitude of a cell's left edge in a row of the plane, or of the turned plane."""
    south, east = (row, col) if down else (col, row)
    return 90.0 - STEP_DEG * south, float(wrap180(-180.0 + STEP_DEG * east))
