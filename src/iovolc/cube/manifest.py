"""Manifests: which epochs make the cube, and which tables of point measurements go with it.

Each is immutable; HEAD names the current one.

The digest of a manifest depends on what it names alone, not on its number nor on the order in which epochs came.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import fsspec

from iovolc.cube.bucket import Bucket, bucket_of
from iovolc.cube.entry import EpochEntry, PointsEntry, Refused
from iovolc.cube.files import digest_json, json_bytes, read_json, write_json
from iovolc.cube.layout import (
    StorePath,
    epoch_folder,
    head_file,
    join,
    local,
    manifest_file,
    quarantine_file,
)  # fmt: skip
from iovolc.cube.lock import locked
from iovolc.cube.points import has_points
from iovolc.errors import ConfigError, StoreConflict, StoreCorrupt
from iovolc.model.grid import Grid

_TRIES: Final = 20
"""How often a commit looks again when others move the HEAD of a bucket first."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of the cube.

    Parameters
    ----------
    number : int
        From 1; it only grows.
    parent : int or None
        The manifest before it.
    pixels_per_degree : int
        The grid of all its epochs.
    entries : tuple of EpochEntry
        Sorted by stop time, then id; one version of each observation.
    refused : tuple of Refused
        Products that were refused and have not been accepted since, sorted.
    points : tuple of PointsEntry
        Tables of point measurements, by name; older manifests have none.
    """

    number: int
    parent: int | None
    pixels_per_degree: int
    entries: tuple[EpochEntry, ...]
    refused: tuple[Refused, ...]
    points: tuple[PointsEntry, ...] = ()

    @property
    def grid(self) -> Grid:
        """The grid of all its epochs."""
        return Grid.at(self.pixels_per_degree)

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that have an epoch, sorted."""
        return tuple(sorted({entry.channel for entry in self.entries}))

    @property
    def digest(self) -> str:
        """Hexadecimal sha256 of what it names, wherever catalogues name it."""
        named = [[entry.observation_id, entry.content_hash] for entry in self.entries]
        refused = [replace(item, place="").to_json() for item in self.refused]
        tables = {"points": [[table.name, table.sha256] for table in self.points]} if self.points else {}
        return digest_json({"pixels_per_degree": self.pixels_per_degree, "epochs": named, "refused": refused, **tables})

    def of_channel(self, channel: str) -> tuple[EpochEntry, ...]:
        """The epochs of a channel, predecessors first."""
        return tuple(entry for entry in self.entries if entry.channel == channel)

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON, with the digest."""
        return {
            "number": self.number,
            "parent": self.parent,
            "pixels_per_degree": self.pixels_per_degree,
            "epochs": [entry.to_json() for entry in self.entries],
            "refused": [item.to_json() for item in self.refused],
            "points": [table.to_json() for table in self.points],
            "digest": self.digest,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Manifest":
        """The manifest that :meth:`to_json` wrote."""
        return cls(
            number=data["number"],
            parent=data["parent"],
            pixels_per_degree=data["pixels_per_degree"],
            entries=tuple(EpochEntry.from_json(item) for item in data["epochs"]),
            refused=tuple(Refused.from_json(item) for item in data["refused"]),
            points=tuple(PointsEntry.from_json(item) for item in data.get("points", ())),
        )


def read_head(store: StorePath) -> Manifest | None:
    """The current manifest, or None if the store has none yet.

    Raises
    ------
    StoreCorrupt
        If HEAD is lost, or it or its manifest is damaged.
    """
    try:
        head = read_json(head_file(store))
    except FileNotFoundError as error:
        # One manifest without HEAD is what a process leaves that was killed in the first commit.
        if any(number > 1 for number in manifest_numbers(store)):
            raise StoreCorrupt(
                f'{head_file(store)} is lost; write {{"number": N}} into it, N being the highest number in '
                f"{join(store, 'manifests')}"
            ) from error
        return None
    if not isinstance(head, dict) or not isinstance(head.get("number"), int):
        raise StoreCorrupt(f"{head_file(store)} does not name a manifest; restore it from a copy")
    manifest = read_manifest(store, head["number"])
    if head.get("digest", manifest.digest) != manifest.digest:
        raise StoreCorrupt(f"{head_file(store)} names another manifest {manifest.number}; restore both from a copy")
    return manifest


def read_manifest(store: StorePath, number: int) -> Manifest:
    """Manifest ``number``, also an old one.

    Raises
    ------
    StoreCorrupt
        If it is missing, damaged, or does not match its digest.
    """
    path = manifest_file(store, number)
    try:
        data = read_json(path)
    except FileNotFoundError as error:
        raise StoreCorrupt(f"{path} is missing; restore it from a copy") from error
    return understood(data, number, path)


def understood(data: Any, number: int, path: str) -> Manifest:
    """The manifest of this number that the content of a file holds.

    Raises
    ------
    StoreCorrupt
        If it is none, or does not match its digest.
    """
    try:
        manifest = Manifest.from_json(data)
        sound = data["digest"] == manifest.digest and manifest.number == number
    except (KeyError, TypeError, ValueError) as error:
        raise StoreCorrupt(f"{path} is not a manifest: {error}; restore it from a copy") from error
    if not sound:
        raise StoreCorrupt(f"{path} does not match its digest; restore it from a copy")
    return manifest


def refresh(store: StorePath) -> str | None:
    """Bring the copy of a store on a bucket up to date: what its current manifest names, and then HEAD.

    Returns
    -------
    str or None
        Tag of the bucket's HEAD; None if it has none yet, and for a store on disk, which needs nothing.

    Raises
    ------
    StoreCorrupt
        If the bucket's HEAD or manifest is damaged.
    TransientIOError
        If the bucket cannot be reached.
    """
    bucket = bucket_of(store)
    found = None if bucket is None else bucket.read("HEAD")
    if bucket is None or found is None:
        return None
    content, file = found
    head = read_json(local(head_file(store))) if local(head_file(store)).exists() else None
    pointed = _pointed(content, bucket)
    if pointed != head:
        bucket.fetch(f"manifests/{pointed['number']}.json", store)
        manifest = read_manifest(store, pointed["number"])
        folders, notes = names_of(store, manifest)
        for folder in folders:
            bucket.fetch_folder(folder, store)
        for note in notes:
            bucket.fetch(note, store)
        write_json(local(head_file(store)), pointed)
    return file.tag


def _pointed(content: bytes, bucket: Bucket) -> dict[str, Any]:
    try:
        pointed = json.loads(content)
        return {"number": int(pointed["number"]), "digest": str(pointed["digest"])}
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorrupt(f"{bucket.address}/HEAD does not name a manifest; restore it from a copy") from error


def _placed(
    bucket: Bucket, store: StorePath, manifest: Manifest, names: tuple[list[str], list[str]], tag: str | None
) -> Manifest | None:
    """The manifest as it stands on the bucket, HEAD moved to it; None if another writer was first."""
    folders, notes = names
    for folder in folders:
        bucket.put_folder(store, folder)
    for note in notes:
        bucket.put(note, local(join(store, note)).read_bytes())
    taken = [int(Path(name).stem) for name in bucket.files("manifests")]  # some by writers that were killed
    manifest = replace(manifest, number=max((manifest.number, *(number + 1 for number in taken))))
    if not bucket.put_new(f"manifests/{manifest.number}.json", json_bytes(manifest.to_json())):
        return None
    if not bucket.put_over("HEAD", json_bytes(_pointer(manifest)), tag):
        return None
    for folder in folders:  # an old leftover that was the same may have been collected before HEAD named it
        bucket.put_folder(store, folder)
    return manifest


def names_of(store: StorePath, manifest: Manifest) -> tuple[list[str], list[str]]:
    """The folders that a manifest names, and its notes on what was refused, as names below the root."""
    notes = [quarantine_file(store, item.sha256).removeprefix(f"{join(store)}/") for item in manifest.refused]
    return [entry.folder for entry in (*manifest.entries, *manifest.points)], list(dict.fromkeys(notes))


def _pointer(manifest: Manifest) -> dict[str, Any]:
    return {"number": manifest.number, "digest": manifest.digest}


def manifest_numbers(store: StorePath) -> tuple[int, ...]:
    """The numbers of all manifests, ascending."""
    system, root = fsspec.url_to_fs(str(store))
    names = (str(path).rpartition("/")[2].removesuffix(".json") for path in system.glob(f"{root}/manifests/*.json"))
    return tuple(sorted(int(name) for name in names if name.isdecimal()))


def commit(
    store: StorePath,
    grid: Grid,
    entries: Iterable[EpochEntry] = (),
    *,
    refused: Iterable[Refused] = (),
    accepted: Iterable[str] = (),
    superseded: Iterable[str] = (),
    points: Iterable[PointsEntry] = (),
    timeout_s: float = 60.0,
) -> Manifest:
    """Make epochs part of the cube: merge them with the current manifest and move HEAD, under the store's lock.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk.
    grid : Grid
        The grid of the entries.
    entries : iterable of EpochEntry
        What :func:`iovolc.cube.epochs.write_epoch` gave. Another version of an observation replaces the one before.
    refused : iterable of Refused
        Products that could not be used; the newest refusal of a product counts. One that is, or becomes, an epoch is
        not kept here.
    accepted : iterable of str
        Products and places that are usable now: what was refused of them before is forgotten.
    superseded : iterable of str
        Ids of observations that a better product of the same exposure replaces.
    points : iterable of PointsEntry
        What :func:`iovolc.cube.points.write_points` gave; a table replaces the one of its name.
    timeout_s : float
        How long to wait for another writer, in seconds.

    Returns
    -------
    Manifest
        The new current one; the old one, with nothing written, if nothing is new.

    Raises
    ------
    StoreConflict
        If the grids differ, two versions of one observation or table are given, one of them is gone, or the store
        stays locked.
    StoreCorrupt
        If the current manifest is damaged.
    """
    added, tables, told = tuple(entries), tuple(points), tuple(refused)
    bucket = bucket_of(store)
    with locked(store, timeout_s):
        for _ in range(_TRIES):
            tag = refresh(store)
            head = read_head(store)
            _require_fit(store, head, grid, added)
            _require_tables(store, tables)
            manifest = _merged(head, grid, added, told, frozenset(accepted), frozenset(superseded))
            manifest = replace(manifest, points=_joined(head, tables))
            if head is not None and manifest.digest == head.digest:
                return head
            if bucket is not None:
                names = names_of(store, Manifest(0, None, 0, added, told, tables))
                placed = _placed(bucket, store, manifest, names, tag)
                if placed is None:
                    continue
                manifest = placed
            write_json(local(manifest_file(store, manifest.number)), manifest.to_json())
            write_json(local(head_file(store)), _pointer(manifest))
            return manifest
    raise StoreConflict(f"others keep moving the HEAD of {store}; try again")


def _merged(
    head: Manifest | None,
    grid: Grid,
    added: tuple[EpochEntry, ...],
    refused: tuple[Refused, ...],
    accepted: frozenset[str],
    superseded: frozenset[str],
) -> Manifest:
    old_entries = head.entries if head is not None else ()
    old_entries = tuple(entry for entry in old_entries if entry.observation_id not in superseded)
    told_before = head.refused if head is not None else ()
    old_refused = [item for item in told_before if accepted.isdisjoint((item.product, item.place))]
    by_id = {entry.observation_id: entry for entry in (*old_entries, *added)}
    by_product = {item.product: item for item in (*old_refused, *sorted(refused)) if item.product not in by_id}
    return Manifest(
        number=head.number + 1 if head is not None else 1,
        parent=head.number if head is not None else None,
        pixels_per_degree=grid.pixels_per_degree,
        entries=tuple(sorted(by_id.values(), key=lambda entry: entry.order)),
        refused=tuple(sorted(by_product.values())),
    )


def _joined(head: Manifest | None, tables: tuple[PointsEntry, ...]) -> tuple[PointsEntry, ...]:
    old = head.points if head is not None else ()
    return tuple(sorted({table.name: table for table in (*old, *tables)}.values()))


def _require_tables(store: StorePath, tables: tuple[PointsEntry, ...]) -> None:
    known: dict[str, PointsEntry] = {}
    for table in tables:
        if known.setdefault(table.name, table) != table:
            raise StoreConflict(f"two tables are named {table.name}; rename one of them")
        if not has_points(store, table):
            raise StoreConflict(f"the table {table.name} is gone from {store}; ingest it again")


def require_grid(store: StorePath, manifest: Manifest, grid: Grid) -> None:
    """Let the epochs of a manifest be on a grid.

    Raises
    ------
    ConfigError
        If they are on another one.
    """
    held, asked = manifest.pixels_per_degree, grid.pixels_per_degree
    if held != asked:
        raise ConfigError(
            f"the store {store} holds {held} pixels per degree, not {asked}; "
            f"set grid.pixels_per_degree={held} or use another store"
        )


def _require_fit(store: StorePath, head: Manifest | None, grid: Grid, added: tuple[EpochEntry, ...]) -> None:
    ppd = grid.pixels_per_degree
    if head is not None:
        require_grid(store, head, grid)
    versions: dict[str, str] = {}
    for entry in added:
        if entry.pixels_per_degree != ppd:
            raise StoreConflict(
                f"epoch {entry.observation_id} has {entry.pixels_per_degree} pixels per degree, not {ppd}"
            )
        if versions.setdefault(entry.observation_id, entry.content_hash) != entry.content_hash:
            raise StoreConflict(f"two versions of {entry.observation_id} are given; give the better one")
        if not local(epoch_folder(store, entry.observation_id, entry.content_hash)).exists():
            raise StoreConflict(f"epoch {entry.observation_id} is gone from {store}; ingest the product again")
