"""``run.json``: what went in, what was compared, what came out, and how far to trust it. Without a clock."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import pandas as pd

from iovolc import __version__, body
from iovolc.errors import PROBLEMS, Finding
from iovolc.model.tables import SCHEMA_VERSION, TIERS, Table
from iovolc.publish.coverage import Coverage
from iovolc.publish.rasters import ChannelRasters
from iovolc.publish.reach import reach_record
from iovolc.publish.run_output import RunOutput
from iovolc.publish.staging import PROGRAM
from iovolc.track.heat_summary import eruption_rate, totals

BODY_AREA_KM2: Final = 4.0 * math.pi * body.RADIUS_KM**2
_FALSE_EVENTS: Final = ("false_events_per_million_km2", "expected_false_events", "area_compared_summed_km2")
_COUNTED: Final = {"tier": TIERS, "kind": (), "status": (), "activity": ()}


def run_record(
    run: RunOutput,
    tables: Mapping[str, tuple[Table, pd.DataFrame]],
    rasters: Sequence[ChannelRasters],
    coverage: Coverage,
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
    coverage : Coverage
        What all comparisons reached.
    """
    return {
        "program": PROGRAM,
        "code_version": __version__,
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "state": run.state,
        "notes": run.notes,
        "credits": run.credits,
        "configuration": run.config.portable(),
        "configuration_sha256": run.config.digest(),
        "algorithm_versions": run.algorithm_versions,
        "package_versions": run.package_versions,
        "manifest": {"number": run.manifest.number, "sha256": run.manifest.sha256},
        "inputs": [asdict(item) for item in run.manifest.inputs],
        "points": [table.to_json() for table in run.manifest.points],
        "channels": [_channel(item, coverage) for item in rasters],
        "area_compared_km2": coverage.compared_km2,
        "area_of_io_km2": round(BODY_AREA_KM2, 1),
        "null_statistics": run.null_statistics,
        **{name: run.null_statistics.get(name) for name in _FALSE_EVENTS},
        "completeness": None if run.completeness is None else reach_record(run.completeness),
        "heat": {"eruptions": eruption_rate(run.light_curves), "totals": totals(run.light_curves)},
        "jupitershine": list(run.jupitershine),
        "counts": counts(run, tables),
        "refused": [refusal(finding) for finding in run.refused],
    }


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


def _channel(item: ChannelRasters, coverage: Coverage) -> dict[str, Any]:
    """Areas: compared in any epoch of the channel, and by the layers, which show its newest epoch alone."""
    return {
        **asdict(item.summary),
        "area_compared_km2": coverage.by_channel[item.summary.channel],
        "newest_area_compared_km2": item.compared_km2,
        "rasters": item.files,
    }
