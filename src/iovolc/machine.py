"""How much memory this machine has to give. Not for limiting anything (:mod:`iovolc.cluster`)."""

import os
from pathlib import Path
from typing import Final

_MEMINFO: Final = Path("/proc/meminfo")
_CGROUP: Final = Path("/sys/fs/cgroup")
_MIB: Final = 1024.0**2


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
        most, used, stat = (
            (_CGROUP / f"memory.{name}").read_text(encoding="ascii").strip() for name in ("max", "current", "stat")
        )
    except OSError:
        return float("inf")
    # Files that were read count as used, but give way.
    cached = next((float(line.split()[1]) for line in stat.splitlines() if line.startswith("inactive_file ")), 0.0)
    return float("inf") if most == "max" else max(float(most) - float(used) + cached, 0.0) / _MIB
