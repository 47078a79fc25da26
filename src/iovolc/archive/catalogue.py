"""A catalogue: a CSV file with one row per band, read into rows and findings; one bad row never stops the others."""

import csv
import difflib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from iovolc.archive.fields import COLUMNS
from iovolc.archive.files import read_bytes
from iovolc.archive.rows import Row, parse_row
from iovolc.errors import Finding, InputError

MAX_COLUMNS: Final = 1000
MAX_ROWS: Final = 200_000


@dataclass(frozen=True, slots=True)
class CatalogueContent:
    """What a catalogue holds.

    Parameters
    ----------
    rows : tuple of Row
        The usable rows, in the file's order.
    findings : tuple of Finding
        What is wrong with the header and with the other rows, in the file's order.
    """

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def read_catalogue(path: Path) -> CatalogueContent:
    """Read a catalogue.

    Parameters
    ----------
    path : Path
        A UTF-8 CSV file with a header line; :data:`iovolc.archive.fields.COLUMNS` lists its columns. At most
        64 MiB, :data:`MAX_ROWS` and :data:`MAX_COLUMNS`, and cells of 131072 characters.

    Returns
    -------
    CatalogueContent
        Usable rows and findings.

    Raises
    ------
    InputError
        E501 if the file cannot be read as a table with a column ``path``.
    TransientIOError
        If reading failed in a way that may pass.
    """
    product = path.name
    records = _records(path)
    header_number, header = next(records, (1, []))
    columns = [name.strip() for name in header]
    _check_header(columns, product)
    findings = _unknown_columns(columns, header_number, product)
    known = _Known({}, {})
    rows: list[Row] = []
    for count, (number, cells) in enumerate(records, 1):
        if count > MAX_ROWS:
            raise InputError([Finding("E501", product, f"it has more than the {MAX_ROWS} rows that are read", number)])
        parsed = _parse(columns, cells, number, product)
        if isinstance(parsed, Row):
            repeated = known.repeated(parsed)
            parsed = parsed if repeated is None else (repeated,)
        if isinstance(parsed, Row):
            known.add(parsed)
            rows.append(parsed)
        else:
            findings.extend(parsed)
    return CatalogueContent(tuple(rows), tuple(findings))


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number of the first line and cells of every record that is not blank."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except InputError as error:
        raise InputError([replace(finding, code="E501") for finding in error.findings]) from error
    except UnicodeDecodeError as error:
        hint = "; it looks like UTF-16" if error.object.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
        raise InputError([Finding("E501", path.name, f"byte {error.start} is not UTF-8{hint}")]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        detail = f"the record that starts in line {number}: {error}; check its quotes"
        raise InputError([Finding("E501", path.name, detail, number)]) from error


def _check_header(columns: list[str], product: str) -> None:
    if len(columns) > MAX_COLUMNS:
        detail = f"the header has {len(columns)} columns; at most {MAX_COLUMNS} are read"
        raise InputError([Finding("E501", product, detail, 1)])
    repeated = sorted(name for name, count in Counter(columns).items() if name and count > 1)
    if repeated:
        raise InputError([Finding("E501", product, f"the column `{repeated[0]}` stands twice", 1, repeated[0])])
    if "path" in columns:
        return
    separators = [mark for mark in (";", "\t") if any(mark in name for name in columns)]
    seen = ", ".join(name for name in columns if name) or "nothing"
    reason = "; the cells are not separated by commas" if separators else ""
    raise InputError(
        [Finding("E501", product, f"the header has no column `path`{reason}; it holds: {seen}", 1, "path")]
    )


def _unknown_columns(columns: list[str], number: int, product: str) -> list[Finding]:
    findings: list[Finding] = []
    for name in columns:
        if name and name not in COLUMNS:
            near = difflib.get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.6)
            hint = f"did you mean `{near[0]}`?" if near else "no column has a similar name"
            findings.append(Finding("E502", product, f"`{name}` is not read; {hint}", number, name))
    return findings


def _parse(columns: list[str], cells: list[str], number: int, product: str) -> Row | tuple[Finding, ...]:
    surplus = [cell for name, cell in zip([*columns, *[""] * len(cells)], cells, strict=False) if not name]
    if any(cell.strip() for cell in surplus):
        detail = f"`{' '.join(surplus).strip()}` stands outside the named columns; quote texts that hold commas"
        return (Finding("E502", product, detail, number),)
    return parse_row(dict(zip(columns, cells, strict=False)), number=number)


@dataclass(frozen=True, slots=True)
class _Known:
    """The rows read so far, by id and by observation; the mappings grow while one catalogue is read."""

    by_id: dict[str, Row]
    by_observation: dict[tuple[object, ...], Row]

    def add(self, row: Row) -> None:
        if row.id:
            self.by_id[row.id] = row
        self.by_observation[_observation(row)] = row

    def repeated(self, row: Row) -> Finding | None:
        """E504 or E505 if the row repeats an earlier one."""
        namesake = self.by_id.get(row.id) if row.id else None
        if namesake is not None and replace(namesake, number=row.number) != row:
            detail = f"`{row.id}` is also the id of row {namesake.number}, which differs"
            return Finding("E504", row.path, detail, row.number, "id")
        twin = namesake or self.by_observation.get(_observation(row))
        if twin is None:
            return None
        return Finding("E505", row.path, f"row {twin.number} is the same observation", row.number, "path")


def _observation(row: Row) -> tuple[object, ...]:
    """What makes a row an observation of its own: the pixels it names and when they were taken."""
    return (PurePosixPath(row.path), row.band_index, row.channel, row.start_utc, row.time_utc, row.stop_utc)
