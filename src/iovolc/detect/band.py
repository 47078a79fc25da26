"""A band of latitudes of a grid: enough of Io for a trial, at a fraction of the cost.

Not for results: what is near the band's edges is seen by half a filter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.look import Look
from iovolc.light.match import Frame
from iovolc.model.grid import Grid
from iovolc.model.keeping import WhenAsked

Scalar = TypeVar("Scalar", bound=np.generic)

_SHEET: Final = "equator"
_HEIGHT_DEG: Final = 30.0
_CENTRES_DEG: Final = (-19.0, 19.0)
_MARGIN_DEG: Final = 5.0
"""At the band's edges, 160 km: half the window in which displacement is told."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of ``equator``.

    Parameters
    ----------
    frame : Frame
        Its places; the polar sheets are those of the whole grid and hold nothing of it.
    rows : slice
        Of the whole sheet.
    lat_range : tuple of float
        Latitudes, degrees, between which windows and filters see the band alone.
    """

    frame: Frame
    rows: slice
    lat_range: tuple[float, float]

    def look(self, look: Look) -> Look:
        """The band's part of an epoch; block means stay those of the whole, since tones are matched by them."""
        light = look.side.lit
        if light is not None:
            light = replace(light, planes=_rows_of(light.planes, self.rows))
        return replace(look, side=replace(look.side, tone=_rows_of(look.side.tone, self.rows), lit=light))


def _rows_of(planes: Mapping[str, NDArray[Scalar]], rows: slice) -> Mapping[str, NDArray[Scalar]]:
    """Some rows of ``equator``, if it is there; cut when they are asked for, since planes may lie on the disk."""
    return WhenAsked(tuple(name for name in (_SHEET,) if name in planes), lambda name: planes[name][rows])


def bands(frame: Frame) -> Sequence[Band]:
    """The bands of a grid, south of the equator and north of it."""
    return [_band(frame, centre) for centre in _CENTRES_DEG]


def _band(frame: Frame, centre_deg: float) -> Band:
    whole = frame.grid.sheets[0]
    rows = whole.shape[0]
    unit = rows & -rows  # filters reduce the band by the same powers of two as the whole sheet
    pixel_deg = 360.0 / whole.shape[1]
    height = unit * (2 * round((_HEIGHT_DEG / pixel_deg / unit - 1.0) / 2.0) + 1)
    first = unit * round((rows / 2 - centre_deg / pixel_deg - height / 2) / unit)
    part = slice(first, first + height)
    sheet = replace(whole, shape=(height, whole.shape[1]), top_m=whole.top_m - first * whole.pixel_m)
    grid = Grid(frame.grid.pixels_per_degree, (sheet, *frame.grid.sheets[1:]))
    owned = {"equator": frame.owned["equator"][part]}
    owned |= {name: np.zeros_like(own) for name, own in frame.owned.items() if name != "equator"}
    top = (rows / 2 - first) * pixel_deg
    inner = (top - height * pixel_deg + _MARGIN_DEG, top - _MARGIN_DEG)
    return Band(replace(frame, grid=grid, owned=owned), part, inner)
