"""Which measurements of heat belong to one place: a fold over observations in order of time.

Global nearest neighbour with gates of covariance; what else a measurement might belong to is kept beside it. The result
is a function of the measurements alone, whatever order they come in. Not for what a place does over time
(:mod:`iovolc.track.hotspot_states`).
"""

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np

from iovolc import body
from iovolc.config import TrackConfig
from iovolc.model.glow import DISC_SPREAD, Glow
from iovolc.track.association import assign
from iovolc.track.hotspot_places import Place, mahalanobis, mean_place, place_of

LEAST_RIVAL: Final = 0.05
"""Other places are remembered where they are at least this probable."""
SAME_NAME_PRIOR: Final = 10.0
"""How much likelier a place is that the source calls by the same name."""
NEW_PER_KM2: Final = 1e-7
"""Density of unknown places that show up in an observation: the rival of every association."""
STRAY_CHI2: Final = 18.4
STRAY_LOOKS: Final = 5
"""Places seen this often have a wider gate (99.99 %): one measurement in a hundred lies outside the usual one (99 %),
and would found a place of its own."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another place that a measurement may belong to."""

    number: int
    probability: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """A measurement at its place.

    Parameters
    ----------
    glow : Glow
        What was measured.
    rivals : tuple of Rival
        Other places it may belong to, the likeliest first.
    blended : bool
        Whether one of them was not seen on its own in this observation: the measurement may hold both.
    """

    glow: Glow
    rivals: tuple[Rival, ...] = ()
    blended: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A place that glows.

    Parameters
    ----------
    place : Place
        Weighted mean of its measurements.
    sightings : tuple of Sighting
        In order of time; the first founded it.
    parents : tuple of int
        Numbers of places from which it split.
    joined : tuple of str
        Ids of places that turned out to be this one.
    """

    place: Place
    sightings: tuple[Sighting, ...]
    parents: tuple[int, ...] = ()
    joined: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """First 12 hex digits of the sha256 over the founding measurement."""
        facts = json.dumps(self.sightings[0].glow.to_json(), sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()[:12]

    @property
    def names(self) -> frozenset[tuple[str, str]]:
        """What each source calls it."""
        glows = (sighting.glow for sighting in self.sightings)
        return frozenset((glow.source, glow.label) for glow in glows if glow.label)

    @property
    def observations(self) -> frozenset[str]:
        """Where it was seen."""
        return frozenset(sighting.glow.observation_id for sighting in self.sightings)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measurement and a place whose gate is open to it."""

    sighting: int
    chain: int
    cost: float


def find_sites(glows: Iterable[Glow], config: TrackConfig) -> tuple[Site, ...]:
    """The places of all measurements that saw heat, in the order in which they were founded.

    Parameters
    ----------
    glows : iterable of Glow
        In any order; upper limits found no place.
    config : TrackConfig
        Gate, and wander of a source.
    """
    seen = sorted((glow for glow in glows if glow.is_seen), key=lambda glow: glow.order)
    sites: list[Site] = []
    for _, group in groupby(seen, key=lambda glow: (glow.time_utc, glow.observation_id)):
        _take(tuple(group), sites, config)
    return _united(sites, config)


def open_gate(glow: Glow, site: Site, config: TrackConfig) -> tuple[float, float] | None:
    """Squared distance in sigmas and cost of a measurement at a place, or None where it cannot belong there.

    The source's own names decide where it has them: the same name opens the gate, another one shuts it. What was seen
    often is likelier than what was seen once.
    """
    theirs = {label for source, label in site.names if source == glow.source}
    named = bool(glow.label) and glow.label in theirs
    if glow.label and theirs and not named:
        return None
    d2, log_det = mahalanobis(site.place, place_of(glow), _wander_km(glow, config))
    gate = max(config.gate_chi2, STRAY_CHI2) if len(site.observations) >= STRAY_LOOKS else config.gate_chi2
    if d2 >= gate and not named:
        return None
    prior = len(site.observations) * (SAME_NAME_PRIOR if named else 1.0)
    return d2, min(d2, gate) + log_det - 2.0 * math.log(prior)


def _wander_km(glow: Glow, config: TrackConfig) -> float:
    """How far a source's middle may wander, per axis: that of a wide one as far as its light is spread."""
    return math.hypot(config.source_km, DISC_SPREAD * (glow.width_km or 0.0))


def _take(seen: Sequence[Glow], sites: list[Site], config: TrackConfig) -> None:
    """Extend the places by one observation, and found new ones."""
    before = tuple(sites)
    pairs = [
        Candidate(number, other, gate[1])
        for number, glow in enumerate(seen)
        for other in _near(glow, before, config)
        if (gate := open_gate(glow, before[other], config)) is not None
    ]
    matched = assign(pairs)
    taken = set(matched.values())
    for number, glow in enumerate(seen):
        mine = [pair for pair in pairs if pair.sighting == number]
        if number in matched:
            at = matched[number]
            rivals = _rivals(at, mine)
            blended = any(rival.number not in taken for rival in rivals)
            site = sites[at]
            grown = (*site.sightings, Sighting(glow, rivals, blended))
            sites[at] = replace(site, place=mean_place(site.place, place_of(glow)), sightings=grown)
        else:
            sites.append(Site(place_of(glow), (Sighting(glow),), tuple(sorted(pair.chain for pair in mine))))


