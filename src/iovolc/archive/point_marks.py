"""How a table of point measurements is told from a catalogue of images. Not for reading one.

Apart from the reading (:mod:`iovolc.archive.points`), whose libraries take half a second to load.
"""

import csv
from pathlib import Path
from typing import Final

SUFFIX: Final = ".columns.yaml"
MARKS: Final = frozenset({"value", "limit"})
"""Columns that no catalogue of images has, and that every table of point measurements has."""
_HEADER_BYTES: Final = 1 << 16


def declaration_path(path: Path) -> Path:
    """Where the declaration of a table lies."""
    return path.with_name(path.name + SUFFIX)


def is_points_table(path: Path) -> bool:
    """Whether a file is a table of point measurements: by its declaration, or by its CSV header."""
    if declaration_path(path).exists():
        return True
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            text = stream.read(_HEADER_BYTES).decode("utf-8-sig", errors="replace").lstrip()
    except OSError:  # the reader of catalogues says why
        return False
    # Old line ends too: a carriage return alone is no part of a name.
    header = {name.strip() for name in next(csv.reader(text.splitlines()[:1]), [])}
    return header >= MARKS and "path" not in header
