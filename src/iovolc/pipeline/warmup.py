"""Warm-up: compiles all kernels once, as a part of the installation, by running a small example.

``python -m iovolc.pipeline.warmup``; whoever leaves it out waits for the compiler in the first run instead.
"""

import csv
import tempfile
from pathlib import Path

from iovolc.config import Config, DetectConfig, GridConfig, PublishConfig
from iovolc.demo.replay import write_demo
from iovolc.parallel import runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.run import run

_PLACED_DIFFERENTLY = ("voyager-1-red", "voyager-2-red", "c21-red", "pj57-north-red", "pj58-red")
"""One map of each kind of projection, some of which show the same places."""


def warm_up() -> None:
    """Run the main job on a few of the demonstration's maps, in a folder that is deleted."""
    with tempfile.TemporaryDirectory() as name, runner(workers=1) as workers:
        folder = Path(name)
        catalogue = _few(write_demo(folder / "maps"))
        config = Config(
            grid=GridConfig(pixels_per_degree=4), detect=DetectConfig(null_draws=1), publish=PublishConfig(figures=1)
        )
        run([catalogue], Context(folder / "store", config, workers), folder / "out")


def _few(catalogue: Path) -> Path:
    with catalogue.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["id"] in _PLACED_DIFFERENTLY]
    few = catalogue.with_name("few.csv")
    with few.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return few


if __name__ == "__main__":
    warm_up()
