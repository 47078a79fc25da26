"""The figure of an event: before, after and difference side by side, with places, scale, dates and stretch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iovolc.publish.canvas import Canvas, canvas_for
from iovolc.publish.drawing import DIVERGING, INK, grey_stretch, span_text
from iovolc.publish.frame import YELLOW, Panel, draw_view, label_view, north_arrow, scale_bar
from iovolc.publish.graticule import Graticule
from iovolc.publish.panels import SIZE_PX, colour_table, picture
from iovolc.publish.run_output import Cutout

FIGURE_PX: Final = (1232, 495)
_TOP_PX: Final = 80
_PANELS: Final = tuple(Panel(left, _TOP_PX, SIZE_PX) for left in (68, 441, 814))
_COLOURS: Final = (("white", YELLOW), ("white", YELLOW), ("#888888", "black"))
_BAR_PX: Final = (1146, 14)
PANELS: Final = {
    name: (panel.left, panel.top, panel.size, panel.size)
    for name, panel in zip(("before", "after", "difference"), _PANELS, strict=True)
}
"""Column, row, width and height of the three cut-outs in the figure, in pixels."""


def draw_triplet(path: Path, cutout: Cutout, outline: NDArray[np.float64], title: str) -> None:
    """Draw an event's figure and write it; the same view gives the same bytes.

    Parameters
    ----------
    path : Path
        PNG, SVG or PDF file.
    cutout : Cutout
        What to show.
    outline : ndarray, shape of the view
        1 inside the footprint, 0 outside.
    title : str
        Headline.
    """
    low, high = grey_stretch(cutout.before, cutout.after)
    reach = difference_reach(cutout.difference, outline)
    parts = (
        picture(cutout.before, low, high, "gray"),
        picture(cutout.after, low, high, "gray"),
        picture(cutout.difference, -reach, reach, DIVERGING),
    )
    graticule = Graticule.of(cutout)
    canvas = canvas_for(path, FIGURE_PX)
    for panel, part, colours in zip(_PANELS, parts, _COLOURS, strict=True):
        draw_view(canvas, panel, part, graticule, outline, colours)
        label_view(canvas, panel, graticule, cutout.half_km, lats=panel is _PANELS[0])
    canvas.text((_PANELS[0].left, 26), title, 15, bold=True)
    _headings(canvas, cutout)
    scale_bar(canvas, _PANELS[0], cutout.half_km)
    north_arrow(canvas, _PANELS[0], cutout)
    _colour_bar(canvas, reach)
    _footer(canvas, cutout, low, high, reach)
    canvas.save(path)


def difference_reach(difference: NDArray[np.float32], outline: NDArray[np.float64]) -> float:
    """Where the colours of the difference end: its 95th percentile within the outline, at least 0.05."""
    inside = np.abs(difference[(outline > 0.5) & np.isfinite(difference)])
    return max(0.05, 1.2 * float(np.percentile(inside, 95.0))) if inside.size else 0.3


def _headings(canvas: Canvas, cutout: Cutout) -> None:
    lines = (
        (f"Before: {span_text(cutout.before_utc)}", _ids(cutout.before_ids)),
        (f"After: {span_text(cutout.after_utc)}", _ids(cutout.after_ids)),
        ("Difference: after minus before", cutout.difference_unit),
    )
    for panel, (first, second) in zip(_PANELS, lines, strict=True):
        middle = panel.left + SIZE_PX / 2
        canvas.text((middle, _TOP_PX - 24), first, 13, anchor="ms", bold=True)
        canvas.text((middle, _TOP_PX - 8), second, 12, anchor="ms")


def _colour_bar(canvas: Canvas, reach: float) -> None:
    left, width = _BAR_PX
    bottom = _TOP_PX + SIZE_PX
    ramp = colour_table(DIVERGING)[:256][::-1]
    bar = Image.fromarray(np.repeat(ramp[:, None, :], width, axis=1)).resize((width, SIZE_PX))
    canvas.picture(bar, left, _TOP_PX)
    canvas.rectangle((left - 1, _TOP_PX - 1, left + width, bottom), outline=INK)
    for share in (-1.0, -0.5, 0.0, 0.5, 1.0):
        y = _TOP_PX + (1.0 - share) / 2.0 * (SIZE_PX - 1)
        canvas.rectangle((left + width, y, left + width + 3, y), outline=INK)
        canvas.text((left + width + 6, y), f"{share * reach:+.2f}" if share else "0", 11, anchor="lm")
    # In the column of the numbers: the longitudes of the panel reach below the bar.
    canvas.text((left + width + 6, _TOP_PX - 8), "brighter", 12, anchor="ls")
    canvas.text((left + width + 6, bottom + 18), "darker", 12, anchor="ls")


def _footer(canvas: Canvas, cutout: Cutout, low: float, high: float, reach: float) -> None:
    first = (
        f"Channel {cutout.channel}. Grey from {low:.3g} to {high:.3g} {cutout.unit} on both sides (1st to 99th "
        f"percentile); colours end at ±{reach:.2g}. Outline: the event's footprint. Blue-grey: no data."
    )
    second = "Before: the earlier looks, weighted, in the light and tone of the later one. North is up at the centre."
    if cutout.before_utc[1] > cutout.after_utc[0]:
        second += " The time spans overlap: which side is older is not known."
    canvas.text((_PANELS[0].left, 460), first, 11)
    canvas.text((_PANELS[0].left, 478), second, 11)


def _ids(names: Sequence[str]) -> str:
    shown = names[-1] if len(names) == 1 else f"{names[-1]} and {len(names) - 1} earlier" if names else ""
    return shown if len(shown) <= 40 else shown[:37] + "…"
