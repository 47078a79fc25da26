"""Everything that can go wrong, as one small tree, and the numbered table of input problems.

A message says what happened, to which product, and what to do. Only :class:`TransientIOError` is ever retried.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal


class IovolcError(Exception):
    """Root of all errors that iovolc raises on purpose."""


class ConfigError(IovolcError):
    """The configuration or the command line cannot be used."""


class NoWork(IovolcError):
    """There is nothing to do; not a failure."""


class DataQualityError(IovolcError):
    """An epoch is unusable: it is skipped and recorded."""


class AlgorithmError(IovolcError):
    """A computation cannot succeed on this input, however often it is tried.

    Parameters
    ----------
    message : str
        What failed and what to do.
    **numbers : float
        The figures that show why; kept in :attr:`numbers`.
    """

    def __init__(self, message: str, **numbers: float) -> None:
        super().__init__(message)
        self.numbers: dict[str, float] = numbers


class StoreError(IovolcError):
    """The store cannot be used."""


class StoreConflict(StoreError):
    """Another writer holds the store or moved HEAD first."""


class StoreCorrupt(StoreError):
    """A file of the store does not match its hash or schema."""


class TransientIOError(IovolcError):
    """Reading or writing failed in a way that may pass; the only error that is retried."""


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One numbered kind of input problem: its title, how to mend it, and whether the input can be used all the same."""

    code: str
    title: str
    fix: str
    severity: Severity = "error"


_PROBLEMS = (
    Problem("E101", "the file does not exist", "correct `path`; it is relative to the catalogue's folder"),
    Problem(
        "E102", "the file cannot be read as an image", "open it in another program; if that fails too, fetch it again"
    ),
    Problem("E103", "the file's format is not supported", "convert it to GeoTIFF, PNG or JPEG"),
    Problem(
        "E104", "the band does not exist in the file", "set `band_index` to a number from 1 to the file's band count"
    ),
    Problem(
        "E105",
        "the path leads outside the catalogue's folder",
        "put the file, or a catalogue, where the other is; or name its folder in the setting `ingest.roots`",
    ),
    Problem("E106", "the path is not a plain local file", "name a file on this machine, by its path alone"),
    Problem(
        "E107",
        "the image is larger than the limit",
        "cut or resample it; if it is truly so large, raise the setting `ingest.max_megapixels`",
    ),
    Problem(
        "E108",
        "the photometric parameters cannot be used",
        "correct the file, or set `light.photometry` to one of the sets in docs/photometry.md",
    ),
    Problem(
        "E201", "the image has no place on Io", "give `projection`: `bounds` with the four edges, or an authority code"
    ),
    Problem("E202", "the coordinate system is not one of Io", "reproject the file, or give `projection=bounds`"),
    Problem(
        "E203",
        "the bounds contradict themselves",
        "give edges in degrees with top_lat > bottom_lat and a width of at most 360",
    ),
    Problem(
        "E204",
        "the image and its bounds disagree in shape",
        "check the four edges: pixels would be stretched more than twofold",
    ),
    Problem("E205", "this projection needs fields that are missing", "fill the columns that the message names"),
    Problem(
        "E206",
        "the limb cannot be fitted",
        "give `disc_x`, `disc_y` and `disc_radius_px`, or check the view: range, north angle, sub-solar point",
    ),
    Problem(
        "E207",
        "label and reader disagree about the place",
        "find out which is right, then give `projection=bounds` with the four edges, or an authority code",
    ),
    Problem(
        "E208",
        "the label's map projection is not read",
        "reproject the file to a plain projection, or give `projection` in a catalogue's row",
    ),
    Problem(
        "E210",
        "the map is mirrored",
        "exchange left_lon_e and right_lon_e, or give east longitudes; `iovolc check --fix` writes the row",
    ),
    Problem("E211", "the map is upside down", "turn the picture north up; no column says it"),
    Problem(
        "E212",
        "the map is centred on another longitude than stated",
        "correct left_lon_e and right_lon_e; `iovolc check --fix` writes the row",
    ),
    Problem(
        "E213",
        "the latitudes are planetographic",
        "reproject to planetocentric latitudes; registration takes out what is smooth",
        "warning",
    ),
    Problem(
        "E214",
        "the map is reckoned with another radius or scale",
        "correct the edges, or the radius of the coordinate system; registration takes out what is smooth",
        "warning",
    ),
    Problem(
        "E215",
        "the map is shifted",
        "correct the four edges, or give `registration_sigma_km`; registration takes out up to 8 degrees",
        "warning",
    ),
    Problem("E220", "the image shows nothing of Io", "check the edges, the transform, the view and `nodata`"),
    Problem(
        "E221",
        "the light of the epoch is not known",
        "give `sub_solar_lat`, `sub_solar_lon_w`, `sub_observer_lat` and `sub_observer_lon_w` of single images",
    ),
    Problem("E222", "Io was in eclipse", "use images taken in sunlight"),
    Problem(
        "E223",
        "the epochs tell too little of the photometry",
        "add calibrated images of the same places at other phase angles, or keep the parameters of `data/photometry`",
    ),
    Problem("E301", "a time cannot be read", "write UTC as ISO 8601, for example 2023-12-30T08:36:00Z"),
    Problem(
        "E302", "the observation has no time", "fill `time_utc`, or `start_utc` and `stop_utc`, or the mosaic's span"
    ),
    Problem("E303", "the times contradict each other", "start must not be after stop, and the middle must lie between"),
    Problem("E310", "the time cannot be right", "correct the time or `mission`"),
    Problem("E304", "the time lies in the future or before 1610", "correct the time; years have four digits"),
    Problem("E401", "a number is not usable", "write a plain number within the column's range"),
    Problem("E402", "the image holds no valid pixel", "check `nodata`, `scale` and `offset`"),
    Problem("E403", "a value is not one of those allowed", "use one of the values that the message lists"),
    Problem("E404", "the wavelength contradicts the channel", "correct `channel` or `wavelength_um`"),
    Problem(
        "E410",
        "the picture is a negative",
        "give `scale` the other sign and adapt `offset`; `iovolc check --fix` writes the row",
    ),
    Problem(
        "E411", "much of the image is saturated", "use a less exposed or less stretched version, if any", "warning"
    ),
    Problem("E412", "a stretched picture is declared as calibrated", "set `quantity` to relative, or give `scale`"),
    Problem(
        "E413",
        "the map has seams",
        "give its parts as maps of their own, each with its time; else doubt changes along the lines",
        "warning",
    ),
    Problem("E414", "the unit is missing", "fill `unit`, for example W m-2 sr-1 um-1"),
    Problem("E415", "the values cannot be what they are declared as", "check `quantity`, `unit`, `scale` and `offset`"),
    Problem("E416", "all pixels have one value", "check `band_index`, `scale` and the file"),
    Problem(
        "E417",
        "the filter contradicts the channel",
        "correct `channel`, `wavelength_um`, `band` or `band_index`",
        "warning",
    ),
    Problem("E418", "the values are not I/F as measured", "use a calibrated image that was not normalised"),
    Problem(
        "E501",
        "the catalogue cannot be read",
        "save it as UTF-8 CSV with a header line, or as a STAC ItemCollection in JSON",
    ),
    Problem("E502", "a column is unknown", "correct its spelling; the message names the nearest column"),
    Problem("E503", "a required field is blank", "fill it in; nothing else gives it"),
    Problem("E504", "an id stands twice with different content", "give each row its own `id`, or leave `id` blank"),
    Problem("E505", "the same observation stands twice", "remove one of the rows"),
    Problem("E506", "the pattern matches no file", "correct it; it is relative to the folder you are in"),
    Problem("E510", "the unit of a point measurement is not one of those read", "convert the table to GW um-1 sr-1"),
    Problem("E511", "the unit needs another column", "fill the column that the message names"),
    Problem(
        "E512",
        "the sense of the longitude is not declared",
        "fill exactly one of `lon_w` (west-positive) and `lon_e` (east-positive)",
    ),
    Problem(
        "E513",
        "the view is too oblique for a correction of emission angle",
        "leave the row out, or give the published corrected value with `emission_corrected` = yes",
    ),
    Problem(
        "E514",
        "the columns of a table of point measurements are not declared",
        "write which of its columns is which into `<table>.columns.yaml` beside it",
    ),
)

