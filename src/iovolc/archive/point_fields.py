"""The columns of a table of point measurements (hot spots), declared once."""

from types import MappingProxyType
from typing import Final

from iovolc.archive.fields import Column
from iovolc.model.tables import LIMITS

_COLUMNS = (
    Column("site", "text", "What the source calls the place; the same name is the same place."),
    Column("time_utc", "time", "Middle of the observation; a date alone is taken at noon.", required=True),
    Column("lat", "number", "Planetocentric latitude.", "degree", -90, 90, required=True),
    Column("lon_w", "number", "West longitude; give this one or `lon_e`, never both.", "degree", -360, 360),
    Column("lon_e", "number", "East longitude; give this one or `lon_w`, never both.", "degree", -360, 360),
    Column(
        "position_sigma_km",
        "number",
        "Position error, one sigma per axis; 50 to 95 for adaptive optics.",
        "km",
        positive=True,
        required=True,
    ),
    Column("band", "text", "Name of the band or filter.", required=True),
    Column("wavelength_um", "number", "Effective wavelength; required for spectral units.", "µm", positive=True),
    Column("value", "number", "Measured value, or the limit.", positive=True, required=True),
    Column("sigma", "number", "Its one-sigma error, in the same unit.", positive=True),
    Column(
        "limit",
        "choice",
        "`detection`, `upper` (looked at, nothing seen) or `lower` (saturated).",
        choices=LIMITS,
        required=True,
    ),
    Column(
        "unit",
        "text",
        "`GW um-1 sr-1` and the like, `W` and the like, `W m-2 um-1` or `Jy` (with `range_km`), `W m-2 um-1 sr-1` "
        "(with `area_km2`), or `relative`.",
        required=True,
    ),
    Column("source", "text", "Paper or instrument; blank is the table's name."),
    Column("range_km", "number", "Distance of the observer.", "km", 1830, 1e10),
    Column("area_km2", "number", "Area over which a radiance is the mean, as projected.", "km2", positive=True),
    Column("emission_deg", "number", "Emission angle.", "degree", 0, 90),
    Column(
        "emission_corrected",
        "choice",
        "Whether the value is divided by the cosine of emission already; required with `emission_deg`.",
        choices=("yes", "no"),
    ),
)

POINT_COLUMNS: Final = MappingProxyType({column.name: column for column in _COLUMNS})
"""Every column of a table of point measurements by name."""
