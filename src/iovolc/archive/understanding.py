"""A file and its catalogue row, understood: every field of the record with the source that gave it, no pixels yet."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from iovolc.archive.access import Access, check_size, check_times, find_file
from iovolc.archive.discs import LIMB, LIMB_FIT, SUN, VIEW, limb_sigma_km, view_of
from iovolc.archive.families import open_product
from iovolc.archive.files import file_sha256
from iovolc.archive.identity import observation_id
from iovolc.archive.interpretation import Reading, pictured, read_band, sharpness
from iovolc.archive.layers import CATALOGUE, LABEL, Layer, choose
from iovolc.archive.measured import Source, measure
from iovolc.archive.observers import completed
from iovolc.archive.pixels import Scaling
from iovolc.archive.placing import place
from iovolc.archive.product import Facts, Product
from iovolc.archive.rows import Row
from iovolc.archive.spans import TIMES, span_of
from iovolc.errors import AmbiguousGeometry, UnreadableProduct
from iovolc.model.observation import ObservationRecord, Placement, Projected

_FIELDS: Final = (
    "id", "mission", "instrument", "band", "channel", "wavelength_um", "fwhm_um", "quantity", "unit", "scale",
    "offset", "nodata", "psf_km", "registration_sigma_km", "range_km", "sub_observer_lat", "sub_observer_lon_e",
    "sub_solar_lat", "sub_solar_lon_e", "licence", "credit", "product_id", "version", "level",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """What is known of an observation before its pixels are read.

    Parameters
    ----------
    record : ObservationRecord
        All fields.
    sources : mapping of str to str
        For each field that is known, who said it: ``catalogue``, ``label``, ``descriptor``,
        ``kernels``, ``ephemeris`` or ``limb fit``.
    product : Product
        The open file.
    source : Source
        Where in it the values stand.
    notes : tuple of str
        What of the label was left out, and which numbers of the descriptor are only settings.
    """

    record: ObservationRecord
    sources: Mapping[str, str]
    product: Product
    source: Source
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was hashed and opened, and what is said of the band that a row means.

    Parameters
    ----------
    sha256 : str
        Of the file.
    product : Product
        The open file.
    band : Reading
        What catalogue, label and descriptor say.
    """

    sha256: str
    product: Product
    band: Reading


def look_at(row: Row, catalogue_dir: Path, access: Access | None = None, *, sha256: str = "") -> Look:
    """Hash and open a row's file.

    Parameters
    ----------
    row : Row
        The catalogue's row.
    catalogue_dir : Path
        The folder that the row's path is relative to.
    access : Access or None
        Limits for the file.
    sha256 : str
        Of the file, if it is known already.

    Raises
    ------
    UnreadableProduct
        E101, E102, E104 to E107.
    UnsupportedProduct
        E103.
    TransientIOError
        If reading failed in a way that may pass.
    """
    access = access or Access()
    path = find_file(row, catalogue_dir, access)
    sha256 = sha256 or file_sha256(path, row.origin)
    product = open_product(path, row.origin)
    check_size(product, row.origin, access)
    return Look(sha256, product, read_band(product, row))


def understand(row: Row, catalogue_dir: Path, access: Access | None = None, *, look: Look | None = None) -> Understood:
    """Read the label of one band of one image; the catalogue's row has the say, the instrument's descriptor the rest.

    Parameters
    ----------
    row : Row
        The catalogue's row.
    catalogue_dir : Path
        The folder that the row's path is relative to.
    access : Access or None
        Limits for the file; None is the default: nothing outside the folder, and at most 1024 million pixels.
    look : Look or None
        Of :func:`look_at`, if there was one.

    Raises
    ------
    ConfigError
        If the kernels cannot be used.
    UnreadableProduct
        The file is missing, damaged, too large or out of bounds, the band does not exist, or a field is missing or
        impossible (E101, E102, E104 to E107, E302, E304, E401, E503).
    UnsupportedProduct
        The format is not read (E103).
    AmbiguousGeometry
        The image cannot be placed on Io (E2xx).
    TransientIOError
        If reading failed in a way that may pass.
    """
    access = access or Access()
    look = look or look_at(row, catalogue_dir, access)
    product, band = look.product, look.band
    source, facts, interpreted, layers = band.source, band.facts, band.interpretation, band.layers
    times, time_source = span_of(layers, row.origin)
    check_times(times["start_utc"], times["stop_utc"], row.origin, access)
    layers += _geometry(layers, times, band, access.kernels)
    values, sources = choose(_FIELDS, layers)
    scaling = Scaling(**choose(("scale", "offset", "nodata"), layers)[0])
    placement = place(
        facts, product.shape, row,
        view=lambda: view_of(choose(VIEW + SUN + LIMB, layers)[0], row.origin),
        pixels=lambda: measure(product, source, scaling, row.origin).values,
    )  # fmt: skip
    if row.registration_sigma_km is None and (sigma_km := limb_sigma_km(placement, values)) is not None:
        values["registration_sigma_km"], sources["registration_sigma_km"] = sigma_km, LIMB_FIT
    _require(values, row, facts)
    sources |= dict.fromkeys(TIMES, time_source)
    sources["placement"] = LABEL if placement is facts.placement else CATALOGUE
    _require_finite(values, placement, row)
    values = {"id": "", **values, **times, "band_index": source.index + 1}
    record = ObservationRecord(**values, sha256=look.sha256, path=row.path, placement=placement)
    record = record if record.id else replace(record, id=observation_id(record))
    return Understood(record, sources, product, source, interpreted.notes)


def _geometry(
    layers: tuple[Layer, ...], times: Mapping[str, Any], band: Reading, kernels: Sequence[Path]
) -> tuple[Layer, ...]:
    """Viewing geometry that nobody stated, and what follows from it for sharpness and for the disc in a picture."""
    if times["is_mosaic"]:
        return ()
    mission = choose(("mission",), layers)[0].get("mission", "")
    viewed = completed(layers, times["time_utc"], band.interpretation.descriptor, mission, kernels)
    range_km = choose(("range_km",), (*layers, viewed))[0].get("range_km")
    return viewed, sharpness(band.interpretation, range_km), pictured(band, range_km)


def _require(values: Mapping[str, Any], row: Row, facts: Facts) -> None:
    if "quantity" not in values or (row.unit and row.quantity is None and facts.quantity == "relative"):
        raise _blank(row, "quantity", "only an 8-bit PNG or JPEG without a unit is `relative` of itself")
    if "channel" not in values:
        raise _blank(row, "channel", "neither the file nor a descriptor of the instrument names the band's channel")


def _require_finite(values: Mapping[str, Any], placement: Placement, row: Row) -> None:
    """Labels may hold any number, and no place or value follows from one that is not finite."""
    for name in ("scale", "offset"):
        if not math.isfinite(values.get(name, 0.0)):
            raise UnreadableProduct([row.origin.finding("E401", f"the file's {name} is {values[name]}", name)])
    transform = placement.transform if isinstance(placement, Projected) else ()
    if not all(map(math.isfinite, transform)):
        detail = "the file's transform holds numbers that are not finite"
        raise AmbiguousGeometry([row.origin.finding("E201", detail, "projection")])


def _blank(row: Row, column: str, detail: str) -> UnreadableProduct:
    return UnreadableProduct([row.origin.finding("E503", f"the cell is blank, and {detail}", column)])
