"""The angle of a vector in a plane, by a polynomial instead of the C library's function.

A loop over it needs no call and no branch, so that the processor takes several angles at once.
"""

import math
from typing import Final

from iovolc.geometry.compiled import inlined

_WIDE: Final = math.tan(math.pi / 8)
"""Steeper directions within an octant are turned back by 45 degrees, so that the polynomial is short."""
_QUARTER: Final = math.pi / 4
_HALF: Final = math.pi / 2


@inlined
def arctan2(y: float, x: float) -> float:
    """The angle of (x, y) from the x axis in radians, as ``math.atan2`` to 1e-15; 0 of (0, 0)."""
    across, along = abs(x), abs(y)
    steep = along > across
    low, high = across if steep else along, along if steep else across
    wide = low > _WIDE * high
    top = low - high if wide else low
    bottom = low + high if wide else high
    angle = _small(top / (bottom if bottom != 0.0 else 1.0)) + (_QUARTER if wide else 0.0)
    angle = _HALF - angle if steep else angle
    angle = math.pi - angle if x < 0.0 else angle
    return -angle if y < 0.0 else angle


@inlined
def _small(t: float) -> float:
    """Arc tangent up to 22.5 degrees: a Chebyshev fit of degree 21 in t."""
    w = t * t
    high = 0.05688349226809011 + w * (-0.04348052215716462 + w * 0.021135373157693246)
    high = 0.11111106180455946 + w * (
        -0.09090773074808414 + w * (0.07689953496306857 + w * (-0.06640233930429408 + w * high))
    )
    return t * (1.0 + w * (-0.3333333333332844 + w * (0.1999999999885511 + w * (-0.14285714180976467 + w * high))))
