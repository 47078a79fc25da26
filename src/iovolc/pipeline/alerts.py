"""Alerts: who must be told that the level of an event moved, and telling them; each change once per receiver.

Only the operational run is told of: a rerun speaks up once it is promoted.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from iovolc.config_alerts import AlertsConfig
from iovolc.cube.lock import alerting
from iovolc.errors import ConfigError, NoWork, StoreError, TransientIOError, one_line
from iovolc.model.observation import parse_utc
from iovolc.pipeline.diff import matched
from iovolc.pipeline.runs import operational_folder
from iovolc.publish.packets import digest, headline, packet, read_rows, summary
from iovolc.publish.receivers import Receiver, any_receiver, deliver, receivers
from iovolc.publish.staging import read_record
from iovolc.publish.told import Told, read_told, write_told
from iovolc.track.alerts import LEVELS, Change, Row, Standing, decide, kept, level_of

Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of telling one receiver.

    Parameters
    ----------
    due : tuple of str
        Headlines of what it had not been told, the loudest first.
    sent : int
        How many of these changes were delivered.
    trouble : str
        Why others were not; empty if all were.
    may_pass : bool
        Whether it may help to try again.
    """

    due: tuple[str, ...]
    sent: int = 0
    trouble: str = ""
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class Alerts:
    """What came of telling all receivers.

    Parameters
    ----------
    run_id : str
        The operational run.
    levels : tuple of (str, str, str)
        Level, event id and reason of every event that has a level, the loudest first.
    receivers : mapping of str to Outcome
        By name.
    """

    run_id: str
    levels: tuple[tuple[str, str, str], ...]
    receivers: Mapping[str, Outcome]

    @property
    def sent(self) -> int:
        """Changes that were delivered, over all receivers."""
        return sum(outcome.sent for outcome in self.receivers.values())

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why others were not."""
        return tuple(f"alerts to {name}: {item.trouble}" for name, item in self.receivers.items() if item.trouble)

    @property
    def may_pass(self) -> bool:
        """Whether it may help to try again."""
        return any(outcome.may_pass for outcome in self.receivers.values())

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        levels = [{"level": level, "event_id": name, "reason": reason} for level, name, reason in self.levels]
        return {
            "run": self.run_id,
            "levels": levels,
            "receivers": {name: asdict(outcome) for name, outcome in self.receivers.items()},
        }

    def text(self) -> str:
        """Lines for people."""
        lines = [f"{level:9}{name}: {reason}" for level, name, reason in self.levels]
        for name, outcome in self.receivers.items():
            lines += [f"{name}: {outcome.sent} of {len(outcome.due)} sent", *(f"  {line}" for line in outcome.due)]
        return "\n".join(lines) or "no event has a level"


def alert(store: Path, settings: AlertsConfig, *, dry_run: bool = False, pause: Pause = time.sleep) -> Alerts:
    """Tell each receiver what it has not been told of the operational run.

    Parameters
    ----------
    store : Path
        The store.
    settings : AlertsConfig
        Who is told, from which level on.
    dry_run : bool
        Only say what would be sent.
    pause : callable
        Waits for so many seconds between attempts.

    Raises
    ------
    NoWork
        If nothing is published yet.
    ConfigError
        If a secret is not in the environment.
    StoreConflict
        If another process is sending for more than ten minutes.
    """
    found = receivers(settings)
    with alerting(store) if found else nullcontext():  # an older run must not be told of after a newer one
        run = operational_folder(store)
        rows = read_rows(run, "events")
        newest_utc = _newest(run, rows)
        errands = [_Errand(store, run, rows, newest_utc, settings, receiver) for receiver in found]
        outcomes = {errand.receiver.name: _see_to(errand, dry_run, pause) for errand in errands}
    return Alerts(run.name, _levels(rows, newest_utc, settings), outcomes)


def alert_if_asked(store: Path, settings: AlertsConfig, pause: Pause = time.sleep) -> Alerts | None:
    """:func:`alert` after publishing; None if nobody is to be told or there is no operational run."""
    if not any_receiver(settings):
        return None
    try:
        return alert(store, settings, pause=pause)
    except NoWork:
        return None


def alert_or_retry(store: Path, settings: AlertsConfig, pause: Pause = time.sleep) -> Alerts | None:
    """:func:`alert_if_asked` for a schedule.

    Raises
    ------
    TransientIOError
        If a receiver could not be told and may be later; what was delivered is noted.
    """
    done = alert_if_asked(store, settings, pause)
    if done is not None and done.may_pass:
        raise TransientIOError("; ".join(done.troubles))
    return done


def require_receivers(settings: AlertsConfig) -> None:
    """Fail at once rather than after hours of work if a secret is not in the environment.

    Raises
    ------
    ConfigError
        That names the variable.
    """
    receivers(settings)


@dataclass(frozen=True, slots=True)
class _Errand:
    """One receiver and what there is to tell it."""

    store: Path
    run: Path
    rows: Sequence[Row]
    newest_utc: datetime | None
    settings: AlertsConfig
    receiver: Receiver

    def note(self, told: Told) -> None:
        write_told(self.store, self.receiver.name, told)


def _see_to(errand: _Errand, dry_run: bool, pause: Pause) -> Outcome:
    try:
        before = read_told(errand.store, errand.receiver.name)
        told, changes = _due(errand, before)
        if dry_run:
            return Outcome(_headlines(changes))
        if told.standings != before.standings:
            errand.note(told)
        return _tell(errand, told, changes, pause)
    except (TransientIOError, StoreError) as error:  # reading or writing the notes
        return Outcome((), 0, str(error), isinstance(error, TransientIOError))


def _due(errand: _Errand, told: Told) -> tuple[Told, tuple[Change, ...]]:
    """What a receiver was told, with this run's budget and events renewed, and what it must be told now."""
    known_as = _known_as(told.standings, errand.rows)
    renewed, changes = decide(errand.rows, told.standings, known_as, errand.newest_utc, errand.settings)
    return replace(told.of_run(errand.run.name), standings=renewed), changes


