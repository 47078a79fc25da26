"""Where everything lies inside a store: paths only, nothing is read or written here.

A store is a folder, or an address that fsspec understands. Reading goes through fsspec, so a store on a bucket can be
read; writing needs a local disk, because a folder of a bucket can be neither renamed nor locked: a store on a bucket is
written through a copy (:mod:`iovolc.cube.bucket`).
"""

import hashlib
from pathlib import Path
from typing import Final
from urllib.parse import quote

from iovolc.errors import ConfigError

StorePath = str | Path
"""The root of a store: a local folder, or an address such as ``s3://bucket/io`` for reading."""

PARTIAL: Final = ".partial-"
"""Prefix of what is still being written; left behind by a killed process it is rubbish."""

_LONGEST_NAME: Final = 120


def join(store: StorePath, *parts: str) -> str:
    """A path below the store's root."""
    return "/".join((str(store).rstrip("/"), *parts))


def folder_name(name: str) -> str:
    """A name that is safe as one folder on every disk; different names give different folders.

    Parameters
    ----------
    name : str
        Any text, such as an observation id. Letters, digits and ``_.-~`` stay as they are.
    """
    safe = quote(name, safe="")
    if safe.startswith("."):
        safe = f"%2E{safe[1:]}"
    if len(safe) <= _LONGEST_NAME:
        return safe
    return f"{safe[: _LONGEST_NAME - 17]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def epoch_folder(store: StorePath, observation_id: str, content_hash: str) -> str:
    """The Zarr group of one version of an epoch."""
    return join(store, "epochs", folder_name(observation_id), content_hash)


def points_folder(store: StorePath, sha256: str) -> str:
    """A table of point measurements."""
    return join(store, "points", sha256)


def manifest_file(store: StorePath, number: int) -> str:
    """What makes the cube, version ``number``."""
    return join(store, "manifests", f"{number}.json")


def head_file(store: StorePath) -> str:
    """The file that names the current manifest."""
    return join(store, "HEAD")


def copy_file(store: StorePath) -> str:
    """The file that says of which bucket a folder is the copy."""
    return join(store, ".bucket.json")


def lock_file(store: StorePath) -> str:
    """The file that a writer of HEAD locks; it is always empty."""
    return join(store, ".lock")


def run_lock_file(store: StorePath) -> str:
    """The file whose lock a scheduled run holds from its first stage to its last."""
    return join(store, ".run.lock")


def publish_lock_file(store: StorePath) -> str:
    """The file whose lock is held by who publishes a run."""
    return join(store, ".publish.lock")


def alert_lock_file(store: StorePath) -> str:
    """The file whose lock is held by who sends alerts."""
    return join(store, ".alerts.lock")


def alerts_file(store: StorePath, receiver: str) -> str:
    """What a receiver of alerts has been told."""
    return join(store, "alerts", f"{folder_name(receiver)}.json")


def quarantine_file(store: StorePath, sha256: str) -> str:
    """What was refused of one file, and why."""
    return join(store, "quarantine", f"{sha256}.json")


def cache_folder(store: StorePath, stage: str, key: str) -> str:
    """A result that can be rebuilt at will."""
    return join(store, "cache", folder_name(stage), folder_name(key))


def run_folder(store: StorePath, run_id: str) -> str:
    """The outputs of a run."""
    return join(store, "runs", run_id)


def latest_run_file(store: StorePath) -> str:
    """The file that names the operational run."""
    return join(store, "runs", "latest.json")


def local(path: StorePath) -> Path:
    """The path on the local disk, for writing.

    Raises
    ------
    ConfigError
        If the path is an address.
    """
    if "://" in str(path):
        raise ConfigError(
            f"{path} cannot be written: a store that is written to must lie on a local disk; give a folder"
        )
    return Path(path)