def _near(glow: Glow, sites: Sequence[Site], config: TrackConfig) -> list[int]:
    """Places that need a closer look: near enough for any gate, or called by a name of this source."""
    if not sites:
        return []
    place = place_of(glow)
    chords = np.linalg.norm(np.array([site.place.vector for site in sites]) - place.vector, axis=1)
    variances = np.array([np.trace(site.place.covariance_km2) for site in sites])
    widest = max(config.gate_chi2, STRAY_CHI2)
    reach_km = np.sqrt(widest * (variances + np.trace(place.covariance_km2) + 2.0 * _wander_km(glow, config) ** 2))
    near = 2.0 * body.RADIUS_KM * np.arcsin(np.minimum(chords / 2.0, 1.0)) <= reach_km
    name = (glow.source, glow.label)
    named = [name in site.names for site in sites] if glow.label else [False] * len(sites)
    return [int(number) for number in np.flatnonzero(near | np.array(named))]


def _rivals(at: int, pairs: Sequence[Candidate]) -> tuple[Rival, ...]:
    """Other places by probability; that of no known place is the density of new ones."""
    weights = {pair.chain: math.exp(-pair.cost / 2.0) / (2.0 * math.pi) for pair in pairs}
    total = sum(weights.values()) + NEW_PER_KM2
    found = [Rival(number, weight / total) for number, weight in weights.items() if number != at]
    kept = (rival for rival in found if rival.probability > LEAST_RIVAL)
    return tuple(sorted(kept, key=lambda rival: (-rival.probability, rival.number)))


def _united(sites: Sequence[Site], config: TrackConfig) -> tuple[Site, ...]:
    """Places that are one joined to the older one; numbers are those of the result."""
    into = list(range(len(sites)))
    merged = list(sites)
    while (pair := _closest(merged, into, config)) is not None:
        older, younger = pair
        merged[older] = _joined(merged[older], merged[younger])
        into = [older if number == younger else number for number in into]
    kept = sorted(set(into))
    number_of = {old: kept.index(into[old]) for old in range(len(sites))}
    return tuple(_renumbered(merged[old], number_of, kept.index(old)) for old in kept)


def _closest(sites: Sequence[Site], into: Sequence[int], config: TrackConfig) -> tuple[int, int] | None:
    """The two places that are likeliest one: never seen side by side, not called differently, and near enough."""
    alive = [number for number in range(len(sites)) if into[number] == number]
    best: tuple[float, int, int] | None = None
    for younger in alive:
        for older in (number for number in alive if number < younger):
            d2 = _oneness(sites[older], sites[younger], config)
            if d2 is not None and (best is None or (d2, older, younger) < best):
                best = (d2, older, younger)
    return None if best is None else best[1:]


def _oneness(older: Site, younger: Site, config: TrackConfig) -> float | None:
    reach_km = math.sqrt(2.0 * STRAY_CHI2) * (older.place.sigma_km + younger.place.sigma_km + config.source_km)
    if np.linalg.norm(older.place.vector - younger.place.vector) * body.RADIUS_KM > reach_km:
        return None
    if older.observations & younger.observations or _called_differently(older, younger):
        return None
    d2, _ = mahalanobis(older.place, younger.place, config.source_km)
    looks = sorted((len(older.observations), len(younger.observations)))
    stray = looks[0] < STRAY_LOOKS <= looks[1]
    return d2 if d2 < (STRAY_CHI2 if stray else config.gate_chi2) else None


def _called_differently(older: Site, younger: Site) -> bool:
    sources = {source for source, _ in older.names} & {source for source, _ in younger.names}
    return any(
        not {name for name in older.names if name[0] == source} & {name for name in younger.names if name[0] == source}
        for source in sources
    )


def _joined(older: Site, younger: Site) -> Site:
    sightings = sorted((*older.sightings, *younger.sightings), key=lambda sighting: sighting.glow.order)
    return Site(
        mean_place(older.place, younger.place),
        tuple(sightings),
        tuple(sorted({*older.parents, *younger.parents})),
        tuple(sorted({*older.joined, *younger.joined, younger.id})),
    )


def _renumbered(site: Site, number_of: dict[int, int], own: int) -> Site:
    sightings = tuple(replace(sighting, rivals=_moved(sighting.rivals, number_of, own)) for sighting in site.sightings)
    parents = tuple(sorted({number_of[old] for old in site.parents} - {own}))
    return replace(site, sightings=sightings, parents=parents)


def _moved(rivals: Sequence[Rival], number_of: dict[int, int], own: int) -> tuple[Rival, ...]:
    found: dict[int, float] = {}
    for rival in rivals:
        number = number_of[rival.number]
        if number != own:
            found[number] = found.get(number, 0.0) + rival.probability
    return tuple(Rival(number, share) for number, share in sorted(found.items(), key=lambda item: (-item[1], item[0])))
