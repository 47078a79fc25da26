"""Options of the compiled kernels.

``INLINED`` is for the small steps of a pixel loop: without it each step is a call that the optimiser cannot see
through, and a warp takes four times as long. Divisions by zero give infinity or NaN, as in numpy.
"""

from typing import Any, Final

KERNEL: Final[dict[str, Any]] = {"cache": True, "nogil": True, "error_model": "numpy"}
INLINED: Final[dict[str, Any]] = {**KERNEL, "forceinline": True}
