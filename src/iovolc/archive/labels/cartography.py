"""Where a map lies on Io, by our own rules from what its label says.

Projected x runs east in every archive: a label that counts longitudes to the west only turns the sign of its centre
longitude, never the columns. Projected coordinates are those of pixel edges: the first pixel's upper left corner.
Not for the keywords themselves (:mod:`iovolc.archive.labels.map_keywords`), nor for perspective views.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from pyproj import CRS
from pyproj.exceptions import CRSError

from iovolc.archive.crs import canonical, why_refused
from iovolc.geometry.longitudes import wrap180
from iovolc.model.observation import Projected

Kind = Literal["cylindrical", "polar", "conformal", "spherical"]


class MapError(ValueError):
    """A map that cannot be placed; carries the finding's code and detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class MapLabel:
    """What a label says of its map.

    Parameters
    ----------
    projection : str
        As the label spells it.
    west, graphic : bool
        Whether its longitudes grow to the west and its latitudes are planetographic.
    centre_lon, centre_lat : float
        Degrees, in the label's own sense.
    parallels : tuple of float
        Standard parallels in degrees; none or two.
    a_km, c_km : float
        Equatorial and polar radius.
    centre_radius_km : float or None
        Radius at the centre latitude, where the label gives it.
    polar_ellipsoid : bool
        Whether the archive's software uses the ellipsoid's formulas for conformal maps of planetocentric latitudes
        (ISIS3), rather than a sphere.
    step_km : float
        Size of a pixel.
    left_km, top_km : float
        Projected coordinates of the first pixel's upper left corner.
    """

    projection: str
    west: bool
    graphic: bool
    centre_lon: float
    centre_lat: float
    a_km: float
    c_km: float
    step_km: float
    left_km: float
    top_km: float
    parallels: tuple[float, ...] = ()
    centre_radius_km: float | None = None
    polar_ellipsoid: bool = False

    @property
    def centre_lon_e(self) -> float:
        """The centre longitude in degrees east."""
        return wrap180(-self.centre_lon if self.west else self.centre_lon)

    @property
    def flattened(self) -> bool:
        """Whether planetographic and planetocentric latitudes differ."""
        return abs(self.a_km - self.c_km) > 1e-6 * self.a_km


def place_map(label: MapLabel, shape: tuple[int, int]) -> Projected:
    """Where the pixels of a map lie.

    Parameters
    ----------
    label : MapLabel
        What the label says.
    shape : tuple of int
        Rows, columns.

    Returns
    -------
    Projected
        Cylindrical maps in degrees on a geographic system, the others in metres; with planetographic latitudes the
        system is flattened.

    Raises
    ------
    MapError
        E202 if the body is not of Io's size, E205 if a needed parameter is missing, E208 for projections that are not
        read.
    """
    name = normal_name(label.projection)
    if name not in _KINDS:
        raise MapError("E208", f"`{label.projection}`; read are {', '.join(sorted(set(_KINDS)))}")
    if not (math.isfinite(label.step_km) and label.step_km > 0.0):
        raise MapError("E205", f"a pixel is {label.step_km:g} km large")
    kind = _KINDS[name]
    if kind == "cylindrical":
        return _cylindrical(label, name, shape)
    proj = _PROJ[name](label)
    step, left, top = (1000.0 * value for value in (label.step_km, label.left_km, label.top_km))
    return Projected(_system(f"{proj} {_body(label, kind)} +units=m"), (step, 0.0, left, 0.0, -step, top))


def normal_name(projection: str) -> str:
    """The projection's name in lower case without blanks, hyphens and underscores."""
    return "".join(character for character in projection.lower() if character.isalnum())


def local_radius_km(a_km: float, c_km: float, lat: float) -> float:
    """Distance of the ellipsoid's surface from its centre at a planetocentric latitude in degrees."""
    return a_km * c_km / math.hypot(c_km * math.cos(math.radians(lat)), a_km * math.sin(math.radians(lat)))


def metres_per_degree(label: MapLabel) -> tuple[float, float]:
    """Of longitude and of latitude on a cylindrical map.

    An equirectangular map is true to scale at its centre latitude, on the sphere of the radius there.
    """
    if normal_name(label.projection) in _SIMPLE:
        radius_m, stretch = 1000.0 * label.a_km, 1.0
    else:
        radius_km = label.centre_radius_km or local_radius_km(label.a_km, label.c_km, label.centre_lat)
        radius_m, stretch = 1000.0 * radius_km, math.cos(math.radians(label.centre_lat))
    if stretch < 1e-3:
        raise MapError("E205", f"the centre latitude of a cylindrical map is {label.centre_lat:g}")
    return math.radians(radius_m) * stretch, math.radians(radius_m)


