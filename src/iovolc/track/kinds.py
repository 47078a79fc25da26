"""What changed: fading by history, rings by template or shape, else colour, each with its probability."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from iovolc import body
from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid
from iovolc.model.tables import KINDS
from iovolc.track.changes import Change
from iovolc.track.colour import colour_chances
from iovolc.track.places import areas_km2, places_of, vectors

SIGNS: Final = ("darkening", "brightening")
_LEAST_PIXELS: Final = 24
_SECTORS: Final = 24
_LEAST_HOLE: Final = 0.6
_LEAST_ROUND: Final = 0.8


@dataclass(frozen=True, slots=True)
class KindChance:
    """A kind with its probability, and the next likely one."""

    kind: str
    probability: float
    second: str
    second_probability: float


def kind_of(
    changes: Sequence[Change], dlna: Mapping[str, float], sigma: Mapping[str, float], *, ring: bool, reverts: bool
) -> KindChance:
    """The kind of an event.

    Parameters
    ----------
    changes : sequence of Change
        Its detections.
    dlna, sigma : mapping of str to float
        Change of ln albedo by channel, and its standard deviation; empty or NaN where unknown.
    ring : bool
        Whether its largest footprint is annular.
    reverts : bool
        Whether it is the recovery of an earlier event.

    Notes
    -----
    History and shape go before colour: then the probability is the share of the summed signal-to-noise ratio that says
    so. Else it is that of the colour (:func:`iovolc.track.colour.colour_chances`), or of the sign where no contrast is
    calibrated.
    """
    weight: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    for change in changes:
        weight[change.kind] += change.snr
    total = math.fsum(weight.values())
    majority = max(KINDS, key=lambda kind: (weight[kind], -KINDS.index(kind)))
    chances = _by_colour(changes, dlna, sigma)
    if reverts:
        agreeing = abs(math.fsum(change.sign * change.snr for change in changes)) / total
        return _first("fading", 0.5 * (1.0 + agreeing), chances)
    if ring or majority == "ring":
        return _first("ring", 1.0 if ring else weight["ring"] / total, chances)
    if majority == "thermal" or (majority == "mixed" and len(chances) == len(SIGNS)):
        return _first(majority, weight[majority] / total, chances)
    kind, second, *_ = chances
    return KindChance(kind, chances[kind], second, chances[second])


def _first(kind: str, probability: float, chances: Mapping[str, float]) -> KindChance:
    """A kind that history or shape tells; what colour says comes second."""
    second = next(iter(chances))
    return KindChance(kind, probability, second, (1.0 - probability) * chances[second])


def _by_colour(changes: Sequence[Change], dlna: Mapping[str, float], sigma: Mapping[str, float]) -> dict[str, float]:
    """Probability of the classes of colour, largest first."""
    known = {channel: value for channel, value in dlna.items() if math.isfinite(value)}
    if known:
        return colour_chances(known, sigma)
    sure = float(ndtr(max(change.snr for change in changes)))
    darker = math.fsum(change.sign * change.snr for change in changes) < 0
    first, other = SIGNS if darker else SIGNS[::-1]
    return {first: sure, other: 1.0 - sure}


def is_ring(footprint: Footprint, grid: Grid) -> bool:
    """Whether a footprint is annular: its inner half is mostly a hole, and it runs most of the way round.

    The distances from its centre are measured on the sphere; the inner half is the cap of half the radius within which
    95 % of its area lies.
    """
    places = places_of(footprint, grid)
    if places.size < _LEAST_PIXELS:
        return False
    km2, directions = areas_km2(places, grid), vectors(places, grid)
    centre = km2 @ directions
    centre /= np.linalg.norm(centre)
    height = directions @ centre
    arcs = np.arccos(np.clip(height, -1.0, 1.0))
    order = np.argsort(arcs, kind="stable")
    outer = arcs[order][np.searchsorted(np.cumsum(km2[order]), 0.95 * km2.sum())]
    cap_km2 = 2.0 * math.pi * body.RADIUS_KM**2 * (1.0 - math.cos(outer / 2.0))
    hole = 1.0 - float(km2[arcs < outer / 2.0].sum()) / cap_km2
    return hole >= _LEAST_HOLE and _round_share(directions, centre) >= _LEAST_ROUND


def _round_share(directions: NDArray[np.float64], centre: NDArray[np.float64]) -> float:
    """Share of the sectors around the centre that hold a pixel."""
    across = np.cross(centre, np.eye(3)[int(np.argmin(np.abs(centre)))])
    along = np.cross(centre, across)
    angle = np.arctan2(directions @ along, directions @ across)
    sectors = np.unique(np.floor((angle + math.pi) / (2.0 * math.pi) * _SECTORS).astype(int) % _SECTORS)
    return sectors.size / _SECTORS
