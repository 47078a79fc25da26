"""Two figures of the whole run: the map of all events, and what was observed when."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from iovolc.publish.drawing import (
    INK,
    NO_DATA,
    TIER_STYLE,
    east_text,
    grey_stretch,
    lat_text,
    new_figure,
    save,
    west_text,
)
from iovolc.publish.run_output import Backdrop, InputFile

_MAP_COLS: Final = 1440
_DARKEST: Final = 0.45
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
    grey = 0.9 if backdrop is None else _pale(backdrop.value)
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
    figure.text(0.98, 0.012, note, fontsize=7, color=INK, ha="right")
    save(figure, path)


def _pale(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The map as light grey levels, dark enough to know the places and pale enough for the symbols."""
    low, high = grey_stretch(values, values[:0])
    level = np.clip((_thin(values) - low) / (high - low), 0.0, 1.0)
    return np.where(np.isfinite(level), _DARKEST + (1.0 - _DARKEST) * level, 1.0)


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
            sizes = 24.0 + 0.5 * chosen["diameter_km"].clip(upper=600.0)
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


def draw_timeline(path: Path, inputs: tuple[InputFile, ...]) -> None:
    """When each channel was observed: a bar per mosaic, a diamond per single look.

    Parameters
    ----------
    path : Path
        PNG file.
    inputs : tuple of InputFile
        The manifest's observations.
    """
    channels = sorted({item.channel for item in inputs})
    figure = new_figure(11.2, 1.5 + 0.36 * max(1, len(channels)))
    axes = figure.add_subplot()
    axes.set_title("What was observed when", fontsize=11, weight="bold", color=INK, loc="left")
    for level, channel in enumerate(channels):
        for item in (item for item in inputs if item.channel == channel):
            start, stop = float(date2num(item.start_utc)), float(date2num(item.stop_utc))
            axes.plot([start, stop], [level, level], color="#1170aa", lw=7, alpha=0.35, solid_capstyle="butt")
            axes.plot([0.5 * (start + stop)], [level], marker="D", color="#1170aa", ms=6, mec="white", ls="")
    axes.set_yticks(range(len(channels)), channels, fontsize=9, color=INK)
    axes.set_ylim(-0.6, len(channels) - 0.4)
    if inputs:
        locator = AutoDateLocator(maxticks=12)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        axes.margins(x=0.03)
    axes.grid(axis="x", color="#d7dde3", lw=0.6)
    axes.tick_params(colors=INK, labelsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.subplots_adjust(
        left=0.07, right=0.98, top=1 - 0.35 / figure.get_figheight(), bottom=0.4 / figure.get_figheight()
    )
    save(figure, path)