PROBLEMS: Final = MappingProxyType({problem.code: problem for problem in _PROBLEMS})
"""All numbered input problems by code; ``docs/errors.md`` is printed from it."""


MAX_QUOTED: Final = 1024
_CONTROLS: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_control(sign: str) -> bool:
    """Whether a character steers a terminal, a line or the direction of writing instead of being seen."""
    return unicodedata.category(sign) in _CONTROLS


def one_line(text: str) -> str:
    """The text without control characters and cut where it is long."""
    cut = text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 4]} ..."
    return "".join(sign.encode("unicode_escape").decode() if is_control(sign) else sign for sign in cut)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem found in the input: where it is and what was seen.

    Parameters
    ----------
    code : str
        Key of :data:`PROBLEMS`.
    product : str
        The file or observation concerned.
    detail : str
        What was seen, with the value.
    row : int or None
        Line of the catalogue, counted from 2 (line 1 is the header).
    column : str or None
        Column of the catalogue, or field of an item.
    item : str or None
        Id of the STAC Item, where the catalogue is a collection of them.

    Notes
    -----
    Product, detail, item and column may quote what strangers wrote: they are kept to one line that any terminal can show, and to
    :data:`MAX_QUOTED` characters.
    """

    code: str
    product: str
    detail: str
    row: int | None = None
    column: str | None = None
    item: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "product", one_line(self.product))
        object.__setattr__(self, "detail", one_line(self.detail))
        for name in ("item", "column"):
            text = getattr(self, name)
            object.__setattr__(self, name, None if text is None else one_line(text))

    @property
    def severity(self) -> Severity:
        """Whether the input is refused or only doubtful."""
        return PROBLEMS[self.code].severity

    def __str__(self) -> str:
        problem = PROBLEMS[self.code]
        place = "".join(
            part
            for part in (
                f", row {self.row}" if self.row is not None else "",
                f", item `{self.item}`" if self.item is not None else "",
                f", {'column' if self.item is None else 'field'} `{self.column}`" if self.column is not None else "",
            )
        )
        return f"{self.code} {problem.title}: {self.product}{place}: {self.detail}. Mend: {problem.fix}."


class InputError(IovolcError):
    """An input cannot be used; carries its numbered findings.

    Parameters
    ----------
    findings : iterable of Finding
        At least one.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class UnreadableProduct(InputError):
    """The file is missing, damaged or empty (E1xx, E4xx)."""


class UnsupportedProduct(InputError):
    """The file is sound, but iovolc cannot read its kind (E103)."""


class AmbiguousGeometry(InputError):
    """The image cannot be placed on Io without a guess (E2xx)."""
