"""Writing that a killed process cannot spoil, reading through fsspec, and canonical JSON.

Whatever is written appears under its name complete or not at all. Not for arrays: see :mod:`iovolc.cube.epochs`.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import fsspec

from iovolc.cube.layout import PARTIAL, StorePath
from iovolc.errors import StoreCorrupt, StoreError, TransientIOError

_PERMANENT: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR})


def canonical_json(data: Any) -> str:
    """The one JSON text of plain values: keys sorted, no spaces.

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_json(data: Any) -> str:
    """Hexadecimal sha256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


def read_json(path: StorePath) -> Any:
    """The content of a JSON file.

    Raises
    ------
    FileNotFoundError
        If there is none.
    StoreCorrupt
        If it is not JSON.
    TransientIOError, StoreError
        If it cannot be read.
    """
    with disk_errors(f"{path} cannot be read"), fsspec.open(str(path), "rb") as file:
        content: bytes = file.read()  # pyright: ignore[reportAttributeAccessIssue]
    try:
        return json.loads(content)
    except ValueError as error:
        raise StoreCorrupt(f"{path} is damaged: {error}; restore it from a copy") from error


def write_json(path: Path, data: Any) -> None:
    """Write a JSON file for people and programs, atomically; the same data gives the same bytes."""
    write_bytes(path, json_bytes(data))


def json_bytes(data: Any) -> bytes:
    """The bytes that :func:`write_json` writes."""
    return (json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that it is there complete or not at all, also after a power cut."""
    partial = _partial(path)
    with disk_errors(f"{path} cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        _flush_folder(path.parent)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name, with the ending of ``path``, for a file or folder that takes its place when the block ends without error.

    If another process has put the same folder there meanwhile, ours is dropped: its name tells its content.
    """
    partial = _partial(path)
    with disk_errors(f"{path} cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            _flush_tree(partial)
            _move(partial, path)
        finally:
            _remove(partial)
        _flush_folder(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill that takes its name as :func:`whole` says."""
    with whole(path) as partial:
        partial.mkdir()
        yield partial


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn the operating system's errors into ours: those that may pass, and those that will not.

    A missing file stays a ``FileNotFoundError``, since only the caller knows what it means.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _PERMANENT:
            raise StoreError(f"{what}: {error}; check the disk's space and the folder's permissions") from error
        raise TransientIOError(f"{what}: {error}; try again") from error


def _partial(path: Path) -> Path:
    return path.with_name(f"{PARTIAL}{uuid4().hex}-{path.name}")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _move(partial: Path, path: Path) -> None:
    try:
        partial.rename(path)
    except OSError as error:
        if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
            raise


def _flush_tree(path: Path) -> None:
    if path.is_file():
        _flush_file(path)
    for parent, _, names in os.walk(path):
        for name in names:
            _flush_file(Path(parent, name))
        _flush_folder(Path(parent))


def _flush_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network disks cannot flush a folder; the rename itself stays atomic
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
