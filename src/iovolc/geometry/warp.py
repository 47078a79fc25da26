"""From the pixels of any view of Io to the common grid, and to values at chosen places.

Inverse mapping: each target point looks up the source, bilinear between the valid pixels around it; where the source
is finer than the grid, the target pixel is the mean over evenly spaced points, at least one per source pixel and
axis. Not for projections (:mod:`iovolc.geometry.projections`) nor for estimating a displacement (registration).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.geometry import fused, mapped, separable, stencil, taps, targets, views
from iovolc.geometry.locate import Source, locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.epoch import Lattice
from iovolc.model.flags import Flag
from iovolc.model.grid import Sheet, Window
from iovolc.model.observation import Placement

Pixels = NDArray[np.float32]
NO_DISPLACEMENT: Final = Lattice(np.zeros((0, 0, 3), np.float32), 1.0)


@dataclass(frozen=True, slots=True)
class Warped:
    """An image on a rectangle of a sheet.

    Parameters
    ----------
    value : ndarray, shape (row, col), float32
        In the image's unit; NaN where there is no data.
    resolution_km : ndarray, shape (row, col), float32
        The larger of the image's pixel on the ground, foreshortening included, and the sheet's pixel; NaN where
        there is no data.
    flags : ndarray, shape (row, col), uint16
        ``NO_DATA`` where the value is NaN, with ``LIMB`` where that is for the emission angle alone.
    """

    value: Pixels
    resolution_km: Pixels
    flags: NDArray[np.uint16]


def warp(
    pixels: Pixels,
    placement: Placement,
    sheet: Sheet,
    *,
    displacement: Lattice | None = None,
    min_weight: float = 0.5,
    max_emission_deg: float = 90.0,
    window: Window | None = None,
) -> Warped:
    """Bring an image to a sheet of the grid.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    placement : Projected, Bounds or Disc
        Where the image lies on Io.
    sheet : Sheet
        Part of the grid.
    displacement : Lattice or None
        Components 0 to 2: the body-fixed vector, in units of Io's radius, to add to a point's unit vector to find
        where the image shows it.
    min_weight : float
        Least valid share of the interpolation weights; below it there is no data.
    max_emission_deg : float
        More oblique views are no data; matters for discs and orthographic maps.
    window : Window or None
        Rectangle of the sheet; None is the whole sheet. A window gets the same bits as the whole sheet.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    image = np.ascontiguousarray(pixels, np.float32)
    origin = source(placement, (image.shape[0], image.shape[1]))
    part = window or Window(0, sheet.shape[0], 0, sheet.shape[1])
    target = targets.target(sheet, part)
    shift = displacement or NO_DISPLACEMENT
    if origin.kind == views.EQUIRECTANGULAR and sheet.name == "equator":
        return _equatorial(image, origin, target, shift, min_weight)
    out = Warped(np.empty(part.shape, np.float32), np.empty(part.shape, np.float32), np.empty(part.shape, np.uint16))
    limits = (min_weight, math.cos(math.radians(max_emission_deg)))
    if origin.kind == views.MAPPED:
        mapped.warp(image, origin, target, shift, min_weight, out.value, out.resolution_km, out.flags)
        return out
    fused.warp(
        image, origin.kind, tuple(origin.parameters.tolist()), origin.edges,
        (target.hemisphere, target.xs, target.ys, target.shifts, target.pixel),
        shift.values, shift.step_deg, limits, out.value, out.resolution_km, out.flags,
    )  # fmt: skip
    return out


def _equatorial(image: Pixels, origin: Source, target: targets.Target, shift: Lattice, min_weight: float) -> Warped:
    cols, rows = separable.axes(origin.parameters, target)
    shape = (target.ys.shape[0], target.xs.shape[0])
    out = Warped(np.empty(shape, np.float32), np.empty(shape, np.float32), np.empty(shape, np.uint16))
    widths = np.maximum(origin.parameters[5] * target.ys[:, 1], origin.parameters[6])
    row_km = np.maximum(widths, target.pixel * body.RADIUS_KM)
    if shift.values.size:
        separable.moved(
            image, origin.parameters, origin.edges, target.xs, target.ys, cols, rows, shift.values, shift.step_deg,
            min_weight, row_km, int(Flag.NO_DATA), out.value, out.resolution_km, out.flags,
        )  # fmt: skip
        return out
    of_cols = stencil.weights(cols, image.shape[1], origin.period)
    of_rows = stencil.weights(rows, image.shape[0], 0.0)
    stencil.resample(
        image, of_cols, of_rows, stencil.stretches(of_cols, image.shape[1]), min_weight, row_km, int(Flag.NO_DATA),
        out.value, out.resolution_km, out.flags,
    )  # fmt: skip
    return out


def sample(
    pixels: Pixels, placement: Placement, lat: ArrayLike, lon_e: ArrayLike, *, min_weight: float = 0.5
) -> Pixels:
    """Values of an image at places, bilinear between its valid pixels.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    placement : Projected, Bounds or Disc
        Where the image lies on Io. An image that spans 360 degrees closes at its seam and across the poles it reaches.
    lat, lon_e : float or ndarray
        Planetocentric degrees, any turn; broadcast against each other.
    min_weight : float
        Least valid share of the interpolation weights; below it the value is NaN.

    Returns
    -------
    ndarray, float32
        Of the broadcast shape.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    image = np.ascontiguousarray(pixels, np.float32)
    origin = source(placement, (image.shape[0], image.shape[1]))
    vectors = unit_vectors(lat, lon_e)
    places = locate(origin, vectors.reshape(-1, 3))
    return taps.at(image, origin.edges, places.col, places.row, min_weight).reshape(vectors.shape[:-1])
