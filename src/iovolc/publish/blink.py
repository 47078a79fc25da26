"""Before and after of an event by turns, as an animated GIF; films are not written (no library of ours makes H.264)."""

from pathlib import Path
from typing import Final

from PIL import Image

from iovolc.publish.canvas import PixelCanvas
from iovolc.publish.drawing import grey_stretch, span_text
from iovolc.publish.frame import Panel, draw_view, label_view, north_arrow, scale_bar
from iovolc.publish.graticule import Graticule
from iovolc.publish.panels import broken, picture
from iovolc.publish.views import View

SIZE_PX: Final = (680, 762)
_PANEL: Final = Panel(80, 72, 560, 1.15)
_FRAME_MS: Final = 900


def draw_blink(path: Path, shown: View, title: str) -> None:
    """Draw an endless GIF of two frames in one stretch; the same view gives the same bytes.

    Parameters
    ----------
    path : Path
        GIF file.
    shown : View
        The event's view.
    title : str
        Headline.
    """
    before, after = (_frame(shown, title, side).quantize(256, dither=Image.Dither.NONE) for side in ("before", "after"))
    before.save(path, format="GIF", save_all=True, append_images=[after], duration=_FRAME_MS, loop=0, optimize=False)


def _frame(shown: View, title: str, side: str) -> Image.Image:
    cutout = shown.cutout
    low, high = grey_stretch(cutout.before, cutout.after)
    canvas = PixelCanvas(SIZE_PX)
    graticule = Graticule.of(cutout)
    values = cutout.before if side == "before" else cutout.after
    draw_view(canvas, _PANEL, picture(values, low, high, "gray", _PANEL.size), graticule, shown.outline)
    label_view(canvas, _PANEL, graticule, cutout.half_km, lats=True)
    scale_bar(canvas, _PANEL, cutout.half_km)
    north_arrow(canvas, _PANEL, cutout)
    span = span_text(cutout.before_utc if side == "before" else cutout.after_utc)
    canvas.text((_PANEL.left, 28), title, 12, bold=True)
    canvas.text((_PANEL.left, 56), f"{side.capitalize()}: {span}", 17, bold=True)
    foot = (
        f"Channel {cutout.channel}; grey from {low:.3g} to {high:.3g} {cutout.unit} in both, 1st to 99th percentile. "
        "Outline: the event's footprint. Blue-grey: no data. Before: the earlier looks, weighted, in the light and "
        "tone of the later one."
    )
    for number, line in enumerate(broken(foot, 12, _PANEL.size)):
        canvas.text((_PANEL.left, 700 + 18 * number), line, 12)
    return canvas.image
