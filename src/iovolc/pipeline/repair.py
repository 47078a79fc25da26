"""Repair: what is damaged in a store is made again from its original, and put in place only if it is the same."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from iovolc.archive.inputs import Listing, read_inputs
from iovolc.archive.points import PointTable
from iovolc.cube.audit import fault, verify
from iovolc.cube.bucket import bucket_of
from iovolc.cube.entry import EpochEntry, PointsEntry
from iovolc.cube.files import disk_errors
from iovolc.cube.layout import PARTIAL, local
from iovolc.cube.lock import locked
from iovolc.cube.manifest import Manifest
from iovolc.cube.points import write_points
from iovolc.pipeline.choosing import Task, look_closer, tasks_of
from iovolc.pipeline.context import Context
from iovolc.pipeline.ingest import Outcome, ingest_one
from iovolc.pipeline.points import read_listed

Entry = EpochEntry | PointsEntry
_NO_ORIGINAL: Final = "no original with its sha256 is among what was named; name the catalogue, image or table"
_OTHERWISE: Final = (
    "its original makes something else now: use the row, the configuration, the reference map and the version of "
    "iovolc of the first time, or ingest it anew"
)


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of a damaged item.

    Parameters
    ----------
    name : str
        The observation, or the table.
    mended : bool
        Whether it is sound again.
    detail : str
        What was wrong, and why it could not be mended.
    """

    name: str
    mended: bool
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {'mended' if self.mended else 'not mended'}: {self.detail}"


def repair(manifest: Manifest, originals: Sequence[Path], context: Context) -> tuple[Repair, ...]:
    """Make damaged epochs and tables of a manifest again from their originals.

    What is sound in a copy or on its bucket is taken from there first. An original is known by its sha256; what is made
    of it takes the place of what is damaged only if it has the hash that the manifest names: nothing that a run has
    read can change.

    Parameters
    ----------
    manifest : Manifest
        Of the store.
    originals : sequence of Path
        Catalogues, images, patterns and tables of point measurements.
    context : Context
        Store, workers, and the configuration of the first time.

    Returns
    -------
    tuple of Repair
        One for each damaged item, in the manifest's order; none if the store is sound.

    Raises
    ------
    InputError
        If a catalogue cannot be read at all.
    """
    entries: dict[tuple[str, str], Entry] = {entry.key: entry for entry in (*manifest.entries, *manifest.points)}
    damages = _damages(context.store, manifest)
    wanted = [entries[key] for key in damages]
    if not wanted:
        return ()
    with _bench(context.store) as bench:
        for entry in wanted:
            _level(entry, context.store, bench)
        missing = [entries[key] for key in _damages(context.store, _only(manifest, wanted))]
        found, made = _made(missing, read_inputs(originals), context, bench)
        for entry in (entry for entry in missing if entry.key in made):
            _put_in_place(entry, context.store, bench)
    left = _damages(context.store, _only(manifest, wanted))
    return tuple(_told(entry, damages[entry.key], found, left=entry.key in left) for entry in wanted)


def _damages(store: Path, manifest: Manifest) -> dict[tuple[str, str], str]:
    return {(item.observation_id, item.content_hash): item.detail for item in verify(store, manifest)}


def _level(entry: Entry, store: Path, bench: Path) -> None:
    """Let the copy have what is sound on the bucket, or the bucket what is sound in the copy."""
    bucket = bucket_of(store)
    if bucket is None:
        return
    if not fault(store, entry):
        bucket.mirror_folder(store, entry.folder)
        return
    bucket.fetch_folder(entry.folder, bench)
    if fault(bench, entry):
        shutil.rmtree(bench / entry.folder)
    else:
        _put_in_place(entry, store, bench)


def _made(
    wanted: Sequence[Entry], listings: Sequence[Listing], context: Context, bench: Path
) -> tuple[set[str], set[tuple[str, str]]]:
    """The sha256 of the originals that were found, and the names of what was made of them on the bench."""
    sources = {entry.source_sha256 for entry in wanted}
    tasks = [replace(task, store=bench) for task in tasks_of(listings, context) if task.sha256 in sources]
    outcomes = context.runner.map(_make, tasks, "repair")
    read = [read_listed(listing) for listing in listings if listing.kind == "points"]
    tables = [table for table in read if isinstance(table, PointTable) and table.sha256 in sources]
    written = [write_points(bench, table.name, table.sha256, table.glows) for table in tables]
    epochs = [outcome.entry for outcome in outcomes if outcome.entry is not None]
    found = {task.sha256 for task in tasks} | {table.sha256 for table in tables}
    return found, {entry.key for entry in (*epochs, *written)}


def _make(task: Task) -> Outcome:
    return ingest_one(look_closer(task))


def _told(entry: Entry, damage: str, found: set[str], *, left: bool) -> Repair:
    name, _ = entry.key
    if not left:
        return Repair(name, mended=True, detail=damage)
    reason = _OTHERWISE if entry.source_sha256 in found else _NO_ORIGINAL
    return Repair(name, mended=False, detail=f"{damage}; {reason}")


@contextmanager
def _bench(store: Path) -> Iterator[Path]:
    """A place to work on the disk of the store; rubbish if the process is killed."""
    with tempfile.TemporaryDirectory(prefix=f"{PARTIAL}repair-", dir=local(store)) as folder:
        yield Path(folder)


def _put_in_place(entry: Entry, store: Path, bench: Path) -> None:
    place, bucket = local(store) / entry.folder, bucket_of(store)
    aside = place.with_name(f"{PARTIAL}{place.name}")
    place.parent.mkdir(parents=True, exist_ok=True)
    with locked(store), disk_errors(f"{place} cannot be replaced"):
        shutil.rmtree(aside, ignore_errors=True)
        if place.exists():
            place.rename(aside)
        (bench / entry.folder).rename(place)
    shutil.rmtree(aside, ignore_errors=True)
    if bucket is not None:
        bucket.mirror_folder(store, entry.folder)


def _only(manifest: Manifest, entries: Sequence[Entry]) -> Manifest:
    """The manifest with these entries alone."""
    epochs = tuple(entry for entry in entries if isinstance(entry, EpochEntry))
    return replace(manifest, entries=epochs, points=tuple(item for item in entries if isinstance(item, PointsEntry)))
