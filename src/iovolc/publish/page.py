"""The web page of a run: a folder that opens from disk, needs no network, and without scripts shows what counts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from iovolc.model.tables import Table
from iovolc.publish import page_view
from iovolc.publish.coverage import Coverage
from iovolc.publish.figures import write_figures
from iovolc.publish.overview import draw_map
from iovolc.publish.page_index import write_page_data
from iovolc.publish.page_scripts import LIBRARIES, LIBRARY, SCRIPTS, write_library
from iovolc.publish.run_output import RunOutput
from iovolc.publish.run_pictures import write_pictures
from iovolc.publish.timeline import draw_timeline, looks_of
from iovolc.publish.views import FOLDER as VIEWS


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pictures of a page.

    Parameters
    ----------
    shown : DataFrame
        The events that the page shows, the strongest first.
    pictures : mapping of str to str
        File name of the figure by event id.
    talks : sequence of str
        Names of the pictures for talks.
    """

    shown: pd.DataFrame
    pictures: Mapping[str, str]
    talks: Sequence[str]


def draw_page(
    folder: Path, run: RunOutput, tables: Mapping[str, tuple[Table, pd.DataFrame]], coverage: Coverage
) -> Drawn:
    """Draw a page's figures, and the events' views beside the page's folder; parameters as for :func:`write_page`."""
    shown = page_view.strongest(tables["events"][1], run.config.publish.max_candidates)
    pictures = write_figures(folder / "figures", folder.parent / VIEWS, run, shown)
    talks = write_pictures(folder.parent, folder / "figures", run, tables, coverage.anywhere)
    until = page_view.until(run)
    # Drawn from the last to the first, so that the strongest lie on top.
    draw_map(folder / "figures" / "map.png", run.backdrop, coverage.anywhere, shown.iloc[::-1], until)
    draw_timeline(folder / "figures" / "coverage.png", looks_of(run.manifest.inputs, run.completeness))
    return Drawn(shown, pictures, talks)


def write_page(
    folder: Path,
    run: RunOutput,
    tables: Mapping[str, tuple[Table, pd.DataFrame]],
    events: gpd.GeoDataFrame,
    drawn: Drawn,
    record: Mapping[str, Any],
) -> None:
    """Write ``index.html``, its data and scripts.

    Parameters
    ----------
    folder : Path
        Made if needed.
    run : RunOutput
        The run.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    events : GeoDataFrame
        The published events with their footprints.
    drawn : Drawn
        What :func:`draw_page` has drawn there.
    record : mapping
        From :func:`iovolc.publish.record.run_record`.
    """
    write_library(folder)
    write_page_data(folder, run, tables, page_view.ordered(events), drawn.pictures, record)
    values = page_view.values(run, tables, drawn.shown, drawn.pictures, record)
    scripts = [f"{LIBRARY}/{name}" for name in (*LIBRARIES, *SCRIPTS)]
    html = render({**values, "talks": drawn.talks, "scripts": scripts})
    (folder / "index.html").write_text(html, encoding="utf-8", newline="\n")


def render(values: Mapping[str, Any]) -> str:
    """The HTML of the page; every value is escaped."""
    environment = Environment(
        loader=PackageLoader("iovolc.publish"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["code"] = code
    return environment.get_template("index.html.j2").render(values)


def code(text: str) -> Markup:
    """The text, escaped, with what stands between backticks marked as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just before
