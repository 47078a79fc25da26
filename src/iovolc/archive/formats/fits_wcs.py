"""Where the world coordinates of a FITS image put it on Io.

Two spellings are read: planetary coordinates (``IOLN-CAR`` and ``IOLT-CAR`` and other projections; Marmo et al. 2018,
Earth and Space Science 5, 640) and linear axes that name their direction in words, as PlanetMapper writes them. Places
on the sky (``RA---TAN``) are none on Io. Our rules are checked against wcslib's.
"""

import math
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from astropy.io.fits import Header
from astropy.wcs import WCS
from pyproj import CRS
from pyproj.exceptions import CRSError

from iovolc import body
from iovolc.archive.crs import canonical, why_refused
from iovolc.archive.formats import agreement, graphic
from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.model.observation import Bounds, Projected

_PLANETARY: Final = re.compile(r"([A-Z]{2})L([NT])-([A-Z]{3})")
_IN_WORDS: Final = re.compile(r"(planeto(?:graphic|centric))? ?longitude, positive ([ew])", re.IGNORECASE)
_PROJECTIONS: Final = MappingProxyType(
    {"CAR": "eqc", "SFL": "sinu", "SIN": "ortho", "STG": "stere", "ZEA": "laea", "MER": "merc", "CEA": "cea",
     "MOL": "moll"}
)  # fmt: skip
"""PROJ's names of the projections of FITS (Calabretta & Greisen 2002), with the parameters' default values."""

_ZENITHAL: Final = frozenset({"SIN", "STG", "ZEA"})
_OTHER_FRAMES: Final = frozenset({"HP", "HG", "HC", "CR", "SO", "TE"})
"""Two letters that begin solar and terrestrial axes, not a body's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows and columns lie, first row at the top; ``flat`` is 0 for planetocentric latitudes."""

    placement: Projected | Bounds
    flat: float = 0.0


def place(header: Header, shape: tuple[int, int], origin: Origin) -> Place | None:
    """The place of the image, whose last stored row is its first; None without coordinates on a body.

    Parameters
    ----------
    header : Header
        Of the image.
    shape : tuple of int
        Rows, columns.
    origin : Origin
        For messages.

    Raises
    ------
    AmbiguousGeometry
        E201 or E202 for coordinates that cannot be used, E207 if wcslib puts the image elsewhere.
    """
    types = tuple(str(header.get(f"CTYPE{axis}", "")).strip() for axis in (1, 2))
    found = [_PLANETARY.fullmatch(text.upper()) for text in types]
    words = _IN_WORDS.fullmatch(types[0])
    if words is not None and "latitude" in types[1].lower():
        return _linear(header, shape, words, origin)
    if found[0] is None or found[1] is None or found[0][1] in _OTHER_FRAMES:
        return None
    if (found[0][2], found[1][2]) != ("N", "T") or found[0][1] != "IO" or found[0][3] not in _PROJECTIONS:
        raise _refuse(origin, "E202", f"its axes `{types[0]}` and `{types[1]}` are not those of a map of Io")
    return _projected(header, shape, found[0][3], origin)


def _linear(header: Header, shape: tuple[int, int], words: re.Match[str], origin: Origin) -> Place:
    east = 1.0 if words[2].lower() == "e" else -1.0
    (lon, lon_step), (lat, lat_step) = _axis(header, 1, origin), _axis(header, 2, origin)
    left, right = (east * (lon + lon_step * (p - _reference(header, 1))) for p in (0.5, shape[1] + 0.5))
    bottom, top = (lat + lat_step * (p - _reference(header, 2)) for p in (0.5, shape[0] + 0.5))
    if (words[1] or "").lower() != "planetographic":
        return Place(Bounds(left, right, top, bottom))
    flat = _flattening(header, "PLANMAP R-EQ", "PLANMAP R-POLAR")
    return Place(Bounds(left, right, top, bottom), flat if graphic.matters(flat) else 0.0)


