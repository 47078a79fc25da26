"""Where a catalogue may lead: plain local files in its own folder, or in folders that the configuration names.

Two questions, apart from each other: whether a text is a plain path at all, which needs no disk, and whether the file
it leads to, links followed, lies where files may be read. Not for the catalogue's own path, which a person names.
"""

import errno
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from iovolc.archive.files import system_error
from iovolc.archive.origin import Origin
from iovolc.errors import UnreadableProduct, is_control

MAX_PATH: Final = 1024
_NOT_PLAIN: Final = (
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://"), "is an address on a network; fetch the file first"),
    (re.compile(r"/vsi"), "is one of GDAL's virtual files; unpack or fetch it first"),
    (re.compile(r"\\|//"), "lies on another machine; copy it first"),
    (re.compile(r"[A-Za-z]\w+:"), "names a part of a file as GDAL writes it; name the file, the part by `band_index`"),
    (re.compile(r"[<{]"), "is the text of a description, not a path"),
)
"""How texts begin that GDAL takes for something else than a file, and what to say of them."""

_ZARR_SUFFIX: Final = ".zarr"
_ZARR_ROOTS: Final = ("zarr.json", ".zgroup", ".zarray")


def why_not_plain(text: str) -> str:
    """Why a text is not the path of a plain local file; empty if it may be one.

    Parameters
    ----------
    text : str
        As the catalogue writes it.
    """
    if len(text) > MAX_PATH:
        return f"it is {len(text)} characters long, at most {MAX_PATH} are read"
    if any(map(is_control, text)):
        return "it holds control characters"
    return next((f"`{text}` {reason}" for start, reason in _NOT_PLAIN if start.match(text)), "")


def locate(text: str, folder: Path, origin: Origin, *, roots: Sequence[Path] = ()) -> Path:
    """The file that a path leads to, with all links followed.

    Parameters
    ----------
    text : str
        As the catalogue writes it: relative to ``folder``, or absolute.
    folder : Path
        The catalogue's folder.
    origin : Origin
        For the message.
    roots : sequence of Path
        Other folders from which files may be read; relative ones to the working directory.

    Returns
    -------
    Path
        Absolute and free of links: a regular file, or the folder of a Zarr store.

    Raises
    ------
    UnreadableProduct
        E101 if there is no such file, E102 if it cannot be looked at, E105 if it lies outside, E106 if it is no plain
        local file.
    TransientIOError
        If looking failed in a way that may pass.
    """
    reason = why_not_plain(text)
    if reason:
        raise _refuse(origin, "E106", reason)
    # Not strict, so that what lies outside is refused alike whether or not it is there.
    target = Path(os.path.realpath(folder / text))
    if not any(target.is_relative_to(os.path.realpath(root)) for root in (folder, *roots)):
        raise _refuse(origin, "E105", f"`{text}` leads out of `{folder.name or folder}`")
    try:
        mode = (folder / text).stat().st_mode
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _refuse(origin, "E106", f"the links of `{text}` go round in a circle") from error
        raise system_error(error, origin) from error
    reason = _why_no_file(target, mode)
    if reason:
        raise _refuse(origin, "E106", f"`{text}` {reason}")
    return target


def _why_no_file(target: Path, mode: int) -> str:
    """Why what is there is neither a regular file nor a Zarr store; empty if it is one."""
    if stat.S_ISREG(mode):
        return ""
    if not stat.S_ISDIR(mode):
        return "is a device, a pipe or a socket"
    is_store = target.suffix.lower() == _ZARR_SUFFIX and any((target / name).is_file() for name in _ZARR_ROOTS)
    return "" if is_store else "is a folder"


def _refuse(origin: Origin, code: str, detail: str) -> UnreadableProduct:
    return UnreadableProduct([origin.finding(code, detail, "path")])
