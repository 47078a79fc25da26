"""The figure of coverage: when which epoch looked at how much of Io, or at one place, and when nobody did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from iovolc.publish.drawing import INK, new_figure, plain, save
from iovolc.publish.run_output import Completeness, InputFile

_BLUE: Final = "#0072b2"
_GAP: Final = "#eceff3"
_GAP_DAYS: Final = 365.25
_LEAST_WIDTH: Final = 0.004
_HIGH: Final = 0.78
"""Of a lane: how high a look at all of Io is."""


@dataclass(frozen=True, slots=True)
class Look:
    """One epoch on the timeline.

    Parameters
    ----------
    channel : str
        Its lane.
    start_utc, stop_utc : datetime
        Its span.
    share : float or None
        Of Io's surface, or of one place, that could be compared with an earlier epoch; None where there was none.
    """

    channel: str
    start_utc: datetime
    stop_utc: datetime
    share: float | None


def looks_of(
    inputs: Sequence[InputFile], completeness: Completeness | None, place: tuple[float, float] | None = None
) -> tuple[Look, ...]:
    """The epochs of a run.

    Parameters
    ----------
    inputs : sequence of InputFile
        Its observations.
    completeness : Completeness or None
        What its comparisons reached.
    place : tuple of float or None
        Latitude and east longitude (degrees) to ask about; None for all of Io.
    """
    epochs = {} if completeness is None else {epoch.observation_id: epoch for epoch in completeness.epochs}
    return tuple(
        Look(
            item.channel,
            item.start_utc,
            item.stop_utc,
            _share(epochs[item.id].maps.share, place) if item.id in epochs else None,
        )
        for item in inputs
    )


def _share(share: np.ndarray, place: tuple[float, float] | None) -> float:
    """Of a map (row, col) from the north pole and -180 degrees."""
    rows, cols = share.shape
    if place is None:
        weight = np.cos(np.radians(90.0 - (np.arange(rows) + 0.5) * 180.0 / rows))
        return float((share.mean(axis=1) * weight).sum() / weight.sum())
    row = min(int((90.0 - place[0]) / 180.0 * rows), rows - 1)
    return float(share[row, int((place[1] + 180.0) / 360.0 * cols) % cols])


def draw_timeline(path: Path, looks: Sequence[Look], title: str = "What was observed when") -> None:
    """Draw a lane per channel: bars as high as the share that was compared, grey where nobody looked for a year.

    Parameters
    ----------
    path : Path
        PNG, SVG or PDF file.
    looks : sequence of Look
        In any order.
    title : str
        Headline.
    """
    channels = sorted({look.channel for look in looks})
    height = 1.9 + 0.5 * max(1, len(channels))
    figure = new_figure(11.2, height)
    axes = figure.add_axes((0.09, 0.78 / height, 0.89, 1.0 - 1.2 / height))
    axes.set_title(plain(title), fontsize=11, weight="bold", color=INK, loc="left")
    if looks:
        _gaps(axes, looks)
        for level, channel in enumerate(channels):
            _lane(axes, level, [look for look in looks if look.channel == channel], _span_days(looks))
        locator = AutoDateLocator(maxticks=12)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        first, last = min(_days(look)[0] for look in looks), max(_days(look)[1] for look in looks)
        room = max(0.03 * (last - first), 1.0)
        axes.set_xlim(first - room, last + room)
    axes.set_yticks([level + 0.4 for level in range(len(channels))], channels, fontsize=9, color=INK)
    axes.set_ylim(-0.15, max(1, len(channels)))
    axes.tick_params(colors=INK, labelsize=8)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.legend(
        handles=_legend(), loc="lower left", bbox_to_anchor=(0.085, 0.0), ncols=3, fontsize=8, frameon=False,
        labelcolor=INK,
    )  # fmt: skip
    save(figure, path)


def _lane(axes: Axes, level: int, looks: Sequence[Look], span_days: float) -> None:
    axes.axhline(level, color="#b8c2cc", lw=0.8, zorder=1)
    least = _LEAST_WIDTH * span_days
    for look in looks:
        start, stop = _days(look)
        middle, width = 0.5 * (start + stop), max(stop - start, least)
        if look.share is None:
            axes.plot([start, stop], [level, level], color=_BLUE, lw=2, alpha=0.6, zorder=2)
            axes.plot([middle], [level], marker="D", color=_BLUE, mfc="white", ms=5.5, ls="", zorder=4, clip_on=False)
            continue
        # The frame is what all of Io would fill.
        axes.bar(middle, _HIGH, width, level, fc="none", ec="#9fb4c7", lw=0.5, zorder=3)
        axes.bar(middle, _HIGH * look.share, width, level, fc=_BLUE, alpha=0.85, zorder=3)


def _gaps(axes: Axes, looks: Sequence[Look]) -> None:
    """Grey where no channel looked for more than a year, with its length where there is room."""
    spans = sorted(_days(look) for look in looks if look.share != 0.0) or [_days(looks[0])]
    reached = spans[0][1]
    total = _span_days(looks)
    for start, stop in spans:
        if start - reached > _GAP_DAYS:
            axes.axvspan(reached, start, color=_GAP, lw=0, zorder=0)
            if start - reached > 0.06 * total:
                years = f"{(start - reached) / 365.25:.1f} yr"
                axes.text(
                    0.5 * (reached + start), 0.985, years, fontsize=8, color="#5b6875", ha="center", va="top",
                    transform=axes.get_xaxis_transform(),
                )  # fmt: skip
        reached = max(reached, stop)


def _legend() -> list[Line2D | Patch]:
    return [
        Patch(fc=_BLUE, ec="#9fb4c7", alpha=0.85, label="share compared with earlier epochs (frame: all)"),
        Line2D([], [], ls="", marker="D", mec=_BLUE, mfc="white", ms=5.5, label="first look, nothing to compare"),
        Patch(fc=_GAP, label="nobody looked for more than a year"),
    ]


def _days(look: Look) -> tuple[float, float]:
    return float(date2num(look.start_utc)), float(date2num(look.stop_utc))


def _span_days(looks: Sequence[Look]) -> float:
    return max(_days(look)[1] for look in looks) - min(_days(look)[0] for look in looks)
