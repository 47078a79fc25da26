"""What a suite says: a summary of plain values, and the page made from it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from benchmarks.iobench.peers import PEERS
from benchmarks.iobench.pool import (
    OWN,
    Operation,
    Record,
    best_operation,
    by_stratum,
    completeness,
    half_point,
    megapixels,
    operations,
    own_curve,
    peer_curve,
    trials,
)
from benchmarks.iobench.score import FALSE_PER_MPX, wilson
from benchmarks.iobench.truth import SECTORS

from iovolc.demo.view import distance_km
from iovolc.model.grid import Grid

EVEN: Final = "even"
RAW: Final = "raw"
"""Maps registered and brought to one resolution and one light by iovolc, and as they came."""
FROC_PER_MPX: Final = tuple(round(float(rate), 4) for rate in np.geomspace(0.1, 50.0, 28))
"""False detections per Mpx at which curves are told."""
FROC_STRATUM: Final = ">=4"
CHOSEN_AT: Final = 1.0
"""A peer's configuration is the one that finds most at this many false detections per Mpx."""
SURE_SNR: Final = 5.0
"""A search over a million places passes this about once by chance."""


def read_records(paths: Sequence[Path]) -> list[Record]:
    """Records of scenes, in order of their seeds."""
    return sorted((json.loads(path.read_text(encoding="utf-8")) for path in paths), key=lambda record: record["seed"])


def summarise(records: Sequence[Record], sector: str, pixels_per_degree: int) -> dict[str, Any]:
    """Everything the page tells of one sector.

    Parameters
    ----------
    records : sequence of dict
        Of :func:`benchmarks.iobench.suite.run_scene`.
    sector : str
        Where changes and false detections are counted. Peers choose their configuration there, each its best.
    pixels_per_degree : int
        Of the scenes.
    """
    wanted = trials(records, [sector])
    pixel_km = Grid.at(pixels_per_degree).pixel_km
    methods: dict[str, Any] = {}
    own = operations(records, own_curve, [sector])
    methods[OWN] = _method(own, wanted, "all events, candidates included, by the SNR of all looks together")
    for peer in PEERS:
        if all(peer.name in record["peers"] for record in records):
            methods |= _peer(peer.name, peer.configuration, records, wanted, sector)
    area = megapixels(records, [sector])
    return {
        "sector": sector,
        "base": sorted({str(record["base"]) for record in records}),
        "scenes": len(records),
        "changes": len(wanted),
        "megapixels": round(area, 3),
        "million_km2": round(area * pixel_km**2, 3),
        "pixel_km": round(pixel_km, 4),
        "residual_km": _quantiles([value for record in records for value in record["residual_km"]]),
        "methods": methods,
        "ceiling": {name: ceiling(members) for name, members in by_stratum(wanted).items()},
        "accuracy": accuracy(records, wanted, pixel_km),
        "decisions": decisions(records, wanted, sector),
        "missing": records[0]["missing"],
    }


