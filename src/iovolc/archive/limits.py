"""How large an image from outside may be, whatever its format; `ingest.max_megapixels` is the user's own limit."""

from typing import Final

MAX_PIXELS: Final = 1 << 29
"""Of one band: a map of Io at 0.35 km per pixel has half as many."""
MAX_BANDS: Final = 1 << 13
"""Imaging spectrometers have some hundreds, MUSE 3700."""
