"""The strongest events of a run: their views, and the page's figures of before, after and difference."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid, SheetName
from iovolc.publish.drawing import place_text
from iovolc.publish.run_output import Cutout, RunOutput
from iovolc.publish.sampling import local_view, view
from iovolc.publish.triplet import draw_triplet
from iovolc.publish.views import View, write_view

_EDGES_KM: Final = (80.0, 1500.0)


def event_views(run: RunOutput, events: pd.DataFrame) -> Iterator[tuple[str, View]]:
    """The views of the first events that have one, with their ids.

    Parameters
    ----------
    run : RunOutput
        Gives the views and the footprints; ``publish.figures`` says how many.
    events : DataFrame
        The strongest first.
    """
    for row in neighbours(events.head(run.config.publish.figures), run.tracked.detections).to_dict("records"):
        cutout = run.cutout(row["event_id"], half_width_km(row["diameter_km"]))
        if cutout is not None:
            yield row["event_id"], View(cutout, outline_mask(run.tracked.footprints[row["event_id"]], run.grid, cutout))


def write_figures(folder: Path, views: Path, run: RunOutput, events: pd.DataFrame) -> dict[str, str]:
    """Write the views of the first events, and draw them.

    Parameters
    ----------
    folder, views : Path
        For the figures and for the views; made if needed.
    run : RunOutput
        The run.
    events : DataFrame
        The strongest first.

    Returns
    -------
    dict of str to str
        File name of the figure by event id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    views.mkdir(parents=True, exist_ok=True)
    rows = {row["event_id"]: row for row in events.to_dict("records")}
    drawn: dict[str, str] = {}
    # Each view is a file of its own, so the thread cannot change a byte.
    with ThreadPoolExecutor(1) as writer:
        before: Future[None] | None = None
        for event_id, shown in event_views(run, events):
            if before is not None:
                before.result()  # no more than one view waits
            before = writer.submit(write_view, views, event_id, shown)
            drawn[event_id] = f"{event_id}.png"
            draw_triplet(folder / drawn[event_id], shown.cutout, shown.outline, headline(rows[event_id]))
        if before is not None:
            before.result()
    return drawn


def headline(event: Mapping[Any, Any]) -> str:
    """An event in one line (a row of the events table)."""
    return "  ·  ".join(
        (
            f"{event['kind']}, tier {event['tier']}", place_text(event["lat"], event["lon_e"]),
            f"{event['diameter_km']:.0f} km across", event["event_id"],
        )
    )  # fmt: skip


def strongest_detections(detections: pd.DataFrame) -> pd.DataFrame:
    """The detection that shows each event most significantly; indexed by event id, sorted."""
    ordered = detections.sort_values(["event_id", "snr", "detection_id"], ascending=[True, False, True])
    return ordered.drop_duplicates("event_id").set_index("event_id", drop=False)


def neighbours(events: pd.DataFrame, detections: pd.DataFrame) -> pd.DataFrame:
    """The events in the order of the observations that show them, so that each one's maps are read but once."""
    shown_by = strongest_detections(detections)["observation_id"].reindex(events["event_id"])
    order = shown_by.reset_index(drop=True).sort_values(kind="stable").index
    return events.iloc[order.to_numpy()]


def half_width_km(diameter_km: float) -> float:
    """Half the edge of the view of an event of this diameter: room around it, within bounds."""
    return float(np.clip(1.25 * diameter_km, *_EDGES_KM))


def outline_mask(footprint: Footprint, grid: Grid, cutout: Cutout) -> NDArray[np.float64]:
    """1 where a pixel of the view lies in the footprint, else 0; shape of the view."""
    pixels = dict(footprint.pixels)

    def layer(name: SheetName) -> NDArray[np.bool_]:
        mask = np.zeros(grid.sheet(name).shape, dtype=bool)
        if name in pixels:
            mask.flat[pixels[name]] = True
        return mask

    places = local_view(cutout.lat, cutout.lon_e, cutout.half_km, cutout.after.shape[0])
    return view(grid, layer, *places).astype(np.float64)
