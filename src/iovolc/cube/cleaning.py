"""What in a store can go: what no manifest names, and by choice superseded epochs, old runs and old results.

Of a store on a bucket it goes from the bucket and from the copy.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from iovolc.cube.holdings import Thing, remove, run_record, runs, things
from iovolc.cube.layout import PARTIAL, StorePath
from iovolc.cube.lock import locked, publishing
from iovolc.cube.manifest import manifest_numbers, names_of, read_head, read_manifest, refresh
from iovolc.cube.past import fetch_latest, fetch_manifests
from iovolc.cube.pointer import operational_run
from iovolc.errors import StoreConflict

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


def garbage(store: StorePath, *, retention: Retention = KEEP_ALL, min_age_s: float = 0.0) -> dict[str, int]:
    """What can go: paths below the store's root, sorted, with the bytes that each takes.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk; a copy of one on a bucket.
    retention : Retention
        How much of the past to keep.
    min_age_s : float
        Leave out what was touched within this time, in seconds: a running ingest writes epochs before it names them.
    """
    now = time.time()
    fetch_manifests(store)
    known = things(store)
    old_runs = _old_runs(store, retention.runs)
    old_manifests = _old_manifests(store, retention.manifests, gone=old_runs)
    stale = () if retention.cache_days is None else _stale(known, now - retention.cache_days * DAY_S)
    files = (f"manifests/{number}.json" for number in old_manifests)
    chosen = {*_unnamed(store, known, old_manifests), *files, *old_runs, *stale} & known.keys()
    return {name: known[name].n_bytes for name in sorted(chosen) if known[name].touched_s <= now - min_age_s}


def collect(store: StorePath, *, retention: Retention = KEEP_ALL, min_age_s: float = DAY_S) -> dict[str, int]:
    """Delete the garbage, under the store's locks, and say what it was.

    HEAD and the operational run are read under the locks: a run that was promoted meanwhile stays. A commit of an epoch
    that was deleted under its hands ends with ``StoreConflict`` rather than with a hole. The locks do not hold other
    machines that write into the same bucket.

    Raises
    ------
    StoreConflict
        If another machine has named meanwhile what was deleted from the bucket.
    """
    with publishing(store), locked(store):
        refresh(store)
        fetch_latest(store)
        found = garbage(store, retention=retention, min_age_s=min_age_s)
        # Manifests first: one whose epochs have gone must never be found.
        remove(store, sorted(found, key=lambda name: (not name.startswith("manifests/"), name)))
        refresh(store)
        fetch_latest(store)
        lost = sorted(found.keys() & (_named(store, ()) | {f"runs/{operational_run(store)}"}))
    if lost:
        raise StoreConflict(
            f"another machine has taken up {lost[0]} meanwhile; run `iovolc verify --repair` there, or publish again"
        )
    return found


def _old_runs(store: StorePath, keep: int | None) -> tuple[str, ...]:
    if keep is None:
        return ()
    published = runs(store)
    latest = f"runs/{operational_run(store)}"
    others = sorted((name for name in published if name != latest), key=lambda name: (published[name], name))
    return tuple(others[: max(len(others) - keep, 0)])


def _old_manifests(store: StorePath, keep: int | None, *, gone: Iterable[str]) -> tuple[int, ...]:
    if keep is None:
        return ()
    numbers, head = manifest_numbers(store), read_head(store)
    kept = {run_record(store, run)["manifest"]["number"] for run in runs(store).keys() - set(gone)}
    kept |= set(numbers[max(len(numbers) - keep, 0) :]) | ({head.number} if head is not None else set[int]())
    return tuple(number for number in numbers if number not in kept)


def _stale(known: Mapping[str, Thing], before_s: float) -> Iterator[str]:
    yield from (name for name, thing in known.items() if name.startswith("cache/") and thing.touched_s <= before_s)


def _unnamed(store: StorePath, known: Iterable[str], old_manifests: Iterable[int]) -> Iterator[str]:
    named = _named(store, old_manifests)
    for name in known:
        parts = name.split("/")
        if parts[-1].startswith(PARTIAL) or (parts[0] in {"epochs", "points", "quarantine"} and name not in named):
            yield name


def _named(store: StorePath, but: Iterable[int]) -> set[str]:
    """What the manifests name, but for some of them."""
    numbers = set(manifest_numbers(store)) - set(but)
    return {name for number in numbers for part in names_of(store, read_manifest(store, number)) for name in part}
