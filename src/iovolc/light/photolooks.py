"""Looks at places under different light, and the sums over them that a photometric fit needs.

Not for the fit itself (:mod:`iovolc.light.photofit`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]
Numbers = NDArray[np.intp]

PATCH_DEG: Final = 20.0
"""Edge of the patches within which the scatter of ground is taken as common: about 600 km."""
_ROWS: Final = round(180.0 / PATCH_DEG)
_MOST_AROUND: Final = round(360.0 / PATCH_DEG)


@dataclass(frozen=True, slots=True)
class Looks:
    """One value for each place and epoch that sees it; arrays of shape (look,).

    Parameters
    ----------
    place, patch, epoch : ndarray of int
        Which place, which patch of the sphere it lies in (:func:`patches`), which epoch.
    incidence_deg, emission_deg, phase_deg : ndarray
        Angles, incidence and emission below 90.
    value, sigma : ndarray
        I/F, above 0, and its standard deviation.
    """

    place: Numbers
    patch: Numbers
    epoch: Numbers
    incidence_deg: Values
    emission_deg: Values
    phase_deg: Values
    value: Values
    sigma: Values

    def of(self, chosen: NDArray[np.bool_] | Numbers | slice) -> "Looks":
        """Some of the looks, by mask, index or slice."""
        return Looks(*(getattr(self, item.name)[chosen] for item in fields(self)))


def patches(lat: ArrayLike, lon_e: ArrayLike) -> Numbers:
    """Numbers of the patches that places lie in: of about equal area, :data:`PATCH_DEG` high."""
    row = np.clip(np.floor((np.asarray(lat, np.float64) + 90.0) / PATCH_DEG), 0, _ROWS - 1)
    col = np.floor((np.asarray(lon_e, np.float64) % 360.0) / 360.0 * _around(row))
    return (row * _MOST_AROUND + col).astype(np.intp)


def patch_centres(patch: Numbers) -> tuple[Values, Values]:
    """Latitudes and east longitudes of the patches' centres."""
    row, col = np.divmod(patch, _MOST_AROUND)
    return (row + 0.5) * PATCH_DEG - 90.0, (col + 0.5) * 360.0 / _around(row)


def _around(row: NDArray[np.number[Any]]) -> Values:
    """How many patches a row has."""
    return np.maximum(np.round(_MOST_AROUND * np.cos(np.radians((row + 0.5) * PATCH_DEG - 90.0))), 1.0)


def repeated(looks: Looks) -> Looks:
    """The looks at places that more than one look sees, patch after patch, with the places counted anew."""
    _, number, count = np.unique(looks.place, return_inverse=True, return_counts=True)
    kept = looks.of(count[number] > 1)
    ordered = kept.of(np.lexsort((kept.place, kept.patch)))
    place = np.unique(ordered.place, return_inverse=True)[1]
    return replace(ordered, place=place)


def parts(looks: Looks) -> Iterator[slice]:
    """The looks of each patch, where they stand patch after patch."""
    edges = np.flatnonzero(np.diff(looks.patch)) + 1
    for start, stop in zip([0, *edges], [*edges, len(looks.patch)], strict=True):
        yield slice(int(start), int(stop))


def normal_matrix(looks: Looks, weight: Values, slopes: Values, n_epochs: int) -> Values:
    """Normal matrix of the parameters followed by the gains, the mean of each place being free.

    Parameters
    ----------
    looks : Looks
        All looks of the places concerned.
    weight : ndarray, shape (look,)
        Inverse variances.
    slopes : ndarray, shape (parameter, look)
        Derivatives of ln I/F.
    n_epochs : int
        Number of gains.
    """
    n = len(slopes)
    normal = np.zeros((n + n_epochs, n + n_epochs))
    normal[:n, :n] = (slopes * weight) @ slopes.T
    for k, slope in enumerate(slopes):
        normal[k, n:] = normal[n:, k] = np.bincount(looks.epoch, weight * slope, n_epochs)
    normal[n:, n:] = np.diag(np.bincount(looks.epoch, weight, n_epochs))
    of_place = place_sums(looks, weight, slopes, n_epochs)
    total = of_place[:, n:].sum(axis=1)
    return normal - (of_place / np.where(total > 0.0, total, 1.0)[:, None]).T @ of_place


def place_sums(looks: Looks, weight: Values, slopes: Values, n_epochs: int) -> Values:
    """Weighted sums of the derivatives over the looks of each place, shape (place, parameter + epoch).

    With weights times residuals for ``weight``, the score of each place.
    """
    number = np.unique(looks.place, return_inverse=True)[1]
    n_places = int(number.max()) + 1
    by_epoch = np.bincount(number * n_epochs + looks.epoch, weight, n_places * n_epochs)
    by_parameter = [np.bincount(number, weight * slope) for slope in slopes]
    return np.column_stack([*by_parameter, by_epoch.reshape(n_places, n_epochs)]).astype(np.float64)
