"""From chains of detections to the rows of the events table."""

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import numpy as np

from iovolc.config import TrackConfig
from iovolc.geometry.longitudes import west_from_east
from iovolc.geometry.sphere import lat_lon
from iovolc.model.grid import Grid
from iovolc.model.observation import CHANNELS
from iovolc.model.tables import EVENT_FLAGS
from iovolc.track.chains import Chain
from iovolc.track.changes import RIVALS, Change, strength_order
from iovolc.track.colour import SIDES
from iovolc.track.combined import combined_snr
from iovolc.track.kinds import is_ring, kind_of
from iovolc.track.lifecycle import activity, is_new_site, status
from iovolc.track.looks import Looks
from iovolc.track.names import Names, nearest_feature
from iovolc.track.onset import onset
from iovolc.track.regions import edge_pixels
from iovolc.track.support import Support, is_seconded, lifted, refined
from iovolc.track.tiers import counting, dating, event_p, event_q_values, sound, tier

UNPUBLISHED: Final = "unpublished"
"""Stands for the run id until the run is published."""
_SIGMA_OF_FWHM: Final = 1.0 / (2.0 * math.sqrt(2.0 * math.log(2.0)))


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows need besides the chains: looks, names, grid, gates and the false-discovery rate."""

    looks: Looks
    names: Names
    grid: Grid
    config: TrackConfig
    q: float


def event_id(chain: Chain) -> str:
    """First 12 hex digits of the sha256 over the id of the founding detection."""
    return hashlib.sha256(chain.founding.id.encode()).hexdigest()[:12]


def event_rows(
    chains: Sequence[Chain], context: Context, support: Sequence[Sequence[Support]] | None = None
) -> list[dict[str, Any]]:
    """One row of the events table per chain, in the chains' order.

    Parameters
    ----------
    chains : sequence of Chain
        The events.
    context : Context
        What the rows need besides.
    support : sequence of sequence of Support, or None
        The segments of each event; None where none were sought.
    """
    ids = [event_id(chain) for chain in chains]
    firsts = [dating(chain.changes, context.q) for chain in chains]
    causal = [onset(first, chain.changes, context.looks) for first, chain in zip(firsts, chains, strict=True)]
    support = support or [()] * len(chains)
    begun = [refined(start, mine, one.channel) for start, mine, one in zip(causal, support, firsts, strict=True)]
    seconded = [is_seconded(chain, one, mine) for chain, one, mine in zip(chains, firsts, support, strict=True)]
    p_values = [event_p(chain) for chain in chains]
    q_values = event_q_values(p_values, [bool(sound(chain.changes)) for chain in chains])
    tiers = [
        lifted(tier(chain, own, context.q, unordered=start.flag == "span_overlap"), chain, start, seconded=second)
        for chain, start, second, own in zip(chains, begun, seconded, q_values, strict=True)
    ]
    strong = context.config.strong_overlap
    rows: list[dict[str, Any]] = []
    for k, (name, chain, start, grade, second) in enumerate(zip(ids, chains, begun, tiers, seconded, strict=True)):
        lifecycle = {
            "event_id": name,
            "tier": grade,
            "status": status(grade, chain.undone, strong, seconded=second),
            "activity": activity(chain, chains, start, context.looks, strong),
            "new_site": is_new_site(chain, tiers),
            "parents": sorted(ids[number] for number in chain.parents),
            "related": [],
            "site_id": None,
            "onset_after_utc": start.after_utc,
            "onset_before_utc": start.before_utc,
            "p_value": p_values[k],
            "q_value": q_values[k],
            "flags": _flags(chain, start.flag, context),
        }
        rows.append(lifecycle | _place(chain, context) | _what(chain, firsts[k], context.grid) | _evidence(chain))
    return rows


def weighted_contrast(changes: Iterable[Change]) -> float:
    """Mean change of ln albedo, weighted by the inverse variance; NaN if none is calibrated."""
    known = [change for change in changes if math.isfinite(change.contrast)]
    if not known:
        return math.nan
    weights = [_weight(change) for change in known]
    return math.fsum(w * change.contrast for w, change in zip(weights, known, strict=True)) / math.fsum(weights)


def area_sigma_km2(change: Change, grid: Grid) -> float:
    """One-sigma uncertainty of a footprint's area.

    The edge is uncertain by registration and resolution, independently from one resolution element of the perimeter to
    the next: ``L sigma_edge / sqrt(n)`` with ``n`` elements along the perimeter ``L``.
    """
    length_km = edge_pixels(change.footprint, grid) * grid.pixel_km
    element_km = max(change.resolution_km, grid.pixel_km)
    edge_km = math.hypot(change.registration_sigma_km, change.resolution_km * _SIGMA_OF_FWHM)
    return length_km * edge_km / math.sqrt(max(length_km / element_km, 1.0))


def _place(chain: Chain, context: Context) -> dict[str, Any]:
    lat, lon_e = (float(value) for value in lat_lon(chain.position.vector))
    typical = _typical(chain.changes)
    match = nearest_feature(chain.position.vector, context.names, context.config.name_within_km)
    return {
        "lat": lat,
        "lon_e": lon_e,
        "lon_w": float(west_from_east(lon_e)),
        "position_sigma_km": chain.position.sigma_km,
        "area_km2": typical.area_km2,
        "area_sigma_km2": area_sigma_km2(typical, context.grid),
        "diameter_km": 2.0 * math.sqrt(typical.area_km2 / math.pi),
        "nearest_feature": match.name if match else None,
        "nearest_km": match.distance_km if match else None,
        "match_probability": match.probability if match else None,
    }


def _typical(changes: Sequence[Change]) -> Change:
    """The change of median area, weighted by the squared signal-to-noise ratio.

    The largest of several would be too large, and grow with their number.
    """
    ordered = sorted(changes, key=lambda change: (change.area_km2, change.id))
    below = list(accumulate(change.snr**2 for change in ordered))
    return ordered[bisect_left(below, 0.5 * below[-1])]


def _what(chain: Chain, first: Change, grid: Grid) -> dict[str, Any]:
    generation = [change for change in chain.changes if change.visit == first.visit]
    colour = _colour(generation)
    dlna, sigma = ({name: told[part] for name, told in colour.items()} for part in (0, 1))
    ranks = [change for change in generation if change.relative]
    weights = np.array([change.snr for change in ranks])
    rank = float(weights @ np.array([change.rank_contrast for change in ranks]) / weights.sum()) if ranks else None
    largest = max(chain.changes, key=lambda change: (change.area_km2, change.id))
    found = kind_of(chain.changes, dlna, sigma, ring=is_ring(largest.footprint, grid), reverts=chain.reverts)
    kinds = {
        "kind": found.kind,
        "kind_probability": found.probability,
        "second_kind": found.second,
        "second_kind_probability": found.second_probability,
    }
    return kinds | {"rank_contrast": rank} | {f"dlna_{channel}": value for channel, value in dlna.items()}


def _evidence(chain: Chain) -> dict[str, Any]:
    changes = chain.changes
    best = min(changes, key=strength_order)
    seen = {change.channel for change in changes}
    return {
        "last_seen_utc": max(change.epoch.stop_utc for change in changes),
        "n_epochs": len({change.visit for change in changes}),
        "channels": [channel for channel in CHANNELS if channel in seen],
        "snr": max(change.snr for change in changes),
        "combined_snr": combined_snr(changes),
        "reliability": max(change.reliability for change in changes),
        "light_class": best.light_class,
        "power_method": "none",
        "run_id": UNPUBLISHED,
    }


def _colour(changes: Sequence[Change]) -> Mapping[str, tuple[float, float]]:
    """Change of ln albedo and its sigma by channel; where it was not found in a channel that tells colour, as measured.

    NaN where nothing is calibrated, or no error is known.
    """
    calibrated = [change for change in changes if not change.relative]
    found = {name: [change for change in changes if change.channel == name] for name in _channels(changes)}
    colour = {name: (weighted_contrast(mine), _sigma(mine)) for name, mine in found.items()}
    if not calibrated:
        return colour
    best = min(sound(calibrated) or calibrated, key=strength_order)
    missing = {name for name in SIDES if not math.isfinite(colour.get(name, (math.nan,))[0])}
    return colour | {name: told for name, told in best.elsewhere.items() if name in missing}


def _channels(changes: Sequence[Change]) -> list[str]:
    return sorted({change.channel for change in changes})


def _sigma(changes: Sequence[Change]) -> float:
    known = [change for change in changes if math.isfinite(change.contrast) and change.contrast_sigma > 0.0]
    return math.fsum(_weight(change) for change in known) ** -0.5 if known else math.nan


def _weight(change: Change) -> float:
    return change.contrast_sigma**-2 if change.contrast_sigma > 0.0 else change.snr**2


def _flags(chain: Chain, onset_flag: str | None, context: Context) -> list[str]:
    """The flags of the detections; those of rivals only where no change that counts is free of them.

    What one visit alone saw, and the next one undid, differs in that visit's map only.
    """
    counted = counting(chain.changes, context.q)
    words = {flag for change in chain.changes for flag in change.flags} - RIVALS
    words |= {onset_flag} if onset_flag else set()
    if all(change.rivalled for change in counted):
        words |= {flag for change in counted for flag in change.flags & RIVALS}
    if len(chain.sightings) == 1 and chain.undone >= context.config.strong_overlap:
        words |= {"odd_map"}
    words |= {"reverts"} if chain.reverts else set()
    return [flag for flag in EVENT_FLAGS if flag in words]