def _peer(
    name: str, configuration: str, records: Sequence[Record], wanted: Mapping[tuple[int, int], Any], sector: str
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for cube in (EVEN, RAW):
        choices = [choice for choice in records[0]["peers"][name] if choice.startswith(cube)]
        tried = {
            choice: operations(records, lambda record, c=choice: peer_curve(record, name, c), [sector])
            for choice in choices
        }

        def worth(choice: str, tried: Mapping[str, list[Operation]] = tried) -> int:
            found = best_operation(tried[choice], CHOSEN_AT, wanted)
            return len(found.found & wanted.keys()) if found else 0

        if choices:
            best = max(choices, key=worth)
            label = name if cube == EVEN else f"{name} (raw cube)"
            out[label] = _method(tried[best], wanted, configuration, best)
    return out


def _method(
    curve: Sequence[Operation],
    wanted: Mapping[tuple[int, int], Mapping[str, Any]],
    configuration: str,
    chosen: str = "",
) -> dict[str, Any]:
    strata = by_stratum(wanted)
    out: dict[str, Any] = {"configuration": configuration, "chosen": chosen, "at": {}}
    for most in FALSE_PER_MPX:
        best = best_operation(curve, most, wanted)
        out["at"][f"{most:g}"] = {
            "threshold": best.threshold if best and np.isfinite(best.threshold) else None,
            "false_per_mpx": round(best.false_per_mpx, 4) if best else None,
            "half_snr": half_point(best, wanted),
            "strata": {name: completeness(best, members) for name, members in strata.items()},
        }
    plain = strata[FROC_STRATUM]
    out["froc"] = [completeness(best_operation(curve, rate, plain), plain) for rate in FROC_PER_MPX]
    return out


def ceiling(wanted: Mapping[tuple[int, int], Mapping[str, Any]]) -> dict[str, Any]:
    """Share of the changes to which a template that knows them answers with :data:`SURE_SNR` or more."""
    answers = [truth["template_snr"] for truth in wanted.values() if truth["template_snr"] is not None]
    return _share(sum(answer >= SURE_SNR for answer in answers), len(answers))


def accuracy(
    records: Sequence[Record], wanted: Mapping[tuple[int, int], Mapping[str, Any]], pixel_km: float
) -> dict[str, Any]:
    """How well iovolc's best event tells place, area, onset and kind of the changes it finds."""
    rows = []
    for (scene, index), truth in wanted.items():
        mine = [find for find in records[scene]["finds"] if find["change"] == index]
        if mine:
            rows.append(_compared(truth, max(mine, key=lambda find: find["score"]), records[scene]["epochs"], pixel_km))
    table = pd.DataFrame(rows, columns=["offset_px", "area_ratio", "radius_px", "onset_holds", "kind_right", "snr"])
    large = table[table["radius_px"] >= 4.0]
    claimed = table["onset_holds"].dropna()
    strong = table[table["snr"] >= 10.0]
    return {
        "found": len(table),
        "offset_px": _quantiles(table["offset_px"].tolist()),
        "area_error": _median((large["area_ratio"] - 1.0).abs()),
        "area_bias": _median(large["area_ratio"] - 1.0),
        "area_of": len(large),
        "onset_holds": _share(int(claimed.sum()), len(claimed)),
        "kind_right": _share(int(strong["kind_right"].sum()), len(strong)),
    }


def _compared(
    truth: Mapping[str, Any], find: Mapping[str, Any], epochs: Sequence[Mapping[str, Any]], pixel_km: float
) -> dict[str, Any]:
    offset = distance_km(truth["lat"], truth["lon_e"], np.array([find["lat"]]), np.array([find["lon_e"]]))
    before, after = (pd.Timestamp(epochs[k]["time_utc"]) for k in (truth["onset"] - 1, truth["onset"]))
    holds: bool | None = None
    if find["onset_before"]:
        middle = before + (after - before) / 2
        started = not find["onset_after"] or pd.Timestamp(find["onset_after"]) <= middle
        holds = bool(started and middle <= pd.Timestamp(find["onset_before"]))
    return {
        "offset_px": float(offset[0]) / pixel_km,
        "area_ratio": find["area_km2"] / truth["area_km2"],
        "radius_px": truth["radius_km"] / pixel_km,
        "onset_holds": holds,
        "kind_right": find["kind"] == truth["kind"],
        "snr": truth["snr"],
    }


def decisions(
    records: Sequence[Record], wanted: Mapping[tuple[int, int], Mapping[str, Any]], sector: str
) -> dict[str, Any]:
    """What the tiers come to: false ones among events of tier A and B, and the changes found by them."""
    number = list(SECTORS).index(sector) + 1
    sure = [
        (scene, find)
        for scene, record in enumerate(records)
        for find in record["finds"]
        if find["tier"] != "C" and find["sector"] == number
    ]
    false = sum(find["change"] is None for _, find in sure)
    kept = Operation(0.0, 0.0, frozenset((scene, find["change"]) for scene, find in sure if find["change"] is not None))
    return {
        "events": len(sure),
        "false": _share(false, len(sure)),
        "strata": {name: completeness(kept, members) for name, members in by_stratum(wanted).items()},
    }


def _share(count: int, of: int) -> dict[str, Any]:
    low, high = wilson(count, of)
    return {"count": count, "of": of, "share": count / of if of else None, "low": low, "high": high}


def _median(values: pd.Series) -> float | None:
    return round(float(values.median()), 4) if len(values) else None


def _quantiles(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return {"p10": round(float(low), 3), "p50": round(float(middle), 3), "p90": round(float(high), 3)}
