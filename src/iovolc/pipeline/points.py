"""Tables of point measurements on their way into the store, and out of it again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from iovolc.archive.inputs import Listing
from iovolc.archive.points import PointTable, read_points
from iovolc.config import SelectConfig
from iovolc.cube import points as stored
from iovolc.cube.entry import PointsEntry, Refused
from iovolc.cube.manifest import Manifest
from iovolc.cube.quarantine import refuse
from iovolc.errors import Finding, InputError
from iovolc.model.glow import Glow
from iovolc.pipeline.select import in_time


@dataclass(frozen=True, slots=True)
class TablesRead:
    """What tables gave.

    Parameters
    ----------
    entries : tuple of PointsEntry
        Of the tables that have a usable row.
    findings : tuple of Finding
        What is wrong with other rows.
    refused : tuple of Refused
        Tables of which rows were refused.
    """

    entries: tuple[PointsEntry, ...]
    findings: tuple[Finding, ...]
    refused: tuple[Refused, ...]


def take_tables(listings: Sequence[Listing], store: Path) -> TablesRead:
    """Read tables and put their measurements into the store; a manifest must name them yet.

    Raises
    ------
    InputError
        If a table that was named cannot be read at all, or differs from another one of its name; one that a pattern
        found is refused.
    """
    known: dict[str, PointTable] = {}
    unread: dict[str, tuple[Finding, ...]] = {}
    for listing in listings:
        table = read_listed(listing)
        if isinstance(table, PointTable):
            _add_listed(table, listing, known, unread)
        else:
            unread[listing.path.name] = table
    tables = tuple(known.values())
    entries = tuple(
        stored.write_points(store, table.name, table.sha256, table.glows) for table in tables if table.glows
    )
    refused = [refuse(store, table.sha256, table.name, table.findings) for table in tables if table.findings]
    refused += [refuse(store, hashlib.sha256(name.encode()).hexdigest(), name, told) for name, told in unread.items()]
    findings = [*(table.findings for table in tables), *unread.values()]
    return TablesRead(entries, tuple(finding for part in findings for finding in part), tuple(refused))


def read_listed(listing: Listing) -> PointTable | tuple[Finding, ...]:
    """A table, or why it cannot be read at all if a pattern found it.

    Raises
    ------
    InputError
        If a table that was named cannot be read at all.
    """
    try:
        return read_points(listing.path)
    except InputError as error:
        if not listing.is_found:
            raise
        return error.findings


def measurements(manifest: Manifest, store: Path, select: SelectConfig) -> tuple[Glow, ...]:
    """The point measurements of the chosen times that a manifest names, in order of time."""
    glows = [glow for table in manifest.points for glow in stored.read_points(store, table)]
    return tuple(sorted((glow for glow in glows if in_time(glow.time_utc, select)), key=lambda glow: glow.order))


def _add_listed(
    table: PointTable, listing: Listing, known: dict[str, PointTable], unread: dict[str, tuple[Finding, ...]]
) -> None:
    if known.setdefault(table.name, table).sha256 != table.sha256:
        namesake = Finding("E504", table.name, "two different tables have this name")
        if not listing.is_found:
            raise InputError([namesake])
        unread[listing.path.name] = (namesake,)
