"""An observation: one band of one image or map, with all that its label says. Frozen."""

import math
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

Quantity = Literal["iof", "radiance", "relative"]
QUANTITIES: Final = ("iof", "radiance", "relative")
CHANNELS: Final = (
    "uv", "violet", "blue", "green", "orange", "red", "nir", "methane", "clear", "J", "H", "K", "L", "M",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Projected:
    """Pixels on a map projection.

    Parameters
    ----------
    crs_wkt : str
        The coordinate system, WKT2 or an authority code.
    transform : tuple of float
        Affine coefficients (a, b, c, d, e, f) from pixel corner (col, row) to projected units.
    """

    crs_wkt: str
    transform: tuple[float, float, float, float, float, float]
    kind: Literal["projected"] = "projected"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Pixels evenly spaced in longitude and latitude between four outer edges, in degrees.

    ``right_lon_e < left_lon_e`` is a mirrored map; 160 to 200 crosses the seam.
    """

    left_lon_e: float
    right_lon_e: float
    top_lat: float
    bottom_lat: float
    kind: Literal["bounds"] = "bounds"


@dataclass(frozen=True, slots=True)
class Disc:
    """Pixels of a perspective view of the triaxial body from a finite distance.

    Parameters
    ----------
    sub_observer_lat, sub_observer_lon_e : float
        Planetocentric degrees.
    north_angle_deg : float
        Direction of Io's north, anticlockwise from image up.
    centre_x, centre_y : float
        Column and row of the disc's centre; the centre of the first pixel is (0.5, 0.5).
    km_per_px : float
        Pixel scale in the plane through Io's centre.
    range_km : float
        Distance of the observer from Io's centre.
    centre_sigma_km : float
        Standard error per axis of a centre that was fitted to the limb; 0 for one that was given.
    """

    sub_observer_lat: float
    sub_observer_lon_e: float
    north_angle_deg: float
    centre_x: float
    centre_y: float
    km_per_px: float
    range_km: float
    centre_sigma_km: float = 0.0
    kind: Literal["disc"] = "disc"


Placement = Projected | Bounds | Disc


@dataclass(frozen=True, slots=True)
class ObservationRecord:
    """All that is known of an observation beside its pixels.

    Times are timezone-aware UTC. ``nan`` marks an unknown number, an empty string an unknown text.
    For a mosaic ``start_utc`` and ``stop_utc`` are its span; ``product_id``, ``version`` and
    ``level`` are the archive's.
    """

    id: str
    sha256: str
    path: str
    channel: str
    quantity: Quantity
    time_utc: datetime
    start_utc: datetime
    stop_utc: datetime
    placement: Placement
    is_mosaic: bool = False
    mission: str = ""
    instrument: str = ""
    band: str = ""
    band_index: int = 1
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    nodata: float = float("nan")
    wavelength_um: float = float("nan")
    fwhm_um: float = float("nan")
    psf_km: float = float("nan")
    registration_sigma_km: float = float("nan")
    range_km: float = float("nan")
    sub_observer_lat: float = float("nan")
    sub_observer_lon_e: float = float("nan")
    sub_solar_lat: float = float("nan")
    sub_solar_lon_e: float = float("nan")
    licence: str = ""
    credit: str = ""
    product_id: str = ""
    version: str = ""
    level: str = ""
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON: times as ISO 8601 with Z, unknown numbers as null."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ObservationRecord":
        """The record that :meth:`to_json` wrote."""
        known = {name: value for name, value in data.items() if value is not None}
        return _RECORD.validate_python(known)


@dataclass(frozen=True, slots=True)
class Observation:
    """A record with its pixels.

    Parameters
    ----------
    record : ObservationRecord
        What the label and the catalogue say.
    pixels : ndarray, shape (row, col), float32
        Values in the record's unit; NaN where there is no data.
    sigma : ndarray, shape (row, col), float32, or None
        One-sigma noise of the pixels in the same unit, if known.
    saturated : ndarray, shape (row, col), bool, or None
        Pixels at an end of the sensor's or the picture's range.
    """

    record: ObservationRecord
    pixels: NDArray[np.float32]
    sigma: NDArray[np.float32] | None = None
    saturated: NDArray[np.bool_] | None = None


_RECORD: Final = TypeAdapter(ObservationRecord)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def parse_utc(text: str) -> datetime:
    """A timezone-aware time from ISO 8601; a time without zone is UTC.

    Raises
    ------
    ValueError
        If the text is not ISO 8601.
    """
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def format_utc(time: datetime) -> str:
    """ISO 8601 in UTC to the second, ending in Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
