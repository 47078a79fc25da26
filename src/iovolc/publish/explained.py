"""How an event came about, as one value and as lines for people: from the observations to the verdict.

Not for gathering it from a store (:mod:`iovolc.pipeline.explain`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any, Final

import numpy as np
import pandas as pd

from iovolc.geometry.sphere import distance_km
from iovolc.model.tables import LIGHT_CURVE_VALUES
from iovolc.publish.schemas import FLAG_MEANINGS
from iovolc.publish.wording import place_of

_NEIGHBOURS_KM: Final = 500.0
_NEIGHBOURS: Final = 5
_RULES: Final = ("light", "detect", "track")
_RULES_OF_HEAT: Final = ("heat", "track")
_UNITS: Final = ("GW um-1 sr-1", "GW", "in its own unit")
_SIGNS: Final = {"detection": "", "upper": "< ", "lower": "> "}
_OF_NULL: Final = (
    "bulk_centre", "bulk_width", "clusters", "passed", "null_draws", "null_clusters_per_draw", "p_floor", "inflation",
    "expected_false",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an event came about.

    Parameters
    ----------
    event : dict
        Its row of the events table.
    detections : tuple of dict
        Rows of its detections, oldest epoch first.
    looks : tuple of dict
        Rows of the light curve of its hot spot, oldest first; empty where it has none.
    inputs : tuple of dict
        Every observation that took part: file, sha256, times; with a store also how it was registered.
    tables : dict
        The sha256 of the file of every table of point measurements that the looks come from, by its name.
    null : dict
        By observation: what was measured on the null, and how its predecessors were matched to its tone.
    rules : dict
        The thresholds in force, by ``section.key``.
    neighbours : tuple of dict
        The nearest other events.
    flags : dict
        Meaning of each of its flags.
    """

    event: Mapping[str, Any]
    detections: tuple[Mapping[str, Any], ...]
    looks: tuple[Mapping[str, Any], ...]
    inputs: tuple[Mapping[str, Any], ...]
    tables: Mapping[str, str]
    null: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, Any]
    neighbours: tuple[Mapping[str, Any], ...]
    flags: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}

    def text(self) -> str:
        """Lines for people."""
        event = self.event
        after, before = event["onset_after_utc"] or "unknown", event["onset_before_utc"] or "unknown"
        area = f"{event['area_km2']:.0f} +- {event['area_sigma_km2']:.0f} km2"
        verdict = f"tier {event['tier']}, {event['status']}, {event['activity']}"
        lines = [
            f"{event['event_id']}: {place_of(event)}",
            f"{verdict}; q = {event['q_value']:.2g}, SNR {event['snr']:.1f}{_together(event)}; {area}",
            f"began between {after} and {before}",
            *(f"flag {name}: {meaning}" for name, meaning in self.flags.items()),
            *_part("found in", (_found(row, self.null.get(row["observation_id"], {})) for row in self.detections)),
            *_part("measured at its hot spot", map(_measured, self.looks)),
            *_part("from", [*map(_input, self.inputs), *starmap(_table, self.tables.items())]),
            *_part("neighbours", map(_neighbour, self.neighbours)),
            *_part("under the rules", (f"  {key} = {json.dumps(value)}" for key, value in self.rules.items())),
        ]
        return "\n".join(lines)


def _part(title: str, lines: Iterable[str]) -> list[str]:
    """A part of the text, with nothing where there is nothing to tell."""
    told = list(lines)
    return ["", title, *told] if told else []


def _together(event: Mapping[str, Any]) -> str:
    """What all looks come to; empty where others say nothing more, and in outputs of before it was told."""
    combined = event.get("combined_snr")
    return "" if combined in (None, event["snr"]) else f" ({combined:.1f} with what all looks show there)"


def explained(
    event: Mapping[str, Any],
    detections: Sequence[Mapping[str, Any]],
    looks: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, Mapping[str, Any]],
    record: Mapping[str, Any],
    events: pd.DataFrame,
) -> Explanation:
    """Put together what led to an event.

    Parameters
    ----------
    event : mapping
        Its row of the events table, as plain values.
    detections : sequence of mapping
        The rows of its detections, as plain values.
    looks : sequence of mapping
        The rows of the light curve of its hot spot, as plain values.
    inputs : mapping of str to mapping
        The run's observations by id.
    record : mapping
        The run's ``run.json``, for the null, the rules and the tables of measurements.
    events : DataFrame
        All events, for the neighbours.
    """
    rows = sorted(detections, key=lambda row: (_stop(inputs, row["observation_id"]), row["detection_id"]))
    seen = sorted(looks, key=lambda look: (look["time_utc"], look["observation_id"]))
    used = dict.fromkeys(other for row in rows for other in (*row["reference_ids"], row["observation_id"]))
    used |= dict.fromkeys(look["observation_id"] for look in seen)
    sources = {look["source"] for look in seen}
    null = {item["observation_id"]: item for item in record["null_statistics"].get("by_epoch", ())}
    sections = dict.fromkeys((*(_RULES if rows else ()), *(_RULES_OF_HEAT if seen else ())))
    config = record["configuration"]
    rules = {f"{section}.{key}": value for section in sections for key, value in config[section].items()}
    return Explanation(
        event,
        tuple(rows),
        tuple(seen),
        tuple(inputs[other] for other in used if other in inputs),
        {one["name"]: one["source_sha256"] for one in record.get("points", ()) if one["name"] in sources},
        {row["observation_id"]: null.get(row["observation_id"], {}) for row in rows},
        dict(sorted(rules.items())),
        tuple(_neighbours(events, event)),
        {flag: FLAG_MEANINGS[flag] for flag in event["flags"]},
    )


