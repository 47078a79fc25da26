"""Targets: what to look at next, from the light curves of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from iovolc.errors import ConfigError, NoWork
from iovolc.model.observation import format_utc, parse_utc
from iovolc.pipeline.heat import read_heat
from iovolc.track.targets import rank_targets


@dataclass(frozen=True, slots=True)
class Targets:
    """Places, the best first (columns of :data:`iovolc.track.targets.COLUMNS`)."""

    table: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"targets": self._plain().to_dict("records")}

    def text(self) -> str:
        """The table."""
        return self._plain().to_string(index=False, na_rep="-")

    def _plain(self) -> pd.DataFrame:
        told = self.table.assign(last_look_utc=[format_utc(time) for time in self.table["last_look_utc"]])
        return told.astype(object).where(told.notna(), None)


def targets(run: Path, *, at: str = "", sub_observer_lats: Sequence[float] = (0.0,), top: int = 20) -> Targets:
    """What to look at next.

    Parameters
    ----------
    run : Path
        Outputs of a run.
    at : str
        When the next look would be (ISO 8601, UTC); empty is 30 days after the last one of the run.
    sub_observer_lats : sequence of float
        As for :func:`iovolc.track.targets.rank_targets`.
    top : int
        How many places.

    Raises
    ------
    ConfigError
        If the time cannot be read.
    NoWork
        If the run has no hot spot.
    """
    heat = read_heat(run)
    if heat.hotspots.empty:
        raise NoWork(f"{run} has no hot spot; ingest thermal images or measurements of heat first")
    try:
        time = parse_utc(at) if at else heat.light_curves["time_utc"].max().to_pydatetime() + timedelta(days=30)
    except ValueError as error:
        raise ConfigError(f"`{at}` is no time: write 2024-12-27T00:00:00Z") from error
    return Targets(rank_targets(heat.hotspots, heat.light_curves, time, sub_observer_lats=sub_observer_lats).head(top))
