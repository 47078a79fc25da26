"""Coordinate systems of Io: read, checked to be Io's, and taken apart into plain numbers.

A flattened system of Io's size is read too: its latitudes are geodetic (planetographic) and are converted from the
planetocentric ones of iovolc. Not for pixels (:mod:`iovolc.geometry.projections`).
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from iovolc.errors import AmbiguousGeometry, Finding

if TYPE_CHECKING:
    from pyproj import Transformer

RADIUS_RANGE_M: Final = (1_810_000.0, 1_835_000.0)
"""Spheres in use for Io: 1816 (Voyager), 1821.46, 1821.49 and, by mistake, the longest axis 1829.4 km."""

_PLANETOCENTRIC: Final = (
    'GEODCRS["Io, planetocentric",DATUM["Io",ELLIPSOID["Io",{!r},{!r}]],PRIMEM["Io",0],CS[spherical,2],'
    'AXIS["planetocentric longitude (V)",east,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],'
    'AXIS["planetocentric latitude (U)",north,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]]]'
)
"""Longitude stands first: PROJ does not turn the axes of a spherical system round."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What a coordinate system of Io says.

    Parameters
    ----------
    method : str
        Name of the projection in the registry, or ``geographic``.
    parameters : dict of str to float
        By registry name; angles in degrees, lengths in metres.
    radius_m : float
        Radius of its sphere, or equatorial radius if it is flattened.
    unit : float
        Metres (geographic: degrees) per unit of its axes.
    from_lon_lat : Transformer
        From east longitude and planetocentric latitude in degrees to x and y in its units.
    """

    method: str
    parameters: dict[str, float]
    radius_m: float
    unit: float
    from_lon_lat: "Transformer"

    def parameter(self, *names: str, default: float = 0.0) -> float:
        """The first of these parameters that is given."""
        return next((self.parameters[name] for name in names if name in self.parameters), default)


@lru_cache(maxsize=256)
def read(text: str, product: str = "the image") -> Projection:
    """Take a coordinate system apart.

    Parameters
    ----------
    text : str
        WKT2, PROJ string or authority code.
    product : str
        Named in the error.

    Raises
    ------
    AmbiguousGeometry
        E202 if it cannot be read, or its sphere or ellipsoid is not of Io's size.
    """
    # PROJ takes a tenth of a second to load, and maps between four edges need none.
    from pyproj import CRS, Transformer  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        crs = CRS(text)
    except CRSError as error:
        raise _refused(product, f"`{_short(text)}` cannot be read as a coordinate system") from error
    ellipsoid = crs.ellipsoid
    if ellipsoid is None or not (crs.is_geographic or crs.is_projected):
        raise _refused(product, f"`{crs.name}` is neither geographic nor a map projection")
    radius_m, polar_m = ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre
    for radius in (radius_m, polar_m):
        if not RADIUS_RANGE_M[0] <= radius <= RADIUS_RANGE_M[1]:
            raise _refused(product, f"`{crs.name}` has a radius of {radius / 1000.0:.2f} km, Io has 1821.49 km")
    method, parameters = "geographic", dict[str, float]()
    if crs.is_projected and crs.coordinate_operation is not None:
        method = crs.coordinate_operation.method_name
        parameters = {
            item.name: _plain(item.value, item.unit_name, item.unit_conversion_factor)
            for item in cast("list[Any]", crs.coordinate_operation.params)  # its stub calls every value a str
            if not isinstance(item.value, str)
        }
    factor = crs.axis_info[0].unit_conversion_factor
    unit = math.degrees(factor) if crs.is_geographic else factor
    # On a sphere the two kinds of latitude are one, and PROJ does not take a spherical system to every projection.
    flat = ellipsoid.inverse_flattening
    source = _PLANETOCENTRIC.format(radius_m, flat) if flat else f"+proj=longlat +R={radius_m!r} +no_defs"
    return Projection(method, parameters, radius_m, unit, Transformer.from_crs(CRS(source), crs, always_xy=True))


def _plain(value: float, unit_name: str, factor: float) -> float:
    """Degrees for angles, metres for lengths, the number itself for ratios."""
    if unit_name in {"degree", "radian", "grad", "arc-second", "arc-minute"}:
        return math.degrees(value * factor)
    return value * factor


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _refused(product: str, detail: str) -> AmbiguousGeometry:
    return AmbiguousGeometry([Finding("E202", product, detail)])
