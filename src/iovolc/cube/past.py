"""The past of a store on a bucket: old manifests, their epochs and old runs, fetched into its copy when needed.

A copy is brought up to date with the present alone (:mod:`iovolc.cube.opening`). All functions do nothing for a store
on disk, which holds its past itself, nor for what the copy has already.
"""

from collections.abc import Iterable

from iovolc.cube.bucket import bucket_of
from iovolc.cube.entry import EpochEntry, PointsEntry
from iovolc.cube.layout import StorePath, join, latest_run_file, local, manifest_file, run_folder


def fetch_manifest(store: StorePath, number: int) -> None:
    """Fetch an old manifest; nothing if the bucket has none of this number."""
    bucket = bucket_of(store)
    if bucket is not None and not local(manifest_file(store, number)).exists():
        bucket.fetch(_below(store, manifest_file(store, number)), store)


def fetch_manifests(store: StorePath) -> None:
    """Fetch all old manifests."""
    bucket = bucket_of(store)
    if bucket is None:
        return
    for name in bucket.files("manifests"):
        if not (local(store) / name).exists():
            bucket.fetch(name, store)


def fetch_entries(store: StorePath, entries: Iterable[EpochEntry | PointsEntry]) -> None:
    """Fetch epochs and tables that an old manifest names.

    Raises
    ------
    StoreError
        If the bucket has lost one.
    """
    bucket = bucket_of(store)
    if bucket is None:
        return
    for entry in entries:
        bucket.fetch_folder(entry.folder, store)


def fetch_run(store: StorePath, run_id: str) -> None:
    """Fetch the outputs of an old run; nothing if the bucket has no run of this name."""
    bucket, folder = bucket_of(store), _below(store, run_folder(store, run_id))
    if bucket is not None and bucket.read(f"{folder}/run.json") is not None:
        bucket.fetch_folder(folder, store)


def fetch_latest(store: StorePath) -> bool:
    """Fetch which run is the operational one, as the bucket has it now; whether it says."""
    bucket = bucket_of(store)
    return bucket is not None and bucket.fetch(_below(store, latest_run_file(store)), store)


def _below(store: StorePath, path: str) -> str:
    return path.removeprefix(f"{join(store)}/")
