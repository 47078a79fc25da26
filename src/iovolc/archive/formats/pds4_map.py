"""Where a PDS4 label puts its image on Io: the cartography dictionary, by our own rules.

Upper left corners are those of the first pixel as displayed, not its centre (cartography dictionary; the same as
GDAL's). Longitudes are turned east by ``longitude_direction``, which must be there. Not for views of the disc.
"""

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from xml.etree.ElementTree import Element

from pyproj import CRS
from pyproj.exceptions import CRSError

from iovolc.archive.crs import canonical, why_refused
from iovolc.archive.formats import graphic
from iovolc.archive.formats import pds4_label as xml
from iovolc.archive.formats.agreement import places
from iovolc.archive.formats.units import convert
from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.model.observation import Bounds, Projected

_PROJECTIONS: Final = MappingProxyType(
    {
        "equirectangular": "+proj=eqc +lat_ts={parallel} +lat_0={lat} +lon_0={lon_e}",
        "simple cylindrical": "+proj=eqc +lon_0={lon_e}",
        "polar stereographic": "+proj=stere +lat_0={lat} +k_0={scale} +lon_0={lon_e}",
        "stereographic": "+proj=stere +lat_0={lat} +k_0={scale} +lon_0={lon_e}",
        "sinusoidal": "+proj=sinu +lon_0={lon_e}",
        "orthographic": "+proj=ortho +lat_0={lat} +lon_0={lon_e}",
        "mercator": "+proj=merc +lat_ts={parallel} +lon_0={lon_e}",
        "lambert azimuthal equal area": "+proj=laea +lat_0={lat} +lon_0={lon_e}",
    }
)
_CYLINDRICAL: Final = ("equirectangular", "simple cylindrical")
_MAX_EXTENT: Final = 4.0
"""A map's edges lie within so many radii of its origin times pi."""


