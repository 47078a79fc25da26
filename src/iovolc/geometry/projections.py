"""From a placement and an image's shape to the numbers that the compiled kernels take.

Equirectangular (any centre, extent, direction and sphere of Io), polar stereographic, sinusoidal, orthographic and
perspective discs are compiled; every other projection is asked of PROJ. Not for the projections' formulas
(:mod:`iovolc.geometry.views`) nor for reading coordinate systems (:mod:`iovolc.geometry.crs`).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.errors import AmbiguousGeometry, Finding
from iovolc.geometry import crs, views
from iovolc.geometry.locate import N_PARAMETERS, Matrix, Source, locate
from iovolc.geometry.sphere import tangent_basis, unit_vectors
from iovolc.model.observation import Bounds, Disc, Placement, Projected

EQUATORIAL_METHODS: Final = ("Equidistant Cylindrical", "Equidistant Cylindrical (Spherical)")
POLAR_METHODS: Final = ("Polar Stereographic (variant A)", "Polar Stereographic (variant B)")
NEAR_POLE_ROWS: Final = 1.0
AGREEMENT_PX: Final = 1e-3


def source(placement: Placement, shape: tuple[int, int], *, product: str = "the image") -> Source:
    """The kernel's numbers for an image of this placement and shape.

    Parameters
    ----------
    placement : Projected, Bounds or Disc
        Where the image lies on Io.
    shape : tuple of int
        Rows, columns.
    product : str
        Named in the error.

    Raises
    ------
    AmbiguousGeometry
        E202 for a coordinate system that is not Io's, E203 for bounds or an affine without extent.
    """
    if isinstance(placement, Bounds):
        return _from_bounds(placement, shape, product)
    if isinstance(placement, Disc):
        return _from_disc(placement)
    return _from_projected(placement, shape, product)


def _from_bounds(bounds: Bounds, shape: tuple[int, int], product: str) -> Source:
    lon_step = (bounds.right_lon_e - bounds.left_lon_e) / shape[1]
    lat_step = (bounds.bottom_lat - bounds.top_lat) / shape[0]
    if not lon_step or not lat_step or abs(lon_step * shape[1]) > 360.0 + 2.0 * abs(lon_step):
        raise AmbiguousGeometry([Finding("E203", product, f"the edges are {bounds}")])
    return _equirectangular(bounds.left_lon_e, lon_step, bounds.top_lat, lat_step, shape)


def _equirectangular(left: float, lon_step: float, top: float, lat_step: float, shape: tuple[int, int]) -> Source:
    """From outer edges and steps in degrees (signed)."""
    parameters = np.zeros(N_PARAMETERS)
    parameters[:4] = math.radians(left), math.degrees(1.0 / lon_step), math.radians(top), math.degrees(1.0 / lat_step)
    turn = 360.0 / abs(lon_step)
    parameters[4] = turn
    parameters[5:7] = np.radians((abs(lon_step), abs(lat_step))) * body.RADIUS_KM
    closed = shape[1] >= turn - 1.0
    top_gap = _pole_gap(90.0 - abs(top), lat_step, top) if closed else 0.0
    bottom = top + lat_step * shape[0]
    bottom_gap = _pole_gap(90.0 - abs(bottom), -lat_step, bottom) if closed else 0.0
    return Source(views.EQUIRECTANGULAR, parameters, turn if closed else -turn, top_gap, bottom_gap)


def _pole_gap(to_pole: float, inward_step: float, edge: float) -> float:
    """Rows from the edge row's centre to its image across the pole; 0 if the edge is not at a pole."""
    outside_rows = to_pole / abs(inward_step)
    faces_pole = (edge > 0.0) == (inward_step < 0.0)
    if not faces_pole or abs(outside_rows) > NEAR_POLE_ROWS:
        return 0.0
    return max(1.0 + 2.0 * outside_rows, 0.0)


def _from_disc(disc: Disc) -> Source:
    parameters = np.zeros(N_PARAMETERS)
    parameters[:6] = _disc_affine(disc)
    _set_frame(parameters, disc.sub_observer_lat, disc.sub_observer_lon_e)
    parameters[15] = disc.km_per_px
    parameters[16:19] = np.square(body.TRIAXIAL_RADII_KM)
    parameters[19] = disc.range_km
    return Source(views.DISC, parameters)


def _disc_affine(disc: Disc) -> tuple[float, float, float, float, float, float]:
    """From kilometres right and up (north) in the plane through Io's centre to column and row."""
    angle = math.radians(disc.north_angle_deg)
    cos, sin = math.cos(angle) / disc.km_per_px, math.sin(angle) / disc.km_per_px
    return cos, -sin, disc.centre_x, -sin, -cos, disc.centre_y


def _set_frame(parameters: NDArray[np.float64], lat: float, lon_e: float) -> None:
    east, north = tangent_basis(lat, lon_e)
    parameters[6:9], parameters[9:12], parameters[12:15] = east, north, unit_vectors(lat, lon_e)


def _from_projected(placement: Projected, shape: tuple[int, int], product: str) -> Source:
    projection = crs.read(placement.crs_wkt, product)
    to_units = np.array((placement.transform[:3], placement.transform[3:], (0.0, 0.0, 1.0)))
    if not abs(np.linalg.det(to_units)) > 0.0:
        raise AmbiguousGeometry([Finding("E203", product, f"the affine {placement.transform} has no extent")])
    to_pixel = np.linalg.inv(to_units)
    turn = _turn(projection, to_units, shape)
    mapped = Source(views.MAPPED, np.zeros(N_PARAMETERS), turn, 0.0, 0.0, to_pixel, projection.from_lon_lat)
    compiled = _compiled(projection, to_units, to_pixel, shape)
    return mapped if compiled is None or not _agree(compiled, mapped) else compiled


