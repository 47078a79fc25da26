"""Explain: how an event came about, from the files to the verdict, with every number that had a say."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from iovolc.cube.epochs import read_head_json
from iovolc.cube.past import fetch_entries
from iovolc.model.tables import DETECTIONS, EVENTS, LIGHT_CURVES
from iovolc.pipeline.heat import read_heat
from iovolc.pipeline.runs import manifest_of
from iovolc.publish.explained import Explanation, explained
from iovolc.publish.saved import SavedRun
from iovolc.publish.tables import json_rows


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
        If there is no such event, or several, or the store is not that of the run.
    """
    event = _event(run, event_id)
    rows = json_rows(run.detections_of(str(event["event_id"])), DETECTIONS)
    looks = _looks(run, event["site_id"])
    used = {name for row in rows for name in (row["observation_id"], *row["reference_ids"])}
    used |= {look["observation_id"] for look in looks}
    registered = _registered(run, store, used)
    inputs: dict[str, Mapping[str, Any]] = {
        name: {**item, **registered.get(name, {})} for name, item in run.inputs.items()
    }
    return explained(event, rows, looks, inputs, run.record, run.events)


def _event(run: SavedRun, event_id: str) -> dict[str, Any]:
    chosen = run.event(event_id)
    channels = [name.removeprefix("dlna_") for name in chosen.columns if name.startswith("dlna_")]
    return json_rows(chosen, EVENTS.with_channels(channels))[0]


def _looks(run: SavedRun, site_id: str | None) -> list[dict[str, Any]]:
    """The light curve of a hot spot."""
    if site_id is None:
        return []
    curves = read_heat(run.folder).light_curves
    return json_rows(curves[curves["site_id"] == site_id], LIGHT_CURVES)


def _registered(run: SavedRun, store: Path | None, used: Collection[str]) -> dict[str, dict[str, Any]]:
    """How each input that took part was registered, from the epochs in the store."""
    if store is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    entries = [entry for entry in manifest_of(run, store).entries if entry.observation_id in used]
    fetch_entries(store, entries)
    for entry in entries:
        head = read_head_json(store, entry)
        found[entry.observation_id] = {
            "content_hash": entry.content_hash,
            "registration": head["registration"],
            "resolution_km": head["resolution_km"],
        }
    return found
