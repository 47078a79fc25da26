"""What each receiver of alerts has been told: one small file per receiver in the store, replaced whole.

It is written after a delivery, so a process killed in between tells again, under the same id. Not for the decision
what to tell: see :mod:`iovolc.track.alerts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from iovolc.cube.bucket import share
from iovolc.cube.files import read_json, write_json
from iovolc.cube.layout import StorePath, alerts_file, local
from iovolc.errors import StoreCorrupt
from iovolc.model.observation import parse_utc
from iovolc.publish.canonical import plain
from iovolc.track.alerts import Change, Standing

_TIMES: Final = ("onset_after_utc", "onset_before_utc")


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver has been told.

    Parameters
    ----------
    standings : mapping of str to Standing
        By ``alert_id``.
    run_id : str
        The run that was told last.
    spent : int
        How many single messages of that run it has had.
    """

    standings: Mapping[str, Standing] = field(default_factory=dict[str, Standing])
    run_id: str = ""
    spent: int = 0

    def of_run(self, run_id: str) -> "Told":
        """The same with the budget of a run: what is left of it, or all of it if the run is another one."""
        return self if run_id == self.run_id else replace(self, run_id=run_id, spent=0)

    def after(self, *changes: Change, spent: int) -> "Told":
        """The same once these changes are delivered for so many single messages."""
        delivered = {change.standing.alert_id: change.standing for change in changes}
        return replace(self, standings={**self.standings, **delivered}, spent=self.spent + spent)


def read_told(store: StorePath, receiver: str) -> Told:
    """What a receiver has been told; nothing if there is no file.

    Raises
    ------
    StoreCorrupt
        If the file is damaged.
    """
    path = alerts_file(store, receiver)
    try:
        data: Mapping[str, Any] = read_json(path)
        standings = {name: _standing(name, item) for name, item in data["standings"].items()}
        return Told(standings, data["run_id"], data["spent"])
    except FileNotFoundError:
        return Told()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreCorrupt(
            f"{path} does not say what was told: {error!r}; restore it, or delete it to be told of everything again"
        ) from error


def write_told(store: StorePath, receiver: str, told: Told) -> None:
    """Note what a receiver has been told, atomically."""
    standings = {
        name: {"number": item.number, "level": item.level, "event": plain(item.event)}
        for name, item in told.standings.items()
    }
    data = {"run_id": told.run_id, "spent": told.spent, "standings": standings}
    write_json(local(alerts_file(store, receiver)), data)
    share(store, "alerts")


def _standing(name: str, item: Mapping[str, Any]) -> Standing:
    event = dict(item["event"])
    times = {key: parse_utc(event[key]) for key in _TIMES if event.get(key) is not None}
    return Standing(name, item["number"], item["level"], {**event, **times})
