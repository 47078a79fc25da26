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

from iovolc.archive.descriptors import load_descriptors
from iovolc.archive.fields import CHANNEL_RANGES_UM, COLUMNS, Column, json_schema
from iovolc.archive.instrument import Descriptor
from iovolc.archive.instrument_parts import TAGS, Band, Level, Number
from iovolc.archive.photometry import Parameter, PhotometrySet, bundled_photometry
from iovolc.errors import PROBLEMS
from iovolc.light.photometric import PARAMETERS
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
- Only the named file is read, for its hash is all that tells one version from another: a worldfile, an `.aux.xml`,
  `.msk` or `.ovr` beside it is not. Give the edges by `bounds`, or write place and mask into a GeoTIFF.
- Files lie in the catalogue's folder or below it, links followed. Files elsewhere are refused (E105) unless the setting
  `ingest.roots` names their folder; addresses on a network, GDAL's virtual files and devices always (E106).
- An image of more than `ingest.max_megapixels` (1024 million pixels, all bands together) is refused unread (E107). A
  catalogue has at most 64 MiB, 200 000 rows and 1000 columns, a cell at most 131 072 characters.
- The same file, band, channel and times twice are the same observation: the first row is kept.

Archives hold one exposure several times: raw and calibrated, in newer versions, as a map. Products of one instrument
and band whose ids name the same exposure, at times within a minute, count once. The highest level is kept (from low to
high: picture, raw or EDR, cleaned, calibrated or RDR, without distortion, map); of equal levels the newest version.
What an older manifest holds stays readable.
"""

_ERRORS_HEAD = """# Input problems

`iovolc check` and every run name what is wrong with an input by these numbers, with the product, the row of the
catalogue (the header is row 1) and the column. E1xx concern the file, E2xx geometry, E3xx time, E4xx values and E5xx
the catalogue.
"""

_INSTRUMENTS_HEAD = """# Instruments

What iovolc assumes of an instrument where neither the catalogue nor the label says it. The page is printed from
`data/instruments`, one file per instrument; nothing of it is a fit to data unless it says so.

Every number carries the confidence in it and, in brackets, its source, listed below each table:
"""

_PHOTOMETRY_HEAD = """# Photometric parameters

How bright Io's ground is taken to look under given light (`light.photometry`), by channel. The formulas stand in
[Methods](methods.md). The page is printed from `data/photometry`, one file per function. Literature values for Io are
poor: where epochs allow, fit your own with `iovolc fit-photometry`, which writes a file of the same form.

Each parameter has its standard deviation, the confidence in it and, in brackets, its source:
"""

_WARNING: Final = MappingProxyType({"error": "", "warning": " (a warning)"})


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
    rows = [
        (problem.code, f"{problem.title}{_WARNING[problem.severity]}", problem.fix) for problem in PROBLEMS.values()
    ]
    return "\n".join([_ERRORS_HEAD, _table(("code", "problem", "what to do"), rows), ""])


def instruments_page() -> str:
    """``instruments.md``: the instruments and their bands."""
    parts = [_INSTRUMENTS_HEAD, _tags(), ""]
    for descriptor in load_descriptors().values():
        parts += _instrument(descriptor)
    return "\n".join(parts)


def photometry_page() -> str:
    """``photometry.md``: the photometric functions' parameters."""
    parts = [_PHOTOMETRY_HEAD, _tags(), ""]
    for photometry in bundled_photometry().values():
        parts += _photometry(photometry)
    return "\n".join(parts)


def _photometry(photometry: PhotometrySet) -> list[str]:
    names = PARAMETERS[photometry.model]
    head = ("channel", *(f"`{name}`" for name in names))
    rows = [
        (
            ", ".join(f"`{channel}`" for channel in entry.channels),
            *(_measured(entry.parameters[name]) for name in names),
        )
        for entry in photometry.entries
    ]
    sources = [f"- [{name}] {text}" for name, text in photometry.sources.items()]
    return [f"## {photometry.id}", "", photometry.note, "", _table(head, rows), "", *sources, ""]


