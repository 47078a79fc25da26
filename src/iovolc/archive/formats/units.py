"""Units as labels spell them: what quantity they are of, and lengths and times in iovolc's own units.

Not for guessing: a unit that is not understood gives None.
"""

import math
import re
from typing import Final

from astropy import units

from iovolc.model.observation import Quantity

_RADIANCE: Final = units.W / units.m**2 / units.sr / units.um
_IOF: Final = re.compile(r"(i\s*/\s*f|iof|i_over_f|reflectance factor|radiance factor)", re.IGNORECASE)
_POWER: Final = re.compile(r"\*\*|\^")
_WORDS: Final = {"microns": "micron", "micrometers": "um", "micrometer": "um", "metre": "m", "metres": "m"}
_MAX_LENGTH: Final = 60


def quantity_of(unit: str) -> Quantity | None:
    """``iof`` for I/F, ``radiance`` for power per area, solid angle and wavelength, None for everything else."""
    if _IOF.fullmatch(unit.strip()):
        return "iof"
    known = _parse(unit)
    return "radiance" if known is not None and known.is_equivalent(_RADIANCE) else None


def convert(value: float | None, unit: str, to: str) -> float | None:
    """A finite number in another unit.

    Parameters
    ----------
    value : float or None
        In ``unit``.
    unit, to : str
        For example ``nm`` and ``um``; an empty ``unit`` is not guessed.

    Returns
    -------
    float or None
        None where the value is missing or the unit is no such unit.
    """
    known = _parse(unit)
    target = units.Unit(to)
    if value is None or not math.isfinite(value) or known is None or not known.is_equivalent(target):
        return None
    return value * float(known.to(target))  # pyright: ignore[reportArgumentType]  (astropy is not typed)


def _parse(text: str) -> units.UnitBase | None:
    words = _POWER.sub("", text.strip())
    words = _WORDS.get(words.lower(), words)
    if not words or len(words) > _MAX_LENGTH:
        return None
    # `W/m2/sr/um`: astropy reads one slash only without complaint.
    head, *rest = words.split("/")
    if rest and "(" not in words:
        words = f"{head or '1'} / ({' '.join(rest)})"
    try:
        unit = units.Unit(words)
    except (ValueError, TypeError):
        return None
    return unit if isinstance(unit, units.UnitBase) else None
