"""Values that were made lately, kept in memory up to a number of them and of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values asked for last, for the threads of a process; a mutable cache.

    Parameters
    ----------
    most : int
        The oldest go when there are more.
    most_bytes : int
        The oldest go when all together are larger.
    size : callable
        Bytes of a value.
    """

    def __init__(self, most: int, most_bytes: int, size: Callable[[Value], int]) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._size = size
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not there; two threads that ask at once may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        value = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = value, self._size(value)
                self._bytes += self._kept[key][1]
            while len(self._kept) > self._most or (self._bytes > self._most_bytes and len(self._kept) > 1):
                self._bytes -= self._kept.popitem(last=False)[1][1]
        return value
