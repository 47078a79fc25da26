"""The parts of an instrument, as frozen values that check themselves: numbers with sources, bands, product levels.

Not for the whole (:mod:`iovolc.archive.instrument`).
"""

import math
import re
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.model.observation import Quantity

Tag = Literal["V", "C", "M-h", "M-m", "M-l"]
TAGS: Final = {
    "V": "read in the source itself, or in the public copy that is named",
    "C": "computed from what was read",
    "M-h": "from memory, high confidence",
    "M-m": "from memory, medium confidence",
    "M-l": "from memory, low confidence: a setting, not a fact; check it before relying on it",
}
"""How far a number can be trusted."""

UNITS: Final = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "millisecond": 1e-3,
    "milliseconds": 1e-3, "km": 1.0, "kilometer": 1.0, "kilometers": 1.0, "m": 1e-3, "meter": 1e-3, "meters": 1e-3,
    "au": 149_597_870.7, "deg": 1.0, "degree": 1.0, "degrees": 1.0, "rad": math.degrees(1.0),
    "radian": math.degrees(1.0), "radians": math.degrees(1.0),
}  # fmt: skip
"""Factors of the units in labels to seconds, kilometres and degrees, by lower-case name."""


class Number(NamedTuple):
    """A number with its confidence (key of :data:`TAGS`) and its source (key of :attr:`Descriptor.sources`)."""

    value: Annotated[float, Field(strict=True, allow_inf_nan=False)]
    tag: Tag
    source: str

    @property
    def is_doubtful(self) -> bool:
        """Whether the number is a setting with a warning rather than a fact."""
        return self.tag == "M-l"


class Part(BaseModel):
    """Base of all parts: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(Part):
    """One band or filter.

    Parameters
    ----------
    name : str
        As the labels have it.
    aliases : tuple of str
        Other spellings; case, blanks and punctuation never matter.
    channel : str
        The common channel; the wavelength must suit it.
    wavelength_um, fwhm_um : Number
        Effective wavelength and full width at half maximum in micrometres.
    note : str
        What a user should know.
    """

    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    channel: str
    wavelength_um: Number
    fwhm_um: Number | None = None
    note: str = ""

    @model_validator(mode="after")
    def _suits_channel(self) -> Self:
        if self.channel not in CHANNEL_RANGES_UM:
            raise ValueError(f"band {self.name}: no channel `{self.channel}`")
        low, high = CHANNEL_RANGES_UM[self.channel]
        if not low <= self.wavelength_um.value <= high:
            raise ValueError(f"band {self.name}: {self.wavelength_um.value:g} um is not `{self.channel}`")
        if self.fwhm_um is not None and not 0.0 < self.fwhm_um.value < 2.0 * self.wavelength_um.value:
            raise ValueError(f"band {self.name}: a width of {self.fwhm_um.value:g} um")
        return self


class Spectral(Part):
    """The range and resolution of a spectrometer, in micrometres; its bands are named by wavelength."""

    low_um: Number
    high_um: Number
    resolution_um: Number | None = None


class Psf(Part):
    """Full width at half maximum of a point source: in pixels, in microradians, or of the diffraction of an aperture.

    Exactly one is given.
    """

    fwhm_px: Number | None = None
    fwhm_urad: Number | None = None
    aperture_m: Number | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [number for number in (self.fwhm_px, self.fwhm_urad, self.aperture_m) if number is not None]
        if len(given) != 1 or given[0].value <= 0.0:
            raise ValueError("give one positive fwhm_px, fwhm_urad or aperture_m")
        return self


class Registration(Part):
    """One-sigma position error per axis: a part in kilometres and a part in pixels, which grows with the range."""

    sigma_km: Number | None = None
    sigma_px: Number | None = None
    limit: str = ""

    @model_validator(mode="after")
    def _any(self) -> Self:
        given = [number.value for number in (self.sigma_km, self.sigma_px) if number is not None]
        if not given or min(given) < 0.0:
            raise ValueError("give sigma_km or sigma_px, not negative")
        return self


class Level(Part):
    """One processing level of the instrument's products.

    Parameters
    ----------
    name : str
        For example RDR.
    patterns : tuple of str
        Regular expressions; one must be found in a keyword that tells the level.
    quantity : str
        ``iof`` or ``radiance``; ``relative`` for raw numbers.
    unit : str
        Of the scaled values.
    scale : Number or None
        Value of one stored number, where the label gives none.
    saturation_dn : Number or None
        Stored number from which a pixel is saturated.
    """

    name: str = Field(min_length=1)
    patterns: tuple[str, ...] = Field(min_length=1)
    quantity: Quantity
    unit: str = ""
    scale: Number | None = None
    saturation_dn: Number | None = None
    note: str = ""

    @field_validator("patterns")
    @classmethod
    def _compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"`{pattern}` is no pattern: {error}") from error
        return patterns


class Keyword(Part):
    """A keyword of a label, with the unit of a bare number; with ``mean_with`` the value is the mean of the two."""

    name: str = Field(min_length=1)
    unit: str = ""
    mean_with: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @field_validator("unit")
    @classmethod
    def _known(cls, unit: str) -> str:
        if unit and unit not in UNITS:
            raise ValueError(f"unknown unit `{unit}`")
        return unit


class Longitudes(Part):
    """The sense of the longitudes in the labels, where the label itself does not say it."""

    sense: Literal["west", "east"]
    tag: Tag
    source: str


class Pictures(Part):
    """What is known of the pictures that the observatory publishes; the angle is Io's north, anticlockwise from up."""

    colour_table: str = ""
    north_angle_deg: Number | None = None
    pixels_per_arcsec: Number | None = None
    note: str = ""


class Noise(Part):
    """Noise of a pixel: readout in electrons, full well in electrons, flat field as a fraction."""

    read_e: Number | None = None
    full_well_e: Number | None = None
    flat: Number | None = None


def plain(text: str) -> str:
    """The text in upper case without blanks and punctuation: equal names are spelled alike."""
    return "".join(character for character in text.upper() if character.isalnum())
