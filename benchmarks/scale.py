"""10 000 epochs at 1 km on paper and by simulation: tasks, bytes, hours and cost, and where it breaks first.

``python benchmarks/scale.py FOLDER --page docs/scale.md`` measures what Dask's scheduler takes for a task and what the
search for steps takes for a pair of epochs, takes the other costs from ``data/costs.yaml``, simulates the graph on 1,
10 and 100 workers (``schedule.py``), and writes the page. FOLDER may hold ``growth.json``, ``copied.json`` and
``codecs.json`` of the benchmarks of those names; ``--constants`` takes what was measured before instead of measuring.
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.archive_growth import nothing
from benchmarks.scale_page import write_page
from benchmarks.schedule import Pool, Ran, Unit, simulate

from iovolc.archive.costs import Costs, load_costs
from iovolc.config import DetectConfig
from iovolc.detect.levels import reduced_grid
from iovolc.detect.steps import step_planes, thresholds
from iovolc.model.grid import Grid
from iovolc.parallel import PROCESSES, runner
from iovolc.pipeline.forecast import grid_pixels, memory_mib

EPOCHS: Final = 10_000
CHANNELS: Final = 4
PPD: Final = 32
COPIED_PPD: Final = 4
WORKERS: Final = (1, 10, 100)
MOST: Final = DetectConfig().max_predecessors
SOURCE_BYTES_PX: Final = 4.0
LEVEL_BYTES_PX: Final = 6.0
MIB: Final = 1024.0**2
GIB: Final = 1024.0**3
STORE_BYTES_S: Final = 1.25e9
"""Assumed: a store behind a link of 10 Gbit/s."""
WORKER_BYTES_S: Final = 1.25e8
"""Assumed: a worker behind a link of 1 Gbit/s."""
PRICE: Final = 0.05
"""Assumed: dollars for an hour of one processor with 4 GiB; who needs more memory pays for as many processors."""
GIB_A_PROCESSOR: Final = 4.0
SETTING: Final = {
    "epochs": EPOCHS, "channels": CHANNELS, "most": MOST, "store_bytes_s": STORE_BYTES_S,
    "worker_bytes_s": WORKER_BYTES_S, "price": PRICE, "gib_a_processor": GIB_A_PROCESSOR,
}  # fmt: skip
TASKS: Final = 300
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Constants:
    """What is measured here.

    Parameters
    ----------
    dispatch_s : float
        Seconds of a scheduler for a task without work, of one worker process.
    pair_s : float
        Processor seconds of the search for steps for each pair of epochs, of one pixel.
    epoch_s : float
        Serial processor seconds of a run for each epoch that the store holds already (``copied_archive.py``).
    """

    dispatch_s: float
    pair_s: float
    epoch_s: float


def measured(copied: Sequence[Mapping[str, Any]]) -> Constants:
    """Measure the constants."""
    with runner(workers=1, address=PROCESSES) as workers:
        dispatch_s = min(_seconds(lambda: workers.map(nothing, range(TASKS), "nothing")) for _ in range(ROUNDS)) / TASKS
    pair_s = _pair_s()
    return Constants(*(float(f"{value:.3g}") for value in (dispatch_s, pair_s, epoch_s(copied, pair_s))))


def epoch_s(copied: Sequence[Mapping[str, Any]], pair_s: float) -> float:
    """Slope of what publishing takes with the archive, without the search for steps; 0 where it was not measured."""
    later = [one for one in copied if one["what"] == "one_more"]
    if len(later) < 2:
        return 0.0
    coarse = sum(math.prod(sheet.shape) for sheet in reduced_grid(Grid.at(COPIED_PPD)).sheets)
    rest = [one["cpu_s"] - coarse * pair_s * one["epochs"] * (one["epochs"] - 1) / 2 for one in later]
    return max(statistics.linear_regression([one["epochs"] for one in later], rest).slope, 0.0)


def _pair_s(epochs: int = EPOCHS // CHANNELS, side: int = 8) -> float:
    """Of a history as long as a channel's: of longer ones a larger share of the pairs is passed over."""
    generator = np.random.default_rng(1)
    values = generator.standard_normal((epochs, side, side)).astype(np.float32)
    variance, limits = np.ones_like(values), thresholds(epochs)
    step_planes(values[:, :2, :2], variance[:, :2, :2], *limits, 10.0)  # compiles
    start = time.process_time()
    step_planes(values, variance, *limits, 10.0)
    return (time.process_time() - start) / (side * side * epochs * (epochs - 1) / 2)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Job:
    """The graph: stages one after the other, and what one process does alone.

    Parameters
    ----------
    stages : mapping of str to list of Unit
        Tasks of the workers, in turn.
    alone_s : mapping of str to float
        Processor seconds of the client.
    """

    stages: Mapping[str, Sequence[Unit]]
    alone_s: Mapping[str, float]