def _known_as(standings: Mapping[str, Standing], rows: Sequence[Row]) -> dict[str, str]:
    """Under which ``alert_id`` each event was told: ids change with what an event is founded on."""
    by_id = {str(item.event["event_id"]): item.alert_id for item in standings.values()}
    pairs, _, _ = matched([dict(item.event) for item in standings.values()], [kept(row) for row in rows])
    return {str(new["event_id"]): by_id[str(old["event_id"])] for old, new in pairs}


def _tell(errand: _Errand, told: Told, changes: tuple[Change, ...], pause: Pause) -> Outcome:
    """Deliver what is due, and note it after each delivery."""
    run, settings = errand.run, errand.settings
    left = max(settings.budget - told.spent, 0)
    singles, rest = changes[:left], changes[left:]
    batches = [*((change,) for change in singles), *((rest,) if rest else ())]
    sent, refused = 0, ""
    for number, batch in enumerate(batches):
        single = number < len(singles)
        message = packet(batch[0], run, settings.link_base) if single else digest(batch, run.name)
        try:
            deliver(errand.receiver, message, pause)
        except TransientIOError as error:
            return Outcome(_headlines(changes), sent, str(error), may_pass=True)
        except (ConfigError, StoreError) as error:
            refused = refused or str(error)
            continue  # one that is refused for itself must not keep the others back
        told = told.after(*batch, spent=int(single))
        errand.note(told)
        sent += len(batch)
    return Outcome(_headlines(changes), sent, refused)


def _headlines(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(one_line(headline(summary(change))) for change in changes)


def _levels(
    rows: Sequence[Row], newest_utc: datetime | None, settings: AlertsConfig
) -> tuple[tuple[str, str, str], ...]:
    judged = [(*level_of(row, newest_utc, settings), str(row["event_id"])) for row in rows]
    loud = [(level, name, reason) for level, reason, name in judged if level != "none"]
    return tuple(sorted(loud, key=lambda item: (-LEVELS.index(item[0]), item[1])))


def _newest(run: Path, rows: Sequence[Row]) -> datetime | None:
    """End of the newest look: of an image, or of an event that only tables of measurements show."""
    ends = [parse_utc(item["stop_utc"]) for item in read_record(run)["inputs"]]
    return max([*ends, *(row["last_seen_utc"] for row in rows)], default=None)
