"""Which chains lie at the place of a sighting, found without comparing all with all."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.spatial import KDTree

from iovolc import body
from iovolc.config import TrackConfig
from iovolc.track.association import Pair, pair_cost, reach_km
from iovolc.track.chains import Chain, agreement
from iovolc.track.regions import Overlap, overlap
from iovolc.track.sightings import Position, Sighting, position

_APART: Final = Overlap(0.0, 0.0, 0.0)


class Cells:
    """Coarse cells of the grid with the numbers of the chains that touch them."""

    def __init__(self) -> None:
        self._numbers: dict[int, set[int]] = {}

    def add(self, number: int, sighting: Sighting) -> None:
        """Note that a chain touches the cells of its newest sighting."""
        for cell in sighting.region.cells:
            self._numbers.setdefault(cell, set()).add(number)

    def at(self, sighting: Sighting) -> set[int]:
        """Chains that may share a place with the sighting."""
        return {number for cell in sighting.region.cells for number in self._numbers.get(cell, ())}


def neighbours(
    seen: Sequence[Sighting], chains: Sequence[Chain], cells: Cells, config: TrackConfig
) -> tuple[Pair, ...]:
    """Every sighting with every chain whose footprint it shares or whose centre is within the gate.

    The cost is infinite where the gate is shut.
    """
    if not chains:
        return ()
    places = [position(sighting.changes) for sighting in seen]
    found: list[Pair] = []
    for number, near in enumerate(_near(places, chains, config)):
        sharing = cells.at(seen[number])
        for other in sorted(sharing | near):
            pair = _pair(number, seen[number], places[number], other, chains[other], config)
            if pair.shared.of_union > 0.0 or pair.cost < math.inf:
                found.append(pair)
    return tuple(found)


def _near(places: Sequence[Position], chains: Sequence[Chain], config: TrackConfig) -> list[set[int]]:
    tree = KDTree(np.array([chain.position.vector for chain in chains]))
    largest = max(chain.position.sigma_km for chain in chains)
    arcs = np.array([reach_km(place, largest, config) for place in places]) / body.RADIUS_KM
    chords = 2.0 * np.sin(np.minimum(arcs, math.pi) / 2.0) * (1.0 + 1e-9)
    return [set(near) for near in tree.query_ball_point(np.array([place.vector for place in places]), chords)]


def _pair(number: int, sighting: Sighting, place: Position, other: int, chain: Chain, config: TrackConfig) -> Pair:
    shared = overlap(sighting.region, chain.region)
    cost = pair_cost(place, chain.position, shared, config)
    return Pair(number, other, math.inf if cost is None else cost, shared, agreement(sighting, chain))
