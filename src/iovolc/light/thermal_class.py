"""Classes of hot spots by brightness and by habit, each with a probability instead of a hard cut.

Not for what a place does from look to look (:mod:`iovolc.track.hotspot_states`).
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

from scipy.special import betainc, ndtr

BrightClass = Literal["outburst", "mini_outburst", "faint"]

CLASS_BAND_UM: Final = (3.3, 4.1)
"""The thresholds hold for intensities from 3.5 to 3.8 um, and the filters around them."""
PERSISTENT_SHARE: Final = 0.5
PERSISTENT_DAYS: Final = 365.25
"""Persistent is what is seen in more than half of the adequate looks over more than a year."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """GW um-1 sr-1 from which a source is an outburst or a mini-outburst (de Kleer and de Pater 2016)."""

    outburst: float = 150.0
    mini_outburst: float = 30.0


THRESHOLDS: Final = Thresholds()


@dataclass(frozen=True, slots=True)
class Brightness:
    """Probabilities of the classes by brightness; they add up to one."""

    outburst: float
    mini_outburst: float
    faint: float

    @property
    def likeliest(self) -> tuple[BrightClass, float]:
        """The likeliest class and its probability; of equal ones the brighter."""
        ranked: tuple[tuple[BrightClass, float], ...] = (
            ("outburst", self.outburst),
            ("mini_outburst", self.mini_outburst),
            ("faint", self.faint),
        )
        return max(ranked, key=lambda pair: pair[1])


def brightness_class(
    wavelength_um: float, value: float, sigma: float, *, lower_limit: bool = False, thresholds: Thresholds = THRESHOLDS
) -> Brightness | None:
    """Class of an intensity that is corrected for emission angle, or None where the data do not tell.

    Parameters
    ----------
    wavelength_um : float
        Outside :data:`CLASS_BAND_UM` there is no class.
    value, sigma : float
        GW um-1 sr-1; sigma above zero.
    lower_limit : bool
        Whether the band is saturated: then only what is surely an outburst has a class.
    thresholds : Thresholds
        Where the classes begin.
    """
    low, high = CLASS_BAND_UM
    if not low <= wavelength_um <= high:
        return None
    outburst = float(ndtr((value - thresholds.outburst) / sigma))
    if lower_limit:
        return Brightness(1.0, 0.0, 0.0) if outburst >= 0.5 else None
    bright = float(ndtr((value - thresholds.mini_outburst) / sigma))
    return Brightness(outburst, bright - outburst, 1.0 - bright)


def persistence(seen: int, looks: int, span_days: float) -> float:
    """Probability that a source is persistent.

    Parameters
    ----------
    seen, looks : int
        Adequate looks with the source, and all adequate looks.
    span_days : float
        From the first adequate look to the last.

    Returns
    -------
    float
        Posterior probability that it is seen in more than half of such looks (Jeffreys' prior); 0 within a year.
    """
    if span_days <= PERSISTENT_DAYS or not 0 <= seen <= looks:
        return 0.0
    return 1.0 - float(betainc(seen + 0.5, looks - seen + 0.5, PERSISTENT_SHARE))


def log_sigma(value: float, sigma: float, *, calibration: float = 0.10, emission_deg: float = math.nan) -> float:
    """One-sigma error of ln I for comparing looks: photometry, calibration, and the angle of view where oblique.

    Hot spots do not emit evenly in all directions: beyond 50 degrees 0.1 is added in quadrature.
    """
    oblique = 0.1 if emission_deg > 50.0 else 0.0
    return math.sqrt((sigma / value) ** 2 + calibration**2 + oblique**2)
