"""Connected changes of one sheet, found from fine scales to coarse ones.

What a fine scale has explained is masked before the next coarser filter looks, so that a strong compact change neither
bleeds into wide filters nor swallows its neighbours, and a wide faint one is still found by the filter of its size.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.matched import Cover, Response, cover
from iovolc.detect.noise import Floors, Noise, measured_noise, significance, smooth_share
from iovolc.detect.pyramid import Scale, expand, reduced
from iovolc.detect.ringfit import Ring
from iovolc.detect.segment import hysteresis, pixels_by_label
from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import smooth
from iovolc.hands import in_rows
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
    smooth, terrain : ndarray, shape (row, col), float32, or float
        Local systematic errors of an amplitude of any size, beside that of the search: of the match of tone, which is
        smooth, and of the law of light, which errs with the ground.
    slopes : tuple of ndarray, shape (row, col), float32, or None
        Slopes of the ground before along rows and columns, per kilometre: a displaced map moves a filter's answer by
        the mean slope under it. None leaves that out.
    shift_km : ndarray, shape (row, col), float32, or float
        Registration sigma of the difference.
    classes : ndarray, shape (row, col), uint16, or None
        Noise class of each pixel (:func:`iovolc.detect.classes.noise_classes`); None where all is of one.
    """

    difference: Plane
    weight: Plane
    owned: NDArray[np.bool_]
    smooth: Plane | float = 0.0
    terrain: Plane | float = 0.0
    slopes: tuple[Plane, Plane] | None = None
    shift_km: Plane | float = 0.0
    classes: NDArray[np.uint16] | None = None

    @property
    def noise_classes(self) -> NDArray[np.uint16]:
        """Noise class of each pixel."""
        return np.zeros(self.difference.shape, np.uint16) if self.classes is None else self.classes

    def floors(self, covered: Cover) -> Floors:
        """The local systematic errors at the pixels of the reduced sheet, with what a displaced map makes of them."""
        factor = covered.factor
        smooth, terrain = (reduced(error, factor) for error in (self.smooth, self.terrain))
        alone2, against2 = smooth**2 + terrain**2, (smooth_share(covered.scale) * smooth) ** 2 + terrain**2
        if self.slopes is None:
            return np.sqrt(alone2), np.sqrt(against2)
        along, across = (covered.answer(slope) for slope in self.slopes)
        alone2, against2, shift_km = (
            np.broadcast_to(np.asarray(part, np.float32), along.sigma.shape)
            for part in (alone2, against2, reduced(self.shift_km, factor))
        )
        alone, against = np.empty_like(along.amplitude), np.empty_like(along.amplitude)
        in_rows(_displaced, alone2, shift_km, along.amplitude, across.amplitude, alone)
        in_rows(_displaced, against2, shift_km, along.against, across.against, against)
        return alone, against


@kernel
def _displaced(floor2: Plane, shift_km: Plane, along: Plane, across: Plane, out: Plane) -> None:
    """An error, given squared, together with what a displacement makes of two slopes."""
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            slope2 = along[row, col] * along[row, col] + across[row, col] * across[row, col]
            moved = shift_km[row, col] * shift_km[row, col] * slope2
            out[row, col] = math.sqrt(floor2[row, col] + moved)


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
    local : bool
        Whether amplitudes are told against their surroundings, too.
    rings : bool
        Whether rings are sought in what the scales leave.
    """

    scales: tuple[Scale, ...]
    seed_z: float
    grow_z: float
    sigma_floor: float
    local: bool = True
    rings: bool = False

    @property
    def ring_class(self) -> int:
        """Number of the rings' class beside those of the scales: null rings rank rings."""
        return len(self.scales)


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
    ring : Ring or None
        The ring that it is part of; then the scale is the one nearest to the ring's width.
    """

    sign: int
    scale: int
    z: float
    amplitude: float
    sigma: float
    pixels: NDArray[np.int64]
    ring: Ring | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """What the scales see of a field.

    Parameters
    ----------
    pieces : mapping of str to list of Piece
        By sheet name.
    factors : tuple of Noise
        Noise factors of each scale.
    left : mapping of str to ndarray, shape (row, col), float32
        Weights, 0 where a piece explains the difference.
    """

    pieces: Mapping[str, list[Piece]]
    factors: tuple[Noise, ...]
    left: Mapping[str, Plane]


@dataclass(frozen=True, slots=True)
class _View:
    """What one scale sees on all sheets: the filter's answers, their errors and significance, by sheet.

    ``level`` is empty where amplitudes are told by themselves alone.
    """

    index: int
    noise: Noise
    responses: Mapping[str, Response]
    floors: Mapping[str, Floors]
    level: Mapping[str, Plane]
    sigma: Mapping[str, Plane]
    z: Mapping[str, Plane]


@dataclass(frozen=True, slots=True)
class _Region:
    """Connected pixels of one sign, flat indices at the scale's reduction."""

    sign: int
    pixels: NDArray[np.int64]


