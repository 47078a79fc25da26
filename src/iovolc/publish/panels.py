"""Square picture panels drawn with Pillow: far quicker than a plotting library where dozens of figures are alike.

Places inside a panel are pixels from its upper left corner; smooth lines are drawn twice as large and then halved.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from skimage.measure import find_contours

from iovolc.publish.drawing import NO_DATA

SIZE_PX: Final = 320
_FINER: Final = 2

Point = tuple[float, float]


@lru_cache(maxsize=8)
def font(size_px: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans as it comes with matplotlib, so that figures look alike on all machines."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name), size_px)


@lru_cache(maxsize=4)
def colour_table(name: str) -> NDArray[np.uint8]:
    """256 colours of a matplotlib map, and a 257th for no data; shape (257, 3)."""
    colours = mpl.colormaps[name](np.linspace(0.0, 1.0, 256))[:, :3]
    return np.rint(255.0 * np.vstack([colours, to_rgb(NO_DATA)])).astype(np.uint8)


def picture(
    values: NDArray[np.float32], low: float, high: float, colours: str, size_px: int = SIZE_PX, *, smooth: bool = False
) -> Image.Image:
    """The panel of a view: ``low`` and ``high`` are the ends of the colours.

    Parameters
    ----------
    values : ndarray, shape (n, n)
        First row on top; NaN where there is no data.
    low, high : float
        In the unit of the values.
    colours : str
        Name of a matplotlib colour map.
    size_px : int
        Edge of the panel.
    smooth : bool
        Interpolate between the pixels, where a picture is to please rather than to be measured.
    """
    known = np.isfinite(values)
    level = np.clip((np.where(known, values, low) - low) / (high - low), 0.0, 1.0)
    index = np.where(known, np.rint(255.0 * level), 256.0).astype(np.intp)
    how = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    return Image.fromarray(colour_table(colours)[index]).resize((size_px, size_px), how)


def level_lines(field: NDArray[np.float64], levels: Sequence[float], size_px: int = SIZE_PX) -> list[list[Point]]:
    """The contours of a field over the panel; none where the field does not reach a level or is NaN."""
    scale = size_px / field.shape[0]
    return [
        [((col + 0.5) * scale, (row + 0.5) * scale) for row, col in line]
        for level in levels
        for line in find_contours(field, level)
    ]


def line_mask(
    lines: Sequence[Sequence[Point]], width_px: float, opacity: float = 1.0, size_px: int = SIZE_PX
) -> Image.Image:
    """How much of each pixel of a panel the lines cover."""
    mask = Image.new("L", (_FINER * size_px, _FINER * size_px))
    draw = ImageDraw.Draw(mask)
    for line in lines:
        finer = [(_FINER * x, _FINER * y) for x, y in line]
        draw.line(finer, fill=round(255 * opacity), width=max(1, round(_FINER * width_px)))
    return mask.reduce(_FINER)


def broken(words: str, size_px: int, width_px: int) -> list[str]:
    """A text in lines no longer than a width, where its words allow that."""
    letters, lines = font(size_px), [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and letters.getlength(longer) > width_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
