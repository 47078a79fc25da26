"""Whether a coordinate system is one of Io, decided by its radii and not by its name or code.

Not for transformations; those are the geometry's.
"""

from typing import Final

from pyproj import CRS

from iovolc import body

_TOLERANCE: Final = 0.006
"""Share of the mean radius: takes in the triaxial axes (0.44 %) and all older spheres; the Moon is 4.6 % smaller."""

_AUTHORITY: Final = "IAU_2015"


def is_io(crs: CRS) -> bool:
    """Whether both radii of the ellipsoid are Io's, on any of its published spheres and ellipsoids."""
    ellipsoid = crs.ellipsoid
    if ellipsoid is None:
        return False
    radii = (ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre)
    return all(abs(radius / body.RADIUS_M - 1.0) < _TOLERANCE for radius in radii)


def describe(crs: CRS) -> str:
    """Name and radius, for messages: ``WGS 84 (radius 6378.1 km)``."""
    ellipsoid = crs.ellipsoid
    if ellipsoid is None:
        return f"{crs.name} (no ellipsoid)"
    return f"{crs.name} (radius {ellipsoid.semi_major_metre / 1000.0:.1f} km)"


def canonical(crs: CRS) -> str:
    """The IAU_2015 code of the same system where there is one, its WKT2 text otherwise."""
    authority = crs.to_authority(_AUTHORITY)
    if authority is not None:
        code = ":".join(authority)
        if CRS.from_user_input(code).equals(crs, ignore_axis_order=True):
            return code
    return crs.to_wkt("WKT2_2019")
