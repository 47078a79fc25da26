"""What a label says in the words of its instrument: filter, exposure, times, geometry, level, in iovolc's own units.

Geometry that a label gives for another body is never taken for Io's. Not for placing pixels.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from iovolc import body
from iovolc.archive.descriptors import band_of
from iovolc.archive.instrument import Descriptor
from iovolc.archive.instrument_parts import Band, Keyword, Level, plain
from iovolc.archive.label_words import Words
from iovolc.geometry.longitudes import east_from_west, wrap180
from iovolc.model.observation import Quantity


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What a label says. None marks a number, an empty string a text that it does not give.

    Parameters
    ----------
    product_id, version, target, filter_name : str
        In the label's spelling; the version stands in the label, not in the product id.
    band : Band or None
        The descriptor's band of that filter.
    level : Level or None
        The descriptor's processing level.
    exposure_s : float or None
        Exposure.
    start_utc, time_utc, stop_utc : datetime or None
        Timezone-aware UTC; ``time_utc`` is the middle.
    sub_observer_lat, sub_observer_lon_e, sub_solar_lat, sub_solar_lon_e : float or None
        Degrees, east-positive, -180 to 180.
    range_km : float or None
        Distance of the observer from Io's centre.
    north_angle_deg : float or None
        Direction of Io's north, anticlockwise from image up, -180 to 180.
    quantity : str or None
        What the level's values are.
    unit : str
        Of the scaled values.
    scale : float or None
        Value of one stored number.
    saturation_dn : float or None
        Stored number from which a pixel is saturated.
    notes : tuple of str
        What was left out and why.
    """

    product_id: str = ""
    version: str = ""
    target: str = ""
    filter_name: str = ""
    band: Band | None = None
    level: Level | None = None
    exposure_s: float | None = None
    start_utc: datetime | None = None
    time_utc: datetime | None = None
    stop_utc: datetime | None = None
    sub_observer_lat: float | None = None
    sub_observer_lon_e: float | None = None
    sub_solar_lat: float | None = None
    sub_solar_lon_e: float | None = None
    range_km: float | None = None
    north_angle_deg: float | None = None
    quantity: Quantity | None = None
    unit: str = ""
    scale: float | None = None
    saturation_dn: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Geometry:
    sub_observer_lat: float | None = None
    sub_observer_lon_e: float | None = None
    sub_solar_lat: float | None = None
    sub_solar_lon_e: float | None = None
    range_km: float | None = None
    north_angle_deg: float | None = None
    notes: tuple[str, ...] = ()


def facts_from(descriptor: Descriptor, keywords: Mapping[str, str]) -> LabelFacts:
    """The values that the descriptor's keywords hold.

    Parameters
    ----------
    descriptor : Descriptor
        Of the label's instrument.
    keywords : mapping of str to str
        Of :class:`~iovolc.archive.product.Facts`: groups joined by dots; a number may be followed by its unit.
    """
    words = Words.of(keywords)

    def asked(name: str) -> tuple[Keyword, ...]:
        return descriptor.keywords.get(name, ())

    filters = words.texts(asked("filter"))
    named = [(name, band) for name in filters if (band := band_of(descriptor, name)) is not None]
    filter_name, band = named[0] if named else (filters[0] if filters else "", None)
    level = _level(descriptor, words)
    geometry = _geometry(descriptor, words)
    return LabelFacts(
        product_id=words.first(asked("product_id")),
        version=words.first(asked("version")),
        target=words.first(asked("target")),
        filter_name=filter_name,
        band=band if filters else _only_band(descriptor),
        level=level,
        exposure_s=words.number(asked("exposure")),
        start_utc=words.time(asked("start")),
        time_utc=words.time(asked("mid")),
        stop_utc=words.time(asked("stop")),
        sub_observer_lat=geometry.sub_observer_lat,
        sub_observer_lon_e=geometry.sub_observer_lon_e,
        sub_solar_lat=geometry.sub_solar_lat,
        sub_solar_lon_e=geometry.sub_solar_lon_e,
        range_km=geometry.range_km,
        north_angle_deg=geometry.north_angle_deg,
        quantity=level.quantity if level else None,
        unit=level.unit if level else "",
        scale=_scale(descriptor, level, words),
        saturation_dn=level.saturation_dn.value if level and level.saturation_dn else None,
        notes=geometry.notes,
    )


def _only_band(descriptor: Descriptor) -> Band | None:
    return descriptor.bands[0] if len(descriptor.bands) == 1 and descriptor.spectral is None else None


def _level(descriptor: Descriptor, words: Words) -> Level | None:
    for text in words.texts(descriptor.keywords.get("level", ())):
        for level in descriptor.levels:
            if any(re.search(pattern, text, re.IGNORECASE) for pattern in level.patterns):
                return level
    return None


def _scale(descriptor: Descriptor, level: Level | None, words: Words) -> float | None:
    if level is None or level.quantity == "relative":
        return None
    labelled = words.number(descriptor.keywords.get("scale", ()))
    if labelled:
        return labelled
    return level.scale.value if level.scale else None


def _geometry(descriptor: Descriptor, words: Words) -> _Geometry:
    asked = descriptor.keywords
    target = words.first(asked.get("target", ()))
    if target and plain(target) != plain(body.NAME):
        return _Geometry(notes=(f"the label's geometry is that of {target}, so it is left out",))
    sense = _sense(descriptor, words)

    def lon_e(name: str) -> float | None:
        lon = words.number(asked.get(name, ()))
        if lon is None or not sense:
            return None
        return east_from_west(lon) if sense == "west" else wrap180(lon)

    range_km = words.number(asked.get("range", ()))
    altitude_km = words.number(asked.get("altitude", ()))
    if range_km is None and altitude_km is not None:
        range_km = altitude_km + body.RADIUS_KM
    azimuth = words.number(asked.get("north_azimuth", ()))
    has_lon = words.number(asked.get("sub_observer_lon", ())) is not None
    return _Geometry(
        sub_observer_lat=words.number(asked.get("sub_observer_lat", ())),
        sub_observer_lon_e=lon_e("sub_observer_lon"),
        sub_solar_lat=words.number(asked.get("sub_solar_lat", ())),
        sub_solar_lon_e=lon_e("sub_solar_lon"),
        range_km=range_km,
        # PDS counts clockwise from image right.
        north_angle_deg=None if azimuth is None else wrap180(270.0 - azimuth),
        notes=("the label does not say whether its longitudes are east or west",) if has_lon and not sense else (),
    )


def _sense(descriptor: Descriptor, words: Words) -> str:
    written = plain(words.first(descriptor.keywords.get("longitude_direction", ()))).lower().removeprefix("positive")
    if written in ("west", "east"):
        return written
    return descriptor.longitudes.sense if descriptor.longitudes else ""
