"""What lies in a store, thing by thing: on this machine's disk and, for a copy, on its bucket.

Knows names, ages and sizes; what of it can go is decided in :mod:`iovolc.cube.cleaning`.
"""

import json
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from iovolc.cube.bucket import Bucket, bucket_of
from iovolc.cube.files import read_json
from iovolc.cube.layout import PARTIAL, StorePath, local
from iovolc.errors import StoreCorrupt

_PARTS: Final = {"epochs": 3, "points": 2, "quarantine": 2, "manifests": 2, "runs": 2, "cache": 3}
"""Of how many names the name of a thing consists, by its first."""

_MAY_BE_PARTIAL: Final = (".", "manifests", "quarantine", "cache/*", "runs", "points", "points/*", "alerts")
_RECORD: Final = "run.json"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Thing:
    """An epoch, a table, a manifest, a note, a run, a kept result, or what a killed process left of one.

    Parameters
    ----------
    touched_s : float
        When it last changed, in seconds since 1970; the later of disk and bucket.
    n_bytes : int
        What it takes; of a copy what it takes on the bucket, if it is there.
    """

    touched_s: float
    n_bytes: int


def things(store: StorePath) -> dict[str, Thing]:
    """All of a store by name below its root; what goes meanwhile is left out."""
    root, bucket = local(store), bucket_of(store)
    here = {path.relative_to(root).as_posix(): found for path in _paths(root) if (found := _on_disk(path))}
    there = {} if bucket is None else _on_bucket(bucket)
    return {name: _both(here.get(name), there.get(name)) for name in sorted(here.keys() | there.keys())}


def runs(store: StorePath) -> dict[str, float]:
    """When each run was published, by the name of its folder below the root, in seconds since 1970."""
    root, bucket = local(store), bucket_of(store)
    records = (path for path in root.glob(f"runs/*/{_RECORD}") if not path.parent.name.startswith(PARTIAL))
    here = {path.parent.relative_to(root).as_posix(): path.stat().st_mtime for path in records}
    there = {} if bucket is None else bucket.files("runs")
    found = {name: file for name, file in there.items() if name.count("/") == 2 and name.endswith(f"/{_RECORD}")}
    return here | {name.removesuffix(f"/{_RECORD}"): file.modified_s for name, file in found.items()}


def run_record(store: StorePath, run: str) -> dict[str, Any]:
    """What a run says of itself; from the bucket if the copy has it not.

    Raises
    ------
    StoreCorrupt
        If it cannot be read.
    """
    path, bucket = local(store) / run / _RECORD, bucket_of(store)
    # Not fetched into the copy, where a run must be whole.
    found = None if bucket is None or path.exists() else bucket.read(f"{run}/{_RECORD}")
    try:
        return read_json(path) if found is None else json.loads(found[0])
    except ValueError as error:
        raise StoreCorrupt(f"{run}/{_RECORD} is damaged on the bucket: {error}; delete the run there") from error


def remove(store: StorePath, names: Iterable[str]) -> None:
    """Delete things from the disk and, for a copy, from the bucket, in the order given.

    A folder loses its name first: what a killed process leaves of it must not pass for the whole.
    """
    root, bucket = local(store), bucket_of(store)
    for name in names:
        if bucket is not None and name.partition("/")[0] in _PARTS:
            bucket.remove(name)
        path = root / name
        if path.is_dir():
            going = path.with_name(f"{PARTIAL}{uuid.uuid4().hex}-{path.name}"[:_LONGEST])
            path.rename(going)
            shutil.rmtree(going)
        else:
            path.unlink(missing_ok=True)


def _paths(root: Path) -> Iterator[Path]:
    for first, parts in _PARTS.items():
        yield from root.glob("/".join((first, *["*"] * (parts - 1))))
    for folder in _MAY_BE_PARTIAL:
        yield from root.glob(f"{folder}/{PARTIAL}*")


def _on_disk(path: Path) -> Thing | None:
    try:
        files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
        return Thing(path.stat().st_mtime, sum(file.stat().st_size for file in files))
    except FileNotFoundError:  # just finished by another process
        return None


def _on_bucket(bucket: Bucket) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for first, parts in _PARTS.items():
        for name, file in bucket.files(first).items():
            thing = "/".join(name.split("/")[:parts])
            before = found.get(thing, Thing(0.0, 0))
            found[thing] = Thing(max(before.touched_s, file.modified_s), before.n_bytes + file.n_bytes)
    return found


def _both(here: Thing | None, there: Thing | None) -> Thing:
    known = [thing for thing in (there, here) if thing is not None]
    return Thing(max(thing.touched_s for thing in known), known[0].n_bytes)
