"""What the keywords of a PDS3, ISIS or VICAR label say of an image beside its pixels, as :class:`Facts`.

Keywords that hold no number are passed over here: only pixels and place are worth refusing a file for. Not for what
an instrument is (:mod:`iovolc.archive.descriptors`).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from iovolc.archive.labels.keywords import Keywords
from iovolc.archive.labels.map_keywords import is_graphic, is_west
from iovolc.archive.labels.values import LabelError
from iovolc.archive.product import Facts
from iovolc.geometry.longitudes import wrap180
from iovolc.model.observation import Quantity

_TEXTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "product_id": ("PRODUCT_ID", "PRODUCTID", "IMAGE_ID", "SOURCEPRODUCTID"),
        "version": ("PRODUCT_VERSION_ID", "PRODUCTVERSIONID"),
        "level": ("PRODUCT_TYPE", "PRODUCTTYPE", "PROCESSING_LEVEL_ID", "DATATYPE"),
        "target": ("TARGET_NAME", "INSTRUMENT.TARGETNAME", "TARGETNAME"),
        "mission": ("SPACECRAFT_NAME", "INSTRUMENT_HOST_NAME", "SPACECRAFTNAME", "MISSION_NAME"),
        "instrument": ("INSTRUMENT_ID", "INSTRUMENTID", "INSTRUMENT_NAME"),
        "band": ("FILTER_NAME", "BANDBIN.FILTERNAME"),
    }
)
_RANGE: Final = ("TARGET_CENTER_DISTANCE", "TARGETCENTERDISTANCE")
_SUB_OBSERVER: Final = ("SUB_SPACECRAFT", "START_SUB_SPACECRAFT", "SUBSPACECRAFT")
_SUB_SOLAR: Final = ("SUB_SOLAR", "START_SUB_SOLAR", "SUBSOLAR")
_UNIT: Final = ("CORE_UNIT", "UNIT", "PIXELUNIT", "ARCHIVE.PIXELUNIT")
_IOF_NAMES: Final = frozenset({"RADIANCEFACTOR", "IOF", "IOVERF"})
_RADIANCE: Final = re.compile(r"(W|WATT|WATTS|UW|MW|NW|ERG)[^A-Z].*(SR|STER)", re.IGNORECASE)
_MIN_NM: Final = 100.0
"""A wavelength without unit is in nanometres from here on: 100 µm is far beyond any detector that maps Io."""


def label_facts(keywords: Keywords) -> Facts:
    """What a label says of all bands alike, without place and scaling.

    Parameters
    ----------
    keywords : Keywords
        Of the label.
    """
    texts: dict[str, Any] = {name: keywords.text(*names) for name, names in _TEXTS.items()}
    facts = _with_times(Facts(**texts, keywords=keywords.plain()), keywords)
    unit = keywords.text(*_UNIT)
    lat, lon_e = _point(keywords, _SUB_OBSERVER)
    solar_lat, solar_lon_e = _point(keywords, _SUB_SOLAR)
    return replace(
        facts,
        unit=unit,
        quantity=quantity_of(unit, keywords.text("CORE_NAME")),
        sub_observer_lat=lat,
        sub_observer_lon_e=lon_e,
        sub_solar_lat=solar_lat,
        sub_solar_lon_e=solar_lon_e,
        range_km=_number(keywords, *_RANGE, unit="km"),
    )


def quantity_of(unit: str, name: str = "") -> Quantity | None:
    """The quantity that a unit and the name of the stored numbers state; None where neither does."""
    plain = "".join(character for character in name.upper() if character.isalnum())
    if plain in _IOF_NAMES or unit.upper().replace(" ", "") in {"I/F", "IOF"}:
        return "iof"
    return "radiance" if _RADIANCE.search(unit) else None


def wavelength_um(keywords: Keywords, *names: str) -> float | None:
    """A wavelength or width of a band; without unit, 100 and more are nanometres."""
    number = _number(keywords, *names)
    if number is None or number <= 0.0:
        return None
    return _number(keywords, *names, unit="um", assume=1e-3 if number >= _MIN_NM else 1.0)


def _with_times(facts: Facts, keywords: Keywords) -> Facts:
    start = keywords.time("START_TIME", "INSTRUMENT.STARTTIME", "STARTTIME")
    stop = keywords.time("STOP_TIME", "INSTRUMENT.STOPTIME", "STOPTIME")
    time = keywords.time("IMAGE_TIME", "IMAGE_MID_TIME", "IMAGETIME")
    # Both archives state exposures in ms where no unit stands, ISIS3 in seconds.
    exposure = _number(keywords, "EXPOSURE_DURATION", unit="s", assume=1e-3)
    if exposure is None:
        exposure = _number(keywords, "EXPOSUREDURATION", unit="s", assume=1.0)
    if start is not None and stop is None and exposure is not None and 0.0 <= exposure < 1e6:
        stop = start + timedelta(seconds=exposure)
    if time is None and start is not None and stop is not None:
        time = start + (stop - start) / 2
    return replace(facts, start_utc=start, time_utc=time, stop_utc=stop, exposure_s=exposure)


def _point(keywords: Keywords, prefixes: tuple[str, ...]) -> tuple[float | None, float | None]:
    """Planetocentric latitude and east longitude; no longitude where the label does not say which way it runs."""
    for prefix in prefixes:
        between = "" if prefix.startswith("SUBS") else "_"
        lat = _number(keywords, f"{prefix}{between}LATITUDE", unit="deg")
        lon = _number(keywords, f"{prefix}{between}LONGITUDE", unit="deg")
        if lat is None or lon is None or abs(lat) > 90.0:
            continue
        west = is_west(keywords)
        return _centric(keywords, lat), None if west is None else wrap180(-lon if west else lon)
    return None, None


def _centric(keywords: Keywords, lat: float) -> float:
    a_km, c_km = _number(keywords, "A_AXIS_RADIUS"), _number(keywords, "C_AXIS_RADIUS")
    if not is_graphic(keywords) or not a_km or not c_km or abs(lat) == 90.0:
        return lat
    return math.degrees(math.atan(math.tan(math.radians(lat)) * (c_km / a_km) ** 2))


def _number(keywords: Keywords, *names: str, unit: str = "", assume: float = 1.0) -> float | None:
    try:
        return keywords.number(*names, unit=unit, assume=assume)
    except LabelError:
        return None
