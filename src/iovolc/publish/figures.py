"""The figures of the strongest events: before, after and difference."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid, SheetName
from iovolc.publish.drawing import place_text
from iovolc.publish.run_output import Cutout, RunOutput
from iovolc.publish.sampling import local_view, view
from iovolc.publish.triplet import draw_triplet

_EDGES_KM: Final = (80.0, 1500.0)


def write_figures(folder: Path, run: RunOutput, events: pd.DataFrame) -> dict[str, str]:
    """Draw the first events that have a view.

    Parameters
    ----------
    folder : Path
        Made if needed.
    run : RunOutput
        Gives the views and the footprints; ``publish.figures`` says how many.
    events : DataFrame
        The strongest first.

    Returns
    -------
    dict of str to str
        File name by event id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, str] = {}
    for row in neighbours(events.head(run.config.publish.figures), run.tracked.detections).to_dict("records"):
        cutout = run.cutout(row["event_id"], half_width_km(row["diameter_km"]))
        if cutout is None:
            continue
        outline = outline_mask(run.tracked.footprints[row["event_id"]], run.grid, cutout)
        title = "  ·  ".join(
            (
                f"{row['kind']}, tier {row['tier']}", place_text(row["lat"], row["lon_e"]),
                f"{row['diameter_km']:.0f} km across", row["event_id"],
            )
        )  # fmt: skip
        name = f"{row['event_id']}.png"
        draw_triplet(folder / name, cutout, outline, title)
        drawn[row["event_id"]] = name
    return drawn


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
