"""What all figures share: colours, labels of places, and PNG files without a clock. No pyplot, no global state."""

from datetime import datetime
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from iovolc.geometry.longitudes import west_from_east

DIVERGING: Final = "PuOr"
"""Safe for colour-blind readers (ColorBrewer); low values, darkening, are orange-brown."""
NO_DATA: Final = "#c9d3dc"
INK: Final = "#1b2430"
TIER_STYLE: Final = {"A": ("^", "#d1495b"), "B": ("o", "#1170aa"), "C": ("s", "#7b8794")}
"""Marker and colour by tier; the shape alone tells them apart."""
_DPI: Final = 110

mpl.rcParams["font.family"] = "DejaVu Sans"


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty white figure with an Agg canvas."""
    figure = Figure(figsize=(width_in, height_in), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a PNG whose bytes depend on the drawing alone."""
    figure.savefig(path, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 4})


def lat_text(lat: float, decimals: int = 0) -> str:
    """Latitude for people: ``12° N``."""
    shown = round(abs(lat), decimals)
    side = "" if shown == 0 else (" N" if lat > 0 else " S")
    return f"{shown:.{decimals}f}°{side}"


def east_text(lon_e: float, decimals: int = 0) -> str:
    """East longitude for people, -180 to 180."""
    return f"{round(lon_e, decimals) + 0.0:.{decimals}f}° E"


def west_text(lon_e: float, decimals: int = 0) -> str:
    """The same longitude counted westwards, 0 to 360."""
    return f"{round(float(west_from_east(lon_e)), decimals) % 360:.{decimals}f}° W"


def place_text(lat: float, lon_e: float) -> str:
    """A place with both longitudes."""
    return f"{lat_text(lat, 1)}, {east_text(lon_e, 1)} = {west_text(lon_e, 1)}"


def span_text(span: tuple[datetime, datetime]) -> str:
    """One date, or two for a mosaic."""
    first, last = (time.strftime("%Y-%m-%d") for time in span)
    return first if first == last else f"{first} to {last}"


def grey_stretch(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[float, float]:
    """Black and white point that both sides share: 1st and 99th percentile of all valid pixels."""
    both = np.concatenate([before[np.isfinite(before)], after[np.isfinite(after)]])
    if both.size == 0:
        return 0.0, 1.0
    low, high = (float(edge) for edge in np.percentile(both, (1.0, 99.0)))
    return (low, high) if high > low else (low - 0.5, low + 0.5)
