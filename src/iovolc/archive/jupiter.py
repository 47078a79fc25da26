"""Jupiter's geometric albedo by channel and wavelength, from ``data/photometry/jupiter.yaml``.

Not for what arrives at Io (:mod:`iovolc.light.jupiter`).
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from pydantic import Field, ValidationError, model_validator

from iovolc.archive.instrument_parts import Number, Part
from iovolc.data import data_path
from iovolc.errors import IovolcError

FILE: Final = "photometry/jupiter.yaml"
METHANE_HALF_WIDTH_UM: Final = 0.006
"""Images this close to the methane band are taken in it; broad filters nearby have the albedo between bands."""


class AlbedoBand(Part):
    """Albedo in one band.

    Parameters
    ----------
    name : str
        Of the band.
    wavelength_um : Number
        Effective wavelength.
    albedo : Number
        Geometric albedo.
    """

    name: str = "methane"
    wavelength_um: Number
    albedo: Number


class JupiterAlbedo(Part):
    """Geometric albedo of Jupiter from 0.36 to 0.9 um.

    Parameters
    ----------
    bands : tuple of AlbedoBand
        By rising wavelength; albedos between them are interpolated linearly in wavelength, those outside are the last.
    methane : AlbedoBand
        The band of methane, which no interpolation crosses.
    channels : mapping of str to Number
        Wavelength that stands for a channel, in micrometres.
    sources : mapping of str to str
        What the numbers refer to.
    """

    bands: tuple[AlbedoBand, ...] = Field(min_length=2)
    methane: AlbedoBand
    channels: Mapping[str, Number]
    sources: Mapping[str, str]

    @model_validator(mode="after")
    def _checked(self) -> "JupiterAlbedo":
        waves = [band.wavelength_um.value for band in self.bands]
        if waves != sorted(set(waves)):
            raise ValueError("the bands are not in the order of their wavelengths")
        if unknown := sorted({number.source for _, number in self.numbers()} - set(self.sources)):
            raise ValueError(f"no source called {', '.join(unknown)}")
        return self

    def numbers(self) -> tuple[tuple[str, Number], ...]:
        """All numbers with their places."""
        bands = [(f"{band.name}.{key}", getattr(band, key)) for band in (*self.bands, self.methane) for key in _KEYS]
        return (*bands, *((f"channels.{name}", number) for name, number in self.channels.items()))

    def at(self, wavelength_um: float) -> float:
        """Albedo at a wavelength, in the methane band that band's."""
        if abs(wavelength_um - self.methane.wavelength_um.value) <= METHANE_HALF_WIDTH_UM:
            return self.methane.albedo.value
        waves = [band.wavelength_um.value for band in self.bands]
        return float(np.interp(wavelength_um, waves, [band.albedo.value for band in self.bands]))

    def of_channel(self, channel: str, wavelength_um: float = math.nan) -> float | None:
        """Albedo in a channel, at the wavelength of an image where that is known.

        Parameters
        ----------
        channel : str
            Common channel.
        wavelength_um : float
            Effective wavelength, nan where it is not known.

        Returns
        -------
        float or None
            None in J, H, K, L and M, in which the albedo is not known here.
        """
        if channel not in self.channels and channel != self.methane.name:
            return None
        if math.isfinite(wavelength_um):
            return self.at(wavelength_um)
        if channel == self.methane.name:
            return self.methane.albedo.value
        return self.at(self.channels[channel].value)


_KEYS: Final = ("wavelength_um", "albedo")


@lru_cache(maxsize=1)
def load_jupiter_albedo() -> JupiterAlbedo:
    """The albedos that iovolc carries.

    Raises
    ------
    IovolcError
        If the installation lacks them or they are broken.
    """
    return read_jupiter_albedo(data_path(FILE))


def read_jupiter_albedo(path: Path) -> JupiterAlbedo:
    """The albedos of a file.

    Raises
    ------
    IovolcError
        If the file is not what it should be; the message says where.
    """
    try:
        return JupiterAlbedo.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise IovolcError(f"the albedos of Jupiter in {path.name} are broken: {error}") from error


def geometric_albedo() -> Mapping[str, float]:
    """Geometric albedo of Jupiter by channel, for the channels that show reflected light."""
    albedo = load_jupiter_albedo()
    found = {channel: albedo.of_channel(channel) for channel in (*albedo.channels, "methane")}
    return {channel: value for channel, value in found.items() if value is not None}
