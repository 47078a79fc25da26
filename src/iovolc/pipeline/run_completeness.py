"""What all comparisons of a run would have shown, put together for publishing: maps, check by injections, rates."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final

from iovolc.cube.entry import EpochEntry
from iovolc.detect.check import Check, pooled
from iovolc.detect.completeness import SIZES_KM, TOLD_FOR_Q
from iovolc.detect.curve import Curves
from iovolc.model.detection import Tracked
from iovolc.pipeline.completeness import Change, channel_rates, contradictions, rate_record
from iovolc.pipeline.detect import Scan, check_of_task, coarse_maps_of_task
from iovolc.pipeline.reach import curves_of
from iovolc.publish.run_output import Completeness, EpochReach

RATES_FOR: Final = {False: 0.2, True: 1.0}
"""Contrast, in ln albedo and (True) in standard deviations of rank, for which rates are told."""


def run_completeness(scan: Scan, tracked: Tracked) -> Completeness | None:
    """What the comparisons of a run would have shown; None where nothing was compared.

    Parameters
    ----------
    scan : Scan
        What was compared.
    tracked : Tracked
        The events, for the rates.
    """
    if not scan.tasks:
        return None
    curves = curves_of(scan.tasks[0].config.completeness)
    checks = [check_of_task(task) for task in scan.tasks]
    epochs = tuple(
        EpochReach(
            task.entry.observation_id,
            task.entry.channel,
            bool(told["relative"]),
            float(told["resolution_km"]),
            max(_middle(entry) for entry in task.predecessors),
            _middle(task.entry),
            partial(coarse_maps_of_task, task),
        )
        for task, told in zip(scan.tasks, scan.statistics, strict=True)
    )
    by_kind = {
        kind: [check for check, epoch in zip(checks, epochs, strict=True) if epoch.relative == relative]
        for kind, relative in (("calibrated", False), ("relative", True))
    }
    record = {
        "sizes_km": SIZES_KM,
        "false_discovery_rate": TOLD_FOR_Q,
        "check": {kind: _check_record(pooled(mine)) for kind, mine in by_kind.items() if mine},
        "rates": _rates(epochs, curves, tracked),
    }
    return Completeness(epochs, curves, record)


def completeness_notes(told: Completeness | None) -> tuple[str, ...]:
    """What a reader must know first if the run's own injections contradict the detection curves."""
    return () if told is None else contradictions(told.record["check"])


def _check_record(check: Check) -> dict[str, Any]:
    return {
        "injected": check.injected,
        "found": check.found,
        "expected": round(check.expected, 2),
        "expected_sigma": round(check.variance**0.5, 2),
        "contradicts": check.contradicts,
    }


def _rates(epochs: Sequence[EpochReach], curves: Curves, tracked: Tracked) -> list[dict[str, Any]]:
    """One row per channel and size."""
    rows: list[dict[str, Any]] = []
    for channel, group in groupby(epochs, key=lambda epoch: epoch.channel):
        mine = list(group)
        changes = [Change(size, RATES_FOR[mine[0].relative]) for size in SIZES_KM]
        found = channel_rates(mine, curves, changes, tracked.detections, tracked.events)
        rows += [
            {"channel": channel, "size_km": change.size_km, "contrast": change.contrast, **rate_record(one)}
            for change, one in zip(changes, found, strict=True)
        ]
    return rows


def _middle(entry: EpochEntry) -> datetime:
    return entry.start_utc + (entry.stop_utc - entry.start_utc) / 2
