"""Hot spots beside a published list: which are the same, at what distance, and how many would be by chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from iovolc import body

Floats = NDArray[np.float64]

LEAST_TURN: Final = math.radians(10.0)
"""Smaller rotations about the axis would move places by less than they are apart."""


@dataclass(frozen=True, slots=True)
class CrossMatch:
    """Nearest partners of places, and what chance gives.

    Parameters
    ----------
    partner : ndarray of int, shape (place,)
        Number of the nearest published one.
    distance_km : ndarray, shape (place,)
        To it.
    chance : ndarray, shape (place,)
        Probability that an unrelated published place lies as near, by their mean density.
    by_chance : ndarray, shape (rotation,)
        Share of places within the distance asked for, when all are turned about the axis together.
    """

    partner: NDArray[np.int64]
    distance_km: Floats
    chance: Floats
    by_chance: Floats

    def share_within(self, within_km: float) -> float:
        """Share of the places with a published one within a distance."""
        return float((self.distance_km <= within_km).mean())


def crossmatch(places: Floats, published: Floats, *, within_km: float, rotations: int = 500) -> CrossMatch:
    """Match places with a published list.

    Parameters
    ----------
    places, published : ndarray, shape (place, 3)
        Unit vectors; at least one of each.
    within_km : float
        For the null of rotations.
    rotations : int
        Rigid turns about the axis, evenly spaced, none so small that a pair stays one: latitudes, which are not
        uniform, stay.
    """
    tree = KDTree(published)
    distance_km, partner = _nearest(tree, places)
    density = len(published) / (4.0 * math.pi * body.RADIUS_KM**2)
    least = max(LEAST_TURN, 3.0 * within_km / body.RADIUS_KM)
    turns = np.linspace(least, 2.0 * math.pi - least, rotations)
    by_chance = [float((_nearest(tree, _turned(places, turn))[0] <= within_km).mean()) for turn in turns]
    return CrossMatch(
        partner, distance_km, 1.0 - np.exp(-math.pi * density * distance_km**2), np.array(by_chance, np.float64)
    )


def unmatched(found: CrossMatch, count: int, within_km: float) -> Sequence[int]:
    """Numbers of the published places that are nobody's nearest within a distance."""
    taken = {int(number) for number in found.partner[found.distance_km <= within_km]}
    return [number for number in range(count) if number not in taken]


def _nearest(tree: KDTree, places: Floats) -> tuple[Floats, NDArray[np.int64]]:
    chord, partner = tree.query(places)
    arc = 2.0 * body.RADIUS_KM * np.arcsin(np.minimum(np.asarray(chord) / 2.0, 1.0))
    return arc, np.asarray(partner, np.int64)


def _turned(places: Floats, turn: float) -> Floats:
    cos, sin = math.cos(turn), math.sin(turn)
    return places @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
