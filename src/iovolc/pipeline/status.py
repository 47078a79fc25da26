"""Status: what a store holds, what waits and how it fares, in plain values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from iovolc.cube.entry import EpochEntry
from iovolc.cube.holdings import things
from iovolc.cube.layout import latest_run_file, local
from iovolc.cube.pointer import operational_run
from iovolc.light.display import ratio_text
from iovolc.model.observation import format_utc
from iovolc.pipeline.publish import refusals
from iovolc.pipeline.run import current_manifest
from iovolc.pipeline.runs import last_run
from iovolc.publish.saved import SavedRun


def status(store: Path) -> dict[str, Any]:
    """Manifest, epochs by channel, operational run, backlog, refused inputs, size and health of a store.

    ``bytes`` is what the epochs of the manifest take, ``store_bytes`` what all of the store does: older versions, runs
    and kept results, too. ``health`` is ``ok``; ``degraded`` if inputs are refused; ``behind`` if the operational run
    lacks epochs that the store holds; ``unpublished`` if there is no operational run.

    Raises
    ------
    NoWork
        If nothing has been ingested yet.
    """
    manifest = current_manifest(store)
    newest = manifest.entries[-1] if manifest.entries else None
    latest = last_run(store)
    waiting = [entry.observation_id for entry in manifest.entries if _waits(entry, latest)]
    return {
        "health": _health(latest, refused=bool(manifest.refused), behind=bool(waiting)),
        "manifest": manifest.number,
        "pixels_per_degree": manifest.pixels_per_degree,
        "epochs": len(manifest.entries),
        "epochs_by_channel": {channel: len(manifest.of_channel(channel)) for channel in manifest.channels},
        "newest_epoch": f"{newest.observation_id} ({format_utc(newest.stop_utc)})" if newest else None,
        "point_tables": {table.name: table.n_rows for table in manifest.points},
        "bytes": sum(entry.n_bytes for entry in manifest.entries),
        "store_bytes": sum(thing.n_bytes for thing in things(store).values()),
        "latest_run": operational_run(store),
        "published_utc": _published_utc(store),
        "jupitershine": [] if latest is None else [_night(item) for item in latest.record.get("jupitershine", ())],
        "backlog": waiting,
        "refused": [str(finding) for finding in refusals(store, manifest.refused)],
    }


def _night(item: Mapping[str, Any]) -> str:
    return f"{item['observation_id']}: {ratio_text(item['night_day_ratio'])}"


def _waits(entry: EpochEntry, latest: SavedRun | None) -> bool:
    """Whether the operational run lacks this version of an epoch."""
    shown = None if latest is None else latest.inputs.get(entry.observation_id)
    return shown is None or shown["sha256"] != entry.source_sha256


def _health(latest: SavedRun | None, *, refused: bool, behind: bool) -> str:
    if latest is None:
        return "unpublished"
    if behind:
        return "behind"
    return "degraded" if refused else "ok"


def _published_utc(store: Path) -> str | None:
    try:
        changed = local(latest_run_file(store)).stat().st_mtime
    except FileNotFoundError:
        return None
    return format_utc(datetime.fromtimestamp(changed, UTC))
