"""From the records of scenes to curves: completeness against false detections, pooled over scenes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import numpy as np
from benchmarks.iobench.score import stratum_of, wilson
from benchmarks.iobench.truth import SECTORS, STRATA
from scipy.optimize import minimize

Record = Mapping[str, Any]
Step = tuple[float, frozenset[int], tuple[int, ...]]
Curve = Sequence[Step]
"""Threshold, changes found and false detections by sector, from the strictest threshold on."""

OWN: Final = "iovolc"


@dataclass(frozen=True, slots=True)
class Operation:
    """A method at one threshold, over all scenes.

    Parameters
    ----------
    threshold : float
        Detections of at least this score count.
    false_per_mpx : float
        False detections per million equatorial pixels free of changes.
    found : frozenset of tuple of int
        Scene and index of the changes found.
    """

    threshold: float
    false_per_mpx: float
    found: frozenset[tuple[int, int]]


def own_curve(record: Record) -> list[Step]:
    """The curve of iovolc's events in one scene, by their score."""
    none: Step = (np.inf, frozenset(), (0,) * len(SECTORS))

    def add(before: Step, find: Mapping[str, Any]) -> Step:
        _, found, false = before
        if find["change"] is not None:
            return find["score"], found | {find["change"]}, false
        return find["score"], found, tuple(n + (k + 1 == find["sector"]) for k, n in enumerate(false))

    ordered = sorted(record["finds"], key=lambda find: -find["score"])
    return list(accumulate(ordered, add, initial=none))


def peer_curve(record: Record, peer: str, configuration: str) -> list[Step]:
    """The curve of one configuration of a peer in one scene."""
    points = record["peers"][peer][configuration]
    return [(float(level), frozenset(found), tuple(false)) for level, found, false in points]


def megapixels(records: Iterable[Record], sectors: Sequence[str]) -> float:
    """Area free of changes over all scenes."""
    return sum(record["megapixels"][name] for record in records for name in sectors)


def operations(
    records: Sequence[Record], curve_of: Callable[[Record], Curve], sectors: Sequence[str]
) -> list[Operation]:
    """The method at every threshold that occurs in a scene."""
    curves = [curve_of(record) for record in records]
    area = megapixels(records, sectors)
    picked = [list(SECTORS).index(name) for name in sectors]
    thresholds = sorted({step[0] for curve in curves for step in curve}, reverse=True)
    at = [0] * len(curves)
    out: list[Operation] = []
    for threshold in thresholds:
        found: set[tuple[int, int]] = set()
        false = 0
        for scene, curve in enumerate(curves):
            while at[scene] < len(curve) and curve[at[scene]][0] >= threshold:
                at[scene] += 1
            if at[scene]:
                _, changes, count = curve[at[scene] - 1]
                found |= {(scene, change) for change in changes}
                false += sum(count[k] for k in picked)
        out.append(Operation(threshold, false / area, frozenset(found)))
    return out


def trials(records: Sequence[Record], sectors: Sequence[str]) -> dict[tuple[int, int], Mapping[str, Any]]:
    """The changes that count, by scene and index: in these sectors, shown before and after, of matched SNR >= 2."""
    return {
        (scene, index): truth
        for scene, record in enumerate(records)
        for index, truth in enumerate(record["truths"])
        if truth["sector"] in sectors and stratum_of(truth["snr"]) is not None
    }


def best_operation(
    all_of: Iterable[Operation], most_false: float, wanted: Mapping[tuple[int, int], Any]
) -> Operation | None:
    """The threshold that finds most of the wanted changes at no more than so many false detections per Mpx."""
    allowed = [one for one in all_of if one.false_per_mpx <= most_false]
    return max(allowed, key=lambda one: (len(one.found & wanted.keys()), one.threshold), default=None)


def completeness(operation: Operation | None, wanted: Mapping[tuple[int, int], Any]) -> dict[str, Any]:
    """Share found with its Wilson interval."""
    found = len(operation.found & wanted.keys()) if operation else 0
    low, high = wilson(found, len(wanted))
    share = found / len(wanted) if wanted else None
    return {"found": found, "of": len(wanted), "share": share, "low": low, "high": high}


def by_stratum(wanted: Mapping[tuple[int, int], Mapping[str, Any]]) -> dict[str, dict[tuple[int, int], Any]]:
    """The changes by stratum of matched SNR, and those of 4 and 8 or more together."""
    named = {f"{low:g}-{high:g}" if np.isfinite(high) else f">{low:g}": (low, high) for low, high in STRATA}
    named |= {">=4": (4.0, np.inf), ">=8": (8.0, np.inf)}
    return {
        name: {key: truth for key, truth in wanted.items() if low <= truth["snr"] < high}
        for name, (low, high) in named.items()
    }


def half_point(operation: Operation | None, wanted: Mapping[tuple[int, int], Mapping[str, Any]]) -> float | None:
    """Matched SNR at which half are found, by a logistic curve in ln SNR; None where the data do not bracket it."""
    if operation is None or not wanted:
        return None
    x = np.log([truth["snr"] for truth in wanted.values()])
    y = np.array([key in operation.found for key in wanted], np.float64)
    if y.min() == y.max():
        return None

    def loss(p: np.ndarray) -> float:
        z = np.exp(p[1]) * (x - p[0])
        return float((np.logaddexp(0.0, z) - y * z).sum()) + 0.01 * float(p[1] ** 2)

    fit = minimize(loss, np.array([np.log(6.0), 0.5]), method="Nelder-Mead")
    half = float(np.exp(fit.x[0]))
    return half if 0.5 < half < 500.0 else None