def _cylindrical(label: MapLabel, name: str, shape: tuple[int, int]) -> Projected:
    per_lon, per_lat = metres_per_degree(label)
    lon_step, lat_step = 1000.0 * label.step_km / per_lon, 1000.0 * label.step_km / per_lat
    left = label.centre_lon_e + 1000.0 * label.left_km / per_lon
    top = 1000.0 * label.top_km / per_lat
    if abs(top) > 360.0 or abs(left) > 1080.0:
        raise MapError("E207", f"the upper left corner of the {name} map would lie at {left:g} E, {top:g} N")
    if not (label.graphic and label.flattened):
        return Projected(
            _system(f"+proj=longlat +R={1000.0 * label.a_km!r}"), (lon_step, 0.0, left, 0.0, -lat_step, top)
        )
    # PROJ gives longitudes within half a turn of the prime meridian, so that is put at the map's middle.
    middle = wrap180(left + 0.5 * lon_step * shape[1])
    system = f"+proj=longlat +a={1000.0 * label.a_km!r} +b={1000.0 * label.c_km!r} +pm={middle!r}"
    return Projected(_system(system), (lon_step, 0.0, -0.5 * lon_step * shape[1], 0.0, -lat_step, top))


def _body(label: MapLabel, kind: Kind) -> str:
    if label.flattened and kind != "spherical" and (label.graphic or label.polar_ellipsoid):
        return f"+a={1000.0 * label.a_km!r} +b={1000.0 * label.c_km!r}"
    if label.flattened and label.graphic:
        detail = f"`{label.projection}` with planetographic latitudes on radii of {label.a_km:g} and {label.c_km:g} km"
        raise MapError("E208", detail)
    return f"+R={1000.0 * (label.c_km if kind == 'polar' else label.a_km)!r}"


def _polar(label: MapLabel) -> str:
    if label.centre_lat == 0.0:
        raise MapError("E205", "a polar stereographic map needs its centre latitude")
    pole = math.copysign(90.0, label.centre_lat)
    true = "" if abs(label.centre_lat) == 90.0 else f" +lat_ts={label.centre_lat!r}"
    return f"+proj=stere +lat_0={pole!r}{true} +lon_0={label.centre_lon_e!r}"


def _mercator(label: MapLabel) -> str:
    return f"+proj=merc +lat_ts={label.centre_lat!r} +lon_0={label.centre_lon_e!r}"


def _conic(label: MapLabel) -> str:
    if len(label.parallels) != 2:
        raise MapError("E205", "a conic map needs its two standard parallels")
    first, second = label.parallels
    return f"+proj=lcc +lat_1={first!r} +lat_2={second!r} {_centred(label)}"


def _centred(label: MapLabel) -> str:
    return f"+lat_0={label.centre_lat!r} +lon_0={label.centre_lon_e!r}"


def _system(proj: str) -> str:
    """The shortest lasting name of a PROJ string's system (its names would differ in nothing else)."""
    try:
        wkt = CRS.from_user_input(f"{proj} +no_defs").to_wkt("WKT2_2019")
    except CRSError as error:
        raise MapError("E205", f"`{proj}` is no map projection") from error
    refused = why_refused(wkt)
    if refused is not None:
        raise MapError("E202", refused)
    return canonical(wkt)


_SIMPLE: Final = frozenset({"simplecylindrical", "simplecylindical"})
"""The second is how some labels spell it."""

_CYLINDRICAL: Final = _SIMPLE | {"equirectangular", "equirectangularcylindrical", "equidistantcylindrical"}

_PROJ: Final[MappingProxyType[str, Callable[[MapLabel], str]]] = MappingProxyType(
    {
        "polarstereographic": _polar,
        "mercator": _mercator,
        "transversemercator": lambda label: f"+proj=tmerc {_centred(label)}",
        "lambertconformal": _conic,
        "lambertconformalconic": _conic,
        "sinusoidal": lambda label: f"+proj=sinu +lon_0={label.centre_lon_e!r}",
        "sinusoidalequalarea": lambda label: f"+proj=sinu +lon_0={label.centre_lon_e!r}",
        "orthographic": lambda label: f"+proj=ortho {_centred(label)}",
        "stereographic": lambda label: f"+proj=stere {_centred(label)}",
        "lambertazimuthalequalarea": lambda label: f"+proj=laea {_centred(label)}",
        "mollweide": lambda label: f"+proj=moll +lon_0={label.centre_lon_e!r}",
        "robinson": lambda label: f"+proj=robin +lon_0={label.centre_lon_e!r}",
    }
)

_CONFORMAL: Final = ("mercator", "transversemercator", "lambertconformal", "lambertconformalconic")

_KINDS: Final[MappingProxyType[str, Kind]] = MappingProxyType(
    {
        **dict.fromkeys(_PROJ, "spherical"),
        **dict.fromkeys(_CYLINDRICAL, "cylindrical"),
        **dict.fromkeys(_CONFORMAL, "conformal"),
        "polarstereographic": "polar",
    }
)
