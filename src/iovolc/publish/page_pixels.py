"""Maps of the page as bytes: each pixel one of 256 codes, packed so that a browser unpacks it without a library.

Not for science: one code is 1/254 of a layer's range. The rasters hold the values themselves.
"""

import base64
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NOTHING: Final = 0
"""The code of a pixel without data."""
LAST: Final = 255
_LEVEL: Final = 6
_TAIL: Final = 0.2
_SAMPLE: Final = 7


@dataclass(frozen=True, slots=True)
class Scale:
    """What the codes 1 to 255 stand for: even steps from ``low`` to ``high``.

    Parameters
    ----------
    low, high : float
        Values of the codes 1 and 255, in ``unit``; what lies beyond is cut off there.
    unit : str
        Unit, for people.
    stretch : tuple of float
        Where the page's colours begin and end.
    """

    low: float
    high: float
    unit: str
    stretch: tuple[float, float]

    def coded(self, values: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
        """The codes of values; :data:`NOTHING` for NaN."""
        known = np.isfinite(values)
        level = (np.where(known, values, self.low) - self.low) * ((LAST - 1) / (self.high - self.low))
        return np.where(known, 1 + np.rint(np.clip(level, 0, LAST - 1)), NOTHING).astype(np.uint8)

    def plain(self) -> Mapping[str, Any]:
        """For the page's data."""
        return {
            "low": significant(self.low), "high": significant(self.high), "unit": self.unit,
            "stretch": [significant(edge) for edge in self.stretch],
        }  # fmt: skip


def measured_scale(values: NDArray[np.floating[Any]], unit: str) -> Scale:
    """The scale of a layer whose range only its values tell: all but the outermost 0.2 per cent on either side."""
    known = values[np.isfinite(values)][::_SAMPLE]
    if not known.size:
        return Scale(0.0, 1.0, unit, (0.0, 1.0))
    low, dark, bright, high = (float(edge) for edge in np.percentile(known, (_TAIL, 1.0, 99.0, 100.0 - _TAIL)))
    if not high > low:
        low, high = low - 0.5, low + 0.5
    room = 0.1 * (high - low)
    low, high = significant(low - room), significant(high + room)
    return Scale(low, high, unit, (dark, bright) if bright > dark else (low, high))


def packed(codes: NDArray[np.uint8]) -> str:
    """Codes as text: differences from the pixel before (modulo 256, row after row), zlib, base64."""
    flat = codes.ravel()
    steps = np.diff(flat, prepend=np.uint8(0))
    return base64.b64encode(zlib.compress(steps.tobytes(), _LEVEL)).decode("ascii")


def unpacked(text: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The codes that :func:`packed` packed."""
    steps = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
    return np.cumsum(steps, dtype=np.uint8).reshape(shape)


def significant(value: float, digits: int = 6) -> float:
    """A number without digits that mean nothing."""
    return float(f"{value:.{digits}g}") if math.isfinite(value) else value
