"""The global map of changes in Mollweide's equal-area projection, for papers; the page has its own, flat map."""

import math
import textwrap
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray
from pyproj import Transformer

from iovolc import body
from iovolc.publish.drawing import (
    INK,
    NO_DATA,
    OKABE_ITO,
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

MOLLWEIDE: Final = "IAU_2015:50140"
KIND_COLOURS: Final = MappingProxyType(
    dict(
        zip(
            ("thermal", "darkening", "greening", "reddening", "brightening", "fading", "ring", "whitening", "mixed"),
            (*OKABE_ITO[1:2], "#7a3b00", *OKABE_ITO[2:4], *OKABE_ITO[0:1], *OKABE_ITO[5:8], "#8a929a"),
            strict=True,
        )
    )
)
"""By kind of event: Okabe and Ito's, with brown for what darkens and grey for what is mixed."""
_COLS: Final = 1400
_NOTE_LETTERS: Final = 190
_BAR_KM: Final = 1000.0
_HALF_X_M: Final = 2.0 * math.sqrt(2.0) * body.RADIUS_M
_HALF_Y_M: Final = math.sqrt(2.0) * body.RADIUS_M
_VEIL: Final = 0.6
_CANDIDATE: Final = 0.3
_GREY: Final = "#5b6875"


def draw_changes(
    path: Path, backdrop: Backdrop | None, compared: NDArray[np.bool_] | None, events: pd.DataFrame, until_utc: str
) -> None:
    """Draw all events by tier (shape) and kind (colour) over a pale map, veiled where nothing was compared.

    Parameters
    ----------
    path : Path
        PNG, SVG or PDF file.
    backdrop : Backdrop or None
        The pale map.
    compared : ndarray, shape (row, col), bool, or None
        Global map of where at least one comparison was made; None if that is not known.
    events : DataFrame
        The published events; the strongest last, so that they lie on top.
    until_utc : str
        Date of the newest observation.
    """
    figure = new_figure(11.2, 6.9)
    axes = figure.add_axes((0.04, 0.15, 0.92, 0.76))
    axes.imshow(_ground(backdrop, compared), extent=(-_HALF_X_M, _HALF_X_M, -_HALF_Y_M, _HALF_Y_M), zorder=0)
    axes.set(xlim=(-1.06 * _HALF_X_M, 1.06 * _HALF_X_M), ylim=(-1.06 * _HALF_Y_M, 1.1 * _HALF_Y_M))
    axes.axis("off")
    _graticule(axes)
    _scale_bar(axes)
    _events(axes, events)
    title = "Changes on Io" + (f" up to {until_utc}" if until_utc else "")
    figure.text(0.04, 0.955, title, fontsize=12, weight="bold", color=INK)
    _legends(axes, events)
    notes = ["Mollweide, equal area; north is up; larger symbols are larger events."]
    if compared is not None:
        notes.append("Blue-grey veil: never compared in this run.")
    if backdrop is not None:
        notes.append(f"Backdrop, for orientation only, 1st to 99th percentile: {backdrop.note}.")
    lines = textwrap.wrap(" ".join(notes), _NOTE_LETTERS)
    figure.text(0.04, 0.012, plain("\n".join(lines)), fontsize=7, color=INK, va="bottom", linespacing=1.4)
    save(figure, path)


@lru_cache(maxsize=2)
def _transformer(*, inverse: bool) -> Transformer:
    pair = (MOLLWEIDE, body.CRS_GEOGRAPHIC) if inverse else (body.CRS_GEOGRAPHIC, MOLLWEIDE)
    return Transformer.from_crs(*pair, always_xy=True)


def mollweide(lat: Any, lon_e: Any) -> tuple[Any, Any]:
    """Metres east and north on the map of places (degrees)."""
    return _transformer(inverse=False).transform(lon_e, lat)


def _ground(backdrop: Backdrop | None, compared: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    """Colours of the map, shape (row, col, 4); clear outside the globe."""
    x = (np.arange(_COLS) + 0.5) / _COLS * 2.0 - 1.0
    y = 1.0 - (np.arange(_COLS // 2) + 0.5) / (_COLS // 2) * 2.0
    inside = x[None, :] ** 2 + y[:, None] ** 2 <= 1.0
    rows, cols = np.nonzero(inside)
    lon_e, lat = _transformer(inverse=True).transform(x[cols] * _HALF_X_M, y[rows] * _HALF_Y_M)
    grey = np.full(rows.size, 0.9) if backdrop is None else pale(_nearest(backdrop.value, lat, lon_e))
    colour = np.repeat(grey[:, None], 3, axis=1)
    if compared is not None:
        veiled = ~_nearest(compared, lat, lon_e)
        colour[veiled] += _VEIL * (np.array(to_rgb(NO_DATA)) - colour[veiled])
    out = np.zeros((*inside.shape, 4))
    out[rows, cols, :3] = colour
    out[rows, cols, 3] = 1.0
    return out


def _nearest(layer: NDArray[Any], lat: NDArray[np.float64], lon_e: NDArray[np.float64]) -> NDArray[Any]:
    rows, cols = layer.shape
    row = np.clip((90.0 - lat) / 180.0 * rows, 0, rows - 1).astype(int)
    return layer[row, ((lon_e + 180.0) / 360.0 * cols).astype(int) % cols]


def _graticule(axes: Axes) -> None:
    along = np.linspace(-90.0, 90.0, 121)
    for lon in range(-180, 181, 30):
        edge = abs(lon) == 180
        style = {"color": INK, "lw": 0.9} if edge else {"color": "white", "lw": 0.5, "alpha": 0.8}
        axes.plot(*mollweide(along, np.full_like(along, min(max(lon, -179.9999), 179.9999))), zorder=1, **style)
        if lon % 60 == 0 and not edge:
            x, y = mollweide(-1.0, lon)
            label = f"{east_text(lon)}\n{west_text(lon)}"
            axes.text(
                x, y, label, fontsize=7, color=INK, ha="center", va="top", zorder=5,
                bbox={"fc": "white", "ec": "none", "alpha": 0.65, "pad": 1.0},
            )  # fmt: skip
    for lat in range(-60, 61, 30):
        x, y = mollweide(np.full(2, lat), np.array([-179.9999, 179.9999]))
        axes.plot(x, y, color="white", lw=0.5, alpha=0.8, zorder=1)
        axes.text(x[0] - 0.012 * _HALF_X_M, y[0], lat_text(lat), fontsize=8, color=INK, ha="right", va="center")
    axes.text(0.0, 1.03 * _HALF_Y_M, "N", fontsize=10, weight="bold", color=INK, ha="center")


def _scale_bar(axes: Axes) -> None:
    """A bar as long as on the equator: Mollweide stretches lengths elsewhere."""
    length = _BAR_KM / body.RADIUS_KM / math.pi * _HALF_X_M
    left, y = -_HALF_X_M, -0.97 * _HALF_Y_M
    axes.plot([left, left + length], [y, y], color=INK, lw=3, solid_capstyle="butt")
    axes.text(left, y + 0.03 * _HALF_Y_M, f"{_BAR_KM:.0f} km on the equator", fontsize=8, color=INK)


def _events(axes: Axes, events: pd.DataFrame) -> None:
    """Each event; candidates are small, lest they hide what is sure."""
    for row in events.to_dict("records"):
        x, y = mollweide(row["lat"], row["lon_e"])
        candidate = row["tier"] == "C"
        area = marker_area(np.array([row["diameter_km"]])) * (_CANDIDATE if candidate else 1.0)
        axes.scatter(
            [x], [y], s=area, marker=TIER_STYLE[row["tier"]][0], facecolor=KIND_COLOURS[row["kind"]],
            edgecolor="white", linewidth=0.4 if candidate else 0.8, zorder=3 if candidate else 4,
        )  # fmt: skip


def _legends(axes: Axes, events: pd.DataFrame) -> None:
    """Tiers by shape above the map, kinds by colour below it."""
    tiers = [
        Line2D([], [], ls="", marker=TIER_STYLE[tier][0], mfc=_GREY, mec="white", ms=9,
               label=f"tier {tier} ({(events['tier'] == tier).sum()})")
        for tier in "ABC"
    ]  # fmt: skip
    counts = events["kind"].value_counts()
    kinds = [Patch(fc=KIND_COLOURS[kind], label=f"{kind} ({counts[kind]})") for kind in KIND_COLOURS if kind in counts]
    style: dict[str, Any] = {
        "loc": "upper right", "ncols": 5, "fontsize": 9, "frameon": False, "labelcolor": INK, "handletextpad": 0.4,
        "handlelength": 1.2, "columnspacing": 1.4,
    }  # fmt: skip
    axes.add_artist(axes.legend(handles=tiers, bbox_to_anchor=(1.0, 1.1), **style))
    axes.legend(handles=kinds, bbox_to_anchor=(1.0, -0.005), **style)
