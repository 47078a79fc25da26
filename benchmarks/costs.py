"""Measures what a run costs on this machine, and writes ``data/costs.yaml`` for the planner and for ``scale.py``.

``python benchmarks/costs.py FOLDER --pixels-per-degree 4 8`` makes maps of an invented surface on these grids.
Processes of their own, with one worker each, ingest four of them, compare the last with one and with three others as
the default configuration does, and publish. Processor seconds and peak memory of each, and bytes on disk, give the
constants by least squares; one grid tells costs per pixel alone. A machine that is busy with other things measures
processor time all the same.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from benchmarks.archive_growth import IOVOLC, sheet_pixels, size_of, took, write_archive
from scipy.optimize import nnls
from tests import small_maps as sm

from iovolc.config import load
from iovolc.data import data_path
from iovolc.machine import use_freed_memory_again
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect_one, plan
from iovolc.pipeline.run import current_manifest

EPOCHS = 4
PARTNERS = (1, 3)


def settings(folder: Path, ppd: int, partners: int = EPOCHS) -> tuple[str, ...]:
    """The default configuration on a grid, against so many predecessors at most."""
    return (
        f"grid.pixels_per_degree={ppd}", f"registration.reference={folder / 'reference.png'}", *sm.FAST,
        f"detect.max_predecessors={partners}",
    )  # fmt: skip


def compare(folder: Path, ppd: int, partners: int) -> None:
    """Compare the last epoch; in a process of its own, as the command line sets it up."""
    use_freed_memory_again()
    context = Context(folder / "store", load(None, settings(folder, ppd, partners)), Threads(1))
    detect_one(plan(current_manifest(context.store), context)[-1])


def measure(folder: Path, ppd: int) -> dict[str, Any]:
    """What each step took on one grid."""
    catalogue = sm.write_catalogue(folder / "maps.csv", write_archive(folder, EPOCHS, ppd))
    sm.write_reference(folder / "reference.png")
    options = [
        "--store", str(folder / "store"), "--workers", "1", "--quiet",
        *(part for pair in settings(folder, ppd, PARTNERS[-1]) for part in ("--set", pair)),
    ]  # fmt: skip
    found: dict[str, Any] = {"mpx": sheet_pixels(ppd) / 1e6}
    found["ingest"] = took([*IOVOLC, "ingest", str(catalogue), *options])
    found["idle"] = took([*IOVOLC, "ingest", str(catalogue), *options])
    for partners in PARTNERS:
        code = f"from benchmarks.costs import compare; from pathlib import Path; compare(Path({str(folder)!r}), {ppd}, "
        found[f"compare{partners}"] = took([sys.executable, "-c", f"{code}{partners})"])
    found["publish"] = took([*IOVOLC, "publish", "--out", str(folder / "out"), *options])
    found["stages"] = json.loads((folder / "out" / "timings.json").read_text(encoding="utf-8"))
    found["epochs"], found["cache"], found["run"] = (
        size_of(folder / "store" / name) for name in ("epochs", "cache", "runs")
    )
    return found


def fitted(rows: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """Least squares with a constant, no coefficient below zero; the constant is 0 where all are of one grid."""
    grids = len({row[0] for row in rows})
    table = np.array([[float(grids > 1), *row] for row in rows])
    return [float(f"{value:.4g}") for value in nnls(table, np.array(values))[0]]


def constants(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The constants of the planner."""
    alone = [(one["mpx"],) for one in found]
    tried = [(one, partners) for one in found for partners in PARTNERS]
    by_partner = [(one["mpx"], one["mpx"] * partners) for one, partners in tried]
    start_s, start_mib = (min(getattr(one["idle"], name) for one in found) for name in ("cpu_s", "peak_mib"))
    stages = [{name: share * (one["publish"].cpu_s - start_s) for name, share in shares(one)} for one in found]
    follow = [(one["track"] + one["publish.page"]) / EPOCHS for one in stages]
    outputs = [
        sum(value for name, value in one.items() if name not in {"detect", "track", "publish.page"}) for one in stages
    ]
    memory = fitted(by_partner, [one[f"compare{partners}"].peak_mib - start_mib for one, partners in tried])
    kept = EPOCHS  # three comparisons, one of which was made with one predecessor, too
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "start_s": round(start_s, 2),
        "ingest_s": fitted(alone, [(one["ingest"].cpu_s - start_s) / EPOCHS for one in found]),
        "compare_s": fitted(by_partner, [one[f"compare{partners}"].cpu_s - start_s for one, partners in tried]),
        "follow_s": fitted(alone, follow),
        "publish_s": fitted(alone, outputs),
        "memory_mib": [round(start_mib + memory[0], 1), *memory[1:]],
        "epoch_bytes_px": round(max(one["epochs"] / one["mpx"] / 1e6 / EPOCHS for one in found), 2),
        "kept_bytes_px": round(max(one["cache"] / one["mpx"] / 1e6 / kept for one in found), 2),
        "run_bytes_px": round(max(one["run"] / one["mpx"] / 1e6 for one in found), 2),
    }


def shares(one: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The stages of a run, and how much of its time each took."""
    whole = sum(one["stages"].values())
    return [(name, seconds / whole) for name, seconds in one["stages"].items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pixels-per-degree", type=int, nargs="*", default=[4, 8])
    given = parser.parse_args()
    found = [measure(given.folder.absolute() / f"{ppd}ppd", ppd) for ppd in given.pixels_per_degree]
    told = constants(found)
    text = "# Written by `python benchmarks/costs.py FOLDER`; what the names mean says iovolc.archive.costs.\n"
    (data_path("completeness").parent / "costs.yaml").write_text(
        text + yaml.safe_dump(told, sort_keys=False), encoding="utf-8"
    )
    print(yaml.safe_dump(told, sort_keys=False))


if __name__ == "__main__":
    main()
