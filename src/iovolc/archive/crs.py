"""Coordinate systems of files and catalogues: whether they are Io's, and their shortest lasting name.

What counts is the sphere's radius, as the geometry reads it; names and codes prove nothing.
"""

from typing import Final

from iovolc.errors import AmbiguousGeometry
from iovolc.geometry import crs as geometry_crs

_AUTHORITY: Final = "IAU_2015"


def why_refused(text: str) -> str | None:
    """Why a coordinate system (WKT or authority code) cannot serve for Io, in words; None if it can."""
    try:
        geometry_crs.read(text)
    except AmbiguousGeometry as error:
        return error.findings[0].detail
    return None


def canonical(wkt: str) -> str:
    """The IAU_2015 code of the same system where there is one, its WKT2 text otherwise."""
    # Here, as in the geometry's own module: few files need PROJ, which takes a tenth of a second to load.
    from pyproj import CRS  # noqa: PLC0415

    crs = CRS.from_wkt(wkt)
    authority = crs.to_authority(_AUTHORITY)
    if authority is not None:
        code = ":".join(authority)
        if CRS.from_user_input(code).equals(crs, ignore_axis_order=True):
            return code
    return crs.to_wkt("WKT2_2019")
