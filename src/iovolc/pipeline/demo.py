"""Demo: the main job on the embedded example, with truth listed beside finding."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from iovolc.config import Config, DetectConfig, GridConfig
from iovolc.cube.files import disk_errors
from iovolc.demo.replay import write_demo
from iovolc.demo.truth import compare
from iovolc.errors import ConfigError
from iovolc.model.detection import Tracked
from iovolc.parallel import Runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.publish import Story
from iovolc.pipeline.run import Finished, run

NOTE = (
    "This is a demonstration. The map of Io is real, the changes are replayed: published eruptions were drawn onto it "
    "and seen through simulated cameras. Nothing here is a discovery."
)


_MARK: Final = "DEMONSTRATION.txt"


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """What the demo came to.

    Parameters
    ----------
    finished : Finished
        The run.
    results : Path
        Its outputs.
    comparison : DataFrame
        Truth beside finding (:func:`iovolc.demo.truth.compare`).
    """

    finished: Finished
    results: Path
    comparison: pd.DataFrame


def demo(folder: Path, runner: Runner) -> Demonstrated:
    """Write the example's maps and run the main job on them.

    Parameters
    ----------
    folder : Path
        Gets ``maps/``, ``store/`` and ``results/``.
    runner : Runner
        Maps tasks over workers.

    Raises
    ------
    ConfigError
        If the folder holds anything that no demonstration wrote.
    """
    _mark(folder)
    catalogue = write_demo(folder / "maps")
    truth = pd.read_csv(folder / "maps" / "truth.csv")
    config = Config(grid=GridConfig(pixels_per_degree=4), detect=DetectConfig(null_draws=1))
    context = Context(folder / "store", config, runner)
    comparisons: list[pd.DataFrame] = []

    def tell(tracked: Tracked) -> Story:
        sure = tracked.events[tracked.events["tier"] != "C"]
        comparisons.append(compare(truth, sure))
        return Story((NOTE,), comparisons[-1])

    finished = run([catalogue], context, folder / "results", teller=tell)
    return Demonstrated(finished, folder / "results", comparisons[-1])


def _mark(folder: Path) -> None:
    """Take a folder that is empty, or an earlier demonstration's."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"the output {folder} is a file: name a folder")
    mark = folder / _MARK
    if folder.exists() and any(folder.iterdir()) and not mark.is_file():
        raise ConfigError(f"the folder {folder} is not empty and no demonstration of iovolc: name another, or empty it")
    with disk_errors(f"the output {folder} cannot be written"):
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(f"{NOTE}\nThe next demonstration in this folder replaces what lies here.\n", encoding="utf-8")
