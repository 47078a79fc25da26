"""From the keywords of a map-projection group to :class:`~iovolc.archive.labels.cartography.MapLabel`.

ISIS3 (``Mapping``) states the upper left corner in metres; PDS3, ISIS2 and VICAR count pixels to the projection's
origin. Not for the projections themselves (:mod:`iovolc.archive.labels.cartography`).
"""

from dataclasses import replace
from typing import Final, Literal

from iovolc import body
from iovolc.archive.labels import map_origin
from iovolc.archive.labels.cartography import MapError, MapLabel, metres_per_degree, normal_name
from iovolc.archive.labels.keywords import Keywords
from iovolc.geometry.longitudes import wrap180

_AGREE: Final = 0.01
"""Scale and resolution are rounded in labels; a wrong unit or radius is far outside this share."""
_PARALLELS: Final = (
    ("FIRSTSTANDARDPARALLEL", "FIRST_STANDARD_PARALLEL"),
    ("SECONDSTANDARDPARALLEL", "SECOND_STANDARD_PARALLEL"),
)


def isis3_map(keywords: Keywords) -> MapLabel | None:
    """What the ``Mapping`` group of an ISIS3 cube says; None without one that has an upper left corner.

    Raises
    ------
    MapError
        E205 if a keyword is missing, E207 if scale and resolution contradict each other.
    LabelError
        If a keyword holds no number.
    """
    projection = keywords.text("MAPPING.PROJECTIONNAME")
    step_m = keywords.number("MAPPING.PIXELRESOLUTION")
    left_m, top_m = keywords.number("MAPPING.UPPERLEFTCORNERX"), keywords.number("MAPPING.UPPERLEFTCORNERY")
    if not projection or step_m is None or left_m is None or top_m is None:
        return None
    label = _common(keywords, projection, radii=("EQUATORIALRADIUS", "POLARRADIUS"), assume_km=1e-3)
    radius_km = keywords.number("MAPPING.CENTERLATITUDERADIUS", unit="km", assume=1e-3)
    label = replace(
        label,
        step_km=step_m / 1000.0,
        left_km=left_m / 1000.0,
        top_km=top_m / 1000.0,
        centre_radius_km=radius_km,
        polar_ellipsoid=True,
    )
    scale = keywords.number("MAPPING.SCALE")
    if scale is not None:
        _compare(metres_per_degree(label)[1] / step_m, scale, "Scale", "PixelResolution")
    return label


def pds3_map(keywords: Keywords, shape: tuple[int, int], style: Literal["PDS3", "ISIS2"]) -> MapLabel | None:
    """What the map-projection keywords of a PDS3, ISIS2 or VICAR label say; None without a projection.

    Parameters
    ----------
    keywords : Keywords
        Of the label.
    shape : tuple of int
        Rows, columns.
    style : {'PDS3', 'ISIS2'}
        Whose sign of the offsets.

    Raises
    ------
    MapError
        E205 if a keyword is missing, E207 if the label contradicts itself.
    LabelError
        If a keyword holds no number.
    """
    projection = keywords.text("MAP_PROJECTION_TYPE")
    if not projection:
        return None
    label = _common(keywords, projection, radii=("A_AXIS_RADIUS", "C_AXIS_RADIUS"), assume_km=1.0)
    if "PERSPECTIVE" in projection.upper():
        raise MapError("E208", f"`{projection}` is a view, not a map")
    label = replace(label, step_km=_step_km(keywords, label))
    offsets = [keywords.number(f"{axis}_PROJECTION_OFFSET") for axis in ("SAMPLE", "LINE")]
    if offsets[0] is None or offsets[1] is None:
        raise MapError("E205", "the label lacks LINE_PROJECTION_OFFSET or SAMPLE_PROJECTION_OFFSET")
    column, row = _origin(keywords, label, (offsets[0], offsets[1]), shape, style)
    return replace(label, left_km=-column * label.step_km, top_km=row * label.step_km)


def is_west(keywords: Keywords) -> bool | None:
    """Whether the label counts longitudes to the west; None where it does not say.

    Where no direction stands, planetocentric means east and planetographic west, as in the PDS3 standard for bodies
    that turn like Io.
    """
    stated = keywords.text("LONGITUDEDIRECTION", "POSITIVE_LONGITUDE_DIRECTION").upper()
    if "EAST" in stated or "WEST" in stated:
        return "WEST" in stated
    graphic = is_graphic(keywords)
    return None if graphic is None else graphic


