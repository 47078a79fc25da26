"""The pieces of rings: what is left when the scales have had theirs.

Not for finding rings (:mod:`iovolc.detect.rings`).
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.pieces import Field, Piece, Search, full_pixels
from iovolc.detect.pyramid import reduced
from iovolc.detect.ringfit import FoundRing
from iovolc.detect.rings import Shape, find_rings
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]


def ring_pieces(
    fields: Mapping[str, Field],
    left: Mapping[str, Plane],
    shapes: Sequence[Shape],
    grid: Grid,
    search: Search,
) -> dict[str, list[Piece]]:
    """The rings, each with a piece on every sheet that shows it.

    Parameters
    ----------
    fields : mapping of str to Field
        By sheet name.
    left : mapping of str to ndarray, shape (row, col), float32
        Their weights without what the scales explain.
    shapes : sequence of Shape
        Outlines of the changes that the scales found.
    grid, search : Grid, Search
        As for the scales.
    """
    differences = {name: fields[name].difference for name in left}
    whole, owned = ({name: getattr(fields[name], part) for name in left} for part in ("weight", "owned"))
    found = find_rings(
        differences, whole, left, owned, grid, shapes,
        seed_z=search.seed_z, sigma_floor=search.sigma_floor, smooth=search.local,
    )  # fmt: skip
    sizes = np.log([scale.fwhm_km for scale in search.scales])
    pieces: dict[str, list[Piece]] = {name: [] for name in left}
    for one in found:
        scale = int(np.argmin(np.abs(sizes - np.log(one.ring.width_km))))
        sign = 1 if one.amplitude > 0 else -1
        where = {name: _seen_pixels(one, name, fields[name], grid.sheet(name)) for name in one.pixels}
        sigma = math.hypot(one.sigma, _shift_error(one, fields))
        z = one.z * one.sigma / sigma
        if z >= search.seed_z:
            for name, pixels in where.items():
                if pixels.size:
                    pieces[name].append(Piece(sign, scale, z, one.amplitude, sigma, pixels, one.ring))
    return pieces


def _shift_error(ring: FoundRing, fields: Mapping[str, Field]) -> float:
    """What a displaced map may make of a ring: the slopes along it lean all ways, so that their sizes count."""
    parts = [np.zeros(0)]
    for name, pixels in ring.pixels.items():
        field = fields[name]
        if field.slopes is not None:
            along, across = (_block_means(slope, ring.factor).ravel()[pixels] for slope in field.slopes)
            shift = np.broadcast_to(reduced(field.shift_km, ring.factor), _block_shape(field, ring.factor))
            parts.append(shift.ravel()[pixels] * np.hypot(along, across))
    errors = np.concatenate(parts)
    return float(errors.mean()) if errors.size else 0.0


def _block_shape(field: Field, factor: int) -> tuple[int, int]:
    rows, cols = field.difference.shape
    return rows // factor, cols // factor


def _block_means(plane: Plane, factor: int) -> Plane:
    rows, cols = plane.shape
    return plane.reshape(rows // factor, factor, cols // factor, factor).mean(axis=(1, 3))


def _seen_pixels(ring: FoundRing, name: str, field: Field, sheet: Sheet) -> NDArray[np.int64]:
    rows, cols = sheet.shape
    pixels = full_pixels(ring.pixels[name], (rows // ring.factor, cols // ring.factor), ring.factor)
    return pixels[field.weight.ravel()[pixels] > 0]
