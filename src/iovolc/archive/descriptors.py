"""The instruments that iovolc knows, from ``data/instruments``: loading them, and finding that of a file and its bands.

One YAML file per instrument; a number is written ``[value, confidence, source]``. Not for reading a label's values
(:mod:`iovolc.archive.label_facts`) nor for widths and errors in kilometres (:mod:`iovolc.archive.sharpness`).
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import yaml
from pydantic import ValidationError

from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.archive.instrument import Descriptor
from iovolc.archive.instrument_parts import Band, Number, plain
from iovolc.archive.label_words import Words
from iovolc.data import data_path
from iovolc.errors import IovolcError

try:  # libyaml's, where PyYAML has it: in Python the descriptors take half a second
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader

FOLDER: Final = "instruments"
_COMPOUND: Final = re.compile(r"[+/,;|]")
_SERIAL: Final = re.compile(r"_G\d{4}$", re.IGNORECASE)
_WAVELENGTH: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(nm|um|µm|micron|microns|micrometers)?", re.IGNORECASE)
_NEVER_BY_WAVELENGTH: Final = frozenset({"methane", "clear"})


@lru_cache(maxsize=1)
def load_descriptors() -> Mapping[str, Descriptor]:
    """All instruments that iovolc carries, by the names of their files, in order.

    Raises
    ------
    IovolcError
        If the installation lacks them or one is broken.
    """
    return read_descriptors(data_path(FOLDER))


def read_descriptors(folder: Path) -> Mapping[str, Descriptor]:
    """All instruments of a folder by the names of their files, in order.

    Raises
    ------
    IovolcError
        If a file is not a descriptor; the message names file and key.
    """
    return MappingProxyType({path.stem: _read(path) for path in sorted(folder.glob("*.yaml"))})


def _read(path: Path) -> Descriptor:
    try:
        descriptor = Descriptor.model_validate(yaml.load(path.read_text(encoding="utf-8"), SafeLoader))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise IovolcError(f"the instrument descriptor {path.name} is broken: {error}") from error
    if descriptor.id != path.stem:
        raise IovolcError(f"the instrument descriptor {path.name} calls itself `{descriptor.id}`; rename one of them")
    return descriptor


def doubts(descriptor: Descriptor) -> tuple[str, ...]:
    """One warning for each number of the instrument that is a setting rather than a fact, with what to do."""
    return tuple(
        f"{descriptor.names[0]}: {place} = {number.value:g} is assumed ({descriptor.sources[number.source]}); "
        "give the catalogue's column where you know better"
        for place, number in descriptor.numbers()
        if number.is_doubtful
    )


def descriptor_of(*, mission: str, instrument: str, keywords: Mapping[str, str]) -> Descriptor | None:
    """The instrument of an observation: by the catalogue's names, else by the label.

    Parameters
    ----------
    mission, instrument : str
        From the catalogue or the label, in any spelling; blank is unknown.
    keywords : mapping of str to str
        Of :class:`~iovolc.archive.product.Facts`.

    Returns
    -------
    Descriptor or None
        None where no instrument answers, or several do: nothing is guessed.
    """
    words = Words.of(keywords)
    known = load_descriptors().values()
    named = [descriptor for descriptor in known if _is_named(descriptor, mission, instrument)]
    if len(named) == 1:
        return named[0]
    if instrument.strip() and not named:
        return None
    labelled = [descriptor for descriptor in named or known if _is_labelled(descriptor, words)]
    return labelled[0] if len(labelled) == 1 else None


def _is_named(descriptor: Descriptor, mission: str, instrument: str) -> bool:
    wanted, host = plain(instrument), plain(mission)
    hosts = {plain(name) for name in descriptor.missions}
    if not wanted or (host and host not in hosts):
        return False
    names = {plain(name) for name in descriptor.names}
    return wanted in names or any(wanted == head + name for head in hosts for name in names)


def _is_labelled(descriptor: Descriptor, words: Words) -> bool:
    return any(
        all(plain(words.text(name)) in {plain(value) for value in values} for name, values in alternative.items())
        for alternative in descriptor.identified_by
    )


def band_of(descriptor: Descriptor, name: str) -> Band | None:
    """The band of that name, in any spelling, or of that wavelength if the instrument is a spectrometer.

    Of filters in two wheels (``Lp + clear``, ``("RED", "2")``) the one that is known counts, if it is only one.
    """
    whole = _SERIAL.sub("", name.strip())
    parts = _COMPOUND.split(whole)
    found = _spelled(descriptor.bands, whole) or [band for part in parts for band in _spelled(descriptor.bands, part)]
    if found:
        return found[0] if len({band.name for band in found}) == 1 else None
    match = _WAVELENGTH.fullmatch(whole)
    if match is None:
        return None
    return band_at(descriptor, float(match[1]) * (1e-3 if (match[2] or "").lower() == "nm" else 1.0))


def _spelled(bands: Iterable[Band], name: str) -> list[Band]:
    wanted = plain(name)
    return [band for band in bands if wanted and wanted in {plain(known) for known in (band.name, *band.aliases)}]


def band_at(descriptor: Descriptor, wavelength_um: float) -> Band | None:
    """The band of a spectrometer at a wavelength in micrometres; None outside its range or between the channels."""
    spectral = descriptor.spectral
    if spectral is None or not spectral.low_um.value <= wavelength_um <= spectral.high_um.value:
        return None
    channel = channel_at(wavelength_um)
    if channel is None:
        return None
    wavelength = Number(wavelength_um, "V", spectral.low_um.source)
    return Band(name=f"{wavelength_um:g} um", channel=channel, wavelength_um=wavelength, fwhm_um=spectral.resolution_um)


def channel_at(wavelength_um: float) -> str | None:
    """The channel whose middle is nearest, of those that the wavelength suits; None between the channels.

    ``clear`` and ``methane`` are names of filters, never of a wavelength.
    """
    return min(_channels(wavelength_um), default=(0.0, None))[1]


def _channels(wavelength_um: float) -> Iterator[tuple[float, str]]:
    for name, (low, high) in CHANNEL_RANGES_UM.items():
        if low <= wavelength_um <= high and name not in _NEVER_BY_WAVELENGTH:
            yield abs(math.log(wavelength_um / math.sqrt(low * high))), name