def _axis(header: Header, axis: int, origin: Origin) -> tuple[float, float]:
    value, step = (_number(header, f"{key}{axis}") for key in ("CRVAL", "CDELT"))
    unit = str(header.get(f"CUNIT{axis}", "deg")).strip().lower()
    if value is None or not step or unit not in {"deg", "degree", "degrees"}:
        raise _refuse(origin, "E201", f"CRVAL{axis}, CDELT{axis} and CUNIT{axis} give no degrees")
    return value, step


def _reference(header: Header, axis: int) -> float:
    value = _number(header, f"CRPIX{axis}")
    return 0.0 if value is None else value


def _number(header: Header, key: str) -> float | None:
    value: Any = header.get(key)
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable else None


def _flattening(header: Header, equatorial: str, polar: str) -> float:
    """From the header's radii; from Io's own where it gives none."""
    radii = _number(header, equatorial), _number(header, polar)
    a, c = radii
    if a is None or c is None or not (a > 0.0 and c > 0.0):
        return graphic.flattening(body.TRIAXIAL_RADII_KM[0], body.TRIAXIAL_RADII_KM[2])
    return graphic.flattening(a, c)


def _projected(header: Header, shape: tuple[int, int], projection: str, origin: Origin) -> Place:
    wcs = WCS(header, naxis=2, fix=False)
    centre = wcs.wcs.crval.tolist()
    matrix = wcs.pixel_scale_matrix
    corner = matrix @ (np.array((0.5, shape[0] + 0.5)) - wcs.wcs.crpix)
    radius_m = _number(header, "A_RADIUS") or body.RADIUS_M
    scale = math.radians(radius_m)
    # Rows run down from the top, FITS counts them up from the bottom.
    (a, b), (d, e) = matrix.tolist()
    transform = (a * scale, -b * scale, float(corner[0]) * scale, d * scale, -e * scale, float(corner[1]) * scale)
    placement = Projected(_system(projection, centre, wcs.wcs.lonpole, radius_m, origin), transform)
    _check(placement, shape, wcs, origin)
    name = f"{header.get('WCSNAME', '')} {header.get('CNAME2', '')}".lower()
    if "graphic" not in name:
        return Place(placement)
    flat = _flattening(header, "A_RADIUS", "C_RADIUS")
    if not graphic.matters(flat):
        return Place(placement)
    if projection != "CAR" or b or d:
        raise _refuse(origin, "E202", f"planetographic latitudes of a spheroid are not read on `{projection}`")
    return Place(placement, flat)


def _system(projection: str, centre: list[float], lonpole: float, radius_m: float, origin: Origin) -> str:
    lon, lat = centre
    # Seen over a pole, the native longitude of the pole turns the map (Calabretta & Greisen 2002, formula 2).
    if projection in _ZENITHAL and abs(lat) == 90.0 and math.isfinite(lonpole):
        lon += math.copysign(1.0, lat) * (180.0 - lonpole)
    text = f"+proj={_PROJECTIONS[projection]} +lon_0={lon!r} +lat_0={lat!r} +R={radius_m!r} +units=m +no_defs"
    try:
        wkt = CRS.from_user_input(text).to_wkt()
    except CRSError as error:
        raise _refuse(origin, "E202", f"the map `{projection}` about {lon:g}, {lat:g} cannot be used") from error
    refused = why_refused(wkt)
    if refused is not None:
        raise _refuse(origin, "E202", refused)
    return canonical(wkt)


def _check(placement: Projected, shape: tuple[int, int], wcs: WCS, origin: Origin) -> None:
    cols, rows = agreement.lattice(shape)
    lon_e, lat = wcs.all_pix2world(cols + 0.5, shape[0] + 0.5 - rows, 1)
    gap = agreement.gap_px(placement, shape, (cols, rows), lat, lon_e)
    if gap > agreement.TOLERANCE_PX:
        raise agreement.disagreement(placement, shape, ("wcslib", lat, lon_e), gap, origin)


def _refuse(origin: Origin, code: str, detail: str) -> AmbiguousGeometry:
    return AmbiguousGeometry([origin.finding(code, detail, "projection")])
