"""The peak of memory of one contender in a process of its own: ``python -m benchmarks.speed.memory STAGE NAME PPD``."""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from iovolc.model.grid import Grid

_ROOT: Final = Path(__file__).parents[2]
_RETURNED: Final = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
"""So that what a first call has freed is not held ready for the second; iovolc's own commands set the contrary."""
_STATUS: Final = Path("/proc/self/status")
_RESET: Final = Path("/proc/self/clear_refs")


def peak_mib(stage: str, contender: str, pixels_per_degree: int) -> float:
    """Mebibytes that a contender's second call takes at most, beyond what its process held before it."""
    command = [sys.executable, "-m", "benchmarks.speed.memory", stage, contender, str(pixels_per_degree)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")} | _RETURNED
    done = subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.splitlines()[-1])


def _peak_kib() -> int:
    """Since it was last reset, where the system can do that; else of all time."""
    if _RESET.exists():
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(name: str, contender: str, pixels_per_degree: int) -> None:
    from benchmarks.speed.stages import STAGES  # noqa: PLC0415 - the peers are imported in the process of its own alone

    stage = next(stage for stage in STAGES if stage.name == name)
    with tempfile.TemporaryDirectory() as folder:
        work = stage.make(Grid.at(pixels_per_degree), Path(folder))[contender]
        if stage.rounds > 1:
            work()  # compiles, opens libraries
        if _RESET.exists():
            _RESET.write_text("5", encoding="ascii")
        before = _peak_kib()
        work()
        print(round((_peak_kib() - before) / 1024.0, 1))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
