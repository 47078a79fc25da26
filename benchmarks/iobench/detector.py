"""iovolc itself on a scene's store: what users run, from the stored epochs to the table of events."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.iobench.score import LEAST_SHARE, Field
from numpy.typing import NDArray

from iovolc.config import Config
from iovolc.cube.manifest import Manifest
from iovolc.parallel import Runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.track import track

SHEET = "equator"


@dataclass(frozen=True, slots=True)
class Find:
    """An event, as far as the benchmark asks.

    Parameters
    ----------
    score : float
        Combined signal-to-noise ratio of all looks: what a threshold is swept over, whatever the tier.
    change : int or None
        Index of the change it finds; None if none.
    sector : int
        1 + index of the sector it lies in; 0 where false events do not count.
    tier, kind : str
        From the table.
    lat, lon_e, area_km2, p_value, q_value, reliability : float
        From the table; reliability is the best of its detections.
    onset_after, onset_before : str
        ISO 8601, empty where not claimed.
    flags : tuple of str
        From the table.
    """

    score: float
    change: int | None
    sector: int
    tier: str
    kind: str
    lat: float
    lon_e: float
    area_km2: float
    p_value: float
    q_value: float
    reliability: float
    onset_after: str
    onset_before: str
    flags: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def find_events(
    store: Path, manifest: Manifest, config: Config, runner: Runner, field: Field
) -> tuple[tuple[Find, ...], dict[str, Any]]:
    """Run detection and tracking, and say which event finds which change.

    Parameters
    ----------
    store : Path
        The scene's store.
    manifest : Manifest
        Its epochs.
    config : Config
        The configuration under test.
    runner : Runner
        Maps tasks over workers.
    field : Field
        Where the changes are.

    Returns
    -------
    finds : tuple of Find
        All events, candidates included, best score first.
    statistics : dict
        Counts of detections and events.
    """
    context = Context(store, config, runner)
    scan = detect(manifest, context)
    tracked = track(manifest, scan, context)
    reliability = tracked.detections.groupby("event_id")["reliability"].max()
    finds = [
        _find(row, _pixels(tracked.footprints[str(row.event_id)]), float(reliability[row.event_id]), field)
        for row in tracked.events.itertuples(index=False)
    ]
    counts = {"detections": len(tracked.detections), "events": len(finds)}
    return tuple(sorted(finds, key=lambda find: -find.score)), counts


def _pixels(footprint: Any) -> NDArray[np.int64]:
    parts = [pixels for sheet, pixels in footprint.pixels if sheet == SHEET]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)


def _find(row: Any, pixels: NDArray[np.int64], reliability: float, field: Field) -> Find:
    inside = field.extent.ravel()[pixels]
    counts = np.bincount(inside, minlength=1) if pixels.size else np.zeros(1, int)
    best = int(np.argmax(counts[1:])) + 1 if len(counts) > 1 else 0
    hit = best > 0 and counts[best] >= LEAST_SHARE * pixels.size
    return Find(
        score=float(row.combined_snr),
        change=best - 1 if hit else None,
        sector=int(field.sector.ravel()[pixels[len(pixels) // 2]]) if pixels.size else 0,
        tier=str(row.tier),
        kind=str(row.kind),
        lat=float(row.lat),
        lon_e=float(row.lon_e),
        area_km2=float(row.area_km2),
        p_value=float(row.p_value),
        q_value=float(row.q_value),
        reliability=reliability,
        onset_after=_text(row.onset_after_utc),
        onset_before=_text(row.onset_before_utc),
        flags=tuple(row.flags),
    )


def _text(time: datetime | None) -> str:
    return "" if time is None or pd.isna(time) else pd.Timestamp(time).isoformat()
