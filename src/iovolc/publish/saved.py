"""Reads a published run back: its record and tables, from its folder alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from iovolc.errors import ConfigError
from iovolc.publish.staging import RECORD, is_output, read_record


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run as published.

    Parameters
    ----------
    folder : Path
        Where it lies.
    record : dict
        Its ``run.json``.
    events, detections : DataFrame
        Its tables, without polygons.
    """

    folder: Path
    record: dict[str, Any]
    events: pd.DataFrame
    detections: pd.DataFrame

    @property
    def run_id(self) -> str:
        """Its name."""
        return str(self.record["run_id"])

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """Its observations by id."""
        return {item["id"]: item for item in self.record["inputs"]}

    def detections_of(self, event_id: str) -> pd.DataFrame:
        """The detections that make an event, in the order of the table."""
        return self.detections[self.detections["event_id"] == event_id].reset_index(drop=True)


def read_run(folder: Path) -> SavedRun:
    """Read a published run.

    Parameters
    ----------
    folder : Path
        An output folder, or ``STORE/runs/<run id>``.

    Raises
    ------
    ConfigError
        If the folder is not an output of iovolc.
    """
    if not is_output(folder):
        raise ConfigError(f"{folder} is not an output of iovolc: name a folder that holds {RECORD}")
    events = pd.read_parquet(folder / "events.parquet").drop(columns="geometry")
    return SavedRun(folder, read_record(folder), events, pd.read_parquet(folder / "detections.parquet"))
