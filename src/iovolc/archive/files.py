"""Files from outside: bytes and hash, with system errors sorted into those that may pass and those that stay.

Not for the store, whose paths go through fsspec.
"""

import errno
import hashlib
from pathlib import Path
from typing import Final

from iovolc.archive.origin import Origin
from iovolc.errors import IovolcError, TransientIOError, UnreadableProduct

_TRANSIENT: Final = frozenset(
    {errno.EIO, errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT, errno.ESTALE, errno.ENETDOWN, errno.ENETUNREACH,
     errno.ECONNRESET, errno.ECONNABORTED, errno.EHOSTUNREACH, errno.EMFILE, errno.ENFILE}
)  # fmt: skip
_BLOCK_BYTES: Final = 1 << 20


def read_bytes(path: Path) -> bytes:
    """The whole content of a file.

    Raises
    ------
    UnreadableProduct
        E101 if there is no such file, E102 if it cannot be read.
    TransientIOError
        If reading failed in a way that may pass.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise system_error(error, Origin(path.name)) from error


def file_sha256(path: Path, origin: Origin) -> str:
    """Hexadecimal sha256 of a file, read in blocks; of a folder, that of its files' names and hashes.

    Parameters
    ----------
    path : Path
        The file, or the folder of a Zarr store.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        E101 if there is no such file, E102 if it cannot be read.
    TransientIOError
        If reading failed in a way that may pass.
    """
    try:
        if not path.is_dir():
            return _hashed(path)
        digest = hashlib.sha256()
        for inner in sorted(item for item in path.rglob("*") if item.is_file() and not item.is_symlink()):
            digest.update(f"{inner.relative_to(path).as_posix()} {_hashed(inner)}\n".encode())
        return digest.hexdigest()
    except OSError as error:
        raise system_error(error, origin) from error


def _hashed(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def system_error(error: OSError, origin: Origin) -> IovolcError:
    """The error of iovolc for one of the operating system: retried if it may pass, a finding otherwise."""
    reason = error.strerror or type(error).__name__
    if isinstance(error, TimeoutError) or error.errno in _TRANSIENT:
        return TransientIOError(f"{origin.product} cannot be read now: {reason}; try again")
    code = "E101" if isinstance(error, FileNotFoundError | NotADirectoryError) else "E102"
    return UnreadableProduct([origin.finding(code, reason, "path")])
