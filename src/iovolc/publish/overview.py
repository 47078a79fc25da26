"""Two figures of the whole run: the map of all events, and what was observed when."""

from pathlib import Path
from typing import Final

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.lines import Line2D

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
from iovolc.publish.rasters import ChannelRasters
from iovolc.publish.run_output import InputFile

_MAP_COLS: Final = 1440


def draw_map(path: Path, background: ChannelRasters | None, events: pd.DataFrame, until_utc: str) -> None:
    """The map of all events over the newest values of one channel.

    Parameters
    ----------
    path : Path
        PNG file.
    background : ChannelRasters or None
        Whose values are shown in grey.
    events : DataFrame
        The published events; the strongest first, drawn last.
    until_utc : str
        Date of the newest observation.
    """
    figure = new_figure(11.2, 6.3)
    axes = figure.add_axes((0.055, 0.105, 0.925, 0.77), facecolor=NO_DATA)
    if background is not None:
        _show_values(axes, background)
    _show_events(axes, events)
    _label_map(axes)
    title = "Changes on Io" + (f" up to {until_utc}" if until_utc else "")
    axes.set_title(title, fontsize=11, weight="bold", color=INK, loc="left", pad=24)
    save(figure, path)


def _show_values(axes: Axes, background: ChannelRasters) -> None:
    values = background.value
    thin = max(1, values.shape[1] // _MAP_COLS)
    grey = mpl.colormaps["gray"].with_extremes(bad=NO_DATA)
    low, high = grey_stretch(values[::thin, ::thin], values[:0])
    # Twice as wide a range keeps the background pale enough for the symbols.
    axes.imshow(
        values[thin // 2 :: thin, thin // 2 :: thin], cmap=grey, vmin=low - 0.5 * (high - low), vmax=high,
        extent=(-180, 180, -90, 90), interpolation="nearest", aspect="auto",
    )  # fmt: skip
    note = f"grey: {background.summary.channel}, {background.summary.observation_id}, 1st to 99th percentile"
    axes.figure.text(0.98, 0.012, note, fontsize=7, color=INK, ha="right")


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
