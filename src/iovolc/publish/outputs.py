"""Publishing a run: values in, one folder of files out, whole or not at all.

The same :class:`~iovolc.publish.run_output.RunOutput` gives the same bytes, but for ``timings.json``.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from iovolc.hands import both
from iovolc.model.tables import Table
from iovolc.publish import canonical
from iovolc.publish.citation import NAME as CITATION
from iovolc.publish.citation import write_citation
from iovolc.publish.coverage import Coverage, measure
from iovolc.publish.geopackage import write_geopackage
from iovolc.publish.latex import LATEX_NAMES, write_latex
from iovolc.publish.mrt import MRT_NAMES, write_mrt
from iovolc.publish.page import Drawn, draw_page, write_page
from iovolc.publish.qgis import NAME as PROJECT
from iovolc.publish.qgis import write_project
from iovolc.publish.rasters import ChannelRasters, write_backdrop, write_rasters
from iovolc.publish.reach import FOLDER as COMPLETENESS
from iovolc.publish.reach import write_reach
from iovolc.publish.record import run_record
from iovolc.publish.run_output import RunOutput
from iovolc.publish.schemas import PUBLISHED, write_schemas
from iovolc.publish.stac import write_stac
from iovolc.publish.staging import RECORD, staged
from iovolc.publish.tables import event_frame, run_tables, write_tables
from iovolc.publish.views import FOLDER as VIEWS

TIMINGS: Final = "timings.json"
OWN_NAMES: Final = frozenset(
    {RECORD, TIMINGS, CITATION, PROJECT, "iovolc.gpkg", COMPLETENESS, "page", "rasters", "schemas", "stac", VIEWS}
    | MRT_NAMES
    | LATEX_NAMES
    | {f"{table.name}.{ending}" for table in PUBLISHED for ending in ("csv", "ecsv", "parquet")}
)
"""Everything that an output holds at its top level."""

_NO_INPUT: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Told:
    """What has been written and drawn of the events."""

    tables: Mapping[str, tuple[Table, pd.DataFrame]]
    events: gpd.GeoDataFrame
    coverage: Coverage
    drawn: Drawn


def publish(out: Path, run: RunOutput) -> None:
    """Write all outputs of a run to a folder.

    Parameters
    ----------
    out : Path
        The folder to make; an earlier output of iovolc there is replaced at the very end.
    run : RunOutput
        What to publish.

    Raises
    ------
    ConfigError
        If ``out`` holds anything that iovolc did not write.
    pandera.errors.SchemaError
        If a table breaks its schema.
    """
    timings = dict(run.timings)
    with staged(out, OWN_NAMES) as folder:
        rasters, told = both(
            partial(_write_rasters, folder, run, timings), partial(_write_tables, folder, run, timings)
        )
        write_project(folder, run, rasters)
        record = run_record(run, told.tables, rasters, told.coverage)
        both(
            partial(_write_page, folder, run, told, record, timings),
            partial(_write_stac, folder, run, rasters, timings),
        )
        canonical.write(folder / RECORD, record)
        canonical.write(folder / TIMINGS, {name: round(seconds, 3) for name, seconds in timings.items()})


def _write_rasters(folder: Path, run: RunOutput, timings: dict[str, float]) -> tuple[ChannelRasters, ...]:
    with _timed(timings, "rasters"):
        rasters = write_rasters(folder, run)
        write_backdrop(folder, run.backdrop)
        write_reach(folder, run)
    return rasters


def _write_tables(folder: Path, run: RunOutput, timings: dict[str, float]) -> _Told:
    """The tables, and the figures that show what is in them."""
    with _timed(timings, "tables"):
        tables = run_tables(run)
        events = event_frame(run, tables["events"][1])
        write_tables(folder, tables, events)
        write_mrt(folder, *(tables[name][1] for name in ("events", "hotspots", "light_curves")))
        write_latex(folder, tables["events"][1], tables["hotspots"][1], run.run_id)
        write_schemas(folder, [table for table, _ in tables.values()])
        write_citation(folder, run)
    with _timed(timings, "geopackage"):
        write_geopackage(folder / "iovolc.gpkg", tables, events, _stamp(run))
    with _timed(timings, "coverage"):
        coverage = measure(run)
    with _timed(timings, "page"):
        drawn = draw_page(folder / "page", run, tables, coverage)
    return _Told(tables, events, coverage, drawn)


def _write_page(folder: Path, run: RunOutput, told: _Told, record: dict[str, Any], timings: dict[str, float]) -> None:
    with _timed(timings, "page"):
        write_page(folder / "page", run, told.tables, told.events, told.drawn, record)


def _write_stac(folder: Path, run: RunOutput, rasters: tuple[ChannelRasters, ...], timings: dict[str, float]) -> None:
    with _timed(timings, "stac"):
        write_stac(folder, run, rasters)


def _stamp(run: RunOutput) -> datetime:
    """Stands for the time of writing: the end of the newest input."""
    return max((item.stop_utc for item in run.manifest.inputs), default=_NO_INPUT)


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    name = f"publish.{step}"
    timings[name] = timings.get(name, 0.0) + time.perf_counter() - start
