"""Pictures of a run for talks, beside the page's: all changes on one map, the strongest by turns, light curves.

The same as ``iovolc figure changes``, ``blink`` and ``light-curve`` draw from the outputs.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.model.tables import Table
from iovolc.publish.blink import draw_blink
from iovolc.publish.curve_plot import curve_title, draw_light_curve, drawable
from iovolc.publish.figures import headline
from iovolc.publish.global_map import draw_changes
from iovolc.publish.page_view import ordered, until
from iovolc.publish.run_output import RunOutput
from iovolc.publish.views import read_view

CURVES: Final = 6
"""Hot spots whose light curves are drawn: those that were seen most often."""


def write_pictures(
    outputs: Path,
    folder: Path,
    run: RunOutput,
    tables: Mapping[str, tuple[Table, pd.DataFrame]],
    compared: NDArray[np.bool_],
) -> tuple[str, ...]:
    """Write the pictures, and give the names of their files.

    Parameters
    ----------
    outputs : Path
        The output folder; the views of events are in it.
    folder : Path
        Of the figures; exists.
    run : RunOutput
        The run; with ``publish.figures`` of 0 there are no pictures.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    compared : ndarray, shape (row, col), bool
        Global map of where at least one comparison was made.
    """
    if not run.config.publish.figures:
        return ()
    events = ordered(tables["events"][1])
    draw_changes(folder / "changes.png", run.backdrop, compared, events.iloc[::-1], until(run))
    return ("changes.png", *_blink(outputs, folder, events), *_curves(folder, tables))


def _blink(outputs: Path, folder: Path, events: pd.DataFrame) -> Iterator[str]:
    """Of the strongest event that has a view."""
    for row in events.to_dict("records"):
        shown = read_view(outputs, row["event_id"])
        if shown is not None:
            name = f"blink-{row['event_id']}.gif"
            draw_blink(folder / name, shown, headline(row))
            yield name
            return


def _curves(folder: Path, tables: Mapping[str, tuple[Table, pd.DataFrame]]) -> Iterator[str]:
    looks = tables["light_curves"][1]
    spots = tables["hotspots"][1].sort_values(["n_detections", "site_id"], ascending=[False, True]).head(CURVES)
    for spot in spots.to_dict("records"):
        mine = looks[looks["site_id"] == spot["site_id"]]
        if drawable(mine) is not None:
            draw_light_curve(folder / f"light-curve-{spot['site_id']}.png", mine, curve_title(spot))
            yield f"light-curve-{spot['site_id']}.png"
