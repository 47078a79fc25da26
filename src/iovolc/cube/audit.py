"""Is the store sound: reads every epoch and table again and compares it with its hash, and a copy with its bucket."""

from dataclasses import dataclass
from pathlib import Path

from iovolc.cube import content, epochs, schema
from iovolc.cube.bucket import bucket_of
from iovolc.cube.entry import EpochEntry, PointsEntry
from iovolc.cube.layout import StorePath
from iovolc.cube.manifest import Manifest, read_head
from iovolc.cube.points import read_points
from iovolc.errors import ConfigError, StoreCorrupt
from iovolc.model.grid import Grid
from iovolc.model.observation import ObservationRecord


@dataclass(frozen=True, slots=True)
class Damage:
    """An epoch, or a table of point measurements under its name, that is not what its manifest says."""

    observation_id: str
    content_hash: str
    detail: str

    def __str__(self) -> str:
        return (
            f"{self.observation_id} ({self.content_hash[:12]}): {self.detail}; "
            "`iovolc verify CATALOGUE --store STORE --repair` makes it again"
        )


def require_store(store: Path) -> None:
    """Refuse a folder that has never held a store: nothing there is not the same as nothing damaged there.

    Raises
    ------
    ConfigError
        If it is missing or empty.
    """
    if not store.is_dir() or not any(store.iterdir()):
        raise ConfigError(f"{store} holds no store: correct --store, or run `iovolc ingest` first")


def verify(store: StorePath, manifest: Manifest | None = None) -> tuple[Damage, ...]:
    """Read every epoch and table of a manifest and compare it with its hash; and, of a copy, with the bucket.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    manifest : Manifest or None
        None is the current one.

    Returns
    -------
    tuple of Damage
        In the manifest's order, epochs first; empty if the store is sound.
    """
    chosen = manifest if manifest is not None else read_head(store)
    if chosen is None:
        return ()
    found = ((entry, fault(store, entry) or _elsewhere(store, entry)) for entry in (*chosen.entries, *chosen.points))
    return tuple(Damage(*entry.key, detail) for entry, detail in found if detail)


def fault(store: StorePath, entry: EpochEntry | PointsEntry) -> str:
    """What is wrong with an epoch or table of this disk, in words; empty if it is sound."""
    return _table_fault(store, entry) if isinstance(entry, PointsEntry) else _fault(store, entry)


def _elsewhere(store: StorePath, entry: EpochEntry | PointsEntry) -> str:
    """What is wrong with it on the bucket, if this is the copy of one."""
    bucket = bucket_of(store)
    unlike = () if bucket is None else bucket.unlike(store, entry.folder)
    return f"it is not as it should be on the bucket: {unlike[0]}, {len(unlike)} files in all" if unlike else ""


def require_sound(store: StorePath, manifest: Manifest | None = None) -> None:
    """:func:`verify`, with an error if anything is damaged.

    Raises
    ------
    StoreCorrupt
        That names the damaged epochs and what to do.
    """
    damages = verify(store, manifest)
    if damages:
        lines = "\n".join(f"{item.observation_id} ({item.content_hash[:12]}): {item.detail}" for item in damages)
        raise StoreCorrupt(f"{len(damages)} damaged items; delete their folders and ingest them again:\n{lines}")


def _table_fault(store: StorePath, table: PointsEntry) -> str:
    try:
        read_points(store, table)
    except StoreCorrupt as error:
        return str(error)
    return ""


def _fault(store: StorePath, entry: EpochEntry) -> str:
    try:
        head = epochs.read_head_json(store, entry)
        arrays = {path: epochs.open_array(store, entry, path) for path in content.paths_of(head, entry.sheets)}
        if content.content_hash(head, arrays) != entry.content_hash:
            return "its content does not match its hash"
        return _description_fault(store, entry, ObservationRecord.from_json(head["record"]))
    except StoreCorrupt as error:
        return str(error)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        return f"it cannot be read: {error}"


def _description_fault(store: StorePath, entry: EpochEntry, record: ObservationRecord) -> str:
    expected = EpochEntry.of(
        record,
        content_hash=entry.content_hash,
        pixels_per_degree=entry.pixels_per_degree,
        sheets=entry.sheets,
        n_bytes=entry.n_bytes,
    )
    if expected != entry:
        return "the manifest describes it wrongly"
    grid = Grid.at(entry.pixels_per_degree)
    attrs = ((sheet, epochs.sheet_attrs(store, entry, sheet)) for sheet in entry.sheets)
    return "; ".join(fault for sheet, found in attrs for fault in schema.attr_faults(found, grid.sheet(sheet)))
