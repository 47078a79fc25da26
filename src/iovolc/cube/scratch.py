"""Planes out of memory for as long as they are wanted: in files without names, which are gone with the last who asks.

Not for what is to be found again (:mod:`iovolc.cube.cache`).
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final, Generic, TypeVar
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from iovolc.cube.layout import PARTIAL, StorePath, join, local
from iovolc.model.keeping import Keep

LEAST_BYTES: Final = 8 * 1024**2
"""Planes that are smaller than this together stay in memory: they are no more than some dozens."""

Name = TypeVar("Name", bound=str)
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file a plane begins, and what it is."""

    start: int
    shape: tuple[int, ...]
    kind: np.dtype[Any]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class _OnDisk(Mapping[Name, NDArray[Scalar]], Generic[Name, Scalar]):
    """Planes in a file. Each is mapped when it is asked for, and takes memory until it is let go."""

    file: IO[bytes]
    places: Mapping[Name, _Place]

    def __getitem__(self, name: Name) -> NDArray[Scalar]:
        place = self.places[name]
        # Copied on writing: compiled kernels know writable arrays, and the file stays as it is.
        return np.asarray(np.memmap(self.file, place.kind, "c", place.start, place.shape))

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[Name]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


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
            return _written(planes, str(local(join(store, "cache"))))
        except OSError:
            return planes

    return keep


def _written(planes: Mapping[Name, NDArray[Scalar]], folder: str) -> Mapping[Name, NDArray[Scalar]]:
    file = tempfile.TemporaryFile(prefix=PARTIAL, dir=folder, buffering=0)  # noqa: SIM115 - closed when its planes go
    places: dict[Name, _Place] = {}
    start = 0
    for name, plane in planes.items():
        plane.tofile(file)
        places[name] = _Place(start, plane.shape, plane.dtype)
        start += plane.nbytes
    kept = _OnDisk(file, places)
    finalize(kept, file.close)
    return kept
