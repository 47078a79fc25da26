"""The table schemas for others: JSON Schemas beside the outputs, and the text of ``docs/outputs.md``."""

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Final

from iovolc.model.detection import LOOKS
from iovolc.model.tables import (
    DETECTIONS,
    EVENTS,
    HOTSPOTS,
    LIGHT_CURVES,
    SCHEMA_VERSION,
    SEGMENTS,
    Column,
    Table,
    json_schema,
)
from iovolc.publish import canonical
from iovolc.publish.rasters import LAYERS, LIMITS
from iovolc.publish.run_output import PIXEL_STATUS

PUBLISHED: Final = (EVENTS, DETECTIONS, LOOKS, SEGMENTS, HOTSPOTS, LIGHT_CURVES)
"""All published tables, in the order of the documentation."""


FLAG_MEANINGS: Final = MappingProxyType(
    {
        "span_overlap": "the spans of the mosaics overlap, so their order is unknown and no onset is claimed",
        "not_reobserved": "it lies on or beside pixels that a mosaic took over from an older one",
        "first_seen": "no adequate look came before, so the onset has no earlier bound",
        "shift_like": "a shift of the map explains it as well as a change does",
        "relief": "shading of mountains under another light may take part in it",
        "seam": "it lies on a seam of a mosaic",
        "resolution": "the two sides differ in resolution",
        "edge": "it touches the edge of what was compared, and may go on beyond",
        "clipped": "pixels at an end of the sensor's or the picture's range take part in it",
        "poor_registration": "the maps agree poorly in position here",
        "reverts": "it returns to how the place looked before an earlier change",
        "terminator": "light falls low here in one of the maps, so that relief casts long shadows",
        "limb": "one of the maps shows the place from the side, near the limb or in a thin crescent",
        "specular": "level ground nearly mirrors Sun or Jupiter here in one of the maps: it may glint",
        "moving_shadow": "its two sides lie along the light of one map: the shadow of a mountain may have moved",
        "post_eclipse": "one of the maps was taken within 30 minutes of an eclipse, when Io is brighter than before",
        "null_contradicted": "checks contradict the noise by which the changes of this comparison are significant",
        "displaced": "one map is some pixels off its place around here",
        "tone": "another gain or offset of one map around here makes much of it, as a frame of a mosaic has",
        "tracks": "bright things thinner than any optics draw make it: hot pixels, or particles in the camera",
        "smeared": "one map is drawn out in one direction here, as the fill near the poles of mosaics is",
        "crescent": "it runs along the edge of what was compared, as errors of light at a limb or terminator do",
        "compression": "one map falls into the square blocks of a strongly compressed picture here",
        "odd_map": "one map differs from those before and after it, which agree: a passing change, or a fault of it",
        "explained": "a fault of a map, named beside, explains it better than a change does: it stays a candidate",
    }
)
"""What the words in the ``flags`` columns mean."""


def write_schemas(folder: Path, tables: Iterable[Table]) -> None:
    """Write ``schemas/<table>.schema.json`` for each table."""
    for table in tables:
        canonical.write(folder / "schemas" / f"{table.name}.schema.json", json_schema(table))


def markdown() -> str:
    """The text of ``docs/outputs.md``: every file, table and column of a run's outputs."""
    parts = [_HEAD.format(version=SCHEMA_VERSION), _rasters(), _flags()]
    parts += [_table(table) for table in PUBLISHED]
    return "\n".join(parts)


