"""A catalogue: a CSV file with one row per band, read into rows and findings; one bad row never stops the others."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from iovolc.archive.contents import CatalogueContent, collected
from iovolc.archive.fields import COLUMNS, nearest
from iovolc.archive.files import read_bytes
from iovolc.archive.rows import Row, parse_row
from iovolc.errors import Finding, InputError

MAX_COLUMNS: Final = 1000
MAX_ROWS: Final = 200_000


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
    return collected(
        (_parse(columns, cells, number, product) for number, cells in _limited(records, product)), findings
    )


def _limited(records: Iterator[tuple[int, list[str]]], product: str) -> Iterator[tuple[int, list[str]]]:
    for count, (number, cells) in enumerate(records, 1):
        if count > MAX_ROWS:
            raise InputError([Finding("E501", product, f"it has more than the {MAX_ROWS} rows that are read", number)])
        yield number, cells


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
    return [
        Finding("E502", product, f"`{name}` is not read; {nearest(name)}", number, name)
        for name in columns
        if name and name not in COLUMNS
    ]


def _parse(columns: list[str], cells: list[str], number: int, product: str) -> Row | tuple[Finding, ...]:
    surplus = [cell for name, cell in zip([*columns, *[""] * len(cells)], cells, strict=False) if not name]
    if any(cell.strip() for cell in surplus):
        detail = f"`{' '.join(surplus).strip()}` stands outside the named columns; quote texts that hold commas"
        return (Finding("E502", product, detail, number),)
    return parse_row(dict(zip(columns, cells, strict=False)), number=number, catalogue=product)