def _turn(projection: crs.Projection, to_units: Matrix, shape: tuple[int, int]) -> float:
    """Period in columns of a map whose columns are meridians, as PROJ knows it; negative if it does not close."""
    upright = to_units[0, 1] == 0.0 and to_units[1, 0] == 0.0
    if not upright or projection.method not in ("geographic", *EQUATORIAL_METHODS):
        return 0.0
    origin = projection.parameter("Longitude of natural origin")
    x, _ = projection.from_lon_lat.transform((origin - 90.0, origin + 90.0), (0.0, 0.0))
    turn = 2.0 * abs((x[1] - x[0]) / float(to_units[0, 0]))
    return turn if shape[1] >= turn - 1.0 else -turn


def _compiled(projection: crs.Projection, to_units: Matrix, to_pixel: Matrix, shape: tuple[int, int]) -> Source | None:
    upright = to_units[0, 1] == 0.0 and to_units[1, 0] == 0.0
    if upright and projection.method == "geographic":
        return _from_degrees(to_units * projection.unit, shape)
    if upright and projection.method in EQUATORIAL_METHODS:
        return _from_equatorial(to_units * projection.unit, projection, shape)
    if projection.method in POLAR_METHODS:
        return _from_polar(to_pixel, projection)
    if projection.method == "Sinusoidal":
        return _from_sinusoidal(to_pixel, projection)
    if projection.method.startswith("Orthographic"):
        return _from_orthographic(to_pixel, projection)
    return None


def _agree(compiled: Source, mapped: Source) -> bool:
    """Whether PROJ gives the same pixels: guards against options that the registry's parameters do not show."""
    lat, lon_e = np.meshgrid((-75.0, -40.0, -10.0, 20.0, 60.0, 80.0), (-150.0, -100.0, -35.0, 5.0, 70.0, 125.0))
    ours, theirs = (locate(item, unit_vectors(lat.ravel(), lon_e.ravel())) for item in (compiled, mapped))
    off_col = ours.col - theirs.col
    if compiled.period:
        off_col -= np.round(off_col / compiled.period) * compiled.period
    both = np.isfinite(off_col)
    off = np.hypot(off_col, ours.row - theirs.row)[both]
    return bool(both.any() and np.all(off < AGREEMENT_PX))


def _from_degrees(to_degrees: Matrix, shape: tuple[int, int]) -> Source:
    (a, _, c), (_, e, f), _ = to_degrees.tolist()
    return _equirectangular(c, a, f, e, shape)


def _from_equatorial(to_metres: Matrix, projection: crs.Projection, shape: tuple[int, int]) -> Source:
    (a, _, c), (_, e, f), _ = to_metres.tolist()
    per_lat = math.degrees(1.0 / projection.radius_m)
    per_lon = per_lat / math.cos(math.radians(projection.parameter("Latitude of 1st standard parallel")))
    left = projection.parameter("Longitude of natural origin") + (c - projection.parameter("False easting")) * per_lon
    top = projection.parameter("Latitude of natural origin") + (f - projection.parameter("False northing")) * per_lat
    return _equirectangular(left, a * per_lon, top, e * per_lat, shape)


def _plane(to_pixel: Matrix, projection: crs.Projection, scale: float = 1.0) -> tuple[Matrix, float]:
    """Parameters with the affine from unit-sphere coordinates, and the pixel size in km of Io's sphere."""
    size = scale * projection.radius_m / projection.unit
    false = projection.parameter("False easting"), projection.parameter("False northing")
    from_sphere = np.diag((size, size, 1.0))
    from_sphere[:2, 2] = np.array(false) / projection.unit
    affine = to_pixel @ from_sphere
    parameters = np.zeros(N_PARAMETERS)
    parameters[:6] = affine[:2].ravel()
    return parameters, body.RADIUS_KM / math.sqrt(abs(float(np.linalg.det(affine))))


def _from_polar(to_pixel: Matrix, projection: crs.Projection) -> Source:
    parallel = projection.parameter("Latitude of standard parallel", "Latitude of natural origin")
    scale = projection.parameter(
        "Scale factor at natural origin", default=0.5 * (1.0 + math.sin(math.radians(abs(parallel))))
    )
    parameters, pixel_km = _plane(to_pixel, projection, scale)
    lon = math.radians(projection.parameter("Longitude of natural origin", "Longitude of origin"))
    parameters[6:10] = math.cos(lon), math.sin(lon), math.copysign(1.0, parallel), pixel_km
    return Source(views.STEREOGRAPHIC, parameters)


def _from_sinusoidal(to_pixel: Matrix, projection: crs.Projection) -> Source:
    parameters, pixel_km = _plane(to_pixel, projection)
    lon = math.radians(projection.parameter("Longitude of natural origin"))
    parameters[6:8] = math.cos(lon), math.sin(lon)
    parameters[9] = pixel_km
    return Source(views.SINUSOIDAL, parameters)


def _from_orthographic(to_pixel: Matrix, projection: crs.Projection) -> Source:
    parameters, pixel_km = _plane(to_pixel, projection)
    lat = projection.parameter("Latitude of natural origin")
    _set_frame(parameters, lat, projection.parameter("Longitude of natural origin"))
    parameters[15] = pixel_km
    return Source(views.ORTHOGRAPHIC, parameters)
