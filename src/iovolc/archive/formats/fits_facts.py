"""What the header of a FITS image says beside its place: times, instrument, filter, unit, wavelengths.

Only keywords of the FITS standard and of common use are read; an instrument's own mean what its descriptor says.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from astropy.io.fits import Header
from astropy.time import Time

from iovolc.archive.formats.units import convert, quantity_of
from iovolc.archive.product import Facts

_SCALES: Final = {"UTC": "utc", "TT": "tt", "TDT": "tt", "ET": "tdb", "TDB": "tdb", "TAI": "tai", "IAT": "tai"}
_COMMENTARY: Final = frozenset({"", "COMMENT", "HISTORY", "CONTINUE", "END"})
_SPECTRAL: Final = ("WAVE", "AWAV")
_MAX_VALUE: Final = 400


def read_facts(headers: tuple[Header, ...], bands: int) -> tuple[Facts, ...]:
    """Band by band what the headers say, without the place.

    Parameters
    ----------
    headers : tuple of Header
        Of the file and of the image; later ones go first.
    bands : int
        Number of planes.
    """
    keywords = flatten(headers)
    image = headers[-1]
    unit = keywords.get("BUNIT", "")
    common = Facts(
        product_id=keywords.get("PRODUCT_ID", ""),
        target=keywords.get("OBJECT", "") or keywords.get("TARGNAME", ""),
        mission=keywords.get("TELESCOP", ""),
        instrument=keywords.get("INSTRUME", ""),
        band=keywords.get("FILTER", ""),
        unit=unit,
        quantity=quantity_of(unit),
        scale=_number(image.get("BSCALE")),
        offset=_number(image.get("BZERO")),
        nodata=_number(image.get("BLANK")) if _number(image.get("BITPIX", 0)) in {8, 16, 32, 64} else None,
        exposure_s=_first(keywords, "EXPTIME", "XPOSURE", "TELAPSE"),
        keywords=keywords,
        **_times(keywords),
    )
    waves = _wavelengths(image, bands)
    return tuple(replace(common, wavelength_um=wave) for wave in waves)


def flatten(headers: tuple[Header, ...]) -> dict[str, str]:
    """All keywords that hold one value, as text; later headers go first."""
    found: dict[str, str] = {}
    for header in headers:
        for card in header.cards:
            key = card.keyword.upper()
            if key not in _COMMENTARY and isinstance(card.value, str | int | float):
                found[key] = str(card.value).strip()[:_MAX_VALUE]
    return found


def _number(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable else None


def _first(keywords: Mapping[str, str], *names: str) -> float | None:
    for name in names:
        try:
            value = float(keywords[name])
        except (KeyError, ValueError):
            continue
        if math.isfinite(value):
            return value
    return None


def _times(keywords: Mapping[str, str]) -> dict[str, Any]:
    """Start, middle and stop; a date without a time of day is a span of a day."""
    scale = _SCALES.get(keywords.get("TIMESYS", "UTC").upper())
    if scale is None:
        return {}
    date = keywords.get("DATE-OBS", "")
    if date and "T" not in date and "TIME-OBS" in keywords:
        date = f"{date}T{keywords['TIME-OBS']}"
    start = _time(keywords.get("DATE-BEG", "") or date, scale)
    stop = _time(keywords.get("DATE-END", ""), scale)
    if stop is None and start is not None and "T" not in (keywords.get("DATE-BEG", "") or date):
        stop = start + timedelta(days=1)
    if start is None and (day := _first(keywords, "MJD-BEG", "MJD-OBS")) is not None:
        start = _utc(Time(day, format="mjd", scale=scale))
    return {"start_utc": start, "time_utc": _time(keywords.get("DATE-AVG", ""), scale), "stop_utc": stop}


def _time(text: str, scale: str) -> datetime | None:
    if not text:
        return None
    try:
        return _utc(Time(text.removesuffix("Z"), format="isot" if "T" in text else "iso", scale=scale))
    except ValueError:
        return None


def _utc(time: Time) -> datetime | None:
    try:
        days: Any = time.utc
        return days.to_datetime(timezone=UTC, leap_second_strict="silent")
    except (ValueError, OverflowError):
        return None


def _wavelengths(header: Header, bands: int) -> tuple[float | None, ...]:
    """Centres of the planes of a cube whose third axis is a wavelength."""
    kind = str(header.get("CTYPE3", "")).strip().upper()
    step = _number(header.get("CD3_3")) or _number(header.get("CDELT3"))
    value, pixel = _number(header.get("CRVAL3")), _number(header.get("CRPIX3"))
    unit = str(header.get("CUNIT3", "m")).strip()
    if kind not in _SPECTRAL or value is None or step is None:
        return (None,) * bands
    return tuple(convert(value + step * (band + 1 - (pixel or 0.0)), unit, "um") for band in range(bands))
