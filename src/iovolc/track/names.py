"""The named feature nearest to a place, and how likely it is not the nearest by chance."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.detection import Feature

NEIGHBOURHOOD_KM: Final = 500.0
"""The local density of features is counted within this distance."""


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest named feature.

    Parameters
    ----------
    name : str
        Its name.
    distance_km : float
        From the place to the feature's **centre**, along the great circle.
    probability : float
        1 minus the chance that an unrelated feature's centre lies at least as near.
    """

    name: str
    distance_km: float
    probability: float


@dataclass(frozen=True, slots=True)
class Names:
    """Features by name, with the unit vectors of their centres, shape (feature, 3)."""

    features: tuple[Feature, ...]
    vectors: NDArray[np.float64]


def index(features: Iterable[Feature]) -> Names:
    """The features made ready for look-up, whatever their order."""
    ordered = tuple(sorted(features, key=lambda feature: feature.name))
    return Names(ordered, unit_vectors([one.lat for one in ordered], [one.lon_e for one in ordered]))


def nearest_feature(vector: NDArray[np.float64], names: Names, within_km: float) -> Match | None:
    """The feature whose centre is nearest, or None if none is near.

    The chance that an unrelated one lies within d is ``1 - exp(-pi rho d^2)``, rho being the density of features
    within :data:`NEIGHBOURHOOD_KM` of the place, the named one included.

    Parameters
    ----------
    vector : ndarray, shape (3,)
        Direction of the place, of unit length.
    names : Names
        Of equally near ones the first by name is taken.
    within_km : float
        Features farther away are not given.
    """
    if not names.features:
        return None
    chords = np.linalg.norm(names.vectors - vector, axis=1)
    apart_km = 2.0 * body.RADIUS_KM * np.arcsin(np.minimum(chords / 2.0, 1.0))
    best = int(np.argmin(apart_km))
    nearest_km = float(apart_km[best])
    if nearest_km > within_km:
        return None
    around_km = max(NEIGHBOURHOOD_KM, nearest_km)
    cap_km2 = 2.0 * math.pi * body.RADIUS_KM**2 * (1.0 - math.cos(around_km / body.RADIUS_KM))
    density = int((apart_km <= around_km).sum()) / cap_km2
    return Match(names.features[best].name, nearest_km, math.exp(-math.pi * density * nearest_km**2))