@dataclass(frozen=True, slots=True)
class Model:
    """The spheroid and its conventions.

    Parameters
    ----------
    radius_m, polar_radius_m : float
        Equatorial and polar.
    east : float
        1 where longitudes grow to the east, -1 where they grow to the west.
    flat : float
        Flattening that turns the label's latitudes into planetocentric ones; 0 if they are.
    """

    radius_m: float
    polar_radius_m: float
    east: float
    flat: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows and columns lie as the label counts latitudes; ``flat`` is 0 for planetocentric ones."""

    placement: Projected | Bounds
    flat: float


def place(root: Element, identifier: str, shape: tuple[int, int], origin: Origin) -> Place | None:
    """The place of the image of this local identifier; None where the label has no map.

    Raises
    ------
    AmbiguousGeometry
        E201, E202, E203 or E207 if what the label says does not place the image on Io or contradicts itself.
    """
    map_ = xml.referring(root, "Cartography", identifier)
    if map_ is None:
        if xml.first(root, "Cartography") is None:
            return None
        raise _refuse(origin, "E201", "the label describes several maps, and none refers to the image")
    model = _model(xml.first(map_, "Geodetic_Model"), origin)
    bounds = _bounds(map_, model)
    planar = xml.first(map_, "Planar")
    if planar is None:
        if bounds is None or xml.first(map_, "Geographic") is None:
            raise _refuse(origin, "E201", "the label has neither a map projection nor a geographic grid with bounds")
        return Place(bounds, model.flat)
    return _planar(planar, model, bounds, shape, origin)


def _model(element: Element | None, origin: Origin) -> Model:
    # Before version 1.9.3 of the dictionary the axes had the names of radii.
    radii = [
        convert(xml.number_of(found), xml.unit_of(found) or "m", "m")
        for found in (
            xml.first(element, "a_axis_radius", "semi_major_radius"),
            xml.first(element, "c_axis_radius", "polar_radius", "semi_minor_radius"),
        )
    ]
    radius, polar = radii
    if element is None or radius is None or polar is None or not (radius > 0.0 and polar > 0.0):
        raise _refuse(origin, "E201", "the label's map has no geodetic model with its radii")
    direction = xml.text(element, "longitude_direction").lower()
    if direction not in {"positive east", "positive west"}:
        raise _refuse(origin, "E201", f"the label's longitude_direction is `{direction}`")
    latitudes = xml.text(element, "latitude_type").lower()
    if latitudes not in {"planetocentric", "planetographic"}:
        raise _refuse(origin, "E201", f"the label's latitude_type is `{latitudes}`")
    flat = graphic.flattening(radius, polar) if latitudes == "planetographic" else 0.0
    east = 1.0 if direction == "positive east" else -1.0
    return Model(radius, polar, east, flat if graphic.matters(flat) else 0.0)


def _bounds(map_: Element, model: Model) -> Bounds | None:
    """The four outer edges with the right one east of the left one by at most a turn."""
    edges = [xml.number(map_, f"{side}_bounding_coordinate") for side in ("west", "east", "north", "south")]
    west, east, north, south = edges
    if west is None or east is None or north is None or south is None or not north > south:
        return None
    left, right = west * model.east, east * model.east
    width = (right - left) % 360.0 or 360.0
    return Bounds(left, left + width, north, south)


def _planar(planar: Element, model: Model, bounds: Bounds | None, shape: tuple[int, int], origin: Origin) -> Place:
    name = xml.text(planar, "map_projection_name").lower().replace("_", " ")
    size = _pixel_size(planar, model)
    corner = [
        convert(xml.number_of(found), xml.unit_of(found) or "m", "m")
        for found in (xml.first(planar, "upperleft_corner_x"), xml.first(planar, "upperleft_corner_y"))
    ]
    if name not in _PROJECTIONS:
        raise _refuse(origin, "E202", f"the label's map projection `{name}` is not read")
    if None in (*corner, *size):
        if bounds is not None and name in _CYLINDRICAL:
            return Place(bounds, model.flat)
        raise _refuse(origin, "E201", "the label's map has no upper left corner or no pixel size")
    x, y, across, down = (float(value or 0.0) for value in (*corner, *size))
    _check_extent(x, y, across, down, model, shape, origin)
    transform = (across, 0.0, x, 0.0, -down, y)
    placement = Projected(_system(planar, name, model, origin), transform)
    if name in _CYLINDRICAL:
        _check_direction(placement, bounds, shape, origin)
    return Place(placement, model.flat)


def _check_extent(
    x: float, y: float, across: float, down: float, model: Model, shape: tuple[int, int], origin: Origin
) -> None:
    reach = max(abs(x), abs(y), abs(x + across * shape[1]), abs(y - down * shape[0]))
    if not (across > 0.0 and down > 0.0) or reach > _MAX_EXTENT * math.pi * model.radius_m:
        detail = f"pixels of {across:g} x {down:g} m from {x:g}, {y:g} m lie outside any map of Io"
        raise _refuse(origin, "E203", detail)


def _pixel_size(planar: Element, model: Model) -> tuple[float | None, float | None]:
    """Metres across and down, from metres or from pixels per degree of the equator."""
    sizes: list[float | None] = []
    for axis in ("x", "y"):
        resolution = xml.first(planar, f"pixel_resolution_{axis}")
        length = convert(xml.number_of(resolution), xml.unit_of(resolution).removesuffix("/pixel") or "m", "m")
        per_degree = xml.number(planar, f"pixel_scale_{axis}")
        if length is None and per_degree:
            length = math.radians(model.radius_m) / per_degree
        sizes.append(length)
    return sizes[0], sizes[1] if sizes[1] is not None else sizes[0]


def _system(planar: Element, name: str, model: Model, origin: Origin) -> str:
    """The coordinate system on the sphere of the label's equatorial radius."""
    flattened = graphic.matters(graphic.flattening(model.radius_m, model.polar_radius_m))
    if flattened and name not in _CYLINDRICAL and (model.flat or name not in {"sinusoidal", "orthographic"}):
        radii = f"{model.radius_m / 1000.0:g} and {model.polar_radius_m / 1000.0:g} km"
        raise _refuse(origin, "E202", f"a {name} map on a spheroid of {radii} is not read")
    lon = xml.number(planar, "longitude_of_central_meridian", "straight_vertical_longitude_from_pole")
    scale = xml.number(planar, "scale_factor_at_projection_origin", "scale_factor_at_central_meridian")
    text = _PROJECTIONS[name].format(
        parallel=xml.number(planar, "standard_parallel_1") or 0.0,
        lat=xml.number(planar, "latitude_of_projection_origin") or 0.0,
        lon_e=(lon or 0.0) * model.east,
        scale=1.0 if scale is None else scale,
    )
    try:
        wkt = CRS.from_user_input(f"{text} +R={model.radius_m!r} +units=m +no_defs").to_wkt()
    except CRSError as error:
        raise _refuse(origin, "E202", f"the parameters of the {name} map cannot be used: {error}"[:200]) from error
    refused = why_refused(wkt)
    if refused is not None:
        raise _refuse(origin, "E202", refused)
    return canonical(wkt)


def _check_direction(placement: Projected, bounds: Bounds | None, shape: tuple[int, int], origin: Origin) -> None:
    """Refuse a map whose corner and bounds agree only if its longitudes ran the other way."""
    if bounds is None:
        return
    from_map = float(places(placement, shape, 0.0, 0.0)[1])
    tolerance = max((bounds.right_lon_e - bounds.left_lon_e) / shape[1], 1.0)
    off = abs((from_map - bounds.left_lon_e + 180.0) % 360.0 - 180.0)
    mirrored = abs((from_map + bounds.left_lon_e + 180.0) % 360.0 - 180.0)
    if off > tolerance >= mirrored:
        detail = (
            f"by its corner the map begins at {from_map % 360.0:.3f} E, by its west bounding coordinate at "
            f"{bounds.left_lon_e % 360.0:.3f} E; the longitudes seem to run the other way"
        )
        raise _refuse(origin, "E207", detail)


def _refuse(origin: Origin, code: str, detail: str) -> AmbiguousGeometry:
    return AmbiguousGeometry([origin.finding(code, detail, "projection")])
