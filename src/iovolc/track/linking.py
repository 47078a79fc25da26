"""The fold of visits into chains: association, splits, merges and reversals in order of time."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from iovolc.config import TrackConfig
from iovolc.model.grid import Grid
from iovolc.track.association import Pair, assign
from iovolc.track.chains import Chain, extended, found
from iovolc.track.changes import Change, epoch_order
from iovolc.track.looks import Looks
from iovolc.track.neighbours import Cells, neighbours
from iovolc.track.sightings import Sighting, sightings

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Rules:
    """What the fold needs besides the changes.

    Parameters
    ----------
    config : TrackConfig
        Gates and overlaps.
    q : float
        False-discovery rate at which a change counts as significant.
    looks : mapping of str to sequence of Look
        By detection id.
    grid : Grid
        To which the footprints belong.
    """

    config: TrackConfig
    q: float
    looks: Looks
    grid: Grid

    def is_over(self, chain: Chain) -> bool:
        """Whether later changes have undone a chain: it takes no more sightings."""
        return chain.undone >= self.config.strong_overlap

    def agrees(self, pair: Pair, sighting: Sighting, chain: Chain) -> bool:
        """Whether the signs fit; several signs are one thing only where the footprints overlap strongly."""
        many = sighting.many_signed or any(one.many_signed for one in chain.sightings)
        return pair.agreement > 0 or (many and pair.shared.of_union >= self.config.strong_overlap)

    def is_significant(self, sighting: Sighting) -> bool:
        """Whether the sighting is a discovery among all detections of the run, and no mere shift."""
        return any(change.pooled_q <= self.q and not change.rivalled for change in sighting.changes)


def link(changes: Sequence[Change], rules: Rules) -> tuple[Chain, ...]:
    """All chains, in the order in which they were founded.

    Parameters
    ----------
    changes : sequence of Change
        By visit.
    rules : Rules
        Gates, looks and grid.
    """
    chains: list[Chain] = []
    cells = Cells()
    for _, group in groupby(changes, key=lambda change: change.visit):
        seen = sightings(tuple(group), rules.config.min_overlap, rules.grid)
        near = neighbours(seen, chains, cells, rules.config)
        for number, sighting in _take_visit(seen, near, chains, rules):
            cells.add(number, sighting)
    return tuple(chains)


def _take_visit(
    seen: Sequence[Sighting], near: Sequence[Pair], chains: list[Chain], rules: Rules
) -> list[tuple[int, Sighting]]:
    """Extend the chains by the sightings of one visit; give the chain of each."""
    before = tuple(chains)
    open_pairs = [pair for pair in near if not rules.is_over(before[pair.chain])]
    agreeing = [pair for pair in open_pairs if rules.agrees(pair, seen[pair.sighting], before[pair.chain])]
    mates = [pair for pair in agreeing if not _renews(seen[pair.sighting], before[pair.chain], rules)]
    matched = _homes(seen, mates, before, rules) | assign(pair for pair in mates if pair.cost < math.inf)
    taken = set(matched.values())
    ours, theirs, here = (
        _by_sighting(mates),
        _by_sighting(pair for pair in open_pairs if pair not in agreeing),
        _by_sighting(pair for pair in near if _at_one_place(pair, rules.config)),
    )
    placed: list[tuple[int, Sighting]] = []
    for number, sighting in enumerate(seen):
        if number in matched:
            at = matched[number]
            merged = _merged(at, ours.get(number, ()), taken, chains, rules.config)
            grown = extended(chains[at], sighting, rules.grid)
            chains[at] = replace(grown, parents=tuple(sorted({*grown.parents, *merged})))
        else:
            at = len(chains)
            split = _split(ours.get(number, ()), taken, rules.config)
            undone = [] if split else _undone(sighting, theirs.get(number, ()), before, rules)
            earlier = [pair.chain for pair in here.get(number, ())]
            chains.append(found(sighting, parents=split or undone, earlier=earlier, reverts=bool(undone)))
        placed.append((at, sighting))
        _undo(sighting, theirs.get(number, ()), chains, rules)
    return placed


def _by_sighting(pairs: Iterable[Pair]) -> dict[int, list[Pair]]:
    groups: dict[int, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair.sighting, []).append(pair)
    return groups


def _at_one_place(pair: Pair, config: TrackConfig) -> bool:
    shared = pair.shared
    return pair.cost < math.inf or shared.of_union >= config.min_overlap or shared.of_smaller >= config.strong_overlap


def _homes(seen: Sequence[Sighting], mates: Sequence[Pair], chains: Sequence[Chain], rules: Rules) -> dict[int, int]:
    """Chains whose own epochs already show a sighting within them: it is a piece of the same change."""
    homes: dict[int, int] = {}
    for pair in sorted(mates, key=lambda one: (one.sighting, -one.shared.of_union, one.chain)):
        inside = pair.shared.of_smaller >= rules.config.strong_overlap
        if inside and pair.sighting not in homes and _shown(seen[pair.sighting], chains[pair.chain], rules.looks):
            homes[pair.sighting] = pair.chain
    return homes


def _shown(sighting: Sighting, chain: Chain, looks: Looks) -> bool:
    """Whether the chain's epochs show the place as the sighting does."""
    return _states_of(sighting, chain, looks) == {"with"}


