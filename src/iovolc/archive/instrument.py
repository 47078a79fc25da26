"""What an instrument is, as a value: its bands, scale, sharpness, noise, product levels and the words of its labels.

Frozen and checked on construction. Not for finding the instrument of a file (:mod:`iovolc.archive.descriptors`) nor for
reading its label (:mod:`iovolc.archive.label_facts`).
"""

from collections.abc import Iterator
from typing import Final, Self

from pydantic import Field, model_validator

from iovolc.archive.instrument_parts import (
    Band,
    Keyword,
    Level,
    Longitudes,
    Noise,
    Number,
    Part,
    Pictures,
    Psf,
    Registration,
    Spectral,
    plain,
)  # fmt: skip

CANONICAL: Final = (
    "product_id", "version", "level", "target", "filter", "exposure", "start", "mid", "stop",
    "sub_observer_lat", "sub_observer_lon", "sub_solar_lat", "sub_solar_lon", "longitude_direction",
    "range", "altitude", "north_azimuth", "scale",
)  # fmt: skip
"""What may be asked of a label; the keys of :attr:`Descriptor.keywords`."""


class Descriptor(Part):
    """One instrument.

    Parameters
    ----------
    id : str
        The file's name.
    missions, names : tuple of str
        Spellings of mission and instrument; the first are for people.
    naif_id : int or None
        The observer's number in SPICE; None where the mission's name says which of several it is.
    earth_based : bool
        Whether the instrument is on the Earth or in a low orbit, so that Io's sky follows from the time alone.
    identified_by : tuple of mapping
        Alternatives; in one of them every keyword must hold one of its values.
    keywords : mapping of str to tuple of Keyword
        What is asked (:data:`CANONICAL`) to the keywords that answer, in order.
    ifov_urad : Number or None
        Angle of one pixel in microradians.
    calibration_sigma : Number or None
        Absolute calibration error as a fraction.
    sources : mapping of str to str
        The references, each used at least once.
    """

    id: str
    missions: tuple[str, ...] = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=1)
    naif_id: int | None = None
    earth_based: bool = False
    identified_by: tuple[dict[str, tuple[str, ...]], ...] = Field(min_length=1)
    keywords: dict[str, tuple[Keyword, ...]]
    bands: tuple[Band, ...] = ()
    spectral: Spectral | None = None
    ifov_urad: Number | None = None
    psf: Psf | None = None
    registration: Registration | None = None
    noise: Noise | None = None
    calibration_sigma: Number | None = None
    levels: tuple[Level, ...] = ()
    longitudes: Longitudes | None = None
    pictures: Pictures | None = None
    licence: str = ""
    credit: str = ""
    note: str = ""
    sources: dict[str, str]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if unknown := sorted(set(self.keywords) - set(CANONICAL)):
            raise ValueError(f"keywords: unknown {', '.join(unknown)}")
        if not self.bands and self.spectral is None:
            raise ValueError("neither bands nor a spectral range")
        spellings = [name for band in self.bands for name in {plain(known) for known in (band.name, *band.aliases)}]
        if twice := sorted({name for name in spellings if spellings.count(name) > 1}):
            raise ValueError(f"bands: {', '.join(twice)} names two bands")
        used = {number.source for _, number in self.numbers()} | (
            {self.longitudes.source} if self.longitudes else set()
        )
        if used != set(self.sources):
            raise ValueError(f"sources: {', '.join(sorted(used ^ set(self.sources)))} not given or not used")
        return self

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Every number of the descriptor with its place, for example ``bands.RED.wavelength_um``."""
        yield from _numbers(self, "")


def _numbers(part: Part, prefix: str) -> Iterator[tuple[str, Number]]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Number):
            yield prefix + name, value
        elif isinstance(value, Part):
            yield from _numbers(value, f"{prefix}{name}.")
        elif isinstance(value, tuple) and not isinstance(value, Number):
            for item in value:
                if isinstance(item, Part):
                    yield from _numbers(item, f"{prefix}{name}.{getattr(item, 'name', '')}.")
