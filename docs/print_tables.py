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

import numpy as np

from iovolc.archive.descriptors import load_descriptors
from iovolc.archive.fields import CHANNEL_RANGES_UM, COLUMNS, Column, json_schema
from iovolc.archive.instrument import Descriptor
from iovolc.archive.instrument_parts import TAGS, Band, Level, Number
from iovolc.archive.jupiter import geometric_albedo, load_jupiter_albedo
from iovolc.archive.photometry import Parameter, PhotometrySet, bundled_photometry
from iovolc.archive.point_fields import POINT_COLUMNS
from iovolc.errors import PROBLEMS
from iovolc.light.jupiter import (
    far_field_phase,
    irradiance_ratio,
    lit_centroid_offset_deg,
    near_field_factor,
    normal_irradiance_ratio,
    sigma_fraction,
)
from iovolc.light.photometric import PARAMETERS
from iovolc.publish.schemas import markdown

FOLDER: Final = Path(__file__).parent

_CATALOGUE_HEAD = """# The catalogue

A catalogue is a CSV file in UTF-8 with a header line; each further line is one band of one image. Only `path` is
required in every row: a blank is read from the image file, and what neither gives is an error that names row and
column. The order of the columns is free. One bad row never stops the others.

Instead of a table, `run`, `ingest` and `check` take a STAC ItemCollection (`.json`, `.geojson`; see below), and, where
labels say everything, image files and quoted patterns (`iovolc run 'maps/*.cub'`). Any number and mixture of them will
do; ids of observations do not depend on which.

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

_POINTS_HEAD = """# Point measurements

Measurements of hot spots, as papers print them, come in as tables of their own: `iovolc ingest`, `run` and `check` take
them beside catalogues of images. A CSV is known by its columns `value` and `limit`, and has one row per place, moment
and band:

```
site,time_utc,lat,lon_w,position_sigma_km,band,wavelength_um,value,sigma,limit,unit
Rarog,2013-08-15T10:00:00Z,-42,305,70,Lp,3.78,486,25,detection,GW um-1 sr-1
Rarog,2013-08-10T10:00:00Z,-42,305,70,Lp,3.78,5,,upper,GW um-1 sr-1
```

- A table has exactly one column of longitude, whose name says its sense (E512).
- Values are kept as spectral radiant intensity in GW um-1 sr-1, corrected for emission angle: up to 60 degrees they are
  divided by its cosine where `emission_corrected` is `no`. Powers stay powers, `relative` values stay relative.
- An upper limit (5 sigma) is a look at a place that was seen at another time: without limits in the table nothing can
  be new, quiescent or rarely active.
- The same place, moment and band twice is one measurement: the first row is kept (E505). A table replaces an earlier
  one of the same file name; older manifests keep theirs.

Other tables (CDS byte-by-byte, VOTable, CSV with other columns) are read with a declaration beside them, named
`<table>.columns.yaml`; nothing is guessed:

```
format: cds              # cds, mrt, votable or csv
readme: ReadMe           # for cds, where the description is a file of its own
times: jd                # iso (default), jd, mjd or decimalyear, in UTC
columns: {site: Name, time_utc: JD, lat: Lat, lon_w: WLon, value: L, sigma: e_L}
constants: {position_sigma_km: 70, band: Lp, wavelength_um: 3.78, limit: detection, unit: GW um-1 sr-1}
```
"""

_STAC = """## STAC

An ItemCollection of STAC 1.0 or 1.1 says the same in other words. Each asset with the role `data`, or without roles,
gives a row for each of its bands; nothing is fetched, no link is followed, and `href` is a path as in a table. The file
has at most 16 MiB. A field is looked for in the band, then in the asset, then in the item's properties:

| column | fields |
|---|---|
| `time_utc`, `start_utc`, `stop_utc` | `datetime`, `start_datetime`, `end_datetime` |
| `mission`, `instrument` | `mission`, else `platform`; `instruments` (one) |
| `band`, `channel` | `name`; `eo:common_name`, if it is a channel |
| `wavelength_um`, `fwhm_um` | `eo:center_wavelength`, `eo:full_width_half_max` |
| `scale`, `offset`, `nodata`, `unit` | `raster:bands`, or `raster:scale`, `raster:offset`, `nodata`, `unit` |
| `projection` | `proj:code`, `proj:wkt2` or `proj:projjson`; `proj:transform`, or `proj:bbox` and `proj:shape` |
| `licence`, `credit` | `license`, `providers` |
| any other | `iovolc:` and its name, for example `iovolc:quantity`; these come before STAC's own |

