"""Lists of published hot spots, for comparison: places and names without times.

Not for measurements, which have times and values (:mod:`iovolc.archive.points`).
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iovolc.archive.files import read_bytes
from iovolc.errors import Finding, InputError
from iovolc.geometry.longitudes import east_from_west, wrap180

NAME_COLUMNS: Final = ("name", "id", "site")


@dataclass(frozen=True, slots=True)
class PublishedSpot:
    """A hot spot of a published list: its name, or the number of its row, and its place in degrees."""

    name: str
    lat: float
    lon_e: float


def read_published(path: Path) -> tuple[PublishedSpot, ...]:
    """The places of a CSV list.

    Parameters
    ----------
    path : Path
        With ``lat`` and ``lon_w`` or ``lon_e``, and a name in ``name``, ``id`` or ``site``. Where both longitudes are
        given they must agree.

    Raises
    ------
    InputError
        E501 if it is no such list, E512 if its longitudes are not declared or disagree, E401 if a number is not usable.
    """
    try:
        records = list(csv.DictReader(io.StringIO(read_bytes(path).decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError([Finding("E501", path.name, str(error))]) from error
    columns = set(records[0]) if records else set[str]()
    if "lat" not in columns:
        raise InputError([Finding("E501", path.name, "it has no row, or no column `lat`", 1, "lat")])
    if not columns & {"lon_w", "lon_e"}:
        raise InputError([Finding("E512", path.name, "it has neither `lon_w` nor `lon_e`", 1)])
    return tuple(_spot(record, number, path.name) for number, record in enumerate(records, 2))


def _spot(record: Mapping[str, str], number: int, product: str) -> PublishedSpot:
    try:
        lat = float(record["lat"])
        senses = [
            turn(float(record[column]))
            for column, turn in (("lon_w", east_from_west), ("lon_e", wrap180))
            if record.get(column, "").strip()
        ]
    except ValueError as error:
        raise InputError([Finding("E401", product, str(error), number)]) from error
    if not senses or abs(wrap180(senses[0] - senses[-1])) > 0.06:
        detail = "no longitude" if not senses else "`lon_w` and `lon_e` are not one place"
        raise InputError([Finding("E512", product, detail, number, "lon_w")])
    name = next((text for column in NAME_COLUMNS if (text := record.get(column, "").strip())), f"row {number}")
    return PublishedSpot(name, lat, senses[0])
