"""Files from outside: bytes and hash, with system errors sorted into those that may pass and those that stay.

Not for the store, whose paths go through fsspec.
"""

import errno
import hashlib
import os
from pathlib import Path
from typing import Final

from iovolc.archive.origin import Origin
from iovolc.errors import IovolcError, TransientIOError, UnreadableProduct

_TRANSIENT: Final = frozenset(
    {errno.EIO, errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT, errno.ESTALE, errno.ENETDOWN, errno.ENETUNREACH,
     errno.ECONNRESET, errno.ECONNABORTED, errno.EHOSTUNREACH, errno.EMFILE, errno.ENFILE}
)  # fmt: skip
_BLOCK_BYTES: Final = 1 << 20
MAX_TEXT_BYTES: Final = 64 << 20
MAX_ENTRIES: Final = 1 << 18


def read_bytes(path: Path, *, limit: int = MAX_TEXT_BYTES) -> bytes:
    """The whole content of a file.

    Parameters
    ----------
    path : Path
        The file; a pipe too.
    limit : int
        Most bytes that are read.

    Raises
    ------
    UnreadableProduct
        E101 if there is no such file, E102 if it cannot be read or is longer than the limit.
    TransientIOError
        If reading failed in a way that may pass.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise system_error(error, Origin(path.name)) from error
    if len(content) > limit:
        detail = f"it is longer than the {limit >> 20} MiB that are read"
        raise UnreadableProduct([Origin(path.name).finding("E102", detail)])
    return content


def file_sha256(path: Path, origin: Origin) -> str:
    """Hexadecimal sha256 of a file, read in blocks; of a folder, that of its files' names and content.

    Parameters
    ----------
    path : Path
        The file, or the folder of a Zarr store.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        E101 if there is no such file, E102 if it cannot be read, E106 for links and devices in a folder, E107 if a
        folder has more than :data:`MAX_ENTRIES` entries.
    TransientIOError
        If reading failed in a way that may pass.
    """
    digest = hashlib.sha256()
    try:
        for part in _parts(path, origin):
            if part != path:
                digest.update(f"{part.relative_to(path).as_posix()}\0{part.stat().st_size}\0".encode())
            with part.open("rb") as stream:
                while block := stream.read(_BLOCK_BYTES):
                    digest.update(block)
    except OSError as error:
        raise system_error(error, origin) from error
    return digest.hexdigest()


def _parts(path: Path, origin: Origin) -> list[Path]:
    """The files of a Zarr store, in the order of their names; of anything else itself."""
    if path.suffix.lower() != ".zarr" or not path.is_dir():
        return [path]
    files: list[Path] = []
    folders = [path]
    entries = 0
    while folders:
        with os.scandir(folders.pop()) as found:
            for entry in found:
                entries += 1
                if entries > MAX_ENTRIES:
                    detail = f"the folder has more than {MAX_ENTRIES} entries"
                    raise UnreadableProduct([origin.finding("E107", detail, "path")])
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    files.append(Path(entry.path))
                else:
                    detail = f"`{entry.name}` in it is a link, a device, a pipe or a socket"
                    raise UnreadableProduct([origin.finding("E106", detail, "path")])
    return sorted(files)


def system_error(error: OSError, origin: Origin) -> IovolcError:
    """The error of iovolc for one of the operating system: retried if it may pass, a finding otherwise."""
    reason = error.strerror or type(error).__name__
    if isinstance(error, TimeoutError) or error.errno in _TRANSIENT:
        return TransientIOError(f"{origin.product} cannot be read now: {reason}; try again")
    code = "E101" if isinstance(error, FileNotFoundError | NotADirectoryError) else "E102"
    return UnreadableProduct([origin.finding(code, reason, "path")])
