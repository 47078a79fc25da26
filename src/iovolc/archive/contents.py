"""What a catalogue comes to, of whatever kind it is: usable rows and findings; a row that repeats another is refused.

Not for reading a kind (:mod:`iovolc.archive.catalogue`, :mod:`iovolc.archive.stac`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from iovolc.archive.rows import Row
from iovolc.errors import Finding


@dataclass(frozen=True, slots=True)
class CatalogueContent:
    """What a catalogue holds.

    Parameters
    ----------
    rows : tuple of Row
        The usable rows, in the file's order.
    findings : tuple of Finding
        What is wrong with the catalogue itself and with the other rows, in the file's order.
    """

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def collected(parsed: Iterable[Row | tuple[Finding, ...]], findings: Sequence[Finding] = ()) -> CatalogueContent:
    """Usable rows and findings; of rows that are one observation, or share an id, the first is kept.

    Parameters
    ----------
    parsed : iterable of Row or tuple of Finding
        Each row, or what is wrong with it.
    findings : sequence of Finding
        What is wrong with the catalogue itself.
    """
    known = _Known({}, {})
    rows: list[Row] = []
    found = list(findings)
    for row in parsed:
        if not isinstance(row, Row):
            found += row
        elif (repeated := known.repeated(row)) is not None:
            found.append(repeated)
        else:
            known.add(row)
            rows.append(row)
    return CatalogueContent(tuple(rows), tuple(found))


@dataclass(frozen=True, slots=True)
class _Known:
    """The rows read so far, by id and by observation; the mappings grow while one catalogue is read."""

    by_id: dict[str, Row]
    by_observation: dict[tuple[object, ...], Row]

    def add(self, row: Row) -> None:
        if row.id:
            self.by_id[row.id] = row
        self.by_observation[observation_key(row)] = row

    def repeated(self, row: Row) -> Finding | None:
        """E504 or E505 if the row repeats an earlier one."""
        namesake = self.by_id.get(row.id) if row.id else None
        if namesake is not None and namesake.content != row.content:
            detail = f"`{row.id}` is also the id of {namesake.origin.place}, which differs"
            return row.origin.finding("E504", detail, "id")
        twin = namesake or self.by_observation.get(observation_key(row))
        if twin is None:
            return None
        return row.origin.finding("E505", f"{twin.origin.place} is the same observation", "path")


def observation_key(row: Row) -> tuple[object, ...]:
    """What makes a row an observation of its own: the pixels it names and when they were taken."""
    return (PurePosixPath(row.path), row.band_index, row.channel, row.start_utc, row.time_utc, row.stop_utc)
