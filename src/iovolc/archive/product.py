"""What a reader gives of a file: what its label says of each band, and the stored numbers on demand.

Every family of formats ends here, so that the rest of the archive knows no format. Not for the catalogue's own words
(:mod:`iovolc.archive.rows`) nor for what an instrument is (:mod:`iovolc.archive.descriptors`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.model.observation import Placement, Quantity

Affine = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a label says of one band. None marks a number, an empty string a text that it does not give.

    Parameters
    ----------
    product_id, version, level : str
        The archive's name of the product without its version, the version, and the processing level (EDR, RDR, map).
    target : str
        Name of the body; empty where the label does not name one.
    mission, instrument, band : str
        In the label's own spelling; ``band`` is the filter.
    channel : str
        Common channel, only where the file itself names it.
    start_utc, time_utc, stop_utc : datetime or None
        Timezone-aware UTC.
    is_mosaic : bool
        Whether the span is that of a mosaic.
    wavelength_um, fwhm_um : float or None
        Of the band.
    quantity : str or None
        ``iof`` or ``radiance`` if the label says so; ``relative`` for stretched pictures.
    unit : str
        Of the scaled values, in the label's spelling.
    scale, offset, nodata : float or None
        ``value = scale * stored + offset``; ``nodata`` is a stored number.
    placement : Projected, Bounds, Disc or None
        Where the label itself places the pixels on Io.
    misplaced : AmbiguousGeometry or None
        Why the label's georeferencing cannot be used, where it has one; raised unless the row places the image.
    transform : tuple of float or None
        Affine coefficients (a, b, c, d, e, f) from pixel corner to units of a coordinate system, where the file has
        them, for a row that names the system.
    sub_observer_lat, sub_observer_lon_e, sub_solar_lat, sub_solar_lon_e : float or None
        Planetocentric degrees, east-positive.
    range_km : float or None
        Distance of the observer from Io's centre.
    north_angle_deg : float or None
        Direction of Io's north, anticlockwise from image up.
    exposure_s : float or None
        Exposure.
    licence, credit : str
        Where the label gives them.
    is_mask : bool
        Whether the band only says which pixels of the others are valid.
    keywords : mapping of str to str
        All keywords of the label that hold one value, upper case, as text; groups are joined by dots.
    """

    product_id: str = ""
    version: str = ""
    level: str = ""
    target: str = ""
    mission: str = ""
    instrument: str = ""
    band: str = ""
    channel: str = ""
    start_utc: datetime | None = None
    time_utc: datetime | None = None
    stop_utc: datetime | None = None
    is_mosaic: bool = False
    wavelength_um: float | None = None
    fwhm_um: float | None = None
    quantity: Quantity | None = None
    unit: str = ""
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None
    placement: Placement | None = None
    misplaced: AmbiguousGeometry | None = None
    transform: Affine | None = None
    sub_observer_lat: float | None = None
    sub_observer_lon_e: float | None = None
    sub_solar_lat: float | None = None
    sub_solar_lon_e: float | None = None
    range_km: float | None = None
    north_angle_deg: float | None = None
    exposure_s: float | None = None
    licence: str = ""
    credit: str = ""
    is_mask: bool = False
    keywords: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Stored:
    """The numbers of a band as they are stored, first row at the top, not yet scaled.

    Parameters
    ----------
    numbers : ndarray, shape (row, col)
        Native byte order, real.
    valid : ndarray, shape (row, col), bool
        False where masks or special pixels forbid the number; ``nodata`` of the label is left to the scaling.
    saturated : ndarray, shape (row, col), bool, or None
        Where the format itself marks saturation; None lets the ends of an integer range count as such.
    """

    numbers: NDArray[np.number]
    valid: NDArray[np.bool_]
    saturated: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """An open-able file: what it says, and how its pixels are read.

    Parameters
    ----------
    family : str
        Name of the format for messages, for example ``PDS3``.
    shape : tuple of int
        Rows and columns of every band.
    bands : tuple of Facts
        What the label says, band by band; never empty.
    read : callable
        From a band's number, counted from 0, to its stored numbers. Raises
        :class:`~iovolc.errors.UnreadableProduct` (E102) if the file is damaged.
    """

    family: str
    shape: tuple[int, int]
    bands: tuple[Facts, ...]
    read: Callable[[int], Stored]


@dataclass(frozen=True, slots=True)
class Family:
    """One family of formats.

    Parameters
    ----------
    name : str
        For messages.
    recognises : callable
        From the path and the first 4096 bytes to whether this family reads the file; by content, not by name alone.
    open : callable
        From path and origin to the product. Raises :class:`~iovolc.errors.UnreadableProduct` (E102) for damaged
        files, :class:`~iovolc.errors.UnsupportedProduct` (E103) for kinds that are not read.
    """

    name: str
    recognises: Callable[[Path, bytes], bool]
    open: Callable[[Path, Origin], Product]
