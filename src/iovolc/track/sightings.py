"""Sightings: the changes of one visit that are one thing seen in several channels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.model.grid import Grid
from iovolc.track.changes import Change, strength_order
from iovolc.track.regions import Region, joined, overlap

MANY_SIGNED = frozenset({"ring", "mixed"})
"""Kinds that may brighten one place and darken the next."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Changes of one visit that overlap across channels.

    Parameters
    ----------
    changes : tuple of Change
        By strength.
    region : Region
        Union of their dilated footprints.
    """

    changes: tuple[Change, ...]
    region: Region

    @property
    def visit(self) -> int:
        """Number of the visit."""
        return self.changes[0].visit

    @property
    def many_signed(self) -> bool:
        """Whether its kind may hold several signs."""
        return any(change.kind in MANY_SIGNED for change in self.changes)


@dataclass(frozen=True, slots=True)
class Position:
    """Mean direction of changes, weighted by their signal-to-noise ratio, and its sigma per axis in km."""

    vector: NDArray[np.float64]
    sigma_km: float


def sightings(changes: Sequence[Change], min_overlap: float, grid: Grid) -> tuple[Sighting, ...]:
    """Join the changes of one visit across channels, the largest first.

    Parameters
    ----------
    changes : sequence of Change
        All of one visit.
    min_overlap : float
        Least intersection over union of dilated footprints.
    grid : Grid
        To which the footprints belong.
    """
    found: list[Sighting] = []
    cells: dict[int, list[int]] = {}
    for change in sorted(changes, key=lambda one: (-one.region.area_km2, one.id)):
        near = sorted({number for cell in change.region.cells for number in cells.get(cell, ())})
        others = [number for number in near if found[number].changes[0].epoch != change.epoch]
        shares = [(overlap(change.region, found[number].region).of_union, -number) for number in others]
        share, best = max(shares, default=(0.0, 0))
        if share >= min_overlap:
            number = -best
            found[number] = _with(found[number], change, grid)
        else:
            number = len(found)
            found.append(Sighting((change,), change.region))
        for cell in change.region.cells:
            cells.setdefault(cell, []).append(number)
    return tuple(
        sorted(
            (replace(one, changes=tuple(sorted(one.changes, key=strength_order))) for one in found),
            key=lambda one: strength_order(one.changes[0]),
        )
    )


def position(changes: Sequence[Change]) -> Position:
    """Where changes lie together.

    The sigma is their weighted mean sigma over the root of the number of visits, since the channels of one visit share
    their registration, with the scatter of the centres added.
    """
    weights = np.array([change.snr for change in changes])
    weights = weights / weights.sum()
    places = np.array([change.vector for change in changes])
    mean = weights @ places
    centre = mean / np.linalg.norm(mean)
    visits = len({change.visit for change in changes})
    own = float(weights @ np.array([change.sigma_km for change in changes]) ** 2)
    apart_km = body.RADIUS_KM * np.linalg.norm(places - centre, axis=1)
    scatter = float(weights @ apart_km**2) / 2.0
    return Position(centre, float(np.sqrt((own + scatter) / visits)))


def _with(sighting: Sighting, change: Change, grid: Grid) -> Sighting:
    return Sighting((*sighting.changes, change), joined((sighting.region, change.region), grid))