`ssys:targets` must name Io. A transform that puts a pixel elsewhere than the file's own is refused (E207), and so is
another shape (E204). Problems name item and field.
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
            _STAC,
        ]
    )


def points_page() -> str:
    """``points.md``: the columns of a table of point measurements."""
    rows = [(f"`{column.name}`", _content(column), column.description) for column in POINT_COLUMNS.values()]
    return "\n".join([_POINTS_HEAD, _table(("column", "content", "meaning"), rows), ""])


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


def jupitershine_page() -> str:
    """``jupitershine.md``: its tables; the text between them is written by hand."""
    page = (FOLDER / "jupitershine.md").read_text(encoding="utf-8")
    for name, table in _JUPITER_TABLES.items():
        start = f"<!-- printed: {name} -->\n"
        before, _, after = page.partition(start)
        page = f"{before}{start}{table()}\n<!-- end -->{after.partition('<!-- end -->')[2]}"
    return page


def _jupiter_phases() -> str:
    head = ("phase, degrees", "Φ", "N", "E_J/E_S in V", "one in", "sigma", "δ, degrees")
    return _table(head, [_jupiter_phase(alpha) for alpha in (*_PHASES_DEG, 165.0)])


def _jupiter_phase(alpha: float) -> tuple[str, ...]:
    ratio = float(irradiance_ratio(alpha, _V_ALBEDO))
    return (
        f"{alpha:.0f}", f"{far_field_phase(alpha):.3f}", f"{near_field_factor(alpha):.3f}", f"{ratio:.5f}",
        f"{1.0 / ratio:.0f}", f"{100.0 * sigma_fraction(alpha):.0f} %", f"{lit_centroid_offset_deg(alpha):.1f}",
    )  # fmt: skip


def _jupiter_factors() -> str:
    rows = [
        (f"`{channel}`", *(f"{1000.0 * normal_irradiance_ratio(alpha, albedo):.2f}" for alpha in _PHASES_DEG))
        for channel, albedo in geometric_albedo().items()
    ]
    return _table(("channel", *(f"{alpha:.0f}°" for alpha in _PHASES_DEG)), rows)


def _jupiter_day() -> str:
    zenith = np.arange(0.0, 80.0, 0.05)
    rows: list[tuple[str, ...]] = []
    for incidence in (30.0, 60.0, 75.0, 80.0, 85.0, 88.0):
        alpha = 180.0 - incidence - zenith
        light = normal_irradiance_ratio(alpha, _V_ALBEDO) * np.cos(np.radians(zenith - lit_centroid_offset_deg(alpha)))
        share = 100.0 * light / np.cos(np.radians(incidence))
        rows.append((f"{incidence:.0f}°", f"{share.max():.1f} %", f"{alpha[share.argmax()]:.0f}°"))
    return _table(("incidence of the Sun", "Jupiter adds at most", "at a phase of"), rows)


def _jupiter_albedo() -> str:
    albedo = load_jupiter_albedo()
    bands = [(band.name, _cited(band.wavelength_um), _cited(band.albedo)) for band in (*albedo.bands, albedo.methane)]
    channels = [
        (f"`{name}`", _cited(number), f"{geometric_albedo()[name]:.3f}") for name, number in albedo.channels.items()
    ]
    parts = [_table(("band or channel", "wavelength, µm", "geometric albedo"), [*bands, *channels]), ""]
    return "\n".join([*parts, *(f"- [{name}] {text}" for name, text in albedo.sources.items())])


_PHASES_DEG: Final = (0.0, 10.0, 30.0, 45.0, 60.0, 75.0, 90.0, 105.0, 120.0, 135.0, 150.0)
_V_ALBEDO: Final = load_jupiter_albedo().at(0.549)
_JUPITER_TABLES: Final[MappingProxyType[str, Callable[[], str]]] = MappingProxyType(
    {"phases": _jupiter_phases, "factors": _jupiter_factors, "day": _jupiter_day, "albedo": _jupiter_albedo}
)

PAGES: Final[MappingProxyType[str, Callable[[], str]]] = MappingProxyType(
    {
        "catalogue.md": catalogue_page,
        "catalogue.schema.json": catalogue_schema,
        "errors.md": errors_page,
        "instruments.md": instruments_page,
        "jupitershine.md": jupitershine_page,
        "outputs.md": markdown,
        "photometry.md": photometry_page,
        "points.md": points_page,
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
