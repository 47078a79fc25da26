"""``run.json``: what went in, what was compared, what came out, and how far to trust it. Without a clock."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import pandas as pd

from iovolc import __version__, body
from iovolc.errors import PROBLEMS, Finding
from iovolc.model.tables import SCHEMA_VERSION, TIERS, Table
from iovolc.publish.rasters import ChannelRasters, area_km2
from iovolc.publish.run_output import RunOutput
from iovolc.publish.staging import PROGRAM

BODY_AREA_KM2: Final = 4.0 * math.pi * body.RADIUS_KM**2
_COUNTED: Final = {"tier": TIERS, "kind": (), "status": (), "activity": ()}


def run_record(
    run: RunOutput, tables: Mapping[str, tuple[Table, pd.DataFrame]], rasters: Sequence[ChannelRasters]
) -> dict[str, Any]:
    """The record of a run as plain values.

    Parameters
    ----------
    run : RunOutput
        The run.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    rasters : sequence of ChannelRasters
        The published layers.
    """
    compared = compared_km2(run, rasters)
    rate = run.null_statistics.get("false_events_per_million_km2")
    return {
        "program": PROGRAM,
        "code_version": __version__,
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "state": run.state,
        "notes": run.notes,
        "credits": run.credits,
        "configuration": run.config.model_dump(mode="json"),
        "configuration_sha256": run.config.digest(),
        "algorithm_versions": run.algorithm_versions,
        "package_versions": run.package_versions,
        "manifest": {"number": run.manifest.number, "sha256": run.manifest.sha256},
        "inputs": [asdict(item) for item in run.manifest.inputs],
        "channels": [_channel(item) for item in rasters],
        "area_compared_km2": compared,
        "area_of_io_km2": round(BODY_AREA_KM2, 1),
        "null_statistics": run.null_statistics,
        "false_events_per_million_km2": rate,
        "expected_false_events": expected_false(rate, compared),
        "counts": counts(run, tables),
        "refused": [refusal(finding) for finding in run.refused],
    }


def compared_km2(run: RunOutput, rasters: Sequence[ChannelRasters]) -> float:
    """Area on the sphere that could be compared in at least one channel, in km2."""
    if not rasters:
        return 0.0
    union = rasters[0].comparable
    for item in rasters[1:]:
        union = union | item.comparable
    return round(area_km2(union, run.grid), 1)


def expected_false(rate: Any, compared: float) -> float | None:
    """How many false events the measured rate means for the compared area (km2); None without a rate."""
    return round(float(rate) * compared / 1e6, 3) if isinstance(rate, (int, float)) else None


def counts(run: RunOutput, tables: Mapping[str, tuple[Table, pd.DataFrame]]) -> dict[str, Any]:
    """Rows by table, and events by tier, kind, status and activity."""
    events = tables["events"][1]
    by = {f"events_by_{name}": _by_value(events[name], allowed) for name, allowed in _COUNTED.items()}
    rows = {name: len(frame) for name, (_, frame) in tables.items()}
    return {**rows, **by, "inputs": len(run.manifest.inputs), "refused": len(run.refused)}


def _by_value(column: "pd.Series[Any]", allowed: tuple[str, ...]) -> dict[str, int]:
    return {value: int((column == value).sum()) for value in allowed or sorted(set(column))}


def refusal(finding: Finding) -> dict[str, Any]:
    """A refused input with cause and fix."""
    problem = PROBLEMS[finding.code]
    return {**asdict(finding), "title": problem.title, "fix": problem.fix}


def _channel(item: ChannelRasters) -> dict[str, Any]:
    return {**asdict(item.summary), "area_compared_km2": item.compared_km2, "rasters": item.files}