def find_pieces(fields: Mapping[str, Field], grid: Grid, search: Search) -> Explained:
    """What the scales see on all sheets, from fine to coarse."""
    fields = {name: field for name, field in fields.items() if field.weight.any()}
    weights = {name: field.weight.copy() for name, field in fields.items()}
    pieces: dict[str, list[Piece]] = {name: [] for name in fields}
    factors: list[Noise] = []
    view = _view(fields, weights, grid, search, 0)
    for index in range(len(search.scales)):
        factors.append(view.noise)
        last = index + 1 == len(search.scales)
        regions = {name: _regions(view.z[name], grid.sheet(name), search) for name in fields}
        first = {name: [r for r in mine if last or _whole(r, view.z[name], search)] for name, mine in regions.items()}
        _take(first, view, weights, pieces, grid, search)
        if last:
            break
        view = _as_taken(view)
        ahead = _view(fields, weights, grid, search, index + 1)
        then = {
            name: [r for r in mine if not _whole(r, view.z[name], search) and not _grows(r, name, view, ahead)]
            for name, mine in regions.items()
        }
        _take(then, view, weights, pieces, grid, search)
        touched = [name for name, mine in then.items() if mine]
        view = _view(fields, weights, grid, search, index + 1, ahead, touched) if touched else ahead
    return Explained(pieces, tuple(factors), weights)


def _view(
    fields: Mapping[str, Field],
    weights: Mapping[str, Plane],
    grid: Grid,
    search: Search,
    index: int,
    before: _View | None = None,
    touched: Sequence[str] = (),
) -> _View:
    """The answers at one scale; where another view of it is given, only those of the sheets touched since are new."""
    responses = dict(before.responses) if before else {}
    floors = dict(before.floors) if before else {}
    for name in touched if before else fields:
        covered = cover(weights[name], grid.sheet(name), search.scales[index])
        responses[name], floors[name] = covered.answer(fields[name].difference), fields[name].floors(covered)
    owned = {name: field.owned for name, field in fields.items()}
    scale = search.scales[index]
    classes = {name: field.noise_classes for name, field in fields.items()}
    noise, about = measured_noise(responses, owned, classes, grid, scale)
    sigma: dict[str, Plane] = {}
    z: dict[str, Plane] = {}
    for name, answer in responses.items():
        sigma[name], z[name] = significance(answer, about[name], search, floors[name], scale)
    level = {name: one.level for name, one in about.items()} if search.local else {}
    return _View(index, noise, responses, floors, level, sigma, z)


def _as_taken(view: _View) -> _View:
    """The view without what only its own errors were told from: planes fill the memory."""
    nothing = np.zeros((0, 0), np.float32)
    taken = {name: replace(answer, against=nothing, sigma=nothing) for name, answer in view.responses.items()}
    return replace(view, responses=taken, floors={})


def _regions(z: Plane, sheet: Sheet, search: Search) -> list[_Region]:
    return [
        _Region(sign, pixels)
        for sign in (-1, 1)
        for pixels in pixels_by_label(hysteresis(z, search.seed_z, search.grow_z, sheet, sign=sign))
    ]


def _whole(region: _Region, z: Plane, search: Search) -> bool:
    """Whether the scale is fine enough and yet sees the region down to half its strength."""
    return _HALF * float(np.median(region.sign * z.ravel()[region.pixels])) >= search.grow_z


def _grows(region: _Region, name: str, view: _View, ahead: _View) -> bool:
    """Whether the next scale sees the place more clearly: then what this one sees is only a fragment."""
    z, wider = view.z[name], ahead.z[name]
    ratio = ahead.responses[name].factor // view.responses[name].factor
    rows, cols = np.divmod(region.pixels, z.shape[1])
    strength = region.sign * wider[rows // ratio, cols // ratio]
    return bool(strength.max() > (region.sign * z.ravel()[region.pixels]).max())


def _take(
    regions: Mapping[str, Sequence[_Region]],
    view: _View,
    weights: Mapping[str, Plane],
    pieces: Mapping[str, list[Piece]],
    grid: Grid,
    search: Search,
) -> None:
    """Append the regions' pieces and set the weight of what they explain to zero."""
    halo_km = _HALO_FWHM * search.scales[view.index].fwhm_km
    for name, mine in regions.items():
        z, factor = view.z[name], view.responses[name].factor
        for sign in (-1, 1):
            core = np.zeros(z.shape, bool)
            for region in mine:
                if region.sign == sign:
                    piece, kept = _piece(region, view, name)
                    pieces[name].append(piece)
                    core.ravel()[kept] = True
            if core.any():
                near = smooth(core.astype(np.float32), grid.sheet(name), halo_km) > _HALO_LEVEL
                weights[name][expand(core | (near & (sign * z > 1.0)), factor)] = 0.0


def _piece(region: _Region, view: _View, name: str) -> tuple[Piece, NDArray[np.int64]]:
    z, response, pixels = view.z[name], view.responses[name], region.pixels
    strength = region.sign * z.ravel()[pixels]
    amplitude = region.sign * response.amplitude.ravel()[pixels]
    if view.level:  # what errs the other way hides as much
        amplitude += np.maximum(-region.sign * view.level[name].ravel()[pixels], 0.0)
    peak = pixels[int(np.argmax(strength))]
    kept = pixels[amplitude >= _HALF * np.quantile(amplitude, _UPPER_QUANTILE)]
    piece = Piece(
        region.sign,
        view.index,
        float(abs(z.ravel()[peak])),
        float(response.amplitude.ravel()[peak]),
        float(view.sigma[name].ravel()[peak]),
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
