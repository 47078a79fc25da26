"""What surrounds a view in any picture: meridians and parallels, their labels, scale bar, north arrow, outline."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iovolc.publish.canvas import Canvas
from iovolc.publish.drawing import INK
from iovolc.publish.graticule import Graticule
from iovolc.publish.panels import level_lines
from iovolc.publish.run_output import Cutout

YELLOW: Final = "#ffd23f"
_BARS_KM: Final = (5, 10, 20, 50, 100, 200, 500, 1000)
_PLATE: Final = "#303030"


@dataclass(frozen=True, slots=True)
class Panel:
    """A square of a picture that shows a view.

    Parameters
    ----------
    left, top, size : int
        Pixels.
    zoom : float
        How much larger than usual its letters and lines are.
    ink : str
        Colour of its labels.
    """

    left: int
    top: int
    size: int
    zoom: float = 1.0
    ink: str = INK

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.size

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.left + self.size, self.bottom

    def px(self, pixels: float) -> int:
        """A length of the usual picture in this one."""
        return round(pixels * self.zoom)


def draw_view(
    canvas: Canvas,
    panel: Panel,
    picture: Image.Image,
    graticule: Graticule,
    outline: NDArray[np.float64],
    colours: tuple[str, str] = ("white", YELLOW),
) -> None:
    """A view with its graticule and the event's outline, in these colours."""
    canvas.picture(picture, panel.left, panel.top)
    lines = level_lines(graticule.lat, graticule.lats, panel.size)
    lines += level_lines(graticule.from_centre, graticule.from_centre_levels, panel.size)
    canvas.lines(lines, panel.box, colours[0], 0.5 * panel.zoom, 0.8)
    canvas.lines(level_lines(outline, [0.5], panel.size), panel.box, colours[1], 2.0 * panel.zoom, 1.0)


def label_view(canvas: Canvas, panel: Panel, graticule: Graticule, half_km: float, *, lats: bool) -> None:
    """Longitudes, east and west, under the panel, and if asked for the latitudes left of it."""
    scale = panel.size / (2.0 * half_km)
    left, top, right, bottom = panel.box
    canvas.rectangle((left - 1, top - 1, right, bottom), outline=panel.ink)
    for at, label in zip(*graticule.lon_ticks(half_km), strict=True):
        x = left + (at + half_km) * scale
        canvas.rectangle((x, bottom, x, bottom + panel.px(4)), outline=panel.ink)
        for row, words in enumerate(label.split("\n")):
            y = bottom + panel.px(16 + 13 * row)
            canvas.text((x, y), words, panel.px(11), anchor="ms", colour=panel.ink)
    for at, label in zip(*graticule.lat_ticks(half_km), strict=True) if lats else ():
        y = top + (half_km - at) * scale
        canvas.rectangle((left - panel.px(5), y, left - 1, y), outline=panel.ink)
        canvas.text((left - panel.px(8), y), label, panel.px(11), anchor="rm", colour=panel.ink)


def scale_bar(canvas: Canvas, panel: Panel, half_km: float) -> None:
    """A bar of round length in the lower left corner."""
    length = max((bar for bar in _BARS_KM if bar <= 0.7 * half_km), default=_BARS_KM[0])
    left, bottom = panel.left + panel.px(12), panel.bottom - panel.px(12)
    width = length / (2.0 * half_km) * panel.size
    pad, plate = panel.px(5), max(width, panel.px(48))
    canvas.rectangle((left - pad, bottom - panel.px(26), left + plate + pad, bottom + pad), fill=_PLATE)
    canvas.rectangle((left, bottom - panel.px(4), left + width, bottom), fill="white")
    canvas.text((left, bottom - panel.px(9)), f"{length} km", panel.px(12), bold=True, colour="white")


def north_arrow(canvas: Canvas, panel: Panel, cutout: Cutout) -> None:
    """An arrow in the upper right corner; over a pole the other pole's direction means nothing, so there is none."""
    if abs(cutout.lat) > 89.0:
        return
    x, top = panel.left + panel.size - panel.px(20), panel.top + panel.px(8)
    half, height = panel.px(6), panel.px(15)
    canvas.rectangle((x - panel.px(11), top - panel.px(3), x + panel.px(11), top + panel.px(35)), fill=_PLATE)
    canvas.polygon(((x, top), (x + half, top + height), (x, top + 0.7 * height), (x - half, top + height)), "white")
    canvas.text((x, top + panel.px(31)), "N", panel.px(13), anchor="ms", bold=True, colour="white")
