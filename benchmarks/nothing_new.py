"""How long the monitor takes when there is nothing new, beyond an empty flow: ``python benchmarks/nothing_new.py``.

Both are commands of their own against one server of Prefect, so that imports count and the server's start does not.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.parameters import MonitorParameters
from tests.flows.servers import ROOT, command, serving
from tests.inbox import drops, overrides

COUNT = 30
REPEATS = 5
EMPTY = "import flows; from prefect import flow; flow(lambda: None, name='empty')()"


def seconds(line: list[str], environment: dict[str, str], good: tuple[int, ...]) -> float:
    """Wall time of a command."""
    start = time.perf_counter()
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in good:
        raise SystemExit(done.stderr)
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as prefect:
        folder = Path(name)
        for drop in drops(COUNT):
            drop.into(folder / "inbox")
        parameters = MonitorParameters(
            catalogues=(folder / "inbox" / "*.csv",),
            store=folder / "store",
            out=folder / "out",
            overrides=overrides(folder),
        )
        monitor, empty = command("monitor", parameters), [sys.executable, "-c", EMPTY]
        first = seconds(monitor, prefect.environment, (4,))
        again = [seconds(monitor, prefect.environment, (4,)) for _ in range(REPEATS)]
        nothing = [seconds(empty, prefect.environment, (0,)) for _ in range(REPEATS)]
    beyond = statistics.median(again) - statistics.median(nothing)
    print(f"{COUNT} drops, {os.cpu_count()} cores: first run {first:.1f} s")
    print(f"nothing new {statistics.median(again):.1f} s, empty flow {statistics.median(nothing):.1f} s")
    print(f"beyond Prefect's own start: {beyond:.1f} s")


if __name__ == "__main__":
    main()
