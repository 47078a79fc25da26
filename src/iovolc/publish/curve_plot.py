"""The figure of a hot spot's light curve: detections with errors, limits as arrows, times without a look in grey."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, NullFormatter

from iovolc.model.tables import LIGHT_CURVE_VALUES
from iovolc.publish.drawing import INK, OKABE_ITO, new_figure, place_text, plain, save
from iovolc.publish.wording import is_known

_NAMES: Final = (
    "Spectral radiance (GW µm⁻¹ sr⁻¹)",
    "Power as published (GW)",
    "Brightness in the observation's own unit",
)
VALUES: Final = tuple((*pair, name) for pair, name in zip(LIGHT_CURVE_VALUES, _NAMES, strict=True))
"""Value, its uncertainty and its name, the one that says most first."""
_MARKERS: Final = "os^Dvp*X"
_ARROWS: Final[tuple[tuple[str, Literal[10, 11], str], ...]] = (
    ("upper", 11, "upper limit: not seen"),
    ("lower", 10, "lower limit"),
)
"""Limit, its mark in the legend (matplotlib's carets down and up) and its name."""
_GAP: Final = "#eceff3"
_LOG_RATIO: Final = 30.0
_GAP_DAYS: Final = 365.25
_DATES: Final = ["%Y", "%Y-%m", "%Y-%m-%d", "%d %H:%M", "%H:%M", "%H:%M:%S"]
"""By the fineness of the ticks; a month without its year says nothing where there are two."""
_PLAIN: Final = (1e-3, 1e5)
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def drawable(looks: pd.DataFrame) -> tuple[str, str, str] | None:
    """The first of :data:`VALUES` that any look of the light curve gives; None if none does."""
    return next((names for names in VALUES if looks[names[0]].notna().any()), None)


def curve_title(spot: Mapping[Any, Any]) -> str:
    """The headline of a hot spot's light curve (a row of the table ``hotspots``)."""
    name = spot["name"] if is_known(spot["name"]) else spot["site_id"]
    return f"{name}  ·  {place_text(spot['lat'], spot['lon_e'])}"


def draw_light_curve(path: Path, looks: pd.DataFrame, title: str) -> None:
    """Draw a light curve.

    Parameters
    ----------
    path : Path
        PNG, SVG or PDF file.
    looks : DataFrame
        Rows of the table ``light_curves``, of one place; some with a value of :data:`VALUES`.
    title : str
        Headline.

    Raises
    ------
    ValueError
        If no look has a value.
    """
    names = drawable(looks)
    if names is None:
        raise ValueError("no look of the light curve has a value")
    value, sigma, label = names
    known = looks[looks[value].notna()]
    figure = new_figure(11.2, 5.2)
    axes = figure.add_axes((0.075, 0.17, 0.905, 0.73))
    axes.set_title(plain(title), fontsize=11, weight="bold", color=INK, loc="left")
    positive = known[value][known[value] > 0]
    if len(positive) == len(known) and positive.max() > _LOG_RATIO * positive.min():
        _use_log(axes)
    gaps = _gaps(axes, np.asarray(date2num(looks["time_utc"].dt.to_pydatetime()), float))
    bands = sorted(known["band"].unique(), key=lambda band: (known["wavelength_um"][known["band"] == band].min(), band))
    styles = {band: (_MARKERS[n % len(_MARKERS)], OKABE_ITO[n % 7]) for n, band in enumerate(bands)}
    for band, (marker, colour) in styles.items():
        _band(axes, known[known["band"] == band], (value, sigma), marker, colour)
    _label(axes, label)
    figure.legend(
        handles=_legend(known, styles, gaps=gaps), loc="lower left", bbox_to_anchor=(0.07, 0.0), ncols=7, fontsize=8,
        frameon=False, labelcolor=INK,
    )  # fmt: skip
    save(figure, path)


def _band(axes: Axes, looks: pd.DataFrame, names: tuple[str, str], marker: str, colour: str) -> None:
    for limit in ("detection", "upper", "lower"):
        rows = looks[looks["limit"] == limit]
        if rows.empty:
            continue
        times = date2num(rows["time_utc"].dt.to_pydatetime())
        values = rows[names[0]].to_numpy(float)
        if limit == "detection":
            errors = np.nan_to_num(rows[names[1]].to_numpy(float))
            axes.errorbar(
                times, values, errors, fmt=marker, color=colour, mec="white", mew=0.5, ms=6, elinewidth=1.0, capsize=2,
                zorder=3,
            )  # fmt: skip
            continue
        tip = -22 if limit == "upper" else 22
        axes.plot(times, values, ls="", marker="_", color=colour, ms=8, mew=1.4, zorder=2)
        for time, level in zip(times, values, strict=True):
            axes.annotate(
                "", (time, level), (0, tip), textcoords="offset points", annotation_clip=False, zorder=2,
                arrowprops={"arrowstyle": "<-", "color": colour, "lw": 1.0, "alpha": 0.8, "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip


def _use_log(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda level, _: level_text(level)))
    axes.yaxis.set_minor_formatter(NullFormatter())


def level_text(level: float) -> str:
    """A level of a logarithmic axis: a number, or a power of ten where it is very large or small."""
    if _PLAIN[0] <= level < _PLAIN[1]:
        return f"{level:g}"
    digits, power = f"{level:.0e}".split("e")
    return f"{'' if digits == '1' else f'{digits}·'}10{str(int(power)).translate(_RAISED)}"


def _gaps(axes: Axes, days: np.ndarray) -> bool:
    """Grey between looks more than a year apart; whether there are any."""
    ordered = np.sort(days)
    wide = np.flatnonzero(np.diff(ordered) > _GAP_DAYS)
    for at in wide:
        axes.axvspan(ordered[at], ordered[at + 1], color=_GAP, lw=0, zorder=0)
    return bool(wide.size)


def _label(axes: Axes, label: str) -> None:
    locator = AutoDateLocator(maxticks=12)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, formats=_DATES, zero_formats=["", *_DATES[1:]], show_offset=False)
    )
    axes.set_ylabel(label, fontsize=9, color=INK)
    axes.tick_params(colors=INK, labelsize=8)
    axes.grid(axis="y", color="#d7dde3", lw=0.6)
    axes.margins(x=0.03, y=0.12)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _legend(looks: pd.DataFrame, styles: dict[str, tuple[str, str]], *, gaps: bool) -> list[Line2D | Patch]:
    entries: list[Line2D | Patch] = []
    for band, (marker, colour) in styles.items():
        wavelength = looks["wavelength_um"][looks["band"] == band].median()
        name = band if np.isnan(wavelength) else f"{band} ({wavelength:.2f} µm)"
        entries.append(Line2D([], [], ls="", marker=marker, color=colour, mec="white", ms=7, label=plain(name)))
    for limit, mark, words in _ARROWS:
        if (looks["limit"] == limit).any():
            entries.append(Line2D([], [], ls="", marker=mark, color="#5b6875", ms=8, label=words))
    if gaps:
        entries.append(Patch(fc=_GAP, label="no look for more than a year"))
    return entries
