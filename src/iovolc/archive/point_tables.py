"""Tables of other people's making: CDS byte-by-byte, VOTable or CSV, by a declared mapping of their columns.

The declaration lies beside the table as ``<table>.columns.yaml``. Nothing is guessed from names or units.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, cast

import numpy as np
import yaml
from astropy.io import ascii as text_tables
from astropy.io.votable import parse_single_table
from astropy.table import Table
from astropy.time import Time
from pydantic import BaseModel, ConfigDict, ValidationError

from iovolc.archive.files import read_bytes
from iovolc.archive.point_fields import POINT_COLUMNS
from iovolc.archive.point_marks import declaration_path
from iovolc.archive.silence import silenced
from iovolc.errors import Finding, InputError

_HOSTILE: Final = re.compile(rb"<!(DOCTYPE|ENTITY)|<(\w+:)?STREAM\b[^>]*\bhref", re.IGNORECASE)


class Declaration(BaseModel):
    """What ``<table>.columns.yaml`` says.

    Attributes
    ----------
    format : str
        ``cds`` (header in the file or in ``readme``), ``mrt``, ``votable`` or ``csv``.
    columns : dict
        Our columns, each with the name of the table's.
    constants : dict
        Our columns that are the same in all rows.
    times : str
        How times are written: ``iso``, or Julian dates ``jd``, ``mjd``, or ``decimalyear`` (UTC).
    readme : str
        For ``cds``: the file in the same folder that describes the columns.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["cds", "mrt", "votable", "csv"]
    columns: dict[str, str]
    constants: dict[str, str | float] = {}
    times: Literal["iso", "jd", "mjd", "decimalyear"] = "iso"
    readme: str = ""


def read_declaration(path: Path) -> Declaration:
    """The declaration of a table.

    Raises
    ------
    InputError
        E514 if it is missing, is no such declaration, or names a column that is not ours.
    """
    place = declaration_path(path)
    if not place.exists():
        raise InputError([Finding("E514", path.name, f"there is no {place.name}")])
    try:
        declared = Declaration.model_validate(yaml.safe_load(read_bytes(place)))
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise InputError([Finding("E514", place.name, " ".join(str(error).split()))]) from error
    unknown = sorted({*declared.columns, *declared.constants} - set(POINT_COLUMNS))
    if unknown:
        raise InputError([Finding("E514", place.name, f"`{unknown[0]}` is no column of point measurements")])
    if declared.readme and Path(declared.readme).name != declared.readme:
        raise InputError([Finding("E514", place.name, "`readme` must be a file in the same folder")])
    return declared


def declared_cells(path: Path, declared: Declaration) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a foreign table under our names, counted from 1.

    Raises
    ------
    InputError
        E501 if the table cannot be read, E514 if it lacks a declared column.
    """
    table = _read(path, declared)
    missing = sorted(set(declared.columns.values()) - set(table.colnames))
    if missing:
        detail = f"it has no column `{missing[0]}`, but {', '.join(table.colnames)}"
        raise InputError([Finding("E514", path.name, detail)])
    constants = {name: str(value) for name, value in declared.constants.items()}
    for number in range(1, len(table) + 1):
        row = table[number - 1]
        cells = {ours: _text(row[theirs]) for ours, theirs in declared.columns.items()}
        if cells.get("time_utc") and declared.times != "iso":
            cells["time_utc"] = _iso(cells["time_utc"], declared.times)
        yield number, constants | {name: text for name, text in cells.items() if text}


def _read(path: Path, declared: Declaration) -> Table:
    content = read_bytes(path)
    try:
        with silenced():  # archives break their standards in small ways
            if declared.format == "votable":
                return _votable(path, content)
            options = {"readme": str(path.with_name(declared.readme))} if declared.readme else {}
            source = str(path) if declared.readme else content.decode("utf-8-sig")
            return cast("Table", text_tables.read(source, format=declared.format, guess=False, **options))
    except InputError:
        raise
    except Exception as error:  # astropy raises whatever its readers stumble over
        raise InputError([Finding("E501", path.name, f"as {declared.format}: {error}")]) from error


def _votable(path: Path, content: bytes) -> Table:
    if _HOSTILE.search(content):
        raise InputError([Finding("E501", path.name, "it declares entities or data elsewhere, which are not read")])
    return parse_single_table(BytesIO(content)).to_table(use_names_over_ids=True)


def _text(value: Any) -> str:
    if value is np.ma.masked or (isinstance(value, float | np.floating) and not np.isfinite(value)):
        return ""
    return str(value).strip()


def _iso(text: str, written_as: str) -> str:
    try:
        time = Time(float(text), format=written_as, scale="utc")
    except ValueError:
        return text  # the cell's reader says what is wrong with it
    return f"{str(time.isot).partition('.')[0]}Z"
