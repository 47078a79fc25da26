"""What all figures share: colours, labels of places, and files without a clock (PNG, SVG, PDF). No pyplot.

The colours, and why: grey for what was measured, since its steps look as even as they are; PuOr (ColorBrewer) for
changes, since its two hues are told apart by colour-blind readers, darken evenly to both sides, and leave nothing
changed white; the palette of Okabe and Ito for kinds and bands, made to be told apart in all common forms of
colour blindness. A marker's shape always says the same as its colour or more. No rainbow: it shows edges that are not
there.
"""

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
OKABE_ITO: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442")
"""Colours for categories (Okabe and Ito 2008), those that show best on white first."""
FORMATS: Final = ("png", "svg", "pdf")
"""What figures can be written as."""
_DPI: Final = 110
_DARKEST: Final = 0.45
_MARKS: Final = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "Creator": None}}
"""What matplotlib would write of itself and of the time."""

mpl.rcParams["font.family"] = "DejaVu Sans"


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty white figure with an Agg canvas."""
    figure = Figure(figsize=(width_in, height_in), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def plain(text: str) -> str:
    """A text for matplotlib that stays as it is: names from catalogues are no formulas, whatever signs they hold."""
    return text.replace("$", r"\$")


def is_vector(path: Path) -> bool:
    """Whether a file's ending asks for lines and letters rather than pixels."""
    return path.suffix.lower() in {".svg", ".pdf"}


def save(figure: Figure, path: Path) -> None:
    """Write a PNG, SVG or PDF, by the file's ending, whose bytes depend on the drawing alone."""
    if not is_vector(path):
        figure.savefig(path, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 4})
        return
    ending = path.suffix.lower().removeprefix(".")
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "iovolc", "pdf.fonttype": 42}):
        figure.savefig(path, format=ending, metadata=_MARKS[ending])


def pale(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """A map as light grey levels, dark enough to know the places and pale enough for symbols; white without data."""
    low, high = grey_stretch(values, values[:0])
    level = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.where(np.isfinite(level), _DARKEST + (1.0 - _DARKEST) * level, 1.0)


def marker_area(diameter_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Area of an event's symbol on a global map (points squared): larger for larger events, within bounds."""
    return 24.0 + 0.5 * np.clip(diameter_km, None, 600.0)


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
