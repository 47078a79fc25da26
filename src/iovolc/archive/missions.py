"""When each mission could see Io: facts to notice a wrong date by.

Not for instruments, which are described in ``data/instruments``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

FIRST_MAP_UTC: Final = datetime(1979, 1, 1, tzinfo=UTC)
"""Before Voyager 1 nothing resolved Io's surface."""


@dataclass(frozen=True, slots=True)
class Mission:
    """The span in which a mission or observatory observed.

    Parameters
    ----------
    words : tuple of str
        Its names in lower case; one of them begins the catalogue's ``mission``.
    first_utc : datetime
        No observation of Io is older.
    last_utc : datetime or None
        None is younger; None while it goes on.
    source : str
        Where the dates are from.
    """

    words: tuple[str, ...]
    first_utc: datetime
    last_utc: datetime | None
    source: str


def _mission(words: str, first: str, last: str, source: str) -> Mission:
    return Mission(tuple(words.split(",")), _day(first), _day(last) if last else None, source)


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MISSIONS: Final = (
    _mission("voyager 1", "1979-01-04", "1979-04-14", "PDS Voyager mission catalogue: Jupiter observation phases"),
    _mission("voyager 2", "1979-04-24", "1979-08-06", "PDS Voyager mission catalogue: Jupiter observation phases"),
    _mission("voyager", "1979-01-04", "1979-08-06", "PDS Voyager mission catalogue: both encounters"),
    _mission("galileo", "1995-12-07", "2003-09-22", "PDS Galileo mission catalogue: orbit insertion to impact"),
    _mission("cassini", "2000-10-01", "2001-04-01", "PDS Cassini mission catalogue: Jupiter flyby"),
    _mission("new horizons", "2006-09-01", "2007-07-01", "PDS New Horizons mission catalogue: Jupiter encounter"),
    _mission("juno", "2016-07-05", "", "PDS Juno mission catalogue: orbit insertion"),
    _mission("hst,hubble", "1990-04-25", "", "NASA: deployment of the Hubble Space Telescope"),
    _mission("jwst,james webb", "2022-01-24", "", "NASA: arrival of the James Webb Space Telescope at L2"),
    _mission("keck,w. m. keck,w.m. keck", "1990-11-24", "", "W. M. Keck Observatory: first light of Keck I"),
    _mission("gemini", "1999-06-25", "", "NOIRLab: dedication of Gemini North"),
    _mission("vlt", "1998-05-25", "", "ESO: first light of the first unit telescope"),
)


def mission_of(name: str) -> Mission | None:
    """The mission that a catalogue's text names; None if it is not listed."""
    text = name.strip().lower()
    return next((mission for mission in MISSIONS if text.startswith(mission.words)), None)