def _measured(parameter: Parameter) -> str:
    return f"{parameter.value:.4g} ± {parameter.sigma:.4g} `{parameter.tag}` [{parameter.source}]"


def _tags() -> str:
    return _table(("confidence", "meaning"), [(f"`{tag}`", meaning) for tag, meaning in TAGS.items()])


def _instrument(descriptor: Descriptor) -> list[str]:
    parts = [f"## {descriptor.missions[0]} {descriptor.names[0]}", ""]
    if descriptor.note:
        parts += [descriptor.note, ""]
    parts += [_table(("fact", "value"), _facts(descriptor)), ""]
    if descriptor.bands:
        head = ("band", "also", "channel", "wavelength, µm", "width, µm", "note")
        parts += [_table(head, [_band(band) for band in descriptor.bands]), ""]
    if descriptor.levels:
        head = ("level", "quantity", "unit", "scale", "saturated from", "note")
        parts += [_table(head, [_level(level) for level in descriptor.levels]), ""]
    parts += [f"- [{name}] {text}" for name, text in descriptor.sources.items()]
    return [*parts, ""]


def _facts(descriptor: Descriptor) -> list[tuple[str, ...]]:
    facts = [(_FACTS[place], _cited(number)) for place, number in descriptor.numbers() if place in _FACTS]
    if descriptor.registration is not None:
        facts.append(("position error comes from", descriptor.registration.limit))
    if descriptor.longitudes is not None:
        sense = descriptor.longitudes
        facts.append(("longitudes in labels", f"{sense.sense} `{sense.tag}` [{sense.source}]"))
    if descriptor.pictures is not None:
        facts.append(
            ("published pictures", f"colours `{descriptor.pictures.colour_table}`; {descriptor.pictures.note}")
        )
    return [*facts, ("licence", descriptor.licence or "not stated"), ("credit", descriptor.credit)]


def _level(level: Level) -> tuple[str, ...]:
    return (
        level.name, f"`{level.quantity}`", level.unit, _cited(level.scale), _cited(level.saturation_dn), level.note,
    )  # fmt: skip


_FACTS: Final = MappingProxyType(
    {
        "ifov_urad": "pixel, µrad",
        "psf.fwhm_px": "point source, pixels",
        "psf.fwhm_urad": "point source, µrad",
        "psf.aperture_m": "aperture, m",
        "registration.sigma_km": "position error, km",
        "registration.sigma_px": "position error, pixels",
        "noise.read_e": "readout noise, electrons",
        "noise.full_well_e": "full well, electrons",
        "noise.flat": "flat field, fraction",
        "calibration_sigma": "calibration error, fraction",
        "spectral.low_um": "shortest wavelength, µm",
        "spectral.high_um": "longest wavelength, µm",
        "spectral.resolution_um": "spectral resolution, µm",
        "pictures.north_angle_deg": "published pictures, Io's north from up, degrees",
        "pictures.pixels_per_arcsec": "published pictures, pixels per arcsecond",
    }
)


def _band(band: Band) -> tuple[str, ...]:
    also = ", ".join(band.aliases)
    return (f"`{band.name}`", also, f"`{band.channel}`", _cited(band.wavelength_um), _cited(band.fwhm_um), band.note)


def _cited(number: Number | None) -> str:
    return "" if number is None else f"{number.value:.7g} `{number.tag}` [{number.source}]"


PAGES: Final[MappingProxyType[str, Callable[[], str]]] = MappingProxyType(
    {
        "catalogue.md": catalogue_page,
        "catalogue.schema.json": catalogue_schema,
        "errors.md": errors_page,
        "instruments.md": instruments_page,
        "outputs.md": markdown,
        "photometry.md": photometry_page,
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
