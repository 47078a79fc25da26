"""What the descriptor of an instrument makes of a row and a label: layers below the catalogue's own words.

Not for the descriptors themselves (:mod:`iovolc.archive.descriptors`).
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from iovolc.archive.descriptors import band_of, descriptor_of, doubts
from iovolc.archive.instrument import Descriptor
from iovolc.archive.instrument_parts import Band
from iovolc.archive.label_facts import LabelFacts, facts_from
from iovolc.archive.layers import CATALOGUE, LABEL, Layer, is_blank
from iovolc.archive.measured import Source, choose_source
from iovolc.archive.product import Facts, Product
from iovolc.archive.rows import Row
from iovolc.archive.sharpness import psf_km, registration_sigma_km
from iovolc.geometry.sky import angular_diameter_arcsec

DESCRIPTOR: Final = "descriptor"

_SAID: Final = (
    "product_id", "version", "target", "exposure_s", "start_utc", "time_utc", "stop_utc", "sub_observer_lat",
    "sub_observer_lon_e", "sub_solar_lat", "sub_solar_lon_e", "range_km", "north_angle_deg", "quantity", "unit",
    "scale",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What is known of one band once its instrument is known.

    Parameters
    ----------
    descriptor : Descriptor or None
        The instrument; None where neither row nor label name one that is known.
    band : Band or None
        Its band.
    layers : tuple of Layer
        The label in the instrument's words, then the instrument itself.
    notes : tuple of str
        What was left out, and which numbers are only settings.
    """

    descriptor: Descriptor | None = None
    band: Band | None = None
    layers: tuple[Layer, ...] = ()
    notes: tuple[str, ...] = ()


NOTHING: Final = Interpretation()


def instrument_of(row: Row, facts: Facts) -> Descriptor | None:
    """The instrument that row or label name; None if they name none that is known."""
    return descriptor_of(
        mission=row.mission or facts.mission, instrument=row.instrument or facts.instrument, keywords=facts.keywords
    )


def interpret(row: Row, facts: Facts) -> Interpretation:
    """Find the instrument and read the label in its words.

    Parameters
    ----------
    row : Row
        Its mission, instrument and band come before the label's.
    facts : Facts
        What the label says.
    """
    descriptor = instrument_of(row, facts)
    if descriptor is None:
        return NOTHING
    said = facts_from(descriptor, facts.keywords)
    name = row.band or facts.band
    band = band_of(descriptor, name) if name else said.band
    own = _of_band(band) | _of_instrument(descriptor, labelled=bool(facts.keywords))
    layers = (_layer(LABEL, _of_label(said)), _layer(DESCRIPTOR, own))
    return Interpretation(descriptor, band, layers, said.notes + doubts(descriptor))


def sharpness(interpretation: Interpretation, range_km: float | None) -> Layer:
    """Point-spread function and error of position of a single exposure; a mosaic has those that its maker gave it.

    Parameters
    ----------
    interpretation : Interpretation
        Instrument and band.
    range_km : float or None
        Distance of the observer from Io.
    """
    descriptor = interpretation.descriptor
    if descriptor is None:
        return Layer(DESCRIPTOR, {})
    values = {
        "psf_km": None if range_km is None else psf_km(descriptor, interpretation.band, range_km),
        "registration_sigma_km": registration_sigma_km(descriptor, range_km=range_km, resolution_km=None),
    }
    return _layer(DESCRIPTOR, values)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said of the band that a row means, before anything is computed from it.

    Parameters
    ----------
    source : Source
        Where in the file its values stand.
    facts : Facts
        What the label says of it.
    interpretation : Interpretation
        What its instrument makes of that.
    layers : tuple of Layer
        Catalogue, label, and the interpretation's own, the one with the say first.
    """

    source: Source
    facts: Facts
    interpretation: Interpretation
    layers: tuple[Layer, ...]


def read_band(product: Product, row: Row) -> Reading:
    """What catalogue, label and descriptor say of the band of a file that a row means.

    Parameters
    ----------
    product : Product
        The open file.
    row : Row
        The catalogue's row.

    Raises
    ------
    UnreadableProduct
        E104 if there is no such band or several could be meant.
    """
    source = choose_source(product, row, instrument_of(row, product.bands[0]))
    facts = product.bands[source.index]
    if source.colour_table:  # its first band is no red one
        facts = replace(facts, band="", channel="")
    interpretation = interpret(row, facts)
    layers = (Layer.of(CATALOGUE, row), Layer.of(LABEL, facts), *interpretation.layers)
    return Reading(source, facts, interpretation, layers)


def pictured(reading: Reading, range_km: float | None) -> Layer:
    """How Io lies in a picture that the instrument's makers publish: which way is up, and how large its disc is.

    Of any other image nothing is taken for granted: a camera may be turned, and pixels may have been binned.

    Parameters
    ----------
    reading : Reading
        Of the picture's band.
    range_km : float or None
        Distance of the observer from Io.
    """
    descriptor = reading.interpretation.descriptor
    pictures = descriptor.pictures if descriptor is not None and reading.source.colour_table else None
    if pictures is None:
        return Layer(DESCRIPTOR, {})
    values: dict[str, Any] = {}
    if pictures.north_angle_deg is not None:
        values["north_angle_deg"] = pictures.north_angle_deg.value
    if pictures.pixels_per_arcsec is not None and range_km is not None:
        values["disc_radius_px"] = pictures.pixels_per_arcsec.value * angular_diameter_arcsec(range_km) / 2.0
    return Layer(DESCRIPTOR, values)


def _of_label(said: LabelFacts) -> dict[str, Any]:
    return {name: getattr(said, name) for name in _SAID} | {"band": said.filter_name}


def _of_band(band: Band | None) -> dict[str, Any]:
    if band is None:
        return {}
    fwhm = band.fwhm_um
    return {
        "band": band.name,
        "channel": band.channel,
        "wavelength_um": band.wavelength_um.value,
        "fwhm_um": None if fwhm is None else fwhm.value,
    }


def _of_instrument(descriptor: Descriptor, *, labelled: bool) -> dict[str, Any]:
    """Names in one spelling; rights only of a product that its archive labelled, not of a picture somebody made."""
    names = {"mission": descriptor.missions[0], "instrument": descriptor.names[0]}
    return names | ({"licence": descriptor.licence, "credit": descriptor.credit} if labelled else {})


def _layer(source: str, values: dict[str, Any]) -> Layer:
    return Layer(source, {name: value for name, value in values.items() if not is_blank(value)})
