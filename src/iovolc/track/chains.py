"""Chains: sightings of one event through time. What becomes a row is in :mod:`iovolc.track.events`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from iovolc.model.grid import Grid
from iovolc.track.changes import Change, strength_order
from iovolc.track.regions import Region, joined
from iovolc.track.sightings import Position, Sighting, position


@dataclass(frozen=True, slots=True)
class Chain:
    """One event in the making.

    Parameters
    ----------
    sightings : tuple of Sighting
        In order of time.
    region : Region
        Union of their regions.
    position : Position
        Of all their changes together.
    signs : tuple of (str, int)
        Sign of the change in each channel, as first seen.
    parents : tuple of int
        Numbers of the chains from which it split, that merged into it, or that it reverts; ascending.
    earlier : tuple of int
        Numbers of the chains that lay at its place when it was founded.
    reverts : bool
        Whether it is the recovery of its parents.
    undone : float
        Share of its region that later opposite changes have undone.
    """

    sightings: tuple[Sighting, ...]
    region: Region
    position: Position
    signs: tuple[tuple[str, int], ...]
    parents: tuple[int, ...] = ()
    earlier: tuple[int, ...] = ()
    reverts: bool = False
    undone: float = 0.0

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes: by visit, then by strength."""
        return tuple(change for sighting in self.sightings for change in sighting.changes)

    @property
    def founding(self) -> Change:
        """The earliest change; of several at one time the most significant."""
        return min(self.changes, key=lambda change: (change.epoch.stop_utc, strength_order(change)))

    @property
    def observations(self) -> frozenset[str]:
        """Ids of the observations in which it was found."""
        return frozenset(change.epoch.observation_id for change in self.changes)

    @property
    def majority(self) -> int:
        """Sign of the sum over its changes, weighted by signal-to-noise ratio."""
        return 1 if sum(change.sign * change.snr for change in self.changes) > 0 else -1

    def sign_in(self, channel: str) -> int:
        """The sign expected in a channel: the one seen there, else the majority's."""
        return dict(self.signs).get(channel, self.majority)


def found(sighting: Sighting, *, parents: Iterable[int] = (), earlier: Iterable[int] = (), reverts: bool) -> Chain:
    """A new chain that begins with a sighting."""
    return Chain(
        (sighting,),
        sighting.region,
        position(sighting.changes),
        _signs((), sighting),
        tuple(sorted(parents)),
        tuple(sorted(earlier)),
        reverts,
    )


def extended(chain: Chain, sighting: Sighting, grid: Grid) -> Chain:
    """The chain with one more sighting of the same or a later visit."""
    grown = replace(chain, sightings=(*chain.sightings, sighting))
    return replace(
        grown,
        region=joined((chain.region, sighting.region), grid),
        position=position(grown.changes),
        signs=_signs(chain.signs, sighting),
    )


def agreement(sighting: Sighting, chain: Chain) -> float:
    """Summed signal-to-noise ratio of the changes with the chain's sign less that of the opposite ones."""
    return sum(change.snr * change.sign * chain.sign_in(change.channel) for change in sighting.changes)


def _signs(known: tuple[tuple[str, int], ...], sighting: Sighting) -> tuple[tuple[str, int], ...]:
    signs = dict(known)
    for change in sighting.changes:
        signs.setdefault(change.channel, change.sign)
    return tuple(sorted(signs.items()))