def _renews(sighting: Sighting, chain: Chain, rules: Rules) -> bool:
    """Whether the sighting is a step of its own, of which no epoch of the chain shows even half.

    What goes on growing by itself stays one event; a recovery ends where the place is what it was, and a mere candidate
    does not date what came later.
    """
    if chain.reverts:
        return _states_of(sighting, chain, rules.looks) == {"without"}
    candidate = not any(rules.is_significant(one) for one in chain.sightings)
    return candidate and rules.is_significant(sighting) and not _shows_half(chain, sighting)


def _shows_half(chain: Chain, sighting: Sighting) -> bool:
    """Whether the chain has at least half of the sighting's contrast in a channel of both, or none tells."""
    pairs = [
        (before.contrast, after.contrast)
        for before in chain.changes
        for after in sighting.changes
        if before.channel == after.channel and math.isfinite(before.contrast) and math.isfinite(after.contrast)
    ]
    return not pairs or any(before * after > 0.0 and abs(before) >= _HALF * abs(after) for before, after in pairs)


def _states_of(sighting: Sighting, chain: Chain, looks: Looks) -> set[str]:
    own = chain.observations
    return {
        look.state
        for change in sighting.changes
        for look in looks.get(change.id, ())
        if look.epoch.observation_id in own
    }


def _merged(
    at: int, ours: Sequence[Pair], taken: Collection[int], chains: Sequence[Chain], config: TrackConfig
) -> list[int]:
    """Other chains that the sighting of chain ``at`` covers and that are not seen on their own in this visit."""
    return [
        pair.chain
        for pair in ours
        if pair.chain not in taken
        and pair.shared.of_second >= config.strong_overlap
        and at not in _ancestors(pair.chain, chains)
    ]


def _ancestors(number: int, chains: Sequence[Chain]) -> set[int]:
    known: set[int] = set()
    waiting = [number]
    while waiting:
        fresh = set(chains[waiting.pop()].parents) - known
        known |= fresh
        waiting += sorted(fresh)
    return known


def _split(ours: Sequence[Pair], taken: Collection[int], config: TrackConfig) -> list[int]:
    """Chains that hold the sighting but went on with another one."""
    return [pair.chain for pair in ours if pair.chain in taken and pair.shared.of_smaller >= config.strong_overlap]


def _undone(sighting: Sighting, theirs: Sequence[Pair], chains: Sequence[Chain], rules: Rules) -> list[int]:
    """Chains of which the sighting is the recovery."""
    return [
        pair.chain
        for pair in theirs
        if not chains[pair.chain].reverts
        and pair.shared.of_union >= rules.config.min_overlap
        and pair.shared.of_smaller >= rules.config.strong_overlap
        and not _overshoots(sighting, chains[pair.chain], rules.looks)
    ]


def _overshoots(sighting: Sighting, chain: Chain, looks: Looks) -> bool:
    """Whether the place differs from what it was before the chain began: then it did not merely recover."""
    began = epoch_order(chain.founding.epoch)
    states: list[str] = []
    for change in sighting.changes:
        earlier = [look.state for look in looks.get(change.id, ()) if epoch_order(look.epoch) < began]
        states += earlier[-1:]
    return bool(states) and all(state == "without" for state in states)


def _undo(sighting: Sighting, theirs: Sequence[Pair], chains: list[Chain], rules: Rules) -> None:
    """Note on the chains of opposite sign how much of them a significant sighting has undone."""
    if not rules.is_significant(sighting):
        return
    for pair in theirs:
        if pair.shared.of_union >= rules.config.min_overlap:
            chain = chains[pair.chain]
            chains[pair.chain] = replace(chain, undone=max(chain.undone, pair.shared.of_second))