def _stop(inputs: Mapping[str, Mapping[str, Any]], observation_id: str) -> str:
    return str(inputs.get(observation_id, {}).get("stop_utc", ""))


def _neighbours(events: pd.DataFrame, event: Mapping[str, Any]) -> list[dict[str, Any]]:
    away_km = distance_km(event["lat"], event["lon_e"], events["lat"].to_numpy(), events["lon_e"].to_numpy())
    near = np.flatnonzero((away_km <= _NEIGHBOURS_KM) & (events["event_id"] != event["event_id"]).to_numpy())
    columns = [events[name].to_numpy()[near] for name in ("event_id", "tier", "kind")]
    rows = zip(*columns, np.round(away_km[near], 1), strict=True)
    ordered = sorted(rows, key=lambda row: (row[3], row[0]))[:_NEIGHBOURS]
    return [dict(zip(("event_id", "tier", "kind", "away_km"), row, strict=True)) for row in ordered]


def _neighbour(item: Mapping[str, Any]) -> str:
    return f"  {item['event_id']} tier {item['tier']} {item['away_km']:.0f} km away"


def _measured(look: Mapping[str, Any]) -> str:
    """One look at the hot spot: value and error, or the limit where nothing was seen."""
    told = zip(LIGHT_CURVE_VALUES, _UNITS, strict=True)
    value, sigma, unit = next((look[one], look[two], of) for (one, two), of in told if look[one] is not None)
    sign = _SIGNS[look["limit"]]
    error = "" if sigma is None or sign else f" +- {sigma:g}"
    words = [look["source"], *([look["activity"]] if look["activity"] else []), *look["flags"]]
    return f"  {look['time_utc']} {look['band']}: {sign}{value:g}{error} {unit} ({', '.join(words)})"


def _found(row: Mapping[str, Any], null: Mapping[str, Any]) -> str:
    by_rank = row["contrast"] is None
    contrast = f"rank {row['rank_contrast']:+.2f}" if by_rank else f"ln albedo {row['contrast']:+.3f}"
    of_null = ", ".join(f"{key} {null[key]}" for key in _OF_NULL if key in null)
    matched = "".join(
        f"\n    {_matched(item, by_rank=by_rank)}"
        for item in null.get("matched", ())  # older runs lack it
        if item["observation_id"] in row["reference_ids"]
    )
    return (
        f"  {row['observation_id']} ({row['channel']}), {row['kind']}: {contrast}, SNR {row['snr']:.1f} at "
        f"{row['scale_km']:.0f} km, p = {row['p_value']:.2g}, q = {row['q_value']:.2g}, "
        f"registration {row['registration_sigma_km']:.1f} km, against {len(row['reference_ids'])} earlier: "
        f"{', '.join(row['reference_ids'])}\n    light: {_light(row)}{matched}\n    null: {of_null}"
    )


def _matched(item: Mapping[str, Any], *, by_rank: bool) -> str:
    """How one predecessor was brought to the tone of the epoch."""
    lit = " against ".join(dict.fromkeys(item["light"]))
    told = f"matched {item['observation_id']} (light: {lit})"
    if item["gain"] is None:
        return f"{told}: no ground in common"
    unit = "ranks" if by_rank else "ln albedo"
    offset = "" if item["offset"] is None else f"offset {item['offset']:+.3f} +- {item['error']:.3f}, "
    return f"{told}: gain {item['gain']:.3f}, {offset}smooth surface {item['surface']:.3f} in {unit}"


def _light(row: Mapping[str, Any]) -> str:
    """How the place was lit and seen, as far as it is known."""
    angles = (("incidence", "incidence_deg"), ("emission", "emission_deg"), ("phase", "phase_deg"))
    told = [f"{name} {row[key]:.1f} deg" for name, key in angles if row.get(key) is not None]  # older runs lack some
    other = row.get("delta_phase_deg")
    told += [] if other is None else [f"{other:.1f} deg of phase from the earlier"]
    return ", ".join([str(row.get("light_class") or "unknown"), *told])


def _table(name: str, sha256: str) -> str:
    return f"  {name}: table of measurements, sha256 {sha256}"


def _input(item: Mapping[str, Any]) -> str:
    line = f"  {item['id']}: {item['path']} sha256 {item['sha256']}, {item['start_utc']} to {item['stop_utc']}"
    if "registration" not in item:
        return line
    told = {key: "unknown" if value is None else value for key, value in item["registration"].items()}
    shift = f"{told['shift_east_km']} km east and {told['shift_north_km']} km north"
    return f"{line}\n    moved ({told['method']}) by {shift} in the median, sigma {told['sigma_km']} km"
