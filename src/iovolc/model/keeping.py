"""How planes are kept that are many and seldom looked at. Not for the disk itself (:mod:`iovolc.cube.scratch`)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Name = TypeVar("Name", bound=str)
Scalar = TypeVar("Scalar", bound=np.generic)


class Keep(Protocol):
    """Puts planes by sheet where they take no memory while nobody looks at them."""

    def __call__(self, planes: Mapping[Name, NDArray[Scalar]], /) -> Mapping[Name, NDArray[Scalar]]:
        """The same planes. One that is asked for takes memory for as long as the asker holds it."""
        ...


def in_memory(planes: Mapping[Name, NDArray[Scalar]], /) -> Mapping[Name, NDArray[Scalar]]:
    """The planes as they are."""
    return planes


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class WhenAsked(Mapping[Name, NDArray[Scalar]], Generic[Name, Scalar]):
    """Planes by name that take no memory but for as long as whoever asked for one holds it.

    Parameters
    ----------
    names : tuple of str
        Which there are.
    make : callable
        Gives the plane of a name, each time that it is asked for.
    """

    names: tuple[Name, ...]
    make: Callable[[Name], NDArray[Scalar]]

    def __getitem__(self, name: Name) -> NDArray[Scalar]:
        if name not in self.names:
            raise KeyError(name)
        return self.make(name)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[Name]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
