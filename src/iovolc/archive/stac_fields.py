"""What the fields of a STAC Item say in the words of a catalogue: text of cells, and the grid of the pixels.

A field is looked for in the band, then in the asset, then in the item's properties. ``iovolc:<column>`` says a column
in its own words and comes before STAC's. Not for whole items (:mod:`iovolc.archive.stac`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from pyproj import CRS
from pyproj.exceptions import CRSError

from iovolc import body
from iovolc.archive.crs import canonical, why_refused
from iovolc.archive.fields import COLUMNS, nearest
from iovolc.archive.origin import OWN_PREFIX
from iovolc.archive.product import Affine
from iovolc.model.observation import CHANNELS

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "path": ("href",),
        "time_utc": ("datetime",),
        "start_utc": ("start_datetime",),
        "stop_utc": ("end_datetime",),
        "mission": ("mission", "platform"),
        "band": ("name",),
        "wavelength_um": ("eo:center_wavelength", "center_wavelength"),
        "fwhm_um": ("eo:full_width_half_max", "full_width_half_max"),
        "scale": ("raster:scale", "scale"),
        "offset": ("raster:offset", "offset"),
        "nodata": ("nodata",),
        "unit": ("unit",),
        "licence": ("license",),
    }
)
"""STAC 1.1, then 1.0, by column; the columns that are not here have no field of STAC's."""

_IN_BANDS: Final = frozenset({"name", "center_wavelength", "full_width_half_max", "scale", "offset"})
"""Names that mean something else, or nothing, outside the description of a band."""

_COMMON_NAMES: Final = ("eo:common_name", "common_name")
_TARGETS: Final = "ssys:targets"
_HUGE: Final = 1e300


