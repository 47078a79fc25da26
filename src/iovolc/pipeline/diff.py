"""Diff: the events that a run gained, lost, moved or changed against another one, and why."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, cast

import numpy as np
import pandas as pd

from iovolc.geometry.sphere import distance_km
from iovolc.pipeline.causes import Changes, causes, changes_between
from iovolc.publish.saved import SavedRun
from iovolc.publish.wording import place_of

Verdict = Literal["gained", "lost", "moved", "changed"]
VERDICTS: Final = ("gained", "lost", "moved", "changed")

_GATE_SIGMAS = 3.0
_NOT_COMPARED = frozenset({"run_id", "event_id"})


@dataclass(frozen=True, slots=True)
class EventDifference:
    """One event that differs.

    Parameters
    ----------
    verdict : {'gained', 'lost', 'moved', 'changed'}
        ``moved``: its centre lies elsewhere by more than both position sigmas together.
    before_id, after_id : str or None
        Its names in the two runs.
    place : str
        For people.
    tier : str
        In the second run, or in the first where it was lost.
    moved_km : float or None
        Distance of the two centres; None where it was gained or lost.
    columns : dict
        What differs: column to (before, after).
    causes : tuple of str
        What can explain it (:func:`iovolc.pipeline.causes.causes`).
    """

    verdict: Verdict
    before_id: str | None
    after_id: str | None
    place: str
    tier: str
    moved_km: float | None
    columns: Mapping[str, tuple[Any, Any]]
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How one run differs from another.

    Parameters
    ----------
    before, after : str
        Run ids.
    changes : Changes
        What they were given differently.
    events : tuple of EventDifference
        Gained, lost, moved, changed, each by tier and place.
    unchanged : int
        Events that are the same in every column.
    """

    before: str
    after: str
    changes: Changes
    events: tuple[EventDifference, ...]
    unchanged: int

    def counts(self) -> dict[str, int]:
        """Events by verdict."""
        counted = {verdict: sum(event.verdict == verdict for event in self.events) for verdict in VERDICTS}
        return {**counted, "unchanged": self.unchanged}

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "before": self.before,
            "after": self.after,
            **self.counts(),
            "changes": asdict(self.changes),
            "events": [asdict(event) for event in self.events],
        }

    def text(self) -> str:
        """Lines for people."""
        heads = [f"{key}: {old} -> {new}" for key, old, new in (*self.changes.parameters, *self.changes.code)]
        heads += [*self.changes.inputs.values(), *self.changes.tables]
        lines = [", ".join(f"{number} {kind}" for kind, number in self.counts().items())]
        lines += [f"differs: {head}" for head in heads]
        return "\n".join([*lines, *(_line(event) for event in self.events)])


def diff(before: SavedRun, after: SavedRun) -> Difference:
    """Compare the events of two runs.

    An event is the same if its id is; else the nearest one left over of overlapping onset within three position
    sigmas, since the id changes with what an event is founded on.

    Parameters
    ----------
    before, after : SavedRun
        The runs.
    """
    changes = changes_between(before, after)
    channels = {name: item["channel"] for run in (before, after) for name, item in run.inputs.items()}

    def why(*sides: tuple[SavedRun, Row]) -> tuple[str, ...]:
        return causes(changes, [run.detections_of(row["event_id"]) for run, row in sides], channels)

    pairs, lost, gained = matched(_rows(before.events), _rows(after.events))
    differing = [(old, new, columns) for old, new in pairs if (columns := _columns(old, new))]
    found = [
        *(_one_sided("gained", row, why((after, row))) for row in gained),
        *(_one_sided("lost", row, why((before, row))) for row in lost),
        *(_two_sided(old, new, columns, why((before, old), (after, new))) for old, new, columns in differing),
    ]
    found.sort(key=lambda event: (VERDICTS.index(event.verdict), event.tier, event.place))
    return Difference(before.run_id, after.run_id, changes, tuple(found), len(pairs) - len(differing))


Row = dict[str, Any]


def matched(before: Sequence[Row], after: Sequence[Row]) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Pairs of rows that are one event, and the rows of either table that have no partner; see :func:`diff`.

    Parameters
    ----------
    before, after : sequence of dict
        Events, of which id, kind, place, its uncertainty, and onset are read.
    """
    old, new = ({str(row["event_id"]): row for row in rows} for rows in (before, after))
    pairs = [(old.pop(name), new.pop(name)) for name in [name for name in old if name in new]]
    gates = [(_gate(first, second), one, other) for one, first in old.items() for other, second in new.items()]
    for gate, one, other in sorted(gates):
        if gate <= _GATE_SIGMAS and one in old and other in new:
            pairs.append((old.pop(one), new.pop(other)))
    return pairs, list(old.values()), list(new.values())


def _rows(events: pd.DataFrame) -> list[Row]:
    return cast("list[Row]", events.to_dict(orient="records"))


def _gate(old: Row, new: Row) -> float:
    """Distance in position sigmas of both; infinite where kind or onset exclude that they are one event."""
    if old["kind"] != new["kind"] or not _overlap(old, new):
        return math.inf
    return _moved_km(old, new) / max(_sigma_km(old, new), 1e-9)


def _overlap(old: Row, new: Row) -> bool:
    """Whether the intervals of onset share a moment; an open end reaches for ever."""
    (after0, before0), (after1, before1) = ((row["onset_after_utc"], row["onset_before_utc"]) for row in (old, new))
    return not (_later(after1, before0) or _later(after0, before1))


def _later(one: Any, other: Any) -> bool:
    return bool(pd.notna(one) and pd.notna(other) and one > other)


def _moved_km(old: Row, new: Row) -> float:
    away = distance_km(old["lat"], old["lon_e"], np.array([new["lat"]]), np.array([new["lon_e"]]))
    return round(float(away[0]), 2)


def _sigma_km(old: Row, new: Row) -> float:
    return math.hypot(old["position_sigma_km"], new["position_sigma_km"])


def _columns(old: Row, new: Row) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys(name for name in (*old, *new) if name not in _NOT_COMPARED)
    pairs = {name: (_plain(old.get(name)), _plain(new.get(name))) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | list | tuple):
        return [str(item) for item in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.item() if isinstance(value, np.generic) else value


def _one_sided(verdict: Literal["gained", "lost"], row: Row, why: tuple[str, ...]) -> EventDifference:
    name = str(row["event_id"])
    ids = (None, name) if verdict == "gained" else (name, None)
    return EventDifference(verdict, *ids, place_of(row), str(row["tier"]), None, {}, why)


def _two_sided(old: Row, new: Row, columns: Mapping[str, tuple[Any, Any]], why: tuple[str, ...]) -> EventDifference:
    moved_km = _moved_km(old, new)
    verdict: Verdict = "moved" if moved_km > _sigma_km(old, new) else "changed"
    ids = str(old["event_id"]), str(new["event_id"])
    return EventDifference(verdict, *ids, place_of(new), str(new["tier"]), moved_km, columns, why)


def _line(event: EventDifference) -> str:
    name = event.after_id or event.before_id
    shown = [f"{key} {old} -> {new}" for key, (old, new) in event.columns.items() if key in _SHOWN]
    told = f" ({', '.join(shown)})" if shown else ""
    return f"{event.verdict}: {name} tier {event.tier}, {event.place}{told}; because: {'; '.join(event.causes) or '-'}"


_SHOWN = ("tier", "status", "activity", "kind", "area_km2", "q_value", "n_epochs")