_HEAD = """# The outputs of a run

This page is printed from the schemas in code (version {version}). Within a major version columns are only ever added;
types, units and allowed words stay, and nothing that had a value becomes null. Tests read a kept output of version 1.0.

| file | what it is |
|---|---|
| `page/index.html` | the web page: opens from disk, needs no network |
| `run.json` | configuration, versions, inputs, area compared, null statistics, counts, state, refused inputs |
| `events.parquet`, `events.csv` | the events; the parquet file is GeoParquet with footprints in `IAU_2015:50100` |
| `detections`, `looks`, `segments`, `hotspots`, `light_curves` | further tables, each as `.parquet` and `.csv` |
| `<table>.ecsv` | the same rows as the CSV, under a header with unit and meaning of every column |
| `events.mrt`, `hotspots.mrt`, `light_curves.mrt` | for papers, unless empty: CDS tables; iovolc reads the last again |
| `events.tex`, `hotspots.tex` | for papers, unless empty: LaTeX (`longtable`), some columns, events of tiers A and B |
| `CITATION.cff` | how to cite the run, the program and the data that went in |
| `rasters/<channel>_<layer>.tif` | Cloud-Optimised GeoTIFFs in `IAU_2015:50110` |
| `rasters/backdrop.tif` | the map for orientation behind the events, where there is one |
| `views/<event id>.tif` | before, after, difference and footprint of the strongest events, north up about the event |
| `completeness/<observation id>.tif` | how plainly each comparison would have shown changes |
| `iovolc.gpkg` | events, detections and hot spots for QGIS |
| `iovolc.qgs` | QGIS project (3.22 and later) that opens tables and rasters with a style each, by relative paths |
| `stac/collection.json` | STAC Collection with Items for all rasters: by channel, comparison and view |
| `schemas/<table>.schema.json` | JSON Schemas of the tables |
| `timings.json` | seconds by stage (those of publishing overlap); the only file to differ between equal runs |

Longitudes are east-positive from -180 to 180 degrees and planetocentric on the IAU_2015 sphere; `lon_w` repeats them
as west longitudes from 0 to 360. Lists are lists in parquet and joined by `;` in CSV. Times are UTC. Texts that a
spreadsheet would run as a formula (from a label: `=`, `+`, `-`, `@` in front) are led by an apostrophe in CSV alone.

Rasters have overviews (means of the data under each pixel), statistics, units, and colour tables where they hold
codes; `z`, limits and maps of completeness are kept to twelve significant bits (0.02 %). STAC says of each its type,
unit, statistics, projection, credits and licences. A new run replaces the QGIS project: save yours elsewhere. For other
programs, on demand:

- `iovolc export cube --store STORE --channel red --out red.nc` writes all epochs of a channel on one global map, as
  NetCDF-4 (or `.zarr`) by CF 1.11: `value`, `sigma` and `flags` along `epoch`, with `time` and its bounds. In xarray,
  `swap_dims(epoch="time")` makes time the axis.
- `iovolc export pds4 --run OUT --out FOLDER` writes the rasters as plain arrays (`.img`) with PDS4 labels, whose
  identifiers under `iovolc` stand for those that an archive assigns.
"""


def _rasters() -> str:
    lines = ["## Rasters", "", "| layer | type | unit | what it shows |", "|---|---|---|---|"]
    lines += [f"| `{layer.name}` | {layer.dtype} | {layer.unit or '-'} | {layer.title} |" for layer in LAYERS]
    lines += [f"| `{layer.name}` | {layer.dtype} | as `difference` | {layer.title} |" for layer in LIMITS.values()]
    small = (
        "`completeness/<observation id>.tif` has one pixel per degree. Its bands are the margin (signal-to-noise ratio "
        "over what passes) per unit of contrast for changes of "
        f"{', '.join(f'{size:.0f}' for size in LIMITS)} km, and the share of the pixel that was compared. With the "
        "curves under `completeness` in `run.json` they give the probability that a change was found: see methods, "
        "section 6. Limits are blank where no contrast is found so often: changes below about 2.3 resolution elements "
        "never pass the least area.\n"
    )
    codes = ", ".join(f"{code} = {meaning}" for code, meaning in enumerate(PIXEL_STATUS))
    return "\n".join([*lines, "", f"Codes of `status`: {codes}.", "", small])


def _flags() -> str:
    lines = ["## Flags", "", "| flag | what to bear in mind |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {meaning} |" for name, meaning in FLAG_MEANINGS.items()), ""])


def _table(table: Table) -> str:
    lines = [
        f"## {table.name}",
        "",
        f"{table.title}. Sorted by {', '.join(f'`{name}`' for name in table.sort_by)}.",
        "",
    ]
    lines += ["| column | type | unit | null | what it says |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(column) for column in table.columns), ""])


def _row(column: Column) -> str:
    allowed = f" ({', '.join(f'`{value}`' for value in column.values)})" if column.values else ""
    null = "yes" if column.nullable else "no"
    return f"| `{column.name}` | {column.kind} | {column.unit or '-'} | {null} | {column.description}{allowed} |"