def is_graphic(keywords: Keywords) -> bool | None:
    """Whether the label's latitudes are planetographic; None where it does not say."""
    text = keywords.text("LATITUDETYPE", "COORDINATE_SYSTEM_NAME", "COORDINATE_SYSTEM_TYPE").upper()
    if "GRAPHIC" in text:
        return True
    return False if "CENTRIC" in text else None


def _common(keywords: Keywords, projection: str, *, radii: tuple[str, str], assume_km: float) -> MapLabel:
    lengths = [keywords.number(name, unit="km", assume=assume_km) for name in radii]
    a_km = lengths[0] or body.RADIUS_KM
    c_km = lengths[1] or a_km
    centre_lon = keywords.number("CENTERLONGITUDE", "CENTER_LONGITUDE", unit="deg") or 0.0
    west, graphic = is_west(keywords), is_graphic(keywords)
    if west is None and abs(wrap180(2.0 * centre_lon)) > 1e-9:
        raise MapError("E205", f"the label does not say whether its centre longitude {centre_lon:g} is east or west")
    if graphic is None and a_km != c_km:
        raise MapError("E205", "the label does not say whether its latitudes are planetocentric or planetographic")
    parallels = [keywords.number(*names, unit="deg") for names in _PARALLELS]
    return MapLabel(
        projection=projection,
        west=bool(west),
        graphic=bool(graphic),
        centre_lon=centre_lon,
        centre_lat=keywords.number("CENTERLATITUDE", "CENTER_LATITUDE", unit="deg") or 0.0,
        a_km=a_km,
        c_km=c_km,
        step_km=0.0,
        left_km=0.0,
        top_km=0.0,
        parallels=tuple(value for value in parallels if value is not None),
    )


def _step_km(keywords: Keywords, label: MapLabel) -> float:
    """A pixel in km from scale or resolution, whichever is written with more digits; they must agree."""
    scale_km = keywords.number("MAP_SCALE", unit="km/pixel")
    resolution = keywords.number("MAP_RESOLUTION", unit="pixel/deg")
    if not scale_km and not resolution:
        raise MapError("E205", "the label gives neither MAP_SCALE nor MAP_RESOLUTION")
    per_deg_km = metres_per_degree(label)[1] / 1000.0
    if not resolution:
        return scale_km or 0.0
    if not scale_km:
        return per_deg_km / resolution
    _compare(per_deg_km / scale_km, resolution, "MAP_RESOLUTION", "MAP_SCALE")
    digits = [_digits(keywords.text(name)) for name in ("MAP_SCALE", "MAP_RESOLUTION")]
    # A whole number of pixels per degree is exact, however few its digits.
    return per_deg_km / resolution if digits[1] > digits[0] or resolution == int(resolution) else scale_km


def _compare(expected: float, stated: float, name: str, other: str) -> None:
    if not abs(expected / stated - 1.0 if stated else 1.0) <= _AGREE:
        detail = f"`{name}` is {stated:g} pixels per degree, but `{other}` and the radius give {expected:g}"
        raise MapError("E207", detail)


def _digits(text: str) -> int:
    mantissa = text.upper().split("E")[0]
    return len("".join(character for character in mantissa if character.isdigit()).lstrip("0"))


def _origin(
    keywords: Keywords,
    label: MapLabel,
    offsets: tuple[float, float],
    shape: tuple[int, int],
    style: Literal["PDS3", "ISIS2"],
) -> tuple[float, float]:
    """Column and row of the projection's origin, from the image's upper left corner."""
    if "cylind" not in normal_name(label.projection) and "equirect" not in normal_name(label.projection):
        if style == "ISIS2":
            raise MapError("E207", f"the sign of the projection offsets of a `{label.projection}` cube is open")
        return offsets[0] + 0.5, offsets[1] + 0.5
    lon_step, lat_step = (1000.0 * label.step_km / metres for metres in metres_per_degree(label))
    names = ("WESTERNMOST_LONGITUDE", "EASTERNMOST_LONGITUDE", "MAXIMUM_LATITUDE", "MINIMUM_LATITUDE")
    west, east, north, south = (keywords.number(name, unit="deg") for name in names)
    sign = -1.0 if label.west else 1.0
    lons = None if west is None or east is None else (sign * west, sign * east)
    lats = None if north is None or south is None else (north, south)
    sample, line = offsets
    columns = map_origin.Axis("SAMPLE_PROJECTION_OFFSET", sample, shape[1], lon_step, label.centre_lon_e, lons, True)
    rows = map_origin.Axis("LINE_PROJECTION_OFFSET", line, shape[0], -lat_step, 0.0, lats, False)
    return map_origin.origin(columns, style), map_origin.origin(rows, style)
