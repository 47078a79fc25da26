"""Whether a hot spot wanders or grows from look to look: the advance of a flow, the spreading of a lake.

Straight lines through the places and widths of the leading series, weighted by their errors. Not for which looks belong
together (:mod:`iovolc.track.hotspot_sites`), nor for brightness.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from iovolc.model.glow import Glow
from iovolc.track.hotspot_places import apart_km, offset_km, place_of, plane_km2

Floats = NDArray[np.float64]

MAX_APART_KM: Final = 500.0
"""Farther from each other places are no longer points of one plane."""
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Advance:
    """How far the middle of a hot spot moved from the first look to the last.

    Parameters
    ----------
    km, sigma_km : float
        Length of the way, and its error along it.
    azimuth_deg : float
        Where to, from north over east.
    p_value : float
        Probability that errors alone give as much.
    """

    km: float
    sigma_km: float
    azimuth_deg: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much the width changed from the first look that tells one to the last; as :class:`Advance`."""

    km: float
    sigma_km: float
    p_value: float


def advance(looks: Sequence[Glow]) -> Advance | None:
    """How far the middle of a hot spot moved.

    Parameters
    ----------
    looks : sequence of Glow
        Of one series and place, in order of time; limits are left aside.

    Returns
    -------
    Advance or None
        None with fewer than two moments. Errors of different looks are taken as independent, so that a placement's own
        error must be in their covariances.
    """
    seen = [look for look in looks if look.is_seen]
    share = _shares(seen)
    if share is None:
        return None
    places = [place_of(look) for look in seen]
    if max(apart_km(places[0], place) for place in places) > MAX_APART_KM:
        return None
    normal, right = np.zeros((4, 4)), np.zeros(4)
    for at, place in zip(share, places, strict=True):
        design = np.hstack((np.eye(2), at * np.eye(2)))
        weight = np.linalg.inv(plane_km2(places[0], place))
        normal += design.T @ weight @ design
        right += design.T @ weight @ offset_km(places[0], place)
    covariance: Floats = np.asarray(np.linalg.inv(normal), np.float64)
    return _way((covariance @ right)[2:], covariance[2:, 2:])


def growth(looks: Sequence[Glow]) -> Growth | None:
    """By how much a hot spot grew wider; None where fewer than two moments tell a width."""
    seen = [look for look in looks if look.width_km is not None and 0.0 < (look.width_sigma_km or 0.0) < math.inf]
    share = _shares(seen)
    if share is None:
        return None
    weight = np.array([float(look.width_sigma_km or math.inf) ** -2 for look in seen])
    design = np.stack((np.ones(share.size), share), axis=1)
    covariance = np.linalg.inv(design.T @ (design * weight[:, None]))
    change = float((covariance @ (design.T @ (weight * np.array([look.width_km for look in seen]))))[1])
    sigma_km = math.sqrt(float(covariance[1, 1]))
    return Growth(change, sigma_km, float(chdtrc(1.0, (change / sigma_km) ** 2)))


def _shares(looks: Sequence[Glow]) -> Floats | None:
    """Times as shares of the span; None where there is no span."""
    if not looks:
        return None
    days = np.array([(look.time_utc - looks[0].time_utc).total_seconds() / _DAY_S for look in looks])
    return days / days[-1] if days[-1] > 0.0 else None


def _way(step: Floats, covariance: Floats) -> Advance:
    """Length and direction of a step to the east and north (km)."""
    length = float(np.hypot(*step))
    if length == 0.0:
        return Advance(0.0, math.sqrt(float(np.trace(covariance)) / 2.0), 0.0, 1.0)
    along = step / length
    chi2 = float(step @ np.linalg.solve(covariance, step))
    azimuth_deg = math.degrees(math.atan2(float(step[0]), float(step[1]))) % 360.0
    return Advance(length, math.sqrt(float(along @ covariance @ along)), azimuth_deg, float(chdtrc(2.0, chi2)))
