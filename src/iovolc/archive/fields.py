"""The columns of a catalogue, declared once: reading, documentation and JSON Schema are printed from this table.

Not for reading cells (:mod:`iovolc.archive.cells`) or judging rows (:mod:`iovolc.archive.rows`).
"""

import difflib
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from iovolc.model.observation import CHANNELS, QUANTITIES

Kind = Literal["path", "text", "id", "number", "integer", "time", "choice", "projection"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a catalogue.

    Parameters
    ----------
    name : str
        Its header.
    kind : str
        How a cell is read: path, text, id, number, integer, time, choice or projection.
    description : str
        One sentence for the documentation.
    unit : str
        Unit of a number; empty without one.
    low, high : float or None
        Range of a number, inclusive.
    positive : bool
        Whether a number must be greater than zero.
    choices : tuple of str
        The values of a choice.
    range_code : str
        Code of the finding for a number outside its range.
    required : bool
        Whether a blank is an error in every row.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    positive: bool = False
    choices: tuple[str, ...] = ()
    range_code: str = "E401"
    required: bool = False

    @property
    def range_text(self) -> str:
        """The range in words; empty without one."""
        if self.positive:
            return "greater than 0"
        if self.low is None:
            return ""
        return f"at least {self.low:g}" if self.high is None else f"{self.low:g} to {self.high:g}"


_WHOLE_DAY = "a date alone is a whole day"
_FIRST_PIXEL = "the first pixel's centre is 0.5"
_SEEN = "blank is the label's, else that of kernels or, for observers on Earth, of the ephemeris"

_COLUMNS = (
    Column("path", "path", "The image file, relative to the catalogue's folder.", required=True),
    Column("id", "id", "Name of the observation; blank is made from mission, channel, time and the file's hash."),
    Column("time_utc", "time", f"Middle of the observation; blank is the middle of the span; {_WHOLE_DAY}."),
    Column("start_utc", "time", f"Start of the exposure; {_WHOLE_DAY}."),
    Column("stop_utc", "time", f"End of the exposure; {_WHOLE_DAY}."),
    Column("mission", "text", "Mission or observatory, for example Juno."),
    Column("instrument", "text", "Instrument, for example JunoCam."),
    Column("band", "text", "The instrument's own name of the band or filter."),
    Column(
        "band_index",
        "integer",
        "Band of the file, counted from 1; blank is the only band, or the one that carries the channel's name.",
        low=1,
    ),
    Column(
        "channel",
        "choice",
        "The common channel; only equal channels are compared. Blank is the band's colour in the file.",
        choices=CHANNELS,
    ),
    Column("wavelength_um", "number", "Effective wavelength; it must suit the channel.", "µm", positive=True),
    Column("fwhm_um", "number", "Width of the band, full width at half maximum.", "µm", positive=True),
    Column(
        "quantity",
        "choice",
        "What a pixel means: reflectance I/F, spectral radiance, or a stretched picture. Blank is `relative` for "
        "8-bit PNG and JPEG without a unit, and an error otherwise.",
        choices=QUANTITIES,
    ),
    Column(
        "unit",
        "text",
        "Unit of the scaled values; blank is the file's own. I/F of the unit `normal albedo` is a map from which the "
        "light was taken out already, as from most published maps: the light model leaves it alone.",
    ),
    Column("scale", "number", "Value = scale x stored number + offset; blank is the file's own, else 1; not 0."),
    Column("offset", "number", "See `scale`; blank is the file's own, else 0."),
    Column("nodata", "number", "Stored number that means no data, or nan; blank is the file's own."),
    Column(
        "projection",
        "projection",
        "How the image lies on Io: `label` (the file says), an authority code such as IAU_2015:50110 (with the "
        "file's transform), `bounds` (the four edges) or `disc` (a view from afar). Blank is the file's own, else the "
        "four edges.",
    ),
    Column("left_lon_e", "number", "Outer left edge of the image, east.", "degree", -360, 720, range_code="E203"),
    Column(
        "right_lon_e",
        "number",
        "Outer right edge, east: 0 and 360, or 160 and 200 across the seam; left greater than right is a mirrored map.",
        "degree",
        -360,
        720,
        range_code="E203",
    ),
    Column("top_lat", "number", "Outer top edge, planetocentric.", "degree", -90, 90, range_code="E203"),
    Column("bottom_lat", "number", "Outer bottom edge, planetocentric.", "degree", -90, 90, range_code="E203"),
    Column("sub_observer_lat", "number", f"Latitude under the observer, planetocentric; {_SEEN}.", "degree", -90, 90),
    Column("sub_observer_lon_w", "number", "West longitude under the observer; blank likewise.", "degree", -360, 360),
    Column(
        "north_angle_deg",
        "number",
        "Direction of Io's north, anticlockwise from image up; blank is the label's, or the descriptor's of published "
        "pictures.",
        "degree",
        -360,
        360,
    ),
    Column(
        "disc_x",
        "number",
        "Column of the disc's centre; the first pixel's centre is 0.5. Blank is fitted to the limb.",
        "pixel",
    ),
    Column(
        "disc_y",
        "number",
        "Row of the disc's centre; the first pixel's centre is 0.5. Blank is fitted to the limb.",
        "pixel",
    ),
    Column(
        "disc_radius_px",
        "number",
        "Mean radius of the disc's limb. Blank follows from the descriptor's scale of published pictures, else it is "
        "fitted to the limb.",
        "pixel",
        positive=True,
    ),
    Column("range_km", "number", "Distance of the observer from Io's centre; blank likewise.", "km", 1830, 1e10),
    Column("sub_solar_lat", "number", "Latitude under the Sun, planetocentric; blank likewise.", "degree", -90, 90),
    Column("sub_solar_lon_w", "number", "West longitude under the Sun; blank likewise.", "degree", -360, 360),
    Column("psf_km", "number", "Width of the point-spread function, full width at half maximum.", "km", positive=True),
    Column("registration_sigma_km", "number", "Position error of the image, one sigma per axis.", "km", 0, 2000),
    Column("mosaic_start_utc", "time", f"Oldest look within a mosaic; {_WHOLE_DAY}."),
    Column("mosaic_stop_utc", "time", f"Newest look within a mosaic; {_WHOLE_DAY}."),
    Column("licence", "text", "Licence of the image."),
    Column("credit", "text", "Whom to credit for the image."),
)

COLUMNS: Final = MappingProxyType({column.name: column for column in _COLUMNS})
"""All columns of a catalogue by name, in the order of the documentation."""

CHANNEL_RANGES_UM: Final = MappingProxyType(
    {
        "uv": (0.1, 0.4),
        "violet": (0.36, 0.46),
        "blue": (0.4, 0.53),
        "green": (0.48, 0.62),
        "orange": (0.55, 0.66),
        "red": (0.58, 0.8),
        "nir": (0.7, 1.1),
        "methane": (0.52, 0.95),
        "clear": (0.2, 1.1),
        "J": (1.0, 1.4),
        "H": (1.4, 1.9),
        "K": (1.9, 2.5),
        "L": (2.8, 4.2),
        "M": (4.2, 5.6),
    }
)
"""Effective wavelengths that may carry a channel's name, in micrometres: wide enough for all missions' filters.

M begins where L ends, because JWST saw Io's hot spots at 4.28 um (F430M).
"""

_JSON_TYPES: Final = MappingProxyType({"number": "number", "integer": "integer"})


def nearest(name: str) -> str:
    """A hint at the column that somebody may have meant."""
    near = difflib.get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.6)
    if not near:
        return "no column has a similar name"
    turned = name.lower().endswith("_w") and near[0].endswith("_e")
    return f"did you mean `{near[0]}`?" + (" It is east: 360 minus the west longitude" if turned else "")


def json_schema() -> dict[str, Any]:
    """JSON Schema of one catalogue row, its cells taken as typed values."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "iovolc catalogue row",
        "type": "object",
        "properties": {column.name: _property(column) for column in _COLUMNS},
        "required": [column.name for column in _COLUMNS if column.required],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    entry: dict[str, Any] = {"description": column.description, "type": _JSON_TYPES.get(column.kind, "string")}
    if column.unit:
        entry["unit"] = column.unit
    if column.positive:
        entry["exclusiveMinimum"] = 0
    if column.low is not None:
        entry["minimum"] = column.low
    if column.high is not None:
        entry["maximum"] = column.high
    if column.choices:
        entry["enum"] = list(column.choices)
    return entry
