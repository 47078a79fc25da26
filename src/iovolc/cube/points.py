"""Tables of point measurements in the store: written once under the hash of what they say, read back whole."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from iovolc.cube.entry import PointsEntry
from iovolc.cube.files import digest_json, read_json, write_json
from iovolc.cube.layout import StorePath, join, local, points_folder
from iovolc.errors import StoreCorrupt
from iovolc.model.glow import Glow

_FILE: Final = "measurements.json"


def write_points(store: StorePath, name: str, source_sha256: str, glows: Iterable[Glow]) -> PointsEntry:
    """Store the measurements of a table; the same again writes nothing.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk.
    name, source_sha256 : str
        Name and hash of the table's file.
    glows : iterable of Glow
        Its measurements, in any order.

    Returns
    -------
    PointsEntry
        For the next manifest.
    """
    rows = [glow.to_json() for glow in sorted(glows, key=lambda glow: glow.order)]
    content = {"name": name, "source_sha256": source_sha256, "measurements": rows}
    entry = PointsEntry(name, digest_json(content), source_sha256, len(rows))
    path = _path(store, entry)
    if not path.exists():
        write_json(path, content)
    return entry


def read_points(store: StorePath, entry: PointsEntry) -> tuple[Glow, ...]:
    """The measurements of a table, in order of time.

    Raises
    ------
    StoreCorrupt
        If they are missing or not what the manifest names.
    """
    path = join(points_folder(store, entry.sha256), _FILE)
    try:
        content = read_json(path)
    except FileNotFoundError as error:
        raise StoreCorrupt(f"{path} is missing; ingest {entry.name} again") from error
    if digest_json(content) != entry.sha256:
        raise StoreCorrupt(f"{path} does not match its hash; delete its folder and ingest {entry.name} again")
    return tuple(Glow.from_json(row) for row in content["measurements"])


def has_points(store: StorePath, entry: PointsEntry) -> bool:
    """Whether a table lies in the store."""
    return _path(store, entry).exists()


def _path(store: StorePath, entry: PointsEntry) -> Path:
    return local(join(points_folder(store, entry.sha256), _FILE))
