"""One measurement of heat at a place, whether a table or an image gave it: what tracking follows as hot spots.

Not for the surface's changes, which are maps of pixels (:mod:`iovolc.model.detection`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from iovolc.model.observation import format_utc

Limit = Literal["detection", "upper", "lower"]
GlowQuantity = Literal["intensity", "power", "relative"]
THERMAL_CHANNELS: Final = ("K", "L", "M")
"""Channels in which hot spots are sought."""
GLOWING_CHANNELS: Final = ("L", "M")
"""Those in which hot spots outshine the ground by day too: what changes there is heat, not the surface."""
GLOW_QUANTITIES: Final[tuple[GlowQuantity, ...]] = ("intensity", "power", "relative")
DISC_SPREAD: Final = 0.25
"""Standard deviation per axis of a uniform disc, in diameters."""
GLOW_FLAGS: Final = ("extended", "blended", "saturated", "limb", "uncertain", "stacked", "unrepeated", "ring")
"""Wider than a point; fitted together with a near neighbour; too bright for the image; seen at more than 50 degrees;
one in ten as strong, or more, is false by the negative image; too faint for the image, but found in the stack of its
night; another image of the night should show it and does not; an extended source that shines at its edge alone."""


_LATER: Final = ("night_looks", "night_borne_out", "width_km", "width_sigma_km", "extent_km2")


@dataclass(frozen=True, slots=True)
class Glow:
    """One measurement, or limit, of heat at a place.

    Parameters
    ----------
    observation_id : str
        The image in one band, or the rows of a table for one moment and band: two rows of one observation are two
        places.
    time_utc : datetime
        Middle of the observation, timezone-aware.
    lat, lon_e : float
        Planetocentric degrees.
    covariance_km2 : tuple of float
        Variance to the east, to the north, and their covariance in km2, in the tangent plane at the place.
    band : str
        The band's own name.
    wavelength_um : float or None
        Effective wavelength; None where only the name is known.
    quantity : str
        ``intensity`` in GW um-1 sr-1, corrected for emission angle; ``power`` in GW; or ``relative``, in a unit of the
        observation's own, which never becomes watts.
    value : float
        Above zero; of a limit, the limit.
    sigma : float or None
        One-sigma error in the unit of the value, if known.
    limit : str
        ``detection``; ``upper`` where the place was looked at and nothing seen; ``lower`` where it is saturated.
    source : str
        The table or instrument.
    label : str
        What the source calls the place: the same label of one source is the same place. Empty without a name.
    emission_deg : float or None
        Emission angle, if known.
    snr : float or None
        Signal over noise of what an image shows.
    flags : tuple of str
        What to bear in mind (:data:`GLOW_FLAGS`).
    night_looks, night_borne_out : int or None
        Images of its night and band that looked at the place, and how many of them show it; None without repeats.
    width_km, width_sigma_km, extent_km2 : float or None
        Diameter of an extended source without the image's blur, its error, and the area of the ground within; None for
        points.
    """

    observation_id: str
    time_utc: datetime
    lat: float
    lon_e: float
    covariance_km2: tuple[float, float, float]
    band: str
    wavelength_um: float | None
    quantity: GlowQuantity
    value: float
    sigma: float | None
    limit: Limit
    source: str
    label: str = ""
    emission_deg: float | None = None
    snr: float | None = None
    flags: tuple[str, ...] = ()
    night_looks: int | None = None
    night_borne_out: int | None = None
    width_km: float | None = None
    width_sigma_km: float | None = None
    extent_km2: float | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorting key: equal measurements have equal keys, whatever order they come in."""
        place = (self.lat, self.lon_e, self.label, self.limit, self.value)
        return (self.time_utc, self.observation_id, self.source, self.band, *place)

    @property
    def is_seen(self) -> bool:
        """Whether there was heat: a saturated source was seen."""
        return self.limit != "upper"

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; the time as ISO 8601 with Z."""
        data: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        for name in _LATER:  # ids of hot spots hash this: what these do not concern keeps its id
            if data[name] is None:
                del data[name]
        return {
            **data,
            "time_utc": format_utc(self.time_utc),
            "covariance_km2": list(self.covariance_km2),
            "flags": list(self.flags),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Glow":
        """The measurement that :meth:`to_json` wrote."""
        return _GLOW.validate_python(data)


_GLOW: Final = TypeAdapter(Glow)
