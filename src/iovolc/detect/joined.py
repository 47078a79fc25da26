"""Differences against several predecessors without steps where one predecessor takes over from another.

Each match of tone leaves smooth light behind, most of it near the limb of one of the maps: there the map ends, another
one is compared, and the difference jumps by what both matches err. A jump looks like a change's edge. Not for matching
one pair (:mod:`iovolc.light.match`).
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.detect.broad import between
from iovolc.detect.middle import middle_size
from iovolc.detect.pyramid import Scale, reduce_weighted, reduced_sheet
from iovolc.detect.residual import CLIP
from iovolc.geometry.smooth import smooth
from iovolc.geometry.sphere import pixel_lat_lon, tangent_basis, unit_vectors
from iovolc.model.grid import Sheet
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]
Values = NDArray[np.float64]

_REACH: Final = Scale(600.0)
"""Levels are told within this width, as tones are matched: wider than what changes."""
_FINER: Final = 2
"""Blocks are finer by this than the width needs: what a map's edge leaves of a block lies beside its middle."""
_LEAST_SHARE: Final = 0.05
"""Where both are known under so little of the Gaussian, half of what they differ by is believed."""
_LEAST_LEAN: Final = 0.01
"""Half of a slope is believed where places scatter by this share of the Gaussian's variance along it."""


def joined(differences: Iterable[Plane], sheet: Sheet) -> Iterator[Plane]:
    """Each difference less what it and the better ones, where they are known, differ by over large areas.

    Parameters
    ----------
    differences : iterable of ndarray, shape (row, col), float32
        Newest epoch minus each predecessor, best first; NaN where either has no data.
    sheet : Sheet
        The sheet of all.

    Yields
    ------
    ndarray, shape (row, col), float32
        The first as it is. Beyond the better ones' edge the level fades out.

    Notes
    -----
    The level at a place is that of the plane that fits best about it (local linear regression, Fan 1992, J. Am. Stat.
    Assoc. 87, 998). A mean would be that of a place inside the edge, and leave a step wherever light leans.
    """
    factor = max(1, _REACH.factor(sheet) // _FINER)
    best: Plane | None = None
    for own in differences:
        levelled = own if best is None else _levelled(own, best, sheet, factor)
        yield levelled
        best = levelled if best is None else np.where(np.isfinite(best), best, levelled)


def _levelled(own: Plane, best: Plane, sheet: Sheet, factor: int) -> Plane:
    apart = best - own
    both = np.isfinite(apart)
    return own + between(_level(apart, both, sheet, factor), factor, wraps=sheet.wraps) if both.any() else own


def _level(apart: Plane, both: NDArray[np.bool_], sheet: Sheet, factor: int) -> Plane:
    bound = CLIP * MAD_TO_SIGMA * middle_size([np.abs(apart)])
    clipped = np.where(both, np.clip(apart, -bound, bound), np.float32(0.0)).astype(np.float32)
    sums, weights, _ = reduce_weighted(clipped, both.astype(np.float32), factor)
    size = np.float32(factor * factor)
    return _of_plane(sums / size, weights / size, sheet, factor)


def _of_plane(sums: Plane, weights: Plane, sheet: Sheet, factor: int) -> Plane:
    """Height at each block's middle of the plane that fits the blocks under the Gaussian about it."""
    lat, lon_e = pixel_lat_lon(reduced_sheet(sheet, factor))
    places = np.moveaxis(unit_vectors(lat, lon_e), -1, 0).astype(np.float32)
    axes = np.stack(tangent_basis(lat, lon_e), axis=-2)

    def under(plane: Plane) -> Plane:
        return smooth(plane, sheet, _REACH.sigma_km)

    def along(plane: Plane) -> Values:
        return np.einsum("rcti,irc->rct", axes, np.stack([under(plane * place) for place in places]))

    one, total = under(weights), under(sums)
    known = np.maximum(one, np.float32(1e-6))[..., None]
    aside, leaning = along(weights), along(sums)
    squares = np.empty((3, 3, *one.shape), np.float32)
    for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)):
        squares[i, j] = squares[j, i] = under(weights * places[i] * places[j])
    spread: Values = np.einsum("rcti,ijrc,rcuj->rctu", axes, squares, axes, optimize=True)
    spread -= aside[..., :, None] * (aside / known)[..., None, :]
    spread[..., [0, 1], [0, 1]] += _LEAST_LEAN * (_REACH.sigma_km / body.RADIUS_KM) ** 2
    slopes: NDArray[np.floating] = np.linalg.solve(spread, (leaning - total[..., None] * aside / known)[..., None])
    leaned: Values = np.einsum("rct,rct->rc", slopes[..., 0], aside)
    return ((total - leaned) / (one + _LEAST_SHARE)).astype(np.float32)
