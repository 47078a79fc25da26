"""A run's folder appears whole or not at all: it is written beside its place and moved there at the end."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from iovolc.cube.files import disk_errors
from iovolc.errors import ConfigError, IovolcError

PROGRAM: Final = "iovolc"
RECORD: Final = "run.json"
_ROOM: Final = 4 * 1024**2


@contextmanager
def staged(out: Path, own: frozenset[str]) -> Iterator[Path]:
    """A temporary sibling of ``out`` to write into; takes its place when the block ends without an error.

    Parameters
    ----------
    out : Path
        The folder to make. An output of iovolc is replaced.
    own : frozenset of str
        The names that an output of iovolc may hold.

    Raises
    ------
    ConfigError
        If ``out`` is a file, or a folder with anything that iovolc did not write.
    StoreError, TransientIOError
        If the disk refuses.
    """
    out = out.absolute()
    check_replaceable(out, own)
    partial = out.with_name(f".{out.name}.partial")
    with disk_errors(f"the output {out} cannot be written"):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, IovolcError):
                _require_room(partial)
            raise
        else:
            _replace(out, partial)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _require_room(folder: Path) -> None:
    """Let the system say what it has against writing: libraries that write maps keep its reason to themselves."""
    with (folder / ".trial").open("wb") as file:
        file.write(bytes(_ROOM))
        file.flush()
        os.fsync(file.fileno())


def _replace(out: Path, partial: Path) -> None:
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    partial.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def check_replaceable(out: Path, own: frozenset[str]) -> None:
    """Refuse to touch anything but a missing or empty folder or an earlier output, and folders closed to writing.

    Raises
    ------
    ConfigError
        As :func:`staged`; call it early, before hours of work.
    """
    around = next(place for place in out.absolute().parents if place.exists())
    if not around.is_dir() or not os.access(around, os.W_OK | os.X_OK):
        raise ConfigError(f"the output {out} cannot be made: {around} is not a folder that may be written to")
    if not out.exists():
        return
    if not out.is_dir():
        raise ConfigError(f"the output {out} is a file: name a folder")
    names = sorted(path.name for path in out.iterdir())
    if not names:
        return
    if not is_output(out):
        raise ConfigError(f"the folder {out} is not empty and not an output of iovolc: name another one, or empty it")
    foreign = [name for name in names if name not in own]
    if foreign:
        raise ConfigError(f"the folder {out} also holds {', '.join(foreign[:5])}: move that away, or name another one")


def is_output(out: Path) -> bool:
    """Whether a folder is an output of iovolc."""
    try:
        return read_record(out).get("program") == PROGRAM
    except (OSError, ValueError):
        return False


def read_record(out: Path) -> dict[str, Any]:
    """The record of a run.

    Raises
    ------
    OSError, ValueError
        If there is none in the folder.
    """
    record: Any = json.loads((out / RECORD).read_text(encoding="utf-8"))
    return cast("dict[str, Any]", record) if isinstance(record, dict) else {}
