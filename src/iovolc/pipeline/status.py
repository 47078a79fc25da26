"""Status: what a store holds, in plain values."""

from pathlib import Path
from typing import Any

from iovolc.cube.files import read_json
from iovolc.cube.layout import latest_run_file
from iovolc.model.observation import format_utc
from iovolc.pipeline.publish import refusals
from iovolc.pipeline.run import current_manifest


def status(store: Path) -> dict[str, Any]:
    """Manifest, epochs by channel, newest epoch, latest run and refused inputs of a store.

    Raises
    ------
    NoWork
        If nothing has been ingested yet.
    """
    manifest = current_manifest(store)
    newest = manifest.entries[-1] if manifest.entries else None
    try:
        latest = read_json(latest_run_file(store))["run_id"]
    except FileNotFoundError:
        latest = None
    return {
        "manifest": manifest.number,
        "pixels_per_degree": manifest.pixels_per_degree,
        "epochs": len(manifest.entries),
        "epochs_by_channel": {channel: len(manifest.of_channel(channel)) for channel in manifest.channels},
        "newest_epoch": f"{newest.observation_id} ({format_utc(newest.stop_utc)})" if newest else None,
        "bytes": sum(entry.n_bytes for entry in manifest.entries),
        "latest_run": latest,
        "refused": [str(finding) for finding in refusals(store, manifest.refused)],
    }
