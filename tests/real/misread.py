"""Misread versions of the real maps, and their catalogue."""

import numpy as np
from PIL import Image

from iovolc.archive.rows import Row, parse_row

MAPS = {
    "jpl_voyager_color_180W.jpg": "red",
    "usgs_galileo_voyager_grey_180W.jpg": "clear",
    "usgs_galileo_voyager_color_180W.jpg": "green",
    "usgs_color_pj57_lighting_180W.jpg": "green",
    "juno_photomosaic_2024_grey_180W.jpg": "clear",
    "keck_mband_global_180W.jpg": "M",
}
THERMAL = "keck_mband_global_180W.jpg"


def turned(pixels, degrees):
    return np.roll(pixels, round(pixels.shape[1] * degrees / 360.0), axis=1)


FAULTS = {
    "right": (lambda pixels: pixels, None),
    "mirrored": (lambda pixels: pixels[:, ::-1], "E210"),
    "upside down": (lambda pixels: pixels[::-1], "E211"),
    "rotated": (lambda pixels: pixels[::-1, ::-1], "E211"),
    "half a turn": (lambda pixels: turned(pixels, 180.0), "E212"),
    "a quarter": (lambda pixels: turned(pixels, 90.0), "E212"),
    "33 degrees": (lambda pixels: turned(pixels, 33.0), "E212"),
    "shifted by 5": (lambda pixels: turned(pixels, 5.0), "E215"),
    "shifted by 2": (lambda pixels: turned(pixels, 2.0), "E215"),
    "negative": (lambda pixels: 255 - pixels, "E410"),
}
"""By name: what was done to the picture, and the finding that says so."""


def write_version(original, target, fault):
    """The map with a fault, as PNG."""
    with Image.open(original) as image:
        pixels = np.asarray(image.convert("L"))
    Image.fromarray(np.ascontiguousarray(FAULTS[fault][0](pixels))).save(target, compress_level=1)
    return target


def row_of(path, channel):
    """A row that states what is true of the unchanged map."""
    row = parse_row(
        {
            "path": path.name, "channel": channel, "quantity": "relative", "projection": "bounds", "left_lon_e": "0",
            "right_lon_e": "360", "top_lat": "90", "bottom_lat": "-90", "mosaic_start_utc": "1979-03-04",
            "mosaic_stop_utc": "2024-02-03", "band_index": "1",
        },
        number=2,
    )  # fmt: skip
    assert isinstance(row, Row)
    return row
