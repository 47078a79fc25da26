"""The image of the month: an event's place before and after, large, with a globe, a caption and credits."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import ImageColor

from iovolc.errors import ConfigError
from iovolc.publish.canvas import PixelCanvas
from iovolc.publish.drawing import grey_stretch, span_text
from iovolc.publish.frame import YELLOW, Panel, draw_view, label_view, north_arrow, scale_bar
from iovolc.publish.graticule import Graticule
from iovolc.publish.locator import globe
from iovolc.publish.panels import broken, picture
from iovolc.publish.run_output import Backdrop
from iovolc.publish.views import View

SMALLEST: Final = (1280, 720)
LARGEST: Final = (7680, 4320)
_NIGHT: Final = "#0d1117"
_INK: Final = "#e6e9ee"
_FAINT: Final = "#9aa6b2"
_DESIGNED_PX: Final = (1920, 1080)


@dataclass(frozen=True, slots=True)
class Caption:
    """The words of a wallpaper.

    Parameters
    ----------
    title : str
        Headline.
    facts : tuple of (str, str)
        Names and values, written beside the views.
    sentences : tuple of str
        What is to be seen, sentence by sentence.
    credits : tuple of str
        Whom to thank, and the run.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    credits: tuple[str, ...]


def draw_wallpaper(
    path: Path, shown: View, backdrop: Backdrop | None, caption: Caption, size_px: tuple[int, int] = (3840, 2160)
) -> None:
    """Draw a wallpaper; the same values give the same bytes.

    Parameters
    ----------
    path : Path
        PNG file.
    shown : View
        The event's view.
    backdrop : Backdrop or None
        For the globe.
    caption : Caption
        The words.
    size_px : tuple of int
        Width and height.

    Raises
    ------
    ConfigError
        If the size is smaller than 1280 x 720, larger than 7680 x 4320, or higher than wide.
    """
    width, height = check_size(size_px)
    zoom = min(width / _DESIGNED_PX[0], height / _DESIGNED_PX[1])
    left, top = (round((whole - zoom * part) / 2) for whole, part in zip(size_px, _DESIGNED_PX, strict=True))
    canvas = PixelCanvas((width, height), _NIGHT)
    page = Panel(left, top, round(zoom * _DESIGNED_PX[1]), zoom, _INK)
    _views(canvas, page, shown)
    _globe(canvas, page, shown, backdrop)
    _facts(canvas, page, caption.facts)
    canvas.text((left + page.px(90), top + page.px(82)), caption.title, page.px(38), bold=True, colour=_INK)
    y = _paragraph(canvas, page, (90, 950), caption.sentences, 18, 1740, _INK)
    _paragraph(canvas, page, (90, y + 6), caption.credits, 13, 1740, _FAINT)
    canvas.save(path)


def check_size(size_px: tuple[int, int]) -> tuple[int, int]:
    """The size, if it can be drawn.

    Raises
    ------
    ConfigError
        As :func:`draw_wallpaper`.
    """
    width, height = size_px
    fits = all(low <= part <= high for low, part, high in zip(SMALLEST, size_px, LARGEST, strict=True))
    if not fits or width < height:
        raise ConfigError(f"--size {width}x{height}: from 1280x720 to 7680x4320, wider than high, e.g. 3840x2160")
    return width, height


def _views(canvas: PixelCanvas, page: Panel, shown: View) -> None:
    cutout = shown.cutout
    low, high = grey_stretch(cutout.before, cutout.after)
    graticule = Graticule.of(cutout)
    sides = (("Before", cutout.before, cutout.before_utc), ("After", cutout.after, cutout.after_utc))
    for at, (name, values, span) in zip((90, 820), sides, strict=True):
        panel = Panel(page.left + page.px(at), page.top + page.px(150), page.px(700), 1.3 * page.zoom, _INK)
        drawn = picture(values, low, high, "gray", panel.size, smooth=True)
        draw_view(canvas, panel, drawn, graticule, shown.outline, ("#8a929a", YELLOW))
        label_view(canvas, panel, graticule, cutout.half_km, lats=at == 90)
        heading = f"{name}: {span_text(span)}"
        canvas.text((panel.left, panel.top - page.px(14)), heading, page.px(22), bold=True, colour=_INK)
        scale_bar(canvas, panel, cutout.half_km)
        north_arrow(canvas, panel, cutout)


def _globe(canvas: PixelCanvas, page: Panel, shown: View, backdrop: Backdrop | None) -> None:
    cutout = shown.cutout
    size, left, top = page.px(280), page.left + page.px(1570), page.top + page.px(150)
    red, green, blue = ImageColor.getrgb(_NIGHT)[:3]
    canvas.picture(globe(backdrop, cutout.lat, cutout.lon_e, size, (red, green, blue)), left, top)
    x, y, half = left + size / 2, top + size / 2, page.px(13)
    for ring in range(page.px(3)):
        canvas.rectangle((x - half - ring, y - half - ring, x + half + ring, y + half + ring), outline=YELLOW)


def _facts(canvas: PixelCanvas, page: Panel, facts: Sequence[tuple[str, str]]) -> None:
    """Names and values under the globe."""
    y = 480.0
    for name, value in facts:
        _paragraph(canvas, page, (1570, y), (name,), 14, 300, _FAINT)
        y = _paragraph(canvas, page, (1570, y + 26), (value,), 20, 300, _INK) + 14


def _paragraph(
    canvas: PixelCanvas, page: Panel, at: tuple[float, float], sentences: Sequence[str], size: int, width: int, ink: str
) -> float:
    """Write sentences from a place, broken into lines; where the next line would be. In units of the design."""
    y = at[1]
    for line in broken(" ".join(sentences), page.px(size), page.px(width)):
        canvas.text((page.left + page.px(at[0]), page.top + page.px(y)), line, page.px(size), colour=ink)
        y += 1.4 * size
    return y
