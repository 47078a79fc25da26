"""Explain: how an event came about, from the files to the verdict, with every number that had a say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_head_json
from iovolc.cube.manifest import read_manifest
from iovolc.errors import ConfigError, StoreCorrupt
from iovolc.geometry.sphere import distance_km
from iovolc.model.tables import DETECTIONS, EVENTS
from iovolc.pipeline.causes import flat
from iovolc.publish.saved import SavedRun
from iovolc.publish.schemas import FLAG_MEANINGS
from iovolc.publish.tables import json_rows
from iovolc.publish.wording import place_of

_NEIGHBOURS_KM: Final = 500.0
_NEIGHBOURS: Final = 5
_RULES: Final = ("detect.", "track.")
_OF_NULL: Final = (
    "clusters", "passed", "null_draws", "null_clusters_per_draw", "p_floor", "inflation", "expected_false",
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
    inputs : tuple of dict
        Every observation that took part: file, sha256, times; with a store also how it was registered.
    null : dict
        By observation: what was measured on the null.
    rules : dict
        The thresholds in force, by ``section.key``.
    neighbours : tuple of dict
        The nearest other events.
    flags : dict
        Meaning of each of its flags.
    """

    event: Mapping[str, Any]
    detections: tuple[Mapping[str, Any], ...]
    inputs: tuple[Mapping[str, Any], ...]
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
            f"{verdict}; q = {event['q_value']:.2g}, SNR {event['snr']:.1f}; {area}",
            f"began between {after} and {before}",
            *(f"flag {name}: {meaning}" for name, meaning in self.flags.items()),
            "",
            "found in",
            *(_found(row, self.null.get(row["observation_id"], {})) for row in self.detections),
            "",
            "from",
            *(_input(item) for item in self.inputs),
            "",
            "neighbours",
            *(f"  {item['event_id']} tier {item['tier']} {item['away_km']:.0f} km away" for item in self.neighbours),
            "",
            "under the rules",
            *(f"  {key} = {json.dumps(value)}" for key, value in self.rules.items()),
        ]
        return "\n".join(lines)


def explain(run: SavedRun, event_id: str, store: Path | None = None) -> Explanation:
    """Gather everything that led to an event.

    Parameters
    ----------
    run : SavedRun
        The run.
    event_id : str
        The event; the first digits are enough where they are unique.
    store : Path or None
        The store of the run, for how its images were registered; None leaves that out.

    Raises
    ------
    ConfigError
        If there is no such event, or several.
    """
    event = _event(run, event_id)
    name = str(event["event_id"])
    rows = json_rows(run.detections_of(name), DETECTIONS)
    rows.sort(key=lambda row: (_stop(run, row["observation_id"]), row["detection_id"]))
    used = dict.fromkeys(other for row in rows for other in (*row["reference_ids"], row["observation_id"]))
    registered = _registered(run, store)
    null = {item["observation_id"]: item for item in run.record["null_statistics"].get("by_epoch", ())}
    return Explanation(
        event,
        tuple(rows),
        tuple({**run.inputs[other], **registered.get(other, {})} for other in used if other in run.inputs),
        {row["observation_id"]: null.get(row["observation_id"], {}) for row in rows},
        {key: value for key, value in flat(run.record["configuration"]).items() if key.startswith(_RULES)},
        tuple(_neighbours(run, event)),
        {flag: FLAG_MEANINGS[flag] for flag in event["flags"]},
    )


def _event(run: SavedRun, event_id: str) -> dict[str, Any]:
    chosen = run.event(event_id)
    channels = [name.removeprefix("dlna_") for name in chosen.columns if name.startswith("dlna_")]
    return json_rows(chosen, EVENTS.with_channels(channels))[0]


def _stop(run: SavedRun, observation_id: str) -> str:
    return str(run.inputs.get(observation_id, {}).get("stop_utc", ""))


def _registered(run: SavedRun, store: Path | None) -> dict[str, dict[str, Any]]:
    """How each input was registered, from the epochs in the store."""
    if store is None:
        return {}
    number = run.record["manifest"]["number"]
    try:
        entries: Sequence[EpochEntry] = read_manifest(store, number).entries
    except StoreCorrupt as error:
        raise ConfigError(f"{store} is not the store of run {run.run_id}: {error}") from error
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.observation_id in run.inputs:
            head = read_head_json(store, entry)
            found[entry.observation_id] = {
                "content_hash": entry.content_hash,
                "registration": head["registration"],
                "resolution_km": head["resolution_km"],
            }
    return found


def _neighbours(run: SavedRun, event: Mapping[str, Any]) -> list[dict[str, Any]]:
    others: pd.DataFrame = run.events[run.events["event_id"] != event["event_id"]]
    away_km = distance_km(event["lat"], event["lon_e"], others["lat"].to_numpy(), others["lon_e"].to_numpy())
    near = others.assign(away_km=np.round(away_km, 1))[away_km <= _NEIGHBOURS_KM].sort_values(["away_km", "event_id"])
    columns = ["event_id", "tier", "kind", "away_km"]
    return cast("list[dict[str, Any]]", near[columns].head(_NEIGHBOURS).to_dict(orient="records"))


def _found(row: Mapping[str, Any], null: Mapping[str, Any]) -> str:
    by_rank = row["contrast"] is None
    contrast = f"rank {row['rank_contrast']:+.2f}" if by_rank else f"ln albedo {row['contrast']:+.3f}"
    of_null = ", ".join(f"{key} {null[key]}" for key in _OF_NULL if key in null)
    return (
        f"  {row['observation_id']} ({row['channel']}), {row['kind']}: {contrast}, SNR {row['snr']:.1f} at "
        f"{row['scale_km']:.0f} km, p = {row['p_value']:.2g}, q = {row['q_value']:.2g}, "
        f"registration {row['registration_sigma_km']:.1f} km, against {len(row['reference_ids'])} earlier: "
        f"{', '.join(row['reference_ids'])}\n    null: {of_null}"
    )


def _input(item: Mapping[str, Any]) -> str:
    line = f"  {item['id']}: {item['path']} sha256 {item['sha256']}, {item['start_utc']} to {item['stop_utc']}"
    if "registration" not in item:
        return line
    told = {key: "unknown" if value is None else value for key, value in item["registration"].items()}
    shift = f"{told['shift_east_km']} km east and {told['shift_north_km']} km north"
    return f"{line}\n    moved ({told['method']}) by {shift} in the median, sigma {told['sigma_km']} km"
