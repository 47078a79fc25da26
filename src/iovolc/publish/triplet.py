"""The figure of an event: before, after and difference side by side, with places, scale, dates and stretch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from iovolc.publish.drawing import DIVERGING, INK, grey_stretch, span_text
from iovolc.publish.graticule import Graticule
from iovolc.publish.panels import SIZE_PX, colour_table, font, level_lines, line_mask, picture, text
from iovolc.publish.run_output import Cutout

FIGURE_PX: Final = (1232, 495)
_LEFT_PX: Final = (68, 441, 814)
_TOP_PX: Final = 80
_BOTTOM_PX: Final = _TOP_PX + SIZE_PX
_BAR_PX: Final = (1146, 14)
PANELS: Final = {
    name: (left, _TOP_PX, SIZE_PX, SIZE_PX)
    for name, left in zip(("before", "after", "difference"), _LEFT_PX, strict=True)
}
"""Column, row, width and height of the three cut-outs in the figure, in pixels."""
_BARS_KM: Final = (5, 10, 20, 50, 100, 200, 500, 1000)
_YELLOW: Final = "#ffd23f"


def draw_triplet(path: Path, cutout: Cutout, outline: NDArray[np.float64], title: str) -> None:
    """Draw an event's figure and write it; the same view gives the same bytes.

    Parameters
    ----------
    path : Path
        PNG file.
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
    grid = line_mask(_graticule_lines(graticule), 1, 0.8)
    edge = line_mask(level_lines(outline, [0.5]), 4)
    sheet = Image.new("RGB", FIGURE_PX, "white")
    for left, part, colours in zip(_LEFT_PX, parts, (("white", _YELLOW), ("white", _YELLOW), ("#888888", "black")),
                                   strict=True):  # fmt: skip
        part.paste(colours[0], (0, 0), grid)
        part.paste(colours[1], (0, 0), edge)
        sheet.paste(part, (left, _TOP_PX))
    draw = ImageDraw.Draw(sheet)
    text(draw, (_LEFT_PX[0], 26), title, 15, bold=True)
    _headings(draw, cutout)
    _ticks(draw, graticule, cutout.half_km)
    _scale_bar(draw, cutout.half_km)
    _colour_bar(sheet, draw, reach)
    _footer(draw, cutout, low, high, reach)
    sheet.save(path, format="PNG", compress_level=2)


def difference_reach(difference: NDArray[np.float32], outline: NDArray[np.float64]) -> float:
    """Where the colours of the difference end: its 95th percentile within the outline, at least 0.05."""
    inside = np.abs(difference[(outline > 0.5) & np.isfinite(difference)])
    return max(0.05, 1.2 * float(np.percentile(inside, 95.0))) if inside.size else 0.3


def _graticule_lines(graticule: Graticule) -> list[list[tuple[float, float]]]:
    parallels = level_lines(graticule.lat, graticule.lats)
    return parallels + level_lines(graticule.from_centre, graticule.from_centre_levels)


def _headings(draw: ImageDraw.ImageDraw, cutout: Cutout) -> None:
    lines = (
        (f"Before: {span_text(cutout.before_utc)}", _ids(cutout.before_ids)),
        (f"After: {span_text(cutout.after_utc)}", _ids(cutout.after_ids)),
        ("Difference: after minus before", cutout.difference_unit),
    )
    for left, (first, second) in zip(_LEFT_PX, lines, strict=True):
        middle = left + SIZE_PX / 2
        text(draw, (middle, _TOP_PX - 24), first, 13, anchor="ms", bold=True)
        text(draw, (middle, _TOP_PX - 8), second, 12, anchor="ms")


def _ticks(draw: ImageDraw.ImageDraw, graticule: Graticule, half_km: float) -> None:
    """Longitudes, east and west, under each panel; latitudes left of the first."""
    scale = SIZE_PX / (2.0 * half_km)
    for left in _LEFT_PX:
        draw.rectangle((left - 1, _TOP_PX - 1, left + SIZE_PX, _BOTTOM_PX), outline=INK)
        for at, label in zip(*graticule.lon_ticks(half_km), strict=True):
            x = left + (at + half_km) * scale
            draw.line((x, _BOTTOM_PX, x, _BOTTOM_PX + 4), fill=INK)
            for row, words in enumerate(label.split("\n")):
                text(draw, (x, _BOTTOM_PX + 16 + 13 * row), words, 11, anchor="ms")
    for at, label in zip(*graticule.lat_ticks(half_km), strict=True):
        y = _TOP_PX + (half_km - at) * scale
        draw.line((_LEFT_PX[0] - 5, y, _LEFT_PX[0] - 1, y), fill=INK)
        text(draw, (_LEFT_PX[0] - 8, y), label, 11, anchor="rm")


def _scale_bar(draw: ImageDraw.ImageDraw, half_km: float) -> None:
    length = max((bar for bar in _BARS_KM if bar <= 0.7 * half_km), default=_BARS_KM[0])
    left, bottom = _LEFT_PX[0] + 12, _BOTTOM_PX - 12
    width = length / (2.0 * half_km) * SIZE_PX
    draw.rectangle((left - 5, bottom - 26, left + max(width, 48.0) + 5, bottom + 5), fill="#303030")
    draw.rectangle((left, bottom - 4, left + width, bottom), fill="white")
    draw.text((left, bottom - 9), f"{length} km", fill="white", font=font(12, bold=True), anchor="ls")


def _colour_bar(sheet: Image.Image, draw: ImageDraw.ImageDraw, reach: float) -> None:
    left, width = _BAR_PX
    ramp = colour_table(DIVERGING)[:256][::-1]
    bar = Image.fromarray(np.repeat(ramp[:, None, :], width, axis=1)).resize((width, SIZE_PX))
    sheet.paste(bar, (left, _TOP_PX))
    draw.rectangle((left - 1, _TOP_PX - 1, left + width, _BOTTOM_PX), outline=INK)
    for share in (-1.0, -0.5, 0.0, 0.5, 1.0):
        y = _TOP_PX + (1.0 - share) / 2.0 * (SIZE_PX - 1)
        draw.line((left + width, y, left + width + 3, y), fill=INK)
        text(draw, (left + width + 6, y), f"{share * reach:+.2f}" if share else "0", 11, anchor="lm")
    text(draw, (left + width / 2, _TOP_PX - 8), "brighter", 12, anchor="ms")
    text(draw, (left + width / 2, _BOTTOM_PX + 16), "darker", 12, anchor="ms")


def _footer(draw: ImageDraw.ImageDraw, cutout: Cutout, low: float, high: float, reach: float) -> None:
    first = (
        f"Channel {cutout.channel}. Grey from {low:.3g} to {high:.3g} {cutout.unit} on both sides (1st to 99th "
        f"percentile); colours end at ±{reach:.2g}. Outline: the event's footprint. Blue-grey: no data."
    )
    second = "Before: the earlier looks, weighted, in the light and tone of the later one. North is up at the centre."
    if cutout.before_utc[1] > cutout.after_utc[0]:
        second += " The time spans overlap: which side is older is not known."
    text(draw, (_LEFT_PX[0], 460), first, 11)
    text(draw, (_LEFT_PX[0], 478), second, 11)


def _ids(names: Sequence[str]) -> str:
    shown = names[-1] if len(names) == 1 else f"{names[-1]} and {len(names) - 1} earlier" if names else ""
    return shown if len(shown) <= 40 else shown[:37] + "…"
