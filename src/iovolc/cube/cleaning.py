"""What in a store can go: what no manifest names, and by choice superseded epochs, old runs and old results."""

import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iovolc.cube.files import read_json
from iovolc.cube.layout import (
    PARTIAL,
    StorePath,
    epoch_folder,
    local,
    manifest_file,
    points_folder,
    quarantine_file,
    run_folder,
)  # fmt: skip
from iovolc.cube.lock import locked
from iovolc.cube.manifest import manifest_numbers, read_head, read_manifest
from iovolc.cube.pointer import operational_run

DAY_S: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Retention:
    """How much of the past to keep; None keeps all of it.

    Parameters
    ----------
    manifests : int or None
        The newest manifests to keep, besides the current one and those of kept runs. Epochs that none of them names,
        such as superseded versions, go.
    runs : int or None
        The newest runs to keep, besides the operational one.
    cache_days : float or None
        Results kept for reuse that are older than this go; they are computed again when they are needed.
    """

    manifests: int | None = None
    runs: int | None = None
    cache_days: float | None = None


KEEP_ALL: Final = Retention()


def garbage(store: StorePath, *, retention: Retention = KEEP_ALL, min_age_s: float = 0.0) -> tuple[str, ...]:
    """What can go, as paths below the store's root, sorted.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk.
    retention : Retention
        How much of the past to keep.
    min_age_s : float
        Leave out what was touched within this time, in seconds: a running ingest writes epochs before it names them.
    """
    root = local(store)
    runs = tuple(_old_runs(root, retention.runs))
    old_manifests = tuple(_old_manifests(root, retention.manifests, gone=runs))
    cache = () if retention.cache_days is None else root.glob("cache/*/*")
    stale = (path for path in cache if _touched_before(path, time.time() - (retention.cache_days or 0.0) * DAY_S))
    numbers = [number for number in manifest_numbers(root) if number not in old_manifests]
    files = [local(manifest_file(root, number)) for number in old_manifests]
    latest = time.time() - min_age_s
    old = (path for path in (*_unnamed(root, numbers), *files, *runs, *stale) if _touched_before(path, latest))
    return tuple(sorted({path.relative_to(root).as_posix() for path in old}))


def collect(store: StorePath, *, retention: Retention = KEEP_ALL, min_age_s: float = DAY_S) -> tuple[str, ...]:
    """Delete the garbage, under the store's lock, and say what it was.

    A commit of an epoch that was deleted under its hands ends with ``StoreConflict`` rather than with a hole.
    """
    root = local(store)
    with locked(store):
        names = garbage(store, retention=retention, min_age_s=min_age_s)
        # Manifests first: one whose epochs have gone must never be found.
        for name in sorted(names, key=lambda name: (not name.startswith("manifests/"), name)):
            path = root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return names


def size_of(store: StorePath, names: Iterable[str]) -> int:
    """Bytes that paths below the store's root take."""
    root = local(store)
    paths = (
        inner for name in names for inner in ((root / name).rglob("*") if (root / name).is_dir() else [root / name])
    )
    return sum(path.stat().st_size for path in paths if path.is_file())


def _old_runs(root: Path, keep: int | None) -> Iterator[Path]:
    if keep is None:
        return
    runs = sorted(root.glob("runs/*/run.json"), key=lambda path: (path.stat().st_mtime, path.parent.name))
    name = operational_run(root)
    latest = None if name is None else local(run_folder(root, name))
    others = [path.parent for path in runs if path.parent != latest]
    yield from others[: max(len(others) - keep, 0)]


def _old_manifests(root: Path, keep: int | None, *, gone: Iterable[Path]) -> Iterator[int]:
    if keep is None:
        return
    numbers = manifest_numbers(root)
    head = read_head(root)
    kept_runs = [path for path in root.glob("runs/*/run.json") if path.parent not in set(gone)]
    kept = {read_json(path)["manifest"]["number"] for path in kept_runs}
    kept |= set(numbers[len(numbers) - keep :]) | ({head.number} if head is not None else set[int]())
    yield from (number for number in numbers if number not in kept)


def _unnamed(root: Path, numbers: Iterable[int]) -> Iterator[Path]:
    manifests = [read_manifest(root, number) for number in numbers]
    named = {
        local(epoch_folder(root, entry.observation_id, entry.content_hash))
        for manifest in manifests
        for entry in manifest.entries
    }
    kept = {local(quarantine_file(root, item.sha256)) for manifest in manifests for item in manifest.refused}
    tables = {local(points_folder(root, table.sha256)) for manifest in manifests for table in manifest.points}
    yield from (path for path in root.glob("epochs/*/*") if path not in named)
    yield from (path for path in root.glob("points/*") if path not in tables and not path.name.startswith(PARTIAL))
    yield from (path for path in root.glob("quarantine/*.json") if path not in kept)
    for folder in (".", "manifests", "quarantine", "cache/*", "runs", "points", "points/*", "alerts"):
        yield from root.glob(f"{folder}/{PARTIAL}*")


def _touched_before(path: Path, latest: float) -> bool:
    try:
        return path.stat().st_mtime <= latest
    except FileNotFoundError:  # just finished by another process, so not garbage
        return False
