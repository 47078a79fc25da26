"""What a detector that knew each change's shape and place could tell: the ceiling for all others. Only a diagnosis.

Matched SNR takes the noise of pixels as independent. Misregistered edges and light are not: so the same template is
laid on the same difference at other longitudes, where nothing changed, and the scatter of its answers is the noise.
"""

import math
from typing import Final

import numpy as np
from benchmarks.iobench.truth import Truth, window
from numpy.typing import NDArray

from iovolc.body import RADIUS_KM

Plane = NDArray[np.float32]

PLACES: Final = 90
_LEAST_PLACES: Final = 12
_LEAST_SHARE: Final = 0.8


def template_snr(
    truth: Truth, difference: Plane, extent: NDArray[np.int32], lats: NDArray[np.float64], lons: NDArray[np.float64]
) -> float:
    """The template's answer at the change over the scatter of its answers elsewhere on the same parallels.

    Parameters
    ----------
    truth : Truth
        The change.
    difference : ndarray, shape (row, col), float32
        A look after minus a look before, ln albedo; NaN where either shows nothing.
    extent : ndarray, shape (row, col), int32
        Not 0 within the extents of changes (:func:`benchmarks.iobench.score.extents`).
    lats, lons : ndarray, shape (row,), (col,)
        Of the pixels; all longitudes, evenly.

    Returns
    -------
    float
        Positive if the answer has the change's sign; nan where too few other places can be compared.
    """
    rows, cols = window(truth, lats, lons, math.radians(1.0) * RADIUS_KM)
    lat, lon = np.meshgrid(lats[rows], lons[cols], indexing="ij")
    weight = truth.weight(lat, lon)
    at = _answer(weight, difference[np.ix_(rows, cols)])
    steps = np.linspace(0, len(lons), PLACES, endpoint=False).astype(int)[1:]
    others: list[float] = []
    for step in steps:
        moved = (cols + step) % len(lons)
        place = np.ix_(rows, moved)
        if not extent[place][weight > 0.1].any():
            others.append(_answer(weight, difference[place]))
    known = np.array(others)[np.isfinite(others)]
    if len(known) < _LEAST_PLACES or not math.isfinite(at):
        return math.nan
    middle = float(np.median(known))
    scatter = 1.4826 * float(np.median(np.abs(known - middle)))
    strongest = max(truth.dln, key=abs)
    return (at - middle) / max(scatter, 1e-9) * math.copysign(1.0, strongest)


def _answer(weight: NDArray[np.float64], part: Plane) -> float:
    """Mean under the template, less the mean around it; nan where too little is known."""
    seen = np.isfinite(part)
    inside = weight * seen
    if inside.sum() < _LEAST_SHARE * weight.sum():
        return math.nan
    around = (1.0 - weight) * seen
    values = np.where(seen, part, 0.0)
    base = float((around * values).sum() / around.sum()) if around.sum() > 0.2 * weight.sum() else 0.0
    return float((inside * values).sum() / inside.sum()) - base
