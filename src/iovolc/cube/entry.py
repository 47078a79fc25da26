"""What a manifest says of an epoch, of a table of point measurements, of a refused product: values and their JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iovolc.cube.layout import epoch_folder, points_folder
from iovolc.model.grid import SheetName
from iovolc.model.observation import ObservationRecord, Quantity, format_utc, parse_utc


@dataclass(frozen=True, slots=True)
class EpochEntry:
    """One version of an epoch in the store.

    Parameters
    ----------
    observation_id, content_hash : str
        Which epoch, and sha256 of all it contains: the two together name its folder.
    pixels_per_degree : int
        Its grid.
    channel, mission, instrument : str
        From its record.
    quantity : str
        ``iof``, ``radiance`` or ``relative``.
    is_mosaic : bool
        Whether it was put together from several images.
    start_utc, time_utc, stop_utc : datetime
        Span and middle of the observation, timezone-aware, to the second.
    source_sha256 : str
        Of the file it was made from.
    sheets : tuple of str
        Those that hold data; the others are absent on disk.
    n_bytes : int
        Its size on disk.
    band, product_id, version, level : str
        From its record: what tells products of one exposure apart (:mod:`iovolc.archive.versions`).
    """

    observation_id: str
    content_hash: str
    pixels_per_degree: int
    channel: str
    quantity: Quantity
    mission: str
    instrument: str
    is_mosaic: bool
    start_utc: datetime
    time_utc: datetime
    stop_utc: datetime
    source_sha256: str
    sheets: tuple[SheetName, ...]
    n_bytes: int
    band: str = ""
    product_id: str = ""
    version: str = ""
    level: str = ""

    @property
    def order(self) -> tuple[datetime, str]:
        """Sorting key: predecessors come first."""
        return self.stop_utc, self.observation_id

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others: its name and the hash of its content."""
        return self.observation_id, self.content_hash

    @property
    def folder(self) -> str:
        """Its folder below the store's root."""
        return epoch_folder("", *self.key).lstrip("/")

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; times as ISO 8601 with Z."""
        data: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        times = {name: format_utc(data[name]) for name in ("start_utc", "time_utc", "stop_utc")}
        return {**data, **times, "sheets": list(self.sheets)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "EpochEntry":
        """The entry that :meth:`to_json` wrote."""
        times = {name: parse_utc(data[name]) for name in ("start_utc", "time_utc", "stop_utc")}
        return cls(**{**data, **times, "sheets": tuple(data["sheets"])})

    @classmethod
    def of(
        cls,
        record: ObservationRecord,
        *,
        content_hash: str,
        pixels_per_degree: int,
        sheets: tuple[SheetName, ...],
        n_bytes: int,
    ) -> "EpochEntry":
        """The entry of an epoch with this record."""
        return cls(
            observation_id=record.id,
            content_hash=content_hash,
            pixels_per_degree=pixels_per_degree,
            channel=record.channel,
            quantity=record.quantity,
            mission=record.mission,
            instrument=record.instrument,
            is_mosaic=record.is_mosaic,
            start_utc=parse_utc(format_utc(record.start_utc)),
            time_utc=parse_utc(format_utc(record.time_utc)),
            stop_utc=parse_utc(format_utc(record.stop_utc)),
            source_sha256=record.sha256,
            sheets=sheets,
            n_bytes=n_bytes,
            band=record.band,
            product_id=record.product_id,
            version=record.version,
            level=record.level,
        )


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """A product that did not become an epoch; its findings lie in quarantine.

    Parameters
    ----------
    product : str
        The observation id if it is known, otherwise the path.
    sha256 : str
        Of its file, or of its path if the file cannot be read.
    codes : tuple of str
        Numbers of the problems found (:data:`iovolc.errors.PROBLEMS`), sorted; empty if the pixels were unusable.
    place : str
        The catalogue and its line that named it; empty if none did.
    """

    product: str
    sha256: str
    codes: tuple[str, ...]
    place: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        place = {"place": self.place} if self.place else {}
        return {"product": self.product, "sha256": self.sha256, "codes": list(self.codes), **place}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Refused":
        """The value that :meth:`to_json` wrote."""
        return cls(data["product"], data["sha256"], tuple(data["codes"]), data.get("place", ""))


@dataclass(frozen=True, slots=True, order=True)
class PointsEntry:
    """A table of point measurements in the store.

    Parameters
    ----------
    name : str
        The file's name; a newer table of the same name replaces it.
    sha256 : str
        Of what is stored: names its folder.
    source_sha256 : str
        Of the file it was made from.
    n_rows : int
        Its measurements.
    """

    name: str
    sha256: str
    source_sha256: str
    n_rows: int

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others: its name and the hash of its content."""
        return self.name, self.sha256

    @property
    def folder(self) -> str:
        """Its folder below the store's root."""
        return points_folder("", self.sha256).lstrip("/")

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "PointsEntry":
        """The value that :meth:`to_json` wrote."""
        return cls(data["name"], data["sha256"], data["source_sha256"], data["n_rows"])
