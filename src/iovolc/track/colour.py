"""What kind of change a colour vector stands for: Gaussian models of the classes, with the measured errors.

Each class is a direction in the space of ln albedo of blue, green and red side; how strong the change is does not
matter. Not for rings and fading, which shape and history tell (:mod:`iovolc.track.kinds`).
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

Vector = NDArray[np.float64]

SIDES: Final = MappingProxyType({"uv": 0, "violet": 0, "blue": 0, "green": 1, "orange": 2, "red": 2, "nir": 2})
"""Blue, green or red side (0, 1, 2) of a channel; others tell no colour."""
DIRECTIONS: Final = MappingProxyType(
    {
        "darkening": (-1.0, -1.0, -1.0),
        "brightening": (1.0, 1.0, 1.0),
        "reddening": (-0.51, -0.22, -0.05),
        "whitening": (0.18, 0.12, 0.05),
        "greening": (-0.2, 0.1, -0.3),
    }
)
"""ln albedo of blue, green and red side; red deposits lose 40, 20 and 5 %, frosts gain 20 and 5 % in blue and red."""
SCATTER: Final = 0.25
"""How far deposits of one class differ in colour, as a share of the change."""
SCATTER_ELSEWHERE: Final = 0.33
"""The same where the channels tell no colour."""
STRENGTH: Final = 0.5
"""Scale of the prior of a change's strength in ln albedo."""
_PRIOR_MIXED: Final = 0.1
_SIGNS: Final = ("darkening", "brightening")
_GREEN_SIDE: Final = SIDES["green"]


def colour_chances(dlna: Mapping[str, float], sigma: Mapping[str, float]) -> dict[str, float]:
    """Probability of each class, largest first.

    Parameters
    ----------
    dlna : mapping of str to float
        Change of ln albedo by channel; two or more sides of the spectrum for a colour, else the sign alone counts.
    sigma : mapping of str to float
        Its standard deviation by channel.

    Notes
    -----
    The likelihood of a class is ``2 N(x; 0, C + tau^2 m m') Phi(t / s)``: strength t along the unit vector m from a
    normal prior of scale tau, above 0. C holds the measured errors and the scatter within classes. ``mixed`` is any
    vector: ``N(x; 0, C + tau^2 I)``.
    """
    used = sorted(name for name, value in dlna.items() if math.isfinite(value))
    sides = [name for name in used if name in SIDES]
    colour = len({SIDES[name] for name in sides}) > 1
    names = sides if colour else used
    x = np.array([dlna[name] for name in names])
    scatter = (SCATTER if colour else SCATTER_ELSEWHERE) * float(np.linalg.norm(x)) / math.sqrt(len(x))
    errors = np.array([sigma.get(name, math.nan) for name in names])
    covariance = np.diag(np.nan_to_num(errors, nan=scatter) ** 2 + scatter**2 + 1e-8)
    logs: dict[str, float] = {}
    for kind in _told(sides) if colour else _SIGNS:
        along = np.array([DIRECTIONS[kind][SIDES[name] if colour else 0] for name in names])
        logs[kind] = _log_along(x, along / np.linalg.norm(along), covariance)
    if len(x) > 1:
        logs["mixed"] = math.log(_PRIOR_MIXED) + _log_normal(x, covariance + STRENGTH**2 * np.eye(len(x)))
    top = max(logs.values())
    weights = {kind: math.exp(value - top) for kind, value in logs.items()}
    total = math.fsum(weights.values())
    ordered = sorted(weights, key=lambda kind: -weights[kind])
    return {kind: weights[kind] / total for kind in ordered}


def _told(channels: Sequence[str]) -> list[str]:
    """The classes that these channels tell apart: without the green side, greening looks like darkening."""
    green = any(SIDES[name] == _GREEN_SIDE for name in channels)
    return [kind for kind in DIRECTIONS if green or kind != "greening"]


def _log_along(x: Vector, along: Vector, covariance: Vector) -> float:
    inverse = np.linalg.inv(covariance)
    precision = float(along @ inverse @ along) + STRENGTH**-2
    strength = float(along @ inverse @ x) / precision
    inside = math.log(2.0) + float(log_ndtr(strength * math.sqrt(precision)))
    return inside + _log_normal(x, covariance + STRENGTH**2 * np.outer(along, along))


def _log_normal(x: Vector, covariance: Vector) -> float:
    _, log_det = np.linalg.slogdet(covariance)
    return -0.5 * float(x @ np.linalg.solve(covariance, x) + log_det)
