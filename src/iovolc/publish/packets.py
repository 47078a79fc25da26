"""What a receiver of an alert gets: all that a run says of one event, as plain values.

Texts of catalogues are values of JSON and nothing else; each sink says for itself how it keeps them text.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pyarrow.parquet as pq

from iovolc.publish import canonical
from iovolc.publish.staging import read_record
from iovolc.publish.triplet import PANELS
from iovolc.publish.wording import place_of
from iovolc.track.alerts import Change, Row

SCHEMA: Final = "iovolc-alert/1"
MAX_ROWS: Final = 200
"""At most so many rows of each table come with an alert, the newest."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One message.

    Parameters
    ----------
    id : str
        The same however often it is sent.
    headline : str
        For people, on one line once the sink has made it one.
    body : mapping
        Plain values.
    """

    id: str
    headline: str
    body: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The body as canonical JSON."""
        return canonical.text(self.body)


def read_rows(folder: Path, table: str, **where: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a table of a run, as plain values without polygons; a ``where`` keeps those of these values.

    Parameters
    ----------
    folder : Path
        The run.
    table : str
        Its name, such as ``events``.
    **where : sequence of str
        Column and values.
    """
    if not all(where.values()):
        return []  # pyarrow knows no type for an empty list
    path = folder / f"{table}.parquet"
    columns = [name for name in pq.read_schema(path).names if name != "geometry"]
    filters = [(name, "in", list(values)) for name, values in where.items()] or None
    return pq.read_table(path, columns=columns, filters=filters).to_pylist()


def packet(change: Change, folder: Path, link_base: str = "") -> Packet:
    """The message of one change: level, reason, the event, its history, upper limits and cut-outs.

    Parameters
    ----------
    change : Change
        What moved.
    folder : Path
        The run in the store, which has its name.
    link_base : str
        Address under which the store's ``runs`` are served; blank links to files.
    """
    named = summary(change)
    body = {
        "schema": SCHEMA,
        **named,
        "run_id": folder.name,
        "event": None if change.row is None else dict(change.row),
        **_past(folder, change.standing.event),
        "cutouts": _cutouts(folder, str(change.standing.event["event_id"]), link_base),
    }
    return Packet(change.id, headline(named), canonical.plain(body))


def digest(changes: Sequence[Change], run_id: str) -> Packet:
    """One message for what is beyond the budget.

    Parameters
    ----------
    changes : sequence of Change
        At least one.
    run_id : str
        The run.
    """
    told = [summary(change) for change in changes]
    name = hashlib.sha256("\n".join(item["id"] for item in told).encode()).hexdigest()[:16]
    body = {"schema": SCHEMA, "id": f"digest-{name}", "run_id": run_id, "digest": told}
    return Packet(f"digest-{name}", f"Io: {len(told)} further changes of level", canonical.plain(body))


def summary(change: Change) -> dict[str, Any]:
    """A change in a few values."""
    return {
        "id": change.id,
        "alert_id": change.standing.alert_id,
        "event_id": change.standing.event["event_id"],
        "level": change.standing.level,
        "level_before": change.before,
        "change": change.verdict,
        "reason": change.reason,
        "place": place_of(change.standing.event),
    }


def headline(named: Mapping[str, Any]) -> str:
    """A summary in a line for people."""
    return f"Io: {named['level']} (was {named['level_before']}): {named['place']}"


def _past(folder: Path, event: Row) -> dict[str, Any]:
    """What was seen at the place, and what was not where it could have been; each the newest, in order of time."""
    name = str(event["event_id"])
    (row,) = read_rows(folder, "events", event_id=[name]) or [{}]
    detections = read_rows(folder, "detections", event_id=[name])
    looks = read_rows(folder, "looks", detection_id=[item["detection_id"] for item in detections])
    curve = read_rows(folder, "light_curves", site_id=[row["site_id"]]) if row.get("site_id") else []
    dated = _Dated.of(folder)
    return {
        "history": {
            "detections": dated.newest(detections),
            "segments": read_rows(folder, "segments", event_id=[name])[-MAX_ROWS:],
            "light_curve": [item for item in curve if item["limit"] != "upper"][-MAX_ROWS:],
        },
        "upper_limits": {
            "looks": dated.newest([look for look in looks if look["state"] == "without"]),
            "light_curve": [item for item in curve if item["limit"] == "upper"][-MAX_ROWS:],
        },
    }


@dataclass(frozen=True, slots=True)
class _Dated:
    """When each observation of a run ended."""

    stop_utc: Mapping[str, str]

    @classmethod
    def of(cls, folder: Path) -> "_Dated":
        return cls({item["id"]: item["stop_utc"] for item in read_record(folder)["inputs"]})

    def newest(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """The rows with the ends of their observations, in order of these."""
        dated = [{**row, "stop_utc": self.stop_utc.get(row["observation_id"])} for row in rows]
        return sorted(dated, key=lambda row: (row["stop_utc"] or "", row["observation_id"]))[-MAX_ROWS:]


def _cutouts(folder: Path, event_id: str, link_base: str) -> dict[str, str] | None:
    """A link to each part of the event's figure; None if the run drew none."""
    inside = f"page/figures/{event_id}.png"
    if not (folder / inside).is_file():
        return None
    served = f"{link_base.rstrip('/')}/{quote(folder.name)}/{quote(inside)}"
    address = served if link_base else (folder.absolute() / inside).as_uri()
    return {name: f"{address}#xywh=pixel:{','.join(map(str, box))}" for name, box in PANELS.items()}