class Fault(ValueError):
    """A field that cannot be used; carries the finding's code, field and detail."""

    def __init__(self, code: str, field: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Level:
    """One object in which fields are looked for.

    Parameters
    ----------
    values : mapping
        Its fields.
    path : str
        In front of a field's name in messages, for example ``assets.image.``.
    is_band : bool
        Whether it describes a band.
    """

    values: Mapping[str, Any]
    path: str
    is_band: bool = False


class Said(NamedTuple):
    """The text of a cell and the field that gave it."""

    text: str
    field: str


class Grid(NamedTuple):
    """How an item lays its pixels on Io: a system that has no code (WKT2), transform, rows and columns."""

    crs: str = ""
    transform: Affine | None = None
    shape: tuple[int, int] | None = None


def mapped(value: Any, field: str) -> Mapping[str, Any]:
    """The value as an object of JSON.

    Raises
    ------
    Fault
        E403 if it is none.
    """
    if not isinstance(value, dict):
        raise Fault("E403", field, "it is missing or no object")
    return cast("dict[str, Any]", value)


def listed(value: Any, field: str) -> Sequence[Any]:
    """The value as a list; empty where there is none.

    Raises
    ------
    Fault
        E403 if it is something else.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Fault("E403", field, "it is no list")
    return cast("list[Any]", value)


def check_target(properties: Level) -> None:
    """Refuse an item of another body.

    Raises
    ------
    Fault
        E403 if targets are named and Io is not among them.
    """
    targets = listed(properties.values.get(_TARGETS), f"properties.{_TARGETS}")
    if targets and not any(isinstance(name, str) and name.casefold() == body.NAME.casefold() for name in targets):
        raise Fault("E403", f"properties.{_TARGETS}", f"it names {_shown(targets)}; only {body.NAME} is read")


def unknown_fields(level: Level) -> list[Fault]:
    """E502 for each field of iovolc's own that names no column."""
    own = [name for name in level.values if name.startswith(OWN_PREFIX)]
    unknown = [name for name in own if name.removeprefix(OWN_PREFIX) not in COLUMNS]
    return [
        Fault("E502", f"{level.path}{name}", f"it is not read; {nearest(name.removeprefix(OWN_PREFIX))}")
        for name in unknown
    ]


def cells_of(levels: Sequence[Level]) -> dict[str, Said]:
    """The cells of a row that an item fills, by column.

    Parameters
    ----------
    levels : sequence of Level
        The one with the say first.

    Raises
    ------
    Fault
        E403 if a field is neither a text nor a number, or lists what must be one.
    """
    cells: dict[str, Said] = {}
    for column in COLUMNS:
        found = _first(levels, (OWN_PREFIX + column,)) or _first(levels, _FIELDS.get(column, ()))
        if found is not None:
            cells[column] = Said(_text(*found), found[1])
    return _worded_cells(levels) | cells


def _worded_cells(levels: Sequence[Level]) -> dict[str, Said]:
    """What STAC says in other words: the instrument, whom to credit, the colour, the system of the projection."""
    cells: dict[str, Said] = {}
    instruments = _first(levels, ("instruments",))
    if instruments is not None:
        names = listed(*instruments)
        if len(names) > 1:
            detail = f"it names {_shown(names)}; say which in `{OWN_PREFIX}instrument`"
            raise Fault("E403", instruments[1], detail)
        if names:
            cells["instrument"] = Said(_text(names[0], instruments[1]), instruments[1])
    providers = _first(levels, ("providers",))
    if providers is not None:
        entries = [mapped(entry, providers[1]) for entry in listed(*providers)]
        names = [_text(entry.get("name"), providers[1]) for entry in entries if entry.get("roles") != ["host"]]
        cells["credit"] = Said("; ".join(names), providers[1])
    colour = _first(levels, _COMMON_NAMES)
    if colour is not None and colour[0] in CHANNELS:
        cells["channel"] = Said(*colour)
    code, number = _first(levels, ("proj:code",)), _first(levels, ("proj:epsg",))
    if code or number:
        value, field = code or number or ("", "")
        cells["projection"] = Said(_text(value, field) if code else f"EPSG:{_text(value, field)}", field)
    return cells


def _first(levels: Sequence[Level], names: Sequence[str]) -> tuple[Any, str] | None:
    """The first value that is not null, and its field."""
    for level in levels:
        for name in names:
            if level.values.get(name) is not None and (level.is_band or name not in _IN_BANDS):
                return level.values[name], level.path + name
    return None


def _text(value: Any, field: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    raise Fault("E403", field, "it is neither a text nor a number")


def _shown(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values[:5]))


def grid_of(levels: Sequence[Level]) -> Grid:
    """The grid that the projection extension states.

    Parameters
    ----------
    levels : sequence of Level
        The one with the say first.

    Raises
    ------
    Fault
        E202 if the system is none of Io, E401 if numbers are missing or not usable.
    """
    shape = _shape(levels)
    return Grid(_crs(levels), _transform(levels, shape), shape)


def _crs(levels: Sequence[Level]) -> str:
    wkt = _first(levels, ("proj:wkt2",))
    found = wkt or _first(levels, ("proj:projjson",))
    if found is None:
        return ""
    value, field = found
    try:
        crs = CRS.from_wkt(_text(value, field)) if wkt else CRS.from_json_dict(dict(mapped(value, field)))
        text = crs.to_wkt()
    except CRSError as error:
        raise Fault("E202", field, "it cannot be read as a coordinate system") from error
    refused = why_refused(text)
    if refused is not None:
        raise Fault("E202", field, refused)
    return canonical(text)


def _shape(levels: Sequence[Level]) -> tuple[int, int] | None:
    found = _first(levels, ("proj:shape",))
    if found is None:
        return None
    sizes = listed(*found)
    if len(sizes) != 2 or not all(type(size) is int and size > 0 for size in sizes):
        raise Fault("E401", found[1], "it is not two whole numbers, rows and columns")
    return sizes[0], sizes[1]


def _transform(levels: Sequence[Level], shape: tuple[int, int] | None) -> Affine | None:
    """The transform, or the one that follows from the box of the pixels' outer edges and their number."""
    found = _first(levels, ("proj:transform",))
    if found is not None:
        a, b, c, d, e, f, *_ = _numbers(*found, lengths=(6, 9))
        if a * e == b * d:
            raise Fault("E401", found[1], "its pixels have no area")
        return a, b, c, d, e, f
    box = _first(levels, ("proj:bbox",))
    if box is None or shape is None:
        return None
    numbers = _numbers(*box, lengths=(4, 6))
    left, bottom, right, top = (numbers[i] for i in ((0, 1, 2, 3) if len(numbers) == 4 else (0, 1, 3, 4)))
    if left >= right or bottom >= top:
        raise Fault("E203", box[1], "its edges are not left, bottom, right and top")
    return (right - left) / shape[1], 0.0, left, 0.0, (bottom - top) / shape[0], top


def _numbers(value: Any, field: str, *, lengths: tuple[int, int]) -> list[float]:
    numbers = listed(value, field)
    plain = [type(number) in (int, float) and abs(number) < _HUGE for number in numbers]
    if len(numbers) not in lengths or not all(plain):
        raise Fault("E401", field, f"it is not {lengths[0]} or {lengths[1]} finite numbers")
    return [float(number) for number in numbers]
