"""One writer at a time, and one scheduled run at a time: locks of the operating system on files of the store.

The system frees a lock when its holder ends, however it ends, so a killed process leaves no stale lock. POSIX only.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from iovolc.cube.files import disk_errors
from iovolc.cube.layout import StorePath, alert_lock_file, local, lock_file, publish_lock_file, run_lock_file
from iovolc.errors import StoreConflict

_PAUSE_S: Final = 0.01


@contextmanager
def locked(store: StorePath, timeout_s: float = 60.0) -> Iterator[None]:
    """Hold the store's lock inside the block.

    Parameters
    ----------
    store : str or Path
        Root of the store; made if it does not exist.
    timeout_s : float
        How long to wait for another writer, in seconds.

    Raises
    ------
    StoreConflict
        If another writer still holds the lock after that time.
    """
    with _locked(local(lock_file(store)), f"the store {store} is being written by another process", timeout_s):
        yield


@contextmanager
def held(store: StorePath, timeout_s: float = 0.0) -> Iterator[None]:
    """Keep other runs that ask for it from the store inside the block, from the first stage to the last.

    Parameters
    ----------
    store : str or Path
        Root of the store; made if it does not exist.
    timeout_s : float
        How long to wait for another run, in seconds.

    Raises
    ------
    StoreConflict
        If another run is still at work after that time.
    """
    with _locked(local(run_lock_file(store)), f"another run is at work on the store {store}", timeout_s):
        yield


@contextmanager
def publishing(store: StorePath, timeout_s: float = 3600.0) -> Iterator[None]:
    """Keep others from publishing the store's runs inside the block: two that publish the same run use one folder.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    timeout_s : float
        How long to wait for another publisher, in seconds.

    Raises
    ------
    StoreConflict
        If another process is still publishing after that time.
    """
    with _locked(local(publish_lock_file(store)), f"another process publishes a run of {store}", timeout_s):
        yield


@contextmanager
def alerting(store: StorePath, timeout_s: float = 600.0) -> Iterator[None]:
    """Keep others from sending the store's alerts inside the block, so that each is sent once.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    timeout_s : float
        How long to wait for another sender, in seconds.

    Raises
    ------
    StoreConflict
        If another process is still sending after that time.
    """
    with _locked(local(alert_lock_file(store)), f"another process is sending the alerts of {store}", timeout_s):
        yield


@contextmanager
def _locked(path: Path, trouble: str, timeout_s: float) -> Iterator[None]:
    with disk_errors(f"{path} cannot be opened"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _acquire(descriptor, trouble, timeout_s)
        yield
    finally:
        os.close(descriptor)  # also frees the lock


def _acquire(descriptor: int, trouble: str, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise StoreConflict(
                    f"{trouble} for more than {timeout_s:g} s; wait until it has ended and try again"
                ) from error
            time.sleep(_PAUSE_S)
        else:
            return
