"""Planes out of memory for as long as they are wanted: in files without names, which are gone with the last who asks.

Not for what is to be found again (:mod:`iovolc.cube.cache`).
"""

import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from errno import ENOSPC
from functools import cache, partial
from typing import IO, Any, Final, TypeVar
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from iovolc.cube.layout import PARTIAL, StorePath, join, local
from iovolc.model.keeping import Keep, WhenAsked

LEAST_BYTES: Final = 8 * 1024**2
"""Planes that are smaller than this together stay in memory: they are no more than some dozens."""

_LOG: Final = logging.getLogger(__name__)

Name = TypeVar("Name", bound=str)
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file a plane begins, and what it is."""

    start: int
    shape: tuple[int, ...]
    kind: np.dtype[Any]


class _OnDisk(WhenAsked[Name, Scalar]):
    """Planes in a file."""

    __slots__ = ()


def scratch_of(store: StorePath, least_bytes: int = LEAST_BYTES) -> Keep:
    """Keeps planes on the disk of a store, or in memory where they are small or the disk will not have them.

    Parameters
    ----------
    store : str or Path
        The store; files lie in its cache while they are open.
    least_bytes : int
        What is smaller stays in memory.
    """

    def keep(planes: Mapping[Name, NDArray[Scalar]], /) -> Mapping[Name, NDArray[Scalar]]:
        if sum(plane.nbytes for plane in planes.values()) < least_bytes:
            return planes
        try:
            folder = local(join(store, "cache"))
            folder.mkdir(parents=True, exist_ok=True)
            return _written(planes, str(folder))
        except OSError as error:
            _warn(str(store), error.strerror or "")
            return planes

    return keep


@cache  # once
def _warn(store: str, reason: str) -> None:
    _LOG.warning("the disk of %s takes no planes, which stay in memory: %s", store, reason)


def on_disk(planes: Mapping[Name, NDArray[Scalar]]) -> bool:
    """Whether planes lie on the disk."""
    return isinstance(planes, _OnDisk)


def _written(planes: Mapping[Name, NDArray[Scalar]], folder: str) -> Mapping[Name, NDArray[Scalar]]:
    file = tempfile.TemporaryFile(prefix=PARTIAL, dir=folder, buffering=0)  # noqa: SIM115 - closed when its planes go
    try:
        places = _filled(file, planes)
    except OSError:
        file.close()
        raise
    kept = _OnDisk(tuple(places), partial(_mapped, file, places))
    finalize(kept, file.close)
    return kept


def _mapped(file: IO[bytes], places: Mapping[Name, _Place], name: Name) -> NDArray[Any]:
    place = places[name]
    # Copied on writing: compiled kernels know writable arrays, and the file stays as it is.
    return np.asarray(np.memmap(file, place.kind, "c", place.start, place.shape))


def _filled(file: IO[bytes], planes: Mapping[Name, NDArray[Any]]) -> dict[Name, _Place]:
    places: dict[Name, _Place] = {}
    start = 0
    for name, plane in planes.items():
        plane.tofile(file)
        places[name] = _Place(start, plane.shape, plane.dtype)
        start += plane.nbytes
    if os.fstat(file.fileno()).st_size != start:  # what is written last fails without a word
        raise OSError(ENOSPC, os.strerror(ENOSPC))
    return places
