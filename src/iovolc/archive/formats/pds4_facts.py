"""What a PDS4 label says of an image and its bands beside their place: identity, times, instrument, filter, geometry.

Not for what an instrument's own keywords mean (:mod:`iovolc.archive.descriptors`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element

from iovolc.archive.formats import pds4_label as xml
from iovolc.archive.formats.pds4_array import Array, special_constants
from iovolc.archive.formats.units import convert, quantity_of
from iovolc.archive.origin import Origin
from iovolc.archive.product import Facts
from iovolc.geometry.longitudes import wrap180
from iovolc.model.observation import parse_utc

_EAST: Final = {"positive east": 1.0, "positive west": -1.0}


def read_facts(root: Element, array: Array, origin: Origin) -> tuple[Facts, ...]:
    """Band by band what the label says, without the place.

    Raises
    ------
    UnreadableProduct
        E102 for special constants that are no numbers of the array's type.
    """
    common = Facts(
        **_identity(root), **_times(root), **_numbers(array, origin), **_geometry(root), keywords=xml.keywords(root)
    )
    imaging = xml.referring(root, "Imaging", array.identifier)
    exposure = xml.first(imaging if imaging is not None else root, "exposure_duration")
    whole = replace(
        common,
        exposure_s=convert(xml.number_of(exposure), xml.unit_of(exposure), "s"),
        **_filter(xml.first(imaging if imaging is not None else root, "Optical_Filter")),
    )
    bins = _bins(array.element)
    return tuple(replace(whole, **_filter(bins.get(band + 1))) for band in range(array.bands))


def _identity(root: Element) -> dict[str, Any]:
    area = xml.first(root, "Identification_Area")
    systems = list(xml.every(root, "Observing_System_Component"))
    kinds = {xml.text(item, "type").lower(): xml.text(item, "name") for item in reversed(systems)}
    return {
        "product_id": xml.text(area, "logical_identifier").rpartition(":")[2],
        "version": xml.text(area, "version_id"),
        "level": xml.text(xml.first(root, "Primary_Result_Summary"), "processing_level"),
        "target": xml.text(xml.first(root, "Target_Identification"), "name"),
        "mission": xml.text(xml.first(root, "Investigation_Area"), "name"),
        "instrument": kinds.get("instrument", ""),
    }


def _times(root: Element) -> dict[str, Any]:
    area = xml.first(root, "Time_Coordinates")
    return {f"{end}_utc": _time(xml.text(area, f"{end}_date_time")) for end in ("start", "stop")}


def _time(text: str) -> datetime | None:
    """Times of PDS4 are UTC, with or without Z; also year and day of the year."""
    for form in ("%Y-%jT%H:%M:%S.%fZ", "%Y-%jT%H:%M:%SZ"):
        try:
            return parse_utc(datetime.strptime(text, form).isoformat())  # noqa: DTZ007  (parse_utc adds it)
        except ValueError:
            continue
    try:
        return parse_utc(text)
    except ValueError:
        return None


def _numbers(array: Array, origin: Origin) -> dict[str, Any]:
    element = xml.first(array.element, "Element_Array")
    unit = xml.text(element, "unit")
    missing = dict(special_constants(array, origin)).get("missing_constant")
    return {
        "unit": unit,
        "quantity": quantity_of(unit),
        "scale": xml.number(element, "scaling_factor"),
        "offset": xml.number(element, "value_offset"),
        "nodata": None if missing is None else float(missing),
    }


def _geometry(root: Element) -> dict[str, Any]:
    """Of the geometry dictionary; longitudes only where the label says which way they grow."""
    geometry = xml.first(root, "Geometry")
    direction = xml.text(geometry, "longitude_direction", "positive_longitude_direction")
    direction = (direction or xml.text(xml.first(root, "Geodetic_Model"), "longitude_direction")).lower()
    east = _EAST.get(direction, _EAST.get(f"positive {direction}"))
    is_centric = "graphic" not in xml.text(geometry, "latitude_type", "lat_long_method").lower()
    found: dict[str, Any] = {}
    for ours, theirs in (("sub_observer", "subspacecraft"), ("sub_solar", "subsolar")):
        lat, lon = (_degrees(xml.first(geometry, f"{theirs}_{axis}")) for axis in ("latitude", "longitude"))
        found[f"{ours}_lat"] = lat if is_centric else None
        found[f"{ours}_lon_e"] = None if lon is None or east is None else float(wrap180(lon * east))
    distance = xml.first(geometry, "spacecraft_target_center_distance", "spacecraft_target_distance")
    return found | {"range_km": convert(xml.number_of(distance), xml.unit_of(distance), "km")}


def _degrees(element: Element | None) -> float | None:
    return convert(xml.number_of(element), xml.unit_of(element) or "deg", "deg")


def _bins(element: Element) -> Mapping[int, Element]:
    """The label's bands by their number, counted from 1."""
    numbered = ((xml.number(item, "band_number"), item) for item in xml.every(element, "Band_Bin"))
    return {int(number): item for number, item in numbered if number is not None}


def _filter(element: Element | None) -> dict[str, Any]:
    """Name, wavelength and width of a filter or a bin, as far as they are given."""
    centre = xml.first(element, "center_filter_wavelength", "center_wavelength", "filter_wavelength")
    width = xml.first(element, "bandwidth", "band_width")
    found = {
        "band": xml.text(element, "filter_name", "filter_id"),
        "wavelength_um": convert(xml.number_of(centre), xml.unit_of(centre), "um"),
        "fwhm_um": convert(xml.number_of(width), xml.unit_of(width), "um"),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}
