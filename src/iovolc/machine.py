"""What this machine has to give: memory, that it is used again, and files. Not for limits (:mod:`iovolc.cluster`)."""

import ctypes
import os
import resource
from pathlib import Path
from typing import Final

_MEMINFO: Final = Path("/proc/meminfo")
_CGROUP: Final = Path("/sys/fs/cgroup")
_MIB: Final = 1024.0**2
_FILES: Final = 65536
_FREED: Final = {"MALLOC_ARENA_MAX": (-8, 1), "MALLOC_MMAP_MAX_": (-4, 0), "MALLOC_TRIM_THRESHOLD_": (-1, 2**31 - 1)}
"""Settings of glibc's ``malloc``: the variable that new processes read, the number of the option, the value."""


def use_freed_memory_again() -> None:
    """Let this process, and those that it starts, use freed planes again instead of giving them back at once.

    Fresh memory is zeroed page by page: at 16 pixels per degree that took two fifths of a comparison's time. For it
    planes of all sizes come from one heap, which is a fifth larger than what it holds, and of which more than 2 GiB
    that are free at its end are given back. What the user has set stays; where ``malloc`` is not glibc's nothing is
    done.
    """
    options = {name: option for name, option in _FREED.items() if name not in os.environ}
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return
    for name, (number, value) in options.items():
        os.environ[name] = str(value)
        set_option(number, value)


def allow_many_files() -> None:
    """Let this process, and those that it starts, hold as many files open as the system lets them, up to 65 536.

    Planes that lie out of memory take one each, and 1 024 is what most systems begin with.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def free_mib() -> float:
    """Memory that may still be taken, in MiB: what Linux calls available, within a container's limit.

    Elsewhere half of all memory, which is a guess.
    """
    if not _MEMINFO.exists():
        return 0.5 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / _MIB
    rows = (line.split() for line in _MEMINFO.read_text(encoding="ascii").splitlines())
    free = next(float(row[1]) / 1024.0 for row in rows if row[0] == "MemAvailable:")
    return min(free, _container_mib())


def _container_mib() -> float:
    """What the container's limit leaves; infinite without one."""
    try:
        most, used = (_in_container(name) for name in ("max", "current"))
    except OSError:
        return float("inf")
    return float("inf") if most == "max" else max(float(most) - float(used) + _yielding_bytes(), 0.0) / _MIB


def _yielding_bytes() -> float:
    """What files that were read take: it counts as used, but gives way."""
    try:
        rows = (line.split() for line in _in_container("stat").splitlines())
    except OSError:
        return 0.0
    return next((float(row[1]) for row in rows if row[0] == "inactive_file"), 0.0)


def _in_container(name: str) -> str:
    return (_CGROUP / f"memory.{name}").read_text(encoding="ascii").strip()
