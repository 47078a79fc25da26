"""Reads a published run back: its record and tables, from its folder alone."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from iovolc.errors import ConfigError
from iovolc.model.tables import DETECTIONS, EVENTS, Table
from iovolc.publish.run_output import InputFile
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

    @property
    def tables(self) -> dict[str, str]:
        """The sha256 of its tables of point measurements by name; none in records of before they were told."""
        return {item["name"]: item["sha256"] for item in self.record.get("points", ())}

    @property
    def input_files(self) -> tuple[InputFile, ...]:
        """Its observations as they were published."""
        return tuple(
            InputFile(**{**item, **{name: datetime.fromisoformat(item[name]) for name in ("start_utc", "stop_utc")}})
            for item in self.record["inputs"]
        )

    def event(self, event_id: str) -> pd.DataFrame:
        """The row of an event; the first digits of its id are enough where they are unique.

        Raises
        ------
        ConfigError
            If there is no such event, or several.
        """
        chosen = self.events[self.events["event_id"].str.startswith(event_id)]
        if len(chosen) != 1:
            many = f"{len(chosen)} events start with" if len(chosen) else "no event is called"
            raise ConfigError(f"{many} `{event_id}` in run {self.run_id}; the ids are in events.csv")
        return chosen

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
    events = _as_now(pd.read_parquet(folder / "events.parquet").drop(columns="geometry"), EVENTS.with_channels(()))
    detections = _as_now(pd.read_parquet(folder / "detections.parquet"), DETECTIONS)
    return SavedRun(folder, read_record(folder), events, detections)


def _as_now(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The table with the columns that were added since it was written, null."""
    missing = [column.name for column in table.columns if column.nullable and column.name not in frame]
    return frame.assign(**dict.fromkeys(missing))
