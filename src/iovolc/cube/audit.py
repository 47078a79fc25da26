"""Is the store sound, and what in it can go: re-hashing epochs, and finding what no manifest names."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from iovolc.cube import content, epochs, schema
from iovolc.cube.entry import EpochEntry
from iovolc.cube.layout import PARTIAL, StorePath, epoch_folder, local, quarantine_file
from iovolc.cube.lock import locked
from iovolc.cube.manifest import Manifest, manifest_numbers, read_head, read_manifest
from iovolc.errors import StoreCorrupt
from iovolc.model.grid import Grid
from iovolc.model.observation import ObservationRecord


@dataclass(frozen=True, slots=True)
class Damage:
    """An epoch that is not what its manifest says."""

    observation_id: str
    content_hash: str
    detail: str


def verify(store: StorePath, manifest: Manifest | None = None) -> tuple[Damage, ...]:
    """Read every epoch of a manifest and compare it with its hash.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    manifest : Manifest or None
        None is the current one.

    Returns
    -------
    tuple of Damage
        In the manifest's order; empty if the store is sound.
    """
    chosen = manifest if manifest is not None else read_head(store)
    entries = chosen.entries if chosen is not None else ()
    found = ((entry, _fault(store, entry)) for entry in entries)
    return tuple(Damage(entry.observation_id, entry.content_hash, fault) for entry, fault in found if fault)


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
        raise StoreCorrupt(f"{len(damages)} damaged epochs; delete their folders and ingest them again:\n{lines}")


def garbage(store: StorePath, *, min_age_s: float = 0.0) -> tuple[str, ...]:
    """What no manifest names and nobody will miss, as paths below the store's root, sorted.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk.
    min_age_s : float
        Leave out what was touched within this time, in seconds: a running ingest writes epochs before it names them.
    """
    root = local(store)
    latest = time.time() - min_age_s
    old = (path for path in _unnamed(root) if _touched_before(path, latest))
    return tuple(sorted(path.relative_to(root).as_posix() for path in old))


def collect(store: StorePath, *, min_age_s: float = 86400.0) -> tuple[str, ...]:
    """Delete the garbage, under the store's lock, and say what it was.

    A commit of an epoch that was deleted under its hands ends with ``StoreConflict`` rather than with a hole.
    """
    root = local(store)
    with locked(store):
        names = garbage(store, min_age_s=min_age_s)
        for name in names:
            path = root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return names


def _unnamed(root: Path) -> Iterator[Path]:
    manifests = [read_manifest(root, number) for number in manifest_numbers(root)]
    named = {
        local(epoch_folder(root, entry.observation_id, entry.content_hash))
        for manifest in manifests
        for entry in manifest.entries
    }
    kept = {local(quarantine_file(root, item.sha256)) for manifest in manifests for item in manifest.refused}
    yield from (path for path in root.glob("epochs/*/*") if path not in named)
    yield from (path for path in root.glob("quarantine/*.json") if path not in kept)
    for folder in (".", "manifests", "quarantine", "cache/*", "runs", "points"):
        yield from root.glob(f"{folder}/{PARTIAL}*")


def _touched_before(path: Path, latest: float) -> bool:
    try:
        return path.stat().st_mtime <= latest
    except FileNotFoundError:  # just finished by another process, so not garbage
        return False


def _fault(store: StorePath, entry: EpochEntry) -> str:
    try:
        head = epochs.read_head_json(store, entry)
        paths = ["registration/warp", "registration/tiles"]
        paths += [f"{sheet}/{spec.name}" for sheet in entry.sheets for spec in schema.LAYERS]
        arrays = {path: epochs.open_array(store, entry, path) for path in paths}
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
