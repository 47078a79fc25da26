"""Every longitude conversion of iovolc: wrapping, east and west, declared conventions.

Inside iovolc longitudes are east-positive degrees from -180 to 180. Not for places on the sphere
(:mod:`iovolc.geometry.sphere`).
"""

from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from iovolc.errors import ConfigError

Degrees = TypeVar("Degrees", float, NDArray[np.float64])
Convention = Literal["W360", "E180", "E360"]
CONVENTIONS: Final[tuple[Convention, ...]] = ("W360", "E180", "E360")


def wrap180(lon: Degrees) -> Degrees:
    """The same longitude in [-180, 180).

    Parameters
    ----------
    lon : float or ndarray
        Degrees.
    """
    wrapped = (lon + 180.0) % 360.0 - 180.0
    return wrapped - 360.0 * (wrapped >= 180.0)


def wrap360(lon: Degrees) -> Degrees:
    """The same longitude in [0, 360).

    Parameters
    ----------
    lon : float or ndarray
        Degrees.
    """
    wrapped = lon % 360.0
    return wrapped - 360.0 * (wrapped >= 360.0)


def east_from_west(lon_w: Degrees) -> Degrees:
    """East longitude in [-180, 180) of a west longitude.

    Parameters
    ----------
    lon_w : float or ndarray
        West-positive degrees, any turn.
    """
    return wrap180(-lon_w)


def west_from_east(lon_e: Degrees) -> Degrees:
    """West longitude in [0, 360) of an east longitude.

    Parameters
    ----------
    lon_e : float or ndarray
        East-positive degrees, any turn.
    """
    return wrap360(-lon_e) + 0.0


def difference(lon_e: Degrees, reference_lon_e: Degrees) -> Degrees:
    """``lon_e - reference_lon_e`` the short way round, in [-180, 180) degrees."""
    return wrap180(lon_e - reference_lon_e)


def from_convention(lon: Degrees, convention: Convention) -> Degrees:
    """East longitude in [-180, 180) of a longitude whose convention is declared.

    Parameters
    ----------
    lon : float or ndarray
        Degrees.
    convention : {'W360', 'E180', 'E360'}
        West-positive 0 to 360, east-positive -180 to 180, or east-positive 0 to 360.

    Raises
    ------
    ConfigError
        If the convention is none of these: there is no default and no guess.
    """
    if convention not in CONVENTIONS:
        raise ConfigError(f"longitude convention `{convention}` is unknown; declare one of {', '.join(CONVENTIONS)}")
    return east_from_west(lon) if convention == "W360" else wrap180(lon)
