"""One row of a catalogue: a validated frozen value, or the numbered reasons why it cannot be used.

Not for files: what the image itself says is read in :mod:`iovolc.archive.images`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from iovolc.archive.cells import read_cells
from iovolc.archive.fields import COLUMNS
from iovolc.archive.origin import Origin
from iovolc.archive.product import Affine
from iovolc.archive.rules import Span, check_points, check_wavelength, read_edges, read_span
from iovolc.errors import Finding
from iovolc.geometry.longitudes import east_from_west
from iovolc.model.observation import Bounds, Quantity


@dataclass(frozen=True, slots=True)
class Row:
    """One usable row of a catalogue. None marks a blank number, an empty string a blank text.

    Parameters
    ----------
    number : int or None
        Line of the catalogue, counted from 2; None for an image named by itself, and for a STAC Item.
    path : str
        The image, relative to the catalogue's folder.
    time_utc, start_utc, stop_utc : datetime or None
        Timezone-aware, whole seconds; start <= time <= stop. For a mosaic its span. All or none are given.
    is_mosaic : bool
        Whether the span is that of a mosaic.
    projection : str
        ``label``, ``bounds``, ``disc``, an authority code of Io, or empty; of a STAC Item also a WKT2 text.
    edges : Bounds or None
        The four edges, if all are given.
    transform : tuple of float or None
        Affine coefficients (a, b, c, d, e, f) from pixel corner to units of the coordinate system, of a STAC Item.
    shape : tuple of int or None
        Rows and columns of the image, of a STAC Item.
    item : str or None
        Id of the STAC Item.
    quantity : str or None
        ``iof``, ``radiance``, ``relative`` or blank.

    Notes
    -----
    The other fields are the catalogue's columns of the same name (:mod:`iovolc.archive.fields`); west longitudes
    have become ``sub_observer_lon_e`` and ``sub_solar_lon_e``, in degrees from -180 to 180.
    """

    number: int | None
    path: str
    time_utc: datetime | None = None
    start_utc: datetime | None = None
    stop_utc: datetime | None = None
    is_mosaic: bool = False
    id: str = ""
    mission: str = ""
    instrument: str = ""
    band: str = ""
    band_index: int | None = None
    channel: str = ""
    wavelength_um: float | None = None
    fwhm_um: float | None = None
    quantity: Quantity | None = None
    unit: str = ""
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None
    projection: str = ""
    edges: Bounds | None = None
    sub_observer_lat: float | None = None
    sub_observer_lon_e: float | None = None
    north_angle_deg: float | None = None
    disc_x: float | None = None
    disc_y: float | None = None
    disc_radius_px: float | None = None
    range_km: float | None = None
    sub_solar_lat: float | None = None
    sub_solar_lon_e: float | None = None
    psf_km: float | None = None
    registration_sigma_km: float | None = None
    licence: str = ""
    credit: str = ""
    transform: Affine | None = None
    shape: tuple[int, int] | None = None
    item: str | None = None

    @property
    def origin(self) -> Origin:
        """Product, line and item, for messages."""
        return Origin(self.path, self.number, self.item)

    @property
    def content(self) -> "Row":
        """The row wherever it stands: equal for rows that say the same."""
        return replace(self, number=None, item=None)


_FIELDS: Final = frozenset(field.name for field in fields(Row))


def parse_row(
    cells: Mapping[str, str], *, number: int | None = None, item: str | None = None, catalogue: str = ""
) -> Row | tuple[Finding, ...]:
    """The row, or everything that is wrong with it.

    Parameters
    ----------
    cells : mapping of str to str
        Text by column; unknown columns are passed over, blank and missing cells are the same.
    number : int or None
        Line of the catalogue, counted from 2 (line 1 is the header).
    item : str or None
        Id of the STAC Item.
    catalogue : str
        The file that holds the row: what a finding is about if the row names no image.

    Returns
    -------
    Row or tuple of Finding
        Findings E2xx to E5xx, in the order of the columns.
    """
    origin = Origin(cells.get("path", "").strip() or catalogue, number, item)
    values, findings = read_cells(COLUMNS, cells, origin)
    broken = frozenset(finding.column or "" for finding in findings)
    span = read_span(values, broken, origin)
    edges = read_edges(values, broken, origin)
    findings += [part for part in (span, edges) if isinstance(part, Finding)]
    findings += check_points(values, broken, origin) + check_wavelength(values, origin)
    if findings:
        return tuple(findings)
    values["edges"] = edges
    for name in ("sub_observer_lon", "sub_solar_lon"):
        if f"{name}_w" in values:
            values[f"{name}_e"] = east_from_west(values[f"{name}_w"])
    if isinstance(span, Span):
        values |= {"start_utc": span.start, "time_utc": span.time, "stop_utc": span.stop, "is_mosaic": span.is_mosaic}
    return Row(number=number, item=item, **{name: value for name, value in values.items() if name in _FIELDS})
