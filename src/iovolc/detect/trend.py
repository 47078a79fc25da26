"""Trends within one level of a series: Theil and Sen's slope and the exact test of Mann and Kendall."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau, theilslopes

Vector = NDArray[np.float64]

LEAST_EPOCHS: Final = 5
"""With four epochs no order of them is rarer than one in twelve."""
SIGNIFICANT_P: Final = 0.05


@dataclass(frozen=True, slots=True)
class Trend:
    """How a level moves.

    Parameters
    ----------
    per_year : float
        Median slope, in the values' unit.
    p_value : float
        Two-sided, exact up to 33 epochs without ties.
    """

    per_year: float
    p_value: float

    def of_change(self, sign: int) -> str | None:
        """``fading`` where a change of this sign goes back, ``brightening`` where it grows, None if neither is sure."""
        if self.p_value > SIGNIFICANT_P or self.per_year == 0.0:
            return None
        return "brightening" if self.per_year * sign > 0 else "fading"


def fit_trend(years: Vector, values: Vector) -> Trend | None:
    """The trend of a series; None where it has fewer than five epochs at different times.

    Parameters
    ----------
    years, values : ndarray, shape (epoch,)
        Times in years and values.

    Notes
    -----
    Sen 1968, J. Am. Stat. Assoc. 63, 1379; Mann 1945, Econometrica 13, 245.
    """
    if len(np.unique(years)) < LEAST_EPOCHS or len(np.unique(values)) < 2:
        return None
    slope = theilslopes(values, years)[0]
    return Trend(float(slope), float(kendalltau(years, values).pvalue))
