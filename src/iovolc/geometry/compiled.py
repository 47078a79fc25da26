"""How the kernels are compiled, and when what is kept of the compiler's work is theirs no longer.

The compiler keeps machine code beside each source file and proves it by that file alone. But it also freezes into it
the constants and kernels of other files, which an update may change. Here what is kept is proved by all of them.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, TypeVar, cast

import numpy as np
from numba import njit
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

_CONSTANTS: Final = (bool, int, float, complex, str, bytes, tuple, np.generic, np.ndarray)


def kernel_with(**options: Any) -> Callable[[Kernel], Kernel]:
    """Compile a function at its first call, without the interpreter's lock, and keep the machine code.

    Divisions by zero give infinity or NaN, as in numpy, if the options do not say otherwise.
    """
    compile_it: Any = cast("Any", njit)(**{"nogil": True, "error_model": "numpy", **options})

    def compiled(function: Kernel) -> Kernel:
        kernel: Any = compile_it(function)
        if kernel is not function:  # as it is where compilation is off
            kernel._cache = _Kept(kernel)  # noqa: SLF001 - `cache=True` sets it too, with less proof
        return kernel

    return compiled


class _Kept(FunctionCache):
    """Machine code that is found again only while all that was frozen into it is the same."""

    def __init__(self, kernel: Any) -> None:
        super().__init__(kernel.py_func)
        self._kernel = kernel

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        key = cast("Any", super())._index_key(sig, codegen)  # noqa: SLF001
        return (*key, frozen_into(self._kernel))


kernel = kernel_with()
inlined = kernel_with(forceinline=True)
"""For the small steps of a pixel loop: without it each step is a call that the optimiser cannot see through, and a
warp takes four times as long."""


def frozen_into(kernel: Any) -> str:
    """A digest of what the compiler freezes into a kernel: options, code, constants and kernels that it names."""
    digest = sha256()
    for part in _parts(kernel, set()):
        digest.update(_told(part))
    return digest.hexdigest()


def _parts(kernel: Any, seen: set[FunctionType]) -> Iterator[bytes]:
    function: FunctionType = kernel.py_func
    if function in seen:
        return
    seen.add(function)
    yield from (_bytes(option) for option in sorted(kernel.targetoptions.items()))
    for value in (*(function.__defaults__ or ()), *(cell.cell_contents for cell in function.__closure__ or ())):
        yield from _frozen(value, seen)
    for code in _codes(function.__code__):
        yield code.co_code
        yield from (_bytes(value) for value in code.co_consts if not isinstance(value, CodeType))
        for name in code.co_names:
            yield name.encode()
            for value in _named(name, code, function):
                yield from _frozen(value, seen)


def _frozen(value: Any, seen: set[FunctionType]) -> Iterator[bytes]:
    if isinstance(value, Dispatcher):
        yield from _parts(value, seen)
    elif isinstance(value, _CONSTANTS):
        yield _bytes(value)


def _bytes(value: Any) -> bytes:
    """The same in every process for the same value, and for no other."""
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        return f"{array.dtype} {array.shape} ".encode() + array.tobytes()
    if isinstance(value, (set, frozenset)):
        return b"set " + b"".join(sorted(_told(_bytes(member)) for member in cast("set[Any]", value)))
    if isinstance(value, tuple):
        return b"tuple " + b"".join(_told(_bytes(member)) for member in cast("tuple[Any, ...]", value))
    return f"{type(value).__name__} {value!r}".encode()


def _told(part: bytes) -> bytes:
    """With its length before it, so that parts cannot run into each other."""
    return b"%d:" % len(part) + part


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _codes(value)


def _named(name: str, code: CodeType, function: FunctionType) -> Iterator[Any]:
    """What a global name stands for; of a module of this package, what of it the code may name."""
    value = function.__globals__.get(name)
    if isinstance(value, ModuleType) and value.__name__.startswith("iovolc."):
        yield from (getattr(value, attribute) for attribute in code.co_names if hasattr(value, attribute))
    else:
        yield value
