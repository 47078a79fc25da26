"""Keeping libraries from warning of what is welcome here, also where several threads read."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LOCK: Final = threading.RLock()


@contextmanager
def silenced(category: type[Warning] = Warning) -> Iterator[None]:
    """Ignore warnings of a kind in the block.

    Filters belong to the whole process, and threads that set them side by side would restore each other's: blocks run
    one after the other.

    Parameters
    ----------
    category : type of Warning
        The kind.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore", category)
        yield
