"""Forced photometry: what a comparison shows at the known place of a change that another comparison found.

A change that is too faint to be found again, or in another channel, still shows there. Its error is not that of the
search, which knows the noise but not all that light, tone and registration do to so small an area: it is what the same
footprint, laid on the ground around, shows without any change. Not for finding changes, nor for what the answers say
of colour (:mod:`iovolc.track.colour`) or of how sure an event is (:mod:`iovolc.track.combined`).
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.cutout import squeeze, unwrapped
from iovolc.detect.looks import LEAST_VALID
from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid, Sheet
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]
Wide = NDArray[np.float64]
Pixels = NDArray[np.int64]

MOVES: Final = ((2.6, 10), (4.0, 14), (5.5, 18))
"""Distance in radii of the footprint, and at how many azimuths it is laid down there."""
LEAST_MOVES: Final = 12
"""So many of them must show ground, for a scatter."""
_OUTLYING: Final = 3.0
"""In standard deviations; what stands out so far is no ground."""
_ROUNDING: Final = float(np.finfo(np.float32).eps)
"""A scatter of so small a share of the level is none: a plane through equal means leaves what rounding makes."""
_LEAST_SHOWN: Final = 0.6
_LEAST_RADIUS_PX: Final = 3.0
_MOST_PIXELS: Final = 400
"""Of larger footprints so many pixels, evenly spread, are read."""


def forced_contrast(footprint: Footprint, difference: Mapping[str, Plane], grid: Grid) -> tuple[float, float] | None:
    """Mean difference over a footprint, less that of the ground around, and its standard deviation.

    Parameters
    ----------
    footprint : Footprint
        The place.
    difference : mapping of str to ndarray, shape (row, col), float32
        What a comparison shows, by sheet; NaN where not compared.
    grid : Grid
        Of both.

    Returns
    -------
    tuple of float or None
        None where the comparison shows less than 80 % of the footprint, or too little ground around it.

    Notes
    -----
    Level and error come from the means over the same footprint moved to the places of :data:`MOVES`, on the sheet that
    holds most of it: a plane through them, and the scaled median absolute deviation from it. The radius is that of the
    disc with the footprint's scatter about its centre, so that a moved ring does not lie on itself.
    """
    name, pixels = footprint.largest
    if name not in difference:
        return None
    sheet, plane = grid.sheet(name), difference[name]
    rows, cols = unwrapped(pixels[:: math.ceil(pixels.size / _MOST_PIXELS)].astype(np.int64), sheet)
    seen, here, middle = _means(plane, rows[None], cols[None], sheet)
    if seen[0] < LEAST_VALID:
        return None
    down, right = _moves(rows, cols, sheet)
    shown, there, middles = _means(plane, rows + down[:, None], cols + right[:, None], sheet)
    known = shown >= _LEAST_SHOWN
    if known.sum() < LEAST_MOVES:
        return None
    level, sigma = _ground(there[known], middles[known] - middle)
    return (float(here[0]) - level, sigma) if sigma > _ROUNDING * abs(level) else None


def _ground(means: Wide, away: Wide) -> tuple[float, float]:
    """Level under the footprint, and the standard deviation of a mean that is compared with it.

    A plane through means so many rows and columns away, since tone that leans is no noise; what stands out of it, such
    as another change, has no say.
    """
    basis = np.column_stack([np.ones(means.size), away])
    plane, spread = _plane(basis, means)
    kept = np.abs(means - basis @ plane) <= _OUTLYING * spread
    plane, spread = _plane(basis[kept], means[kept])
    of_level = float(np.linalg.pinv(basis[kept].T @ basis[kept])[0, 0])
    return float(plane[0]), spread * math.sqrt(1.0 + of_level)


def _plane(basis: Wide, means: Wide) -> tuple[Wide, float]:
    """Coefficients of least squares, and the robust standard deviation about them."""
    plane = np.asarray(np.linalg.lstsq(basis, means)[0], np.float64)
    lost = math.sqrt(means.size / (means.size - plane.size))
    return plane, lost * MAD_TO_SIGMA * float(np.median(np.abs(means - basis @ plane)))


def _moves(rows: Pixels, cols: Pixels, sheet: Sheet) -> tuple[Pixels, Pixels]:
    """By how many rows and columns the footprint is moved."""
    narrow = squeeze(sheet, float(rows.mean()))
    scatter = rows.var() + (narrow * cols).var()
    radius_px = max(math.sqrt(2.0 * scatter), _LEAST_RADIUS_PX)  # of a disc, the variance is R^2 / 4 along each axis
    far = np.concatenate([np.full(count, times * radius_px) for times, count in MOVES])
    azimuth = np.concatenate([np.arange(count) * (2.0 * math.pi / count) for _, count in MOVES])
    down, right = far * np.sin(azimuth), far * np.cos(azimuth) / narrow
    return np.rint(down).astype(np.int64), np.rint(right).astype(np.int64)


def _means(plane: Plane, rows: Pixels, cols: Pixels, sheet: Sheet) -> tuple[Wide, Wide, Wide]:
    """Of each row of places the share of pixels that are known, their mean, and their mean row and column; or NaN."""
    height, width = sheet.shape
    on_sheet = cols % width if sheet.wraps else cols
    inside = (rows >= 0) & (rows < height) & (on_sheet >= 0) & (on_sheet < width)
    values = np.where(inside, plane[np.clip(rows, 0, height - 1), np.clip(on_sheet, 0, width - 1)], np.nan)
    known = np.isfinite(values)
    count = known.sum(axis=1)
    of = np.where(count > 0, count, np.nan)
    mean, row, col = (np.where(known, part, 0.0).sum(axis=1, dtype=np.float64) / of for part in (values, rows, cols))
    return count / values.shape[1], mean, np.column_stack([row, col])
