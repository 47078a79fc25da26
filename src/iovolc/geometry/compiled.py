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
        kernel._cache = _Kept(function)  # noqa: SLF001 - `cache=True` sets it too, with less proof
        return kernel

    return compiled


class _Kept(FunctionCache):
    """Machine code that is found again only while all that was frozen into it is the same."""

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        key = cast("Any", super())._index_key(sig, codegen)  # noqa: SLF001
        return (*key, frozen_into(cast("FunctionType", self._py_func)))


kernel = kernel_with()
inlined = kernel_with(forceinline=True)
"""For the small steps of a pixel loop: without it each step is a call that the optimiser cannot see through, and a
warp takes four times as long."""


def frozen_into(function: FunctionType) -> str:
    """A digest of what the compiler freezes into a function: its code, and the constants and kernels that it names."""
    digest = sha256()
    for part in _parts(function, set()):
        digest.update(part)
    return digest.hexdigest()


def _parts(function: FunctionType, told: set[FunctionType]) -> Iterator[bytes]:
    if function in told:
        return
    told.add(function)
    for code in _codes(function.__code__):
        yield code.co_code
        yield from (_bytes(value) for value in code.co_consts if not isinstance(value, CodeType))
        for name in code.co_names:
            yield name.encode()
            for value in _named(name, code, function):
                if isinstance(value, Dispatcher):
                    kernel = cast("Any", value)
                    yield from (_bytes(option) for option in sorted(kernel.targetoptions.items()))
                    yield from _parts(kernel.py_func, told)
                elif isinstance(value, _CONSTANTS):
                    yield _bytes(value)


def _bytes(value: Any) -> bytes:
    """The same in every process for the same value."""
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        return f"{array.dtype} {array.shape}".encode() + array.tobytes()
    if isinstance(value, (set, frozenset)):
        return b"".join(sorted(map(_bytes, cast("set[Any]", value))))
    if isinstance(value, tuple):
        return b"".join(map(_bytes, cast("tuple[Any, ...]", value)))
    return repr(value).encode()


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
