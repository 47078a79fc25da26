"""The axes of CF: which dimension is latitude or longitude, whether it is even, and where that puts the image.

Coordinates are centres of cells, unless bounds say otherwise. The direction of longitudes comes from their units,
``degrees_east`` or ``degrees_west``; without one the image has no place. Not for grids whose coordinates are
two-dimensional.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from xarray import Dataset, Variable

from iovolc.archive.crs import canonical, why_refused
from iovolc.archive.formats import graphic
from iovolc.archive.formats.units import convert
from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.crs import RADIUS_RANGE_M
from iovolc.model.observation import Bounds, Projected

Kind = Literal["lat", "lon_e", "lon_w", "lon", "x", "y"]
Values = NDArray[np.float64]

UNEVEN: Final = 0.05
"""Of a pixel, by which a coordinate may be off an even axis."""

_DEGREES: Final = re.compile(r"degrees?_?(north|east|west|[NEW])")
_DIRECTIONS: Final[Mapping[str, Kind]] = {"n": "lat", "e": "lon_e", "w": "lon_w"}
_NAMES: Final[Mapping[str, Kind]] = {
    "latitude": "lat",
    "longitude": "lon",
    "projection_x_coordinate": "x",
    "projection_y_coordinate": "y",
}
_ACROSS: Final = frozenset({"lon_e", "lon_w", "lon", "x"})


@dataclass(frozen=True, slots=True)
class Axis:
    """One horizontal dimension.

    Parameters
    ----------
    dim : str
        The dimension.
    kind : str
        ``lat``, ``lon_e``, ``lon_w``, ``lon`` (direction unknown), ``x`` or ``y``.
    variable : Variable
        Its one-dimensional coordinate.
    """

    dim: str
    kind: Kind
    variable: Variable

    @property
    def is_across(self) -> bool:
        """Whether it runs from left to right."""
        return self.kind in _ACROSS


@dataclass(frozen=True, slots=True)
class Place:
    """Where the image lies once it is turned.

    Parameters
    ----------
    placement : Projected or Bounds
        Of the turned image, as its label counts latitudes.
    flip : tuple of bool
        Whether rows and columns must be turned round to have north up and east to the right.
    flat : float
        Flattening by which latitudes are planetographic; 0 if they are planetocentric.
    is_west : bool
        Whether the longitudes grow to the west.
    """

    placement: Projected | Bounds
    flip: tuple[bool, bool]
    flat: float
    is_west: bool


def find_axes(dataset: Dataset) -> dict[str, Axis]:
    """The horizontal dimensions that have one-dimensional coordinates, by name of the dimension."""
    found: dict[str, Axis] = {}
    for name, variable in dataset.variables.items():
        kind = kind_of(variable)
        if kind is None or variable.ndim != 1 or variable.dtype.kind not in "iuf":
            continue
        dim = str(variable.dims[0])
        if dim not in found or name == dim:
            found[dim] = Axis(dim, kind, variable)
    return found


def kind_of(variable: Variable) -> Kind | None:
    """What coordinate a variable is, by its unit, else by its standard name."""
    unit = _DEGREES.fullmatch(str(variable.attrs.get("units", "")).strip())
    if unit is not None:
        return _DIRECTIONS[unit[1][0].lower()]
    return _NAMES.get(str(variable.attrs.get("standard_name", "")).strip())


def place(dataset: Dataset, variable: Variable, down: Axis, across: Axis, origin: Origin) -> Place:
    """Where a variable over these axes lies.

    Raises
    ------
    AmbiguousGeometry
        E201 for axes that are uneven or of unknown direction, E202 for another body or an unknown system, E203 for
        edges off the globe.
    """
    if (down.kind == "lat") != (across.kind in {"lon_e", "lon_w", "lon"}):
        raise _refuse(origin, "E201", f"`{down.dim}` and `{across.dim}` are axes of different systems")
    system = _system(dataset, variable, origin)
    if down.kind == "lat":
        return _globe(dataset, down, across, system, origin)
    if system is None:
        raise _refuse(origin, "E201", "the file has projected coordinates, but no `grid_mapping` of theirs")
    refused = why_refused(system.to_wkt())
    if refused is not None:
        raise _refuse(origin, "E202", refused)
    (top, down_step), (left, across_step) = (
        _metres(_span(dataset, axis, origin), axis, origin) for axis in (down, across)
    )
    rows, cols = down.variable.size, across.variable.size
    flip = (down_step > 0.0, across_step < 0.0)
    y, x = top + down_step * rows * flip[0], left + across_step * cols * flip[1]
    transform = (abs(across_step), 0.0, x, 0.0, -abs(down_step), y)
    return Place(Projected(canonical(system.to_wkt()), transform), flip, 0.0, is_west=False)


def _globe(dataset: Dataset, down: Axis, across: Axis, system: CRS | None, origin: Origin) -> Place:
    if across.kind == "lon":
        raise _refuse(origin, "E201", f"the unit of `{across.dim}` does not say whether longitudes grow east or west")
    (top, down_step), (left, across_step) = (_span(dataset, axis, origin) for axis in (down, across))
    bottom, right = top + down_step * down.variable.size, left + across_step * across.variable.size
    is_west = across.kind == "lon_w"
    if is_west:
        left, right, across_step = -left, -right, -across_step
    flip = (down_step > 0.0, across_step < 0.0)
    south, north = sorted((top, bottom))
    west, east = sorted((left, right))
    if max(-south, north) > 90.0 + abs(down_step) or east - west > 360.0 + 2.0 * abs(across_step):
        detail = f"the edges {west:g} to {east:g} E and {south:g} to {north:g} N do not fit on a globe"
        raise _refuse(origin, "E203", detail)
    return Place(Bounds(west, east, north, south), flip, _flattening(system, down, origin), is_west)


def _flattening(system: CRS | None, down: Axis, origin: Origin) -> float:
    ellipsoid = None if system is None else system.ellipsoid
    if ellipsoid is None:
        if "graphic" in str(down.variable.attrs.get("long_name", "")).lower():
            raise _refuse(origin, "E201", "latitudes are planetographic, but no `grid_mapping` gives the spheroid")
        return 0.0
    low, high = RADIUS_RANGE_M
    if not low <= ellipsoid.semi_major_metre <= high:
        radius = ellipsoid.semi_major_metre / 1000.0
        raise _refuse(origin, "E202", f"the grid mapping has a radius of {radius:.2f} km, Io has 1821.49 km")
    flat = 1.0 / ellipsoid.inverse_flattening if ellipsoid.inverse_flattening else 0.0
    return flat if graphic.matters(flat) else 0.0


def _system(dataset: Dataset, variable: Variable, origin: Origin) -> CRS | None:
    name = str(variable.attrs.get("grid_mapping", "")).split(":")[0].strip()
    if name not in dataset.variables:
        return None
    attributes: dict[str, Any] = {
        key: value.item() if isinstance(value, np.generic) else value
        for key, value in dataset.variables[name].attrs.items()
    }
    try:
        return _read_system(attributes)
    except (CRSError, KeyError, ValueError, TypeError) as error:
        raise _refuse(origin, "E202", f"the grid mapping `{name}` cannot be read: {error}"[:200]) from error


def _read_system(attributes: dict[str, Any]) -> CRS:
    wkt = attributes.get("crs_wkt") or attributes.get("spatial_ref")
    if wkt:
        return CRS.from_wkt(str(wkt))
    if attributes.get("grid_mapping_name") != "latitude_longitude":
        return CRS.from_cf(attributes)
    # Looking for a datum of that name, pyproj would take half a second.
    major = float(attributes.get("semi_major_axis") or attributes["earth_radius"])
    inverse = float(attributes.get("inverse_flattening") or 0.0)
    minor = float(attributes.get("semi_minor_axis") or (major * (1.0 - 1.0 / inverse) if inverse else major))
    return CRS.from_user_input(f"+proj=longlat +a={major!r} +b={minor!r} +no_defs")


def _span(dataset: Dataset, axis: Axis, origin: Origin) -> tuple[float, float]:
    """The outer edge of the first cell, and the step."""
    centres = np.asarray(axis.variable.values, np.float64)
    turn = 360.0 if axis.kind in {"lon_e", "lon_w"} else None
    name = str(axis.variable.attrs.get("bounds", ""))
    width = None
    if name in dataset.variables and dataset.variables[name].shape == (centres.size, 2):
        low, high = np.asarray(dataset.variables[name].values, np.float64).T
        wide = (high - low + 180.0) % 360.0 - 180.0 if turn and centres.size > 1 else high - low
        centres, width = low + 0.5 * wide, float(wide[0])
    if not np.isfinite(centres).all() or (centres.size < 2 and not width):
        raise _refuse(origin, "E201", f"`{axis.dim}` has no usable coordinates")
    if turn:
        centres = np.unwrap(centres, period=turn)
    step = float(centres[-1] - centres[0]) / (centres.size - 1) if centres.size > 1 else float(width or 0.0)
    off = np.abs(centres - centres[0] - step * np.arange(centres.size)).max()
    if not step or off > UNEVEN * abs(step):
        raise _refuse(origin, "E201", f"the coordinates of `{axis.dim}` are not even")
    return float(centres[0]) - 0.5 * step, step


def _metres(span: tuple[float, float], axis: Axis, origin: Origin) -> tuple[float, float]:
    factor = convert(1.0, str(axis.variable.attrs.get("units", "")), "m")
    if factor is None:
        raise _refuse(origin, "E201", f"the unit of `{axis.dim}` is no length")
    return span[0] * factor, span[1] * factor


def _refuse(origin: Origin, code: str, detail: str) -> AmbiguousGeometry:
    return AmbiguousGeometry([origin.finding(code, detail, "projection")])
