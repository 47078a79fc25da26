"""An image file and its catalogue row become an observation: GeoTIFF (also cloud-optimised), PNG and JPEG.

Not for planetary label formats. What the row leaves blank is read from the file; what neither gives is a finding
that names row and column.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from rasterio.io import DatasetReader

from iovolc.archive.bands import choose_band, label_channel
from iovolc.archive.files import file_sha256
from iovolc.archive.identity import observation_id
from iovolc.archive.opening import open_image
from iovolc.archive.pixels import Scaling, read_pixels
from iovolc.archive.placing import place
from iovolc.archive.rows import Row
from iovolc.errors import UnreadableProduct
from iovolc.model.observation import Observation, ObservationRecord, Quantity

_FROM_ROW: Final = (
    "id", "path", "time_utc", "start_utc", "stop_utc", "is_mosaic", "mission", "instrument", "band", "wavelength_um",
    "fwhm_um", "psf_km", "registration_sigma_km", "range_km", "sub_observer_lat", "sub_observer_lon_e",
    "sub_solar_lat", "sub_solar_lon_e", "licence", "credit",
)  # fmt: skip


def read_observation(row: Row, catalogue_dir: Path) -> Observation:
    """Read one band of one image.

    Parameters
    ----------
    row : Row
        The catalogue's row.
    catalogue_dir : Path
        The folder that the row's path is relative to.

    Returns
    -------
    Observation
        Pixels (row, col) as float32 in the record's unit, NaN without data; ``saturated`` for integer files marks
        pixels at either end of the integer range.

    Raises
    ------
    UnreadableProduct
        The file is missing or damaged, the band does not exist, no pixel is valid, or a field is blank (E101, E102,
        E104, E402, E503).
    UnsupportedProduct
        The format is not read (E103).
    AmbiguousGeometry
        The image cannot be placed on Io (E2xx).
    TransientIOError
        If reading failed in a way that may pass.
    """
    path = catalogue_dir / row.path
    sha256 = file_sha256(path, row.origin)
    with open_image(path, row.origin) as dataset:
        band = choose_band(dataset, row)
        placement = place(dataset, row)
        scaling = Scaling.of(dataset, band, row)
        label: dict[str, Any] = {
            "band_index": band,
            "placement": placement,
            "quantity": row.quantity or _picture_quantity(dataset, band, row),
            "channel": row.channel or _label_channel(dataset, band, row),
            "unit": row.unit or dataset.units[band - 1] or "",
        }
        pixels = read_pixels(dataset, band, scaling, row.origin)
    record = _record(row, scaling, sha256=sha256, **label)
    return Observation(record, pixels.values, saturated=pixels.saturated)


def _record(row: Row, scaling: Scaling, **label: Any) -> ObservationRecord:
    """The record of a row, completed by what the file said."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _FROM_ROW if getattr(row, name) is not None}
    values |= label | {"scale": scaling.scale, "offset": scaling.offset}
    if scaling.nodata is not None:
        values["nodata"] = scaling.nodata
    record = ObservationRecord(**values)
    return record if record.id else replace(record, id=observation_id(record))


def _picture_quantity(dataset: DatasetReader, band: int, row: Row) -> Quantity:
    is_picture = dataset.driver in {"PNG", "JPEG"} and np.dtype(dataset.dtypes[band - 1]) == np.uint8
    if is_picture and not row.unit:
        return "relative"
    raise _blank(row, "quantity", "only an 8-bit PNG or JPEG without a unit is `relative` of itself")


def _label_channel(dataset: DatasetReader, band: int, row: Row) -> str:
    channel = label_channel(dataset, band)
    if not channel:
        raise _blank(row, "channel", "the file does not name the band's channel either")
    return channel


def _blank(row: Row, column: str, detail: str) -> UnreadableProduct:
    return UnreadableProduct([row.origin.finding("E503", f"the cell is blank, and {detail}", column)])
