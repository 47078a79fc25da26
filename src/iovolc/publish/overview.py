"""The page's map of all events."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from iovolc.publish.drawing import (
    INK,
    NO_DATA,
    TIER_STYLE,
    east_text,
    lat_text,
    marker_area,
    new_figure,
    pale,
    plain,
    save,
    west_text,
)
from iovolc.publish.run_output import Backdrop

_MAP_COLS: Final = 1440
_VEIL: Final = 0.6


def draw_map(
    path: Path, backdrop: Backdrop | None, compared: NDArray[np.bool_], events: pd.DataFrame, until_utc: str
) -> None:
    """The map of all events over a pale map for orientation, veiled where nothing was compared.

    Parameters
    ----------
    path : Path
        PNG file.
    backdrop : Backdrop or None
        Shown in pale grey.
    compared : ndarray, shape (row, col), bool
        Global map of where at least one comparison was made.
    events : DataFrame
        The published events; the strongest last, so that they lie on top.
    until_utc : str
        Date of the newest observation.
    """
    figure = new_figure(11.2, 6.3)
    axes = figure.add_axes((0.055, 0.105, 0.925, 0.77), facecolor="white")
    grey = 0.9 if backdrop is None else pale(_thin(backdrop.value))
    _show(axes, np.repeat(np.atleast_2d(grey)[..., None], 3, axis=2))
    veil = np.zeros((*_thin(compared).shape, 4))
    veil[..., :3] = to_rgb(NO_DATA)
    veil[..., 3] = np.where(_thin(compared), 0.0, _VEIL)
    _show(axes, veil)
    _show_events(axes, events)
    _label_map(axes)
    title = "Changes on Io" + (f" up to {until_utc}" if until_utc else "")
    axes.set_title(title, fontsize=11, weight="bold", color=INK, loc="left", pad=24)
    note = "Blue-grey veil: never compared in this run."
    if backdrop is not None:
        note = f"Backdrop for orientation only: {backdrop.note}. {note}"
    figure.text(0.98, 0.012, plain(note), fontsize=7, color=INK, ha="right")
    save(figure, path)


def _thin(values: NDArray[Any]) -> NDArray[Any]:
    step = max(1, values.shape[1] // _MAP_COLS)
    return values[step // 2 :: step, step // 2 :: step]


def _show(axes: Axes, colours: NDArray[np.float64]) -> None:
    axes.imshow(colours, extent=(-180, 180, -90, 90), interpolation="nearest", aspect="auto")


def _show_events(axes: Axes, events: pd.DataFrame) -> None:
    handles: list[Line2D] = []
    for tier in ("C", "B", "A"):
        marker, colour = TIER_STYLE[tier]
        chosen = events[events["tier"] == tier]
        if len(chosen):
            sizes = marker_area(chosen["diameter_km"].to_numpy())
            axes.scatter(
                chosen["lon_e"], chosen["lat"], s=sizes, marker=marker, facecolor=colour, edgecolor="white",
                linewidth=0.8, alpha=0.9, zorder=3, clip_on=False,
            )  # fmt: skip
        label = f"tier {tier} ({len(chosen)})"
        handles.insert(0, Line2D([], [], ls="", marker=marker, mfc=colour, mec="white", ms=9, label=label))
    axes.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.06), ncols=3, fontsize=9, frameon=False,
        labelcolor=INK,
    )  # fmt: skip


def _label_map(axes: Axes) -> None:
    axes.set_xlim(-180, 180)
    axes.set_ylim(-90, 90)
    axes.set_aspect("equal")
    lons, lats = list(range(-180, 181, 30)), list(range(-90, 91, 30))
    axes.set_xticks(lons, [east_text(lon) for lon in lons], fontsize=8, color=INK)
    axes.set_yticks(lats, [lat_text(lat) for lat in lats], fontsize=8, color=INK)
    axes.grid(color="white", lw=0.4, alpha=0.6)
    upper = axes.secondary_xaxis("top")
    upper.set_xticks(lons, [west_text(lon) for lon in lons], fontsize=8, color=INK)
