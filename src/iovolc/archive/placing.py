"""Where an image lies on Io: from the row's projection and from what the label says, never from a guess."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.discs import finish_disc, known_disc
from iovolc.archive.product import Affine, Facts
from iovolc.archive.rows import Row
from iovolc.errors import AmbiguousGeometry
from iovolc.model.discview import DiscView
from iovolc.model.observation import Bounds, Placement, Projected

_MAX_STRETCH: Final = 2.0
_MAX_APART_PX: Final = 0.05
_PLATE_CARREE: Final = frozenset({"IAU_2015:50100", "IAU_2015:50110", "IAU_2015:50115"})
"""Codes whose maps are even in longitude and latitude, so that four edges in degrees place them fully."""


def place(
    facts: Facts,
    shape: tuple[int, int],
    row: Row,
    view: Callable[[], DiscView],
    pixels: Callable[[], NDArray[np.float32]],
) -> Placement:
    """The placement of an image.

    Parameters
    ----------
    facts : Facts
        Placement and transform of the label, for ``label`` and authority codes.
    shape : tuple of int
        Rows and columns.
    row : Row
        Gives the projection; blank is the label's own place, else the four edges.
    view : callable
        Gives the view of a disc; asked only for ``disc``.
    pixels : callable
        Gives the values (row, col); asked only for a disc whose limb must be fitted.

    Raises
    ------
    AmbiguousGeometry
        E201 without any place, E202 for another body, E204 for stretched pixels or another number of them, E205 for
        missing fields, E206 if the limb cannot be fitted, E207 if file and STAC Item disagree, and whatever makes the
        label's own place unusable.
    """
    if row.shape not in (None, shape):
        detail = f"the item says {row.shape} rows and columns, the file has {shape}"
        raise _refuse(row, "E204", detail, "proj:shape")
    unplaced = facts.placement is None and facts.misplaced is None
    projection = row.projection or ("bounds" if unplaced and row.edges is not None else "label")
    if projection == "label":
        return _from_label(facts, row)
    if projection == "bounds":
        return _from_edges(shape, row)
    if projection == "disc":
        known = view()
        return known_disc(known) or finish_disc(known, pixels(), row.origin)
    return _from_code(facts, shape, row, projection)


def _from_label(facts: Facts, row: Row) -> Placement:
    if facts.misplaced is not None:
        raise facts.misplaced
    if facts.placement is None:
        raise _refuse(row, "E201", "the file names no coordinate system")
    return facts.placement


def _from_edges(shape: tuple[int, int], row: Row) -> Bounds:
    edges = row.edges
    if edges is None:
        raise _refuse(row, "E205", "left_lon_e, right_lon_e, top_lat and bottom_lat are needed")
    width_deg = abs(edges.right_lon_e - edges.left_lon_e) / shape[1]
    height_deg = (edges.top_lat - edges.bottom_lat) / shape[0]
    if not height_deg <= width_deg * _MAX_STRETCH or not width_deg <= height_deg * _MAX_STRETCH:
        detail = (
            f"{shape[1]} x {shape[0]} pixels would be {width_deg:.4g} degrees wide and {height_deg:.4g} degrees high"
        )
        raise _refuse(row, "E204", detail, "left_lon_e")
    return edges


def _from_code(facts: Facts, shape: tuple[int, int], row: Row, code: str) -> Projected | Bounds:
    transform = facts.transform or row.transform
    if transform is not None:
        _require_agreement(transform, row, shape)
        return Projected(code, transform)
    if row.edges is not None and code in _PLATE_CARREE:
        return _from_edges(shape, row)
    detail = f"the file has no transform to go with {code}; "
    if code in _PLATE_CARREE:
        detail += "give the four edges left_lon_e, right_lon_e, top_lat and bottom_lat"
        raise _refuse(row, "E205", detail, "left_lon_e")
    raise _refuse(row, "E205", detail + "save the image as GeoTIFF with one")


def _require_agreement(transform: Affine, row: Row, shape: tuple[int, int]) -> None:
    """Refuse a file whose own transform puts a corner elsewhere than the STAC Item does."""
    if row.transform is None:
        return
    pixel = math.hypot(transform[0], transform[3])
    corners = ((0, 0), (shape[1], 0), (0, shape[0]), shape[::-1])
    apart_px = max(math.dist(_at(transform, *corner), _at(row.transform, *corner)) for corner in corners) / pixel
    if not apart_px <= _MAX_APART_PX:
        detail = f"the file's transform is {transform}, the item's {row.transform}: {apart_px:.3g} pixels apart"
        raise _refuse(row, "E207", detail, "proj:transform")


def _at(transform: Affine, col: float, row: float) -> tuple[float, float]:
    a, b, c, d, e, f = transform
    return a * col + b * row + c, d * col + e * row + f


def _refuse(row: Row, code: str, detail: str, column: str = "projection") -> AmbiguousGeometry:
    return AmbiguousGeometry([row.origin.finding(code, detail, column)])
