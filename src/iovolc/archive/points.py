"""Tables of point measurements: the second catalogue, read into measurements and findings.

Not for lists of published hot spots without time (:mod:`iovolc.archive.published_spots`).
"""

import csv
import difflib
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iovolc.archive.files import read_bytes
from iovolc.archive.point_fields import POINT_COLUMNS
from iovolc.archive.point_marks import declaration_path
from iovolc.archive.point_rows import parse_point
from iovolc.archive.point_tables import declared_cells, read_declaration
from iovolc.errors import Finding, InputError
from iovolc.model.glow import Glow

MAX_ROWS: Final = 200_000


@dataclass(frozen=True, slots=True)
class PointTable:
    """A table of point measurements.

    Parameters
    ----------
    name : str
        The file's name: a table replaces an earlier one of the same name.
    sha256 : str
        Of the file, and of its declaration if it has one.
    glows : tuple of Glow
        The usable rows, in order of time.
    findings : tuple of Finding
        What is wrong with the others.
    """

    name: str
    sha256: str
    glows: tuple[Glow, ...]
    findings: tuple[Finding, ...]


def read_points(path: Path) -> PointTable:
    """Read a table of point measurements.

    Parameters
    ----------
    path : Path
        A UTF-8 CSV with the columns of :data:`iovolc.archive.point_fields.POINT_COLUMNS`, or any table with a
        declaration (:mod:`iovolc.archive.point_tables`). At most 64 MiB and :data:`MAX_ROWS` rows.

    Returns
    -------
    PointTable
        Usable rows and findings: one bad row never stops the others.

    Raises
    ------
    InputError
        E501, E512 or E514 if the table cannot be read at all.
    TransientIOError
        If reading failed in a way that may pass.
    """
    content = read_bytes(path)
    findings: list[Finding] = []
    if declaration_path(path).exists():
        declared = read_declaration(path)
        content += b"\0" + declared.model_dump_json().encode()
        named, rows = {*declared.columns, *declared.constants}, declared_cells(path, declared)
    else:
        named, rows, findings = _csv(path, content)
    _require_columns(named, path.name)
    glows, bad = _parse(rows, path.name)
    return PointTable(path.name, hashlib.sha256(content).hexdigest(), glows, (*findings, *bad))


def _csv(path: Path, content: bytes) -> tuple[set[str], Iterator[tuple[int, Mapping[str, str]]], list[Finding]]:
    try:
        records = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError([Finding("E501", path.name, str(error))]) from error
    columns = [name.strip() for name in records[0]] if records else []
    repeated = sorted({name for name in columns if name and columns.count(name) > 1})
    if repeated:
        raise InputError([Finding("E501", path.name, f"the column `{repeated[0]}` stands twice", 1, repeated[0])])
    rows = (
        (number, dict(zip(columns, cells, strict=False)))
        for number, cells in enumerate(records[1:], 2)
        if any(cell.strip() for cell in cells)
    )
    return set(columns), rows, [_unknown(name, path.name) for name in columns if name and name not in POINT_COLUMNS]


def _unknown(name: str, product: str) -> Finding:
    near = difflib.get_close_matches(name.lower(), POINT_COLUMNS, n=1, cutoff=0.6)
    hint = f"did you mean `{near[0]}`?" if near else "no column has a similar name"
    return Finding("E502", product, f"`{name}` is not read; {hint}", 1, name)


def _require_columns(named: set[str], product: str) -> None:
    """The table as a whole must say which way its longitudes run, and have what every row needs."""
    senses = sorted(named & {"lon_w", "lon_e"})
    if len(senses) != 1:
        detail = "it has both `lon_w` and `lon_e`" if senses else "it has neither `lon_w` nor `lon_e`"
        raise InputError([Finding("E512", product, detail, 1)])
    missing = [name for name, column in POINT_COLUMNS.items() if column.required and name not in named]
    if missing:
        raise InputError([Finding("E501", product, f"it has no column `{missing[0]}`", 1, missing[0])])


def _parse(rows: Iterable[tuple[int, Mapping[str, str]]], product: str) -> tuple[tuple[Glow, ...], tuple[Finding, ...]]:
    glows: list[Glow] = []
    findings: list[Finding] = []
    known: dict[tuple[object, ...], int] = {}
    for count, (number, cells) in enumerate(rows, 1):
        if count > MAX_ROWS:
            raise InputError([Finding("E501", product, f"it has more than the {MAX_ROWS} rows that are read", number)])
        parsed = parse_point(cells, number=number, table=product)
        if not isinstance(parsed, Glow):
            findings += parsed
            continue
        twin = known.setdefault(_measurement(parsed), number)
        if twin == number:
            glows.append(parsed)
        else:
            findings.append(Finding("E505", product, f"row {twin} is the same measurement", number))
    return tuple(sorted(glows, key=lambda glow: glow.order)), tuple(findings)


def _measurement(glow: Glow) -> tuple[object, ...]:
    """What makes a row a measurement of its own: one named place has one value per observation."""
    return glow.observation_id, glow.label or (glow.lat, glow.lon_e), glow.quantity
