"""One way to draw panels, two kinds of paper: Pillow's pixels, which are quick, and matplotlib's vectors (SVG, PDF).

Places are pixels from the upper left corner of the picture. Not for charts with axes: these use matplotlib itself
(:mod:`iovolc.publish.drawing`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from PIL import Image, ImageDraw

from iovolc.publish.drawing import INK, is_vector, new_figure, save
from iovolc.publish.panels import Point, font, line_mask

Box = tuple[float, float, float, float]
_DPI = 100.0


class Canvas(Protocol):
    """What a picture is drawn on."""

    def picture(self, image: Image.Image, left: int, top: int) -> None:
        """Put pixels with their upper left corner at a place."""
        ...

    def lines(self, lines: Sequence[Sequence[Point]], box: Box, colour: str, width: float, opacity: float) -> None:
        """Draw lines inside a square (left, top, right, bottom); places count from its corner."""
        ...

    def rectangle(self, box: Box, *, fill: str | None = None, outline: str | None = None) -> None:
        """Draw a rectangle (left, top, right, bottom)."""
        ...

    def polygon(self, corners: Sequence[Point], fill: str) -> None:
        """Fill a polygon."""
        ...

    def text(
        self, at: Point, words: str, size_px: int, *, anchor: str = "ls", bold: bool = False, colour: str = INK
    ) -> None:
        """Write a line of plain text; the anchor as Pillow names it: ``ls`` is the left end of the baseline."""
        ...

    def save(self, path: Path) -> None:
        """Write the file; the same drawing gives the same bytes."""
        ...


class PixelCanvas:
    """Paper of pixels."""

    def __init__(self, size_px: tuple[int, int], background: str = "white") -> None:
        self.image = Image.new("RGB", size_px, background)
        self._draw = ImageDraw.Draw(self.image)

    def picture(self, image: Image.Image, left: int, top: int) -> None:
        """As :meth:`Canvas.picture`."""
        self.image.paste(image, (left, top))

    def lines(self, lines: Sequence[Sequence[Point]], box: Box, colour: str, width: float, opacity: float) -> None:
        """As :meth:`Canvas.lines`."""
        size = round(box[2] - box[0])
        self.image.paste(colour, (round(box[0]), round(box[1])), line_mask(lines, width, opacity, size))

    def rectangle(self, box: Box, *, fill: str | None = None, outline: str | None = None) -> None:
        """As :meth:`Canvas.rectangle`."""
        self._draw.rectangle(box, fill=fill, outline=outline)

    def polygon(self, corners: Sequence[Point], fill: str) -> None:
        """As :meth:`Canvas.polygon`."""
        self._draw.polygon(list(corners), fill=fill)

    def text(
        self, at: Point, words: str, size_px: int, *, anchor: str = "ls", bold: bool = False, colour: str = INK
    ) -> None:
        """As :meth:`Canvas.text`."""
        self._draw.text(at, words, fill=colour, font=font(size_px, bold=bold), anchor=anchor)

    def save(self, path: Path) -> None:
        """As :meth:`Canvas.save`."""
        self.image.save(path, format="PNG", compress_level=2)


class VectorCanvas:
    """Paper of lines and letters: text stays text."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        width, height = size_px
        self._figure = new_figure(width / _DPI, height / _DPI)
        self._axes: Axes = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set(xlim=(0, width), ylim=(height, 0))
        self._axes.axis("off")
        self._order = 0

    def picture(self, image: Image.Image, left: int, top: int) -> None:
        """As :meth:`Canvas.picture`."""
        extent = (left, left + image.width, top + image.height, top)
        self._axes.imshow(np.asarray(image), extent=extent, interpolation="nearest", aspect="auto", zorder=self._next())

    def lines(self, lines: Sequence[Sequence[Point]], box: Box, colour: str, width: float, opacity: float) -> None:
        """As :meth:`Canvas.lines`."""
        left, top, right, bottom = box
        clip = Rectangle((left, top), right - left, bottom - top, transform=self._axes.transData)
        for line in lines:
            x, y = zip(*line, strict=True)
            (drawn,) = self._axes.plot(
                np.add(x, left), np.add(y, top), color=colour, lw=_points(width), alpha=opacity, zorder=self._next()
            )
            drawn.set_clip_path(clip)

    def rectangle(self, box: Box, *, fill: str | None = None, outline: str | None = None) -> None:
        """As :meth:`Canvas.rectangle`."""
        left, top, right, bottom = box
        self._axes.add_patch(
            Rectangle(
                (left, top), right - left, bottom - top, facecolor=fill or "none", edgecolor=outline or "none", lw=0.7,
                zorder=self._next(),
            )
        )  # fmt: skip

    def polygon(self, corners: Sequence[Point], fill: str) -> None:
        """As :meth:`Canvas.polygon`."""
        self._axes.add_patch(Polygon(list(corners), closed=True, facecolor=fill, lw=0, zorder=self._next()))

    def text(
        self, at: Point, words: str, size_px: int, *, anchor: str = "ls", bold: bool = False, colour: str = INK
    ) -> None:
        """As :meth:`Canvas.text`."""
        self._axes.text(
            *at, words, fontsize=_points(size_px), color=colour, weight="bold" if bold else "normal",
            ha={"l": "left", "m": "center", "r": "right"}[anchor[0]], va={"s": "baseline", "m": "center"}[anchor[1]],
            zorder=self._next(), parse_math=False,
        )  # fmt: skip

    def save(self, path: Path) -> None:
        """As :meth:`Canvas.save`."""
        save(self._figure, path)

    def _next(self) -> int:
        """Later is on top, as on paper."""
        self._order += 1
        return self._order


def canvas_for(path: Path, size_px: tuple[int, int]) -> Canvas:
    """The paper that a file's ending asks for."""
    return VectorCanvas(size_px) if is_vector(path) else PixelCanvas(size_px)


def _points(pixels: float) -> float:
    return pixels * 72.0 / _DPI
