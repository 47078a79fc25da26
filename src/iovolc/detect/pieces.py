"""Connected changes of one sheet, found from fine scales to coarse ones.

What a fine scale has explained is masked before the next coarser filter looks, so that a strong compact change neither
bleeds into wide filters nor swallows its neighbours, and a wide faint one is still found by the filter of its size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.matched import Response, noise_factor, respond
from iovolc.detect.pyramid import Scale, expand
from iovolc.detect.segment import hysteresis, pixels_by_label
from iovolc.geometry.smooth import smooth
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]

_HALF = 0.5
_UPPER_QUANTILE = 0.9
_HALO_FWHM = 0.6
_HALO_LEVEL = 0.01


@dataclass(frozen=True, slots=True)
class Field:
    """A difference on one sheet with its weight.

    Parameters
    ----------
    difference : ndarray, shape (row, col), float32
        Finite; 0 where there is no data.
    weight : ndarray, shape (row, col), float32
        Inverse variance; 0 where there is no data.
    owned : ndarray, shape (row, col), bool
        Pixels that belong to this sheet rather than to an overlapping one.
    """

    difference: Plane
    weight: Plane
    owned: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Search:
    """How changes are sought.

    Parameters
    ----------
    scales : tuple of Scale
        From fine to coarse.
    seed_z, grow_z : float
        Hysteresis thresholds.
    sigma_floor : float
        Systematic error of an amplitude of any size, in the difference's unit.
    """

    scales: tuple[Scale, ...]
    seed_z: float
    grow_z: float
    sigma_floor: float


@dataclass(frozen=True, slots=True)
class Piece:
    """What one scale saw of a change on one sheet.

    Parameters
    ----------
    sign : int
        +1 or -1.
    scale : int
        Index of the scale.
    z, amplitude, sigma : float
        Significance at the peak, the amplitude there (signed) and its total standard deviation.
    pixels : ndarray of int64
        Flat indices in the full sheet, ascending.
    """

    sign: int
    scale: int
    z: float
    amplitude: float
    sigma: float
    pixels: NDArray[np.int64]


def find_pieces(
    fields: Mapping[str, Field], grid: Grid, search: Search
) -> tuple[dict[str, list[Piece]], tuple[float, ...]]:
    """Pieces of all sheets, and the noise factor of each scale."""
    weights = {name: field.weight.copy() for name, field in fields.items()}
    pieces: dict[str, list[Piece]] = {name: [] for name in fields}
    factors: list[float] = []
    owned = {name: field.owned for name, field in fields.items()}
    for index, scale in enumerate(search.scales):
        responses = {
            name: respond(field.difference, weights[name], grid.sheet(name), scale) for name, field in fields.items()
        }
        factor = noise_factor(responses, owned, grid)
        factors.append(factor)
        for name, response in responses.items():
            sheet = grid.sheet(name)
            found, explained = _extract(response, factor, sheet, index, search)
            pieces[name] += found
            if found:
                weights[name][explained] = 0.0
    return pieces, tuple(factors)


def _extract(
    response: Response, factor: float, sheet: Sheet, index: int, search: Search
) -> tuple[list[Piece], NDArray[np.bool_]]:
    sigma = np.sqrt((factor * response.sigma) ** 2 + search.sigma_floor**2)
    z = np.where(np.isfinite(sigma), response.amplitude / sigma, 0.0).astype(np.float32)
    pieces: list[Piece] = []
    explained = np.zeros(z.shape, bool)
    for sign in (-1, 1):
        regions = hysteresis(sign * z, search.seed_z, search.grow_z, sheet)
        if regions.count == 0:
            continue
        core = np.zeros(z.shape, bool)
        for pixels in pixels_by_label(regions):
            piece, kept = _piece(sign, index, pixels, z, response, sigma)
            pieces.append(piece)
            core.ravel()[kept] = True
        near = smooth(core.astype(np.float32), sheet, _HALO_FWHM * search.scales[index].fwhm_km) > _HALO_LEVEL
        explained |= core | (near & (sign * z > 1.0))
    return pieces, expand(explained, response.factor).astype(bool)


def _piece(
    sign: int, index: int, pixels: NDArray[np.int64], z: Plane, response: Response, sigma: Plane
) -> tuple[Piece, NDArray[np.int64]]:
    strength = sign * z.ravel()[pixels]
    amplitude = sign * response.amplitude.ravel()[pixels]
    peak = pixels[int(np.argmax(strength))]
    kept = pixels[amplitude >= _HALF * np.quantile(amplitude, _UPPER_QUANTILE)]
    piece = Piece(
        sign,
        index,
        float(abs(z.ravel()[peak])),
        float(response.amplitude.ravel()[peak]),
        float(sigma.ravel()[peak]),
        full_pixels(kept, z.shape, response.factor),
    )
    return piece, kept


def full_pixels(pixels: NDArray[np.int64], shape: tuple[int, int], factor: int) -> NDArray[np.int64]:
    """Flat indices in the full sheet of the blocks behind flat indices in the reduced one."""
    if factor == 1:
        return pixels
    rows, cols = np.divmod(pixels, shape[1])
    steps = np.arange(factor)
    full_rows = rows[:, None, None] * factor + steps[None, :, None]
    full_cols = cols[:, None, None] * factor + steps[None, None, :]
    return np.sort((full_rows * shape[1] * factor + full_cols).ravel())


def strongest(pieces: Sequence[Piece]) -> Piece:
    """The piece of largest significance; ties go to the finer scale."""
    return max(pieces, key=lambda piece: (piece.z, -piece.scale))
