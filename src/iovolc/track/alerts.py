"""Levels of alert: how loud an event should be, and which events are due a message because their level moved.

Not for sending: a level depends on an event's row alone, a change on the rows of a run and on what was told before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from iovolc.config_alerts import AlertsConfig

Level = Literal["none", "watch", "advisory", "alert"]
LEVELS: Final[tuple[Level, ...]] = ("none", "watch", "advisory", "alert")

Row = Mapping[str, Any]
"""An event of the table of events, as plain values."""

KEPT: Final = (
    "event_id", "kind", "tier", "lat", "lon_e", "lon_w", "position_sigma_km", "onset_after_utc", "onset_before_utc",
    "nearest_feature", "nearest_km",
)  # fmt: skip
"""What of an event is remembered, so that it is known again under another id."""

_BY_TIER: Final = {"A": 2, "B": 1}


@dataclass(frozen=True, slots=True)
class Standing:
    """What was last told of an event.

    Parameters
    ----------
    alert_id : str
        Its id when it was first told: the same for ever, while ``event_id`` may change with late data.
    number : int
        How many messages it has had.
    level : str
        The level that was told last.
    event : mapping
        The values of :data:`KEPT`, newest.
    """

    alert_id: str
    number: int
    level: Level
    event: Row


@dataclass(frozen=True, slots=True)
class Change:
    """A level that moved and must be told.

    Parameters
    ----------
    standing : Standing
        What is told once this is delivered.
    before : str
        The level that was told last; ``none`` at first.
    reason : str
        Why the event has its level.
    row : mapping or None
        The event; None if the run no longer has it.
    """

    standing: Standing
    before: Level
    reason: str
    row: Row | None

    @property
    def id(self) -> str:
        """The same however often this is sent: a receiver drops what it has."""
        return f"{self.standing.alert_id}-{self.standing.number}-{self.standing.level}"

    @property
    def verdict(self) -> str:
        """``raised`` or ``lowered``."""
        return "raised" if LEVELS.index(self.standing.level) > LEVELS.index(self.before) else "lowered"

    @property
    def urgency(self) -> tuple[int, str]:
        """Sorting key: the loudest of both levels first."""
        return -max(LEVELS.index(self.standing.level), LEVELS.index(self.before)), self.id


def level_of(row: Row, newest_utc: datetime | None, settings: AlertsConfig) -> tuple[Level, str]:
    """The level of an event, and why.

    Parameters
    ----------
    row : mapping
        The event.
    newest_utc : datetime or None
        End of the newest look of the run; None if the event's age does not count.
    settings : AlertsConfig
        Thresholds.

    Returns
    -------
    tuple of (str, str)
        One of :data:`LEVELS`, and the reasons in words.

    Notes
    -----
    Tier A is an advisory, tier B a watch; one level up for what is large or bright, one down for what fades. The table
    is in ``docs/operations.md``.
    """
    silent = _silent(row, newest_utc, settings)
    if silent:
        return "none", silent
    strong, fading = _strong(row, settings), _fading(row)
    place = _BY_TIER[row["tier"]] + bool(strong) - bool(fading)
    reason = "; ".join(text for text in (f"tier {row['tier']}", strong, fading) if text)
    if place < LEVELS.index(settings.min_level):
        return "none", f"{reason}; below {settings.min_level}"
    return LEVELS[place], reason


def decide(
    rows: Sequence[Row],
    standings: Mapping[str, Standing],
    known_as: Mapping[str, str],
    newest_utc: datetime | None,
    settings: AlertsConfig,
) -> tuple[dict[str, Standing], tuple[Change, ...]]:
    """Which events must be told of, given what was told before.

    Parameters
    ----------
    rows : sequence of mapping
        The events of a run.
    standings : mapping of str to Standing
        What was told, by ``alert_id``.
    known_as : mapping of str to str
        The ``alert_id`` of each event of the run that was told before, by ``event_id``.
    newest_utc : datetime or None
        As in :func:`level_of`.
    settings : AlertsConfig
        Thresholds.

    Returns
    -------
    tuple of (dict of str to Standing, tuple of Change)
        The standings with their events renewed, levels as told before; and what is due, the loudest first.
    """
    renewed, due = dict(standings), list[Change]()
    for row in rows:
        name = str(row["event_id"])
        event = kept(row)
        before = standings.get(known_as.get(name, ""), Standing(_unused(name, standings), 0, "none", event))
        level, reason = level_of(row, newest_utc, settings)
        if before.alert_id in standings:
            renewed[before.alert_id] = replace(before, event=event)
        if level != before.level:
            due.append(Change(Standing(before.alert_id, before.number + 1, level, event), before.level, reason, row))
    met = {known_as.get(str(row["event_id"])) for row in rows}
    for gone in (item for item in standings.values() if item.alert_id not in met and item.level != "none"):
        after = replace(gone, number=gone.number + 1, level="none")
        due.append(Change(after, gone.level, "the run no longer has this event", None))
    return renewed, tuple(sorted(due, key=lambda change: change.urgency))


def kept(row: Row) -> dict[str, Any]:
    """What of an event is remembered: the values of :data:`KEPT`, times to the second."""
    return {key: _to_the_second(row[key]) for key in KEPT}


def _to_the_second(value: Any) -> Any:
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def _unused(name: str, standings: Mapping[str, Standing]) -> str:
    """The name, with a number if another event once was told of under it."""
    return name if name not in standings else f"{name}.{sum(key.startswith(name) for key in standings) + 1}"


def _silent(row: Row, newest_utc: datetime | None, settings: AlertsConfig) -> str:
    """Why an event has no level at all; empty if it may have one."""
    if row["tier"] not in _BY_TIER:
        return f"tier {row['tier']} is a candidate"
    if row["status"] == "finished":
        return "finished"
    seen = row["last_seen_utc"]
    if newest_utc is not None and newest_utc - seen > timedelta(days=settings.recent_days):
        return f"last seen {seen:%Y-%m-%d}, more than {settings.recent_days:g} days before the newest look"
    return ""


def _strong(row: Row, settings: AlertsConfig) -> str:
    heat = row["kind"] == "thermal"
    if row["activity"] == "outburst":
        return "outburst"
    if row["kind"] == "ring":
        return "a plume's ring"
    if _reaches(row["radiance_gw_um_sr"], settings.radiance_gw_um_sr):
        return f"{row['radiance_gw_um_sr']:.4g} GW um-1 sr-1"
    if _reaches(row["power_gw"], settings.power_gw):
        return f"{row['power_gw']:.4g} GW"
    if not heat and _reaches(row["area_km2"], settings.area_km2):
        return f"{row['area_km2']:.0f} km2"
    return ""


def _reaches(value: float | None, threshold: float) -> bool:
    return value is not None and value >= threshold


def _fading(row: Row) -> str:
    if row["kind"] == "fading":
        return "the ground returns to what it was"
    if row["status"] == "fading" or row["activity"] in ("fading", "quiescent"):
        return "fading" if row["status"] == "fading" else str(row["activity"])
    return ""
