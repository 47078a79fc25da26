"""What a timed stage is, and what all stages share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.speed.clock import Work
from numpy.typing import NDArray

from iovolc.model.grid import Grid

Plane = NDArray[np.float32]
Contenders = Mapping[str, Work]

OWN: Final = "iovolc"
FLOOR: Final = "copy"
BOUND: Final = "OpenCV remap"
"""Does less: coordinates are given, it neither closes the seam nor knows missing pixels. No peer, but a bound."""
OPTIONAL: Final = ("rioxarray", "pyresample", "bottleneck", "photutils")
"""Peers that are no part of the lock: ``pip install -e '.[peers]'`` in an environment of one's own."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Parameters
    ----------
    name : str
        What is done.
    note : str
        What the peer is, and what it leaves out.
    least : float
        Ratio to the fastest peer under which something has gone wrong: about half of what was measured.
    make : callable
        From the grid and a folder, which it may fill, to the contenders by name: :data:`OWN`, peers, :data:`FLOOR`
        and perhaps :data:`BOUND`.
    bar : float
        Ratio that was aimed at; 0 for none.
    rounds : int
        Most rounds, where one takes long.
    """

    name: str
    note: str
    least: float
    make: Callable[[Grid, Path], Contenders]
    bar: float = 0.0
    rounds: int = 99


def noise(shape: tuple[int, ...], seed: int = 1) -> Plane:
    """Standard normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def copy(planes: NDArray[Any]) -> Work:
    """What copies these planes into memory that has been touched before."""
    target = np.empty_like(planes)
    return lambda: np.copyto(target, planes)


def has(module: str) -> bool:
    """Whether a peer can be imported."""
    return find_spec(module) is not None
