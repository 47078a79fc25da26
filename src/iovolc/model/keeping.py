"""How planes are kept that are many and seldom looked at. Not for the disk itself (:mod:`iovolc.cube.scratch`)."""

from collections.abc import Mapping
from typing import Protocol, TypeVar

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
