"""How soon ``iovolc --help`` answers: the bar is 0.3 seconds.

``python benchmarks/startup.py [runs]`` prints the best and the median of some runs, and the modules that cost most.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

BAR_S = 0.3
COMMAND = (str(Path(sys.executable).with_name("iovolc")), "--help")


def seconds(command: tuple[str, ...]) -> float:
    """Wall-clock seconds of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def slowest_imports(count: int) -> list[str]:
    """Lines of ``-X importtime`` with the largest own times."""
    code = "import iovolc.cli"
    listing = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], check=True, capture_output=True, text=True
    )
    lines = [
        line.removeprefix("import time:") for line in listing.stderr.splitlines() if line.startswith("import time:")
    ]
    timed = [line for line in lines if line.split("|")[0].strip().isdigit()]
    return sorted(timed, key=lambda line: -int(line.split("|")[0]))[:count]


def main(runs: int) -> None:
    seconds(COMMAND)
    times = [seconds(COMMAND) for _ in range(runs)]
    print(f"iovolc --help: best {min(times):.3f} s, median {statistics.median(times):.3f} s, bar {BAR_S} s")
    print("slowest imports (own us | cumulative us | module):")
    print("\n".join(slowest_imports(8)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
