"""Print the pages of the documentation that are tables in code.

``python docs/print_tables.py`` writes them; ``--check`` only compares and fails if one is out of date.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

from iovolc.archive.fields import CHANNEL_RANGES_UM, COLUMNS, Column, json_schema
from iovolc.errors import PROBLEMS
from iovolc.publish.schemas import markdown

FOLDER: Final = Path(__file__).parent

_CATALOGUE_HEAD = """# The catalogue

A catalogue is a CSV file in UTF-8 with a header line; each further line is one band of one image. Only `path` is
required in every row: a blank is read from the image file, and what neither gives is an error that names row and
column. The order of the columns is free. One bad row never stops the others.

```
path,channel,projection,left_lon_e,right_lon_e,top_lat,bottom_lat,mosaic_start_utc,mosaic_stop_utc
maps/voyager.jpg,red,bounds,0,360,90,-90,1979-03-05,1979-07-10
```

- Longitudes of edges are east, those under the observer and the Sun are west, as their names say.
- Times are UTC in ISO 8601, kept to the second. Every row needs `time_utc`, or `start_utc` and `stop_utc`, or the span
  of a mosaic; a single time is an instant.
- Images are GeoTIFF (also cloud-optimised), PNG or JPEG. A coordinate system must be one of Io: what counts is its
  radius, not its name. Pixels masked in the file, transparent or `nodata` are no data.
- The same file, band, channel and times twice are the same observation: the first row is kept.
"""

_ERRORS_HEAD = """# Input problems

`iovolc check` and every run name what is wrong with an input by these numbers, with the product, the row of the
catalogue (the header is row 1) and the column. E1xx concern the file, E2xx geometry, E3xx time, E4xx values and E5xx
the catalogue.
"""


def catalogue_page() -> str:
    """``catalogue.md``: the columns of a catalogue."""
    rows = [(f"`{column.name}`", _content(column), column.description) for column in COLUMNS.values()]
    channels = [(f"`{name}`", f"{low:g} to {high:g}") for name, (low, high) in CHANNEL_RANGES_UM.items()]
    return "\n".join(
        [
            _CATALOGUE_HEAD,
            _table(("column", "content", "meaning"), rows),
            "",
            "## Channels",
            "",
            "A wavelength outside its channel's range is an error (E404).",
            "",
            _table(("channel", "µm"), channels),
            "",
        ]
    )


def catalogue_schema() -> str:
    """``catalogue.schema.json``: JSON Schema of one row."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def errors_page() -> str:
    """``errors.md``: the numbered input problems."""
    rows = [(problem.code, problem.title, problem.fix) for problem in PROBLEMS.values()]
    return "\n".join([_ERRORS_HEAD, _table(("code", "problem", "what to do"), rows), ""])


PAGES: Final[MappingProxyType[str, Callable[[], str]]] = MappingProxyType(
    {
        "catalogue.md": catalogue_page,
        "catalogue.schema.json": catalogue_schema,
        "errors.md": errors_page,
        "outputs.md": markdown,
    }
)


def _content(column: Column) -> str:
    if column.choices:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    return ", ".join(filter(None, (column.kind, column.unit, column.range_text, "required" * column.required)))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(text.replace('|', chr(92) + '|') for text in row)} |" for row in cells)


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or compare them; 1 if one is out of date."""
    parser = argparse.ArgumentParser(description="Print the pages of the documentation that are tables in code.")
    parser.add_argument("--check", action="store_true", help="only compare; fail if a page is out of date")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages lie")
    options = parser.parse_args(arguments)
    if not options.check:
        for name, page in PAGES.items():
            (options.folder / name).write_text(page(), encoding="utf-8")
        return 0
    stale = [name for name, page in PAGES.items() if _current(options.folder / name) != page()]
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run python docs/print_tables.py\n")
    return 1 if stale else 0


def _current(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
