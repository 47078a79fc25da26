"""An epoch: an observation on the grid, calibrated but not normalised."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.model.observation import ObservationRecord


@dataclass(frozen=True, slots=True)
class Lattice:
    """A smooth quantity on sparse nodes over the whole sphere, evenly spaced in longitude and latitude.

    Parameters
    ----------
    values : ndarray, shape (lat, lon, component), float32
        Node (i, j) lies at latitude ``-90 + i * step_deg`` and east longitude ``-180 + j * step_deg``; both poles
        are nodes, and the column after the last one is the first.
    step_deg : float
        Distance of the nodes in degrees.
    """

    values: NDArray[np.float32]
    step_deg: float


@dataclass(frozen=True, slots=True)
class Registration:
    """How an observation was moved onto the reference map.

    Parameters
    ----------
    warp : Lattice
        Components (x, y, z, sigma_km): the body-fixed vector in units of Io's radius to add to a point's unit vector
        to find where the observation shows it, and the local residual sigma in kilometres.
    tiles : ndarray, shape (tile, 6), float32
        Accepted tiles: lat, lon_e (degrees), east_km, north_km (measured displacement), held_out_km (length of the
        residual when the tile was left out of the fit), peak (correlation).
    shift_east_km, shift_north_km : float
        Median displacement.
    sigma_km : float
        Median residual of held-out tiles, one sigma per axis.
    method : str
        ``local``, ``shift`` or ``none``.
    """

    warp: Lattice
    tiles: NDArray[np.float32]
    shift_east_km: float
    shift_north_km: float
    sigma_km: float
    method: str


@dataclass(frozen=True, slots=True)
class Layers:
    """The pixels of an epoch on one sheet.

    Parameters
    ----------
    value : ndarray, shape (row, col), float32
        In the record's unit; NaN where there is no data.
    sigma : ndarray, shape (row, col), float32
        One-sigma noise in the same unit; NaN where unknown.
    flags : ndarray, shape (row, col), uint16
        Bits of :class:`iovolc.model.flags.Flag`.
    """

    value: NDArray[np.float32]
    sigma: NDArray[np.float32]
    flags: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Native:
    """The pixels of a thermal image as they came: point sources are measured there.

    Parameters
    ----------
    value : ndarray, shape (row, col), float32
        In the record's unit; NaN where there is no data.
    saturated : ndarray, shape (row, col), uint8
        1 at an end of the range.
    """

    value: NDArray[np.float32]
    saturated: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Epoch:
    """An observation on the grid.

    Parameters
    ----------
    record : ObservationRecord
        What is known of the observation.
    sheets : mapping of str to Layers
        By sheet name.
    registration : Registration
        How it was moved onto the reference map.
    resolution_km : float
        Median effective resolution (FWHM) on the grid.
    native : Native or None
        Of thermal channels.
    """

    record: ObservationRecord
    sheets: Mapping[str, Layers]
    registration: Registration
    resolution_km: float
    native: Native | None = None