def whole_archive(costs: Costs, constants: Constants) -> Job:
    """All epochs, from files to a published run."""
    a_channel = EPOCHS // CHANNELS
    partners = [min(place, MOST) for place in range(1, a_channel)] * CHANNELS
    return _job(costs, constants, EPOCHS, partners, EPOCHS, EPOCHS)


def one_epoch(costs: Costs, constants: Constants) -> Job:
    """One epoch more, the latest, in an archive that is published already."""
    return _job(costs, constants, 1, [MOST], 1, EPOCHS)


def _job(costs: Costs, constants: Constants, new: int, partners: Sequence[int], levels: int, held: int) -> Job:
    pixels = grid_pixels(PPD)
    mpx, epoch = pixels / 1e6, pixels * costs.epoch_bytes_px
    ingest = Unit(pixels * SOURCE_BYTES_PX, costs.ingest_s[0] + costs.ingest_s[1] * mpx, epoch)
    compare = [
        Unit(
            (1 + count) * epoch,
            costs.compare_s[0] + costs.compare_s[1] * mpx + costs.compare_s[2] * mpx * count,
            pixels * costs.kept_bytes_px,
        )
        for count in sorted(partners, reverse=True)
    ]
    level = Unit(2 * epoch, costs.follow_s[0] + costs.follow_s[1] * mpx, 0.0)
    channels = CHANNELS if new > 1 else 1
    return Job(
        {
            "ingest": [ingest] * new,
            "compare": compare,
            "levels and drawings": [level] * levels,
            "steps": _bands(constants) * channels,
        },
        {
            "reading what is kept of every epoch": held * constants.epoch_s,
            "outputs": costs.start_s + costs.publish_s[0] + costs.publish_s[1] * mpx,
        },
    )


def _bands(constants: Constants) -> list[Unit]:
    """The search for steps in one channel's history, row by row of the coarse sheets: bands that long have one."""
    epochs = EPOCHS // CHANNELS
    pairs = epochs * (epochs - 1) / 2
    return [
        Unit(epochs * sheet.shape[1] * LEVEL_BYTES_PX, sheet.shape[1] * pairs * constants.pair_s, 0.0)
        for sheet in reduced_grid(Grid.at(PPD)).sheets
        for _ in range(sheet.shape[0])
    ]


def runs(job: Job, constants: Constants) -> Iterator[dict[str, Any]]:
    """The job on each number of workers."""
    for workers in WORKERS:
        pool = Pool(workers, STORE_BYTES_S, WORKER_BYTES_S, constants.dispatch_s)
        stages = {name: simulate(units, pool) for name, units in job.stages.items()}
        yield {"workers": workers, "stages": {name: asdict(ran) for name, ran in stages.items()}, **_sums(job, stages)}


def _sums(job: Job, stages: Mapping[str, Ran]) -> dict[str, float]:
    shared, alone = sum(ran.seconds for ran in stages.values()), sum(job.alone_s.values())
    return {"shared_h": shared / 3600.0, "alone_h": alone / 3600.0, "hours": (shared + alone) / 3600.0}


def facts(job: Job, costs: Costs) -> dict[str, Any]:
    """Tasks, bytes and memory."""
    units = [unit for mine in job.stages.values() for unit in mine]
    mpx = grid_pixels(PPD) / 1e6
    worker_gib = memory_mib((MOST,), mpx, costs, 1) / 1024.0
    return {
        "tasks": len(units),
        "read_tib": sum(unit.read_bytes for unit in units) / GIB / 1024.0,
        "write_tib": sum(unit.write_bytes for unit in units) / GIB / 1024.0,
        "processor_h": sum(unit.compute_s for unit in units) / 3600.0,
        "steps_h": sum(unit.compute_s for unit in job.stages["steps"]) / 3600.0,
        "worker_gib": worker_gib,
        "processors_paid": max(1, math.ceil(worker_gib / GIB_A_PROCESSOR)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--constants", type=Path, help="JSON of an earlier run's constants")
    given = parser.parse_args()
    known = {
        name: json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        for name in ("growth", "copied", "codecs")
        for path in [given.folder / f"{name}.json"]
    }
    kept = given.constants
    constants = Constants(**json.loads(kept.read_text())) if kept else measured(known["copied"] or ())
    (given.folder / "constants.json").write_text(json.dumps(asdict(constants), indent=1), encoding="utf-8")
    costs = load_costs()
    jobs = {"whole": whole_archive(costs, constants), "one": one_epoch(costs, constants)}
    told = {
        name: {"facts": facts(job, costs), "alone_s": dict(job.alone_s), "runs": list(runs(job, constants))}
        for name, job in jobs.items()
    }
    (given.folder / "scale.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    print(json.dumps(told, indent=1))
    if given.page:
        write_page(given.page, told, asdict(constants), costs, known, SETTING)


if __name__ == "__main__":
    main()
