"""Measures what a run costs on this machine, and writes ``data/costs.yaml`` for the planner and for ``scale.py``.

``python benchmarks/costs.py FOLDER`` makes maps of an invented surface on grids of 4 and of 8 pixels per degree.
Processes of their own, with one worker each, ingest four of them, compare the last with one and with three others as
the default configuration does, and track and publish. Processor seconds and peak memory of each, and bytes on disk,
give the constants by least squares. A machine that is busy with other things measures processor time all the same.
"""

import argparse
import json
import os
import platform
import subprocess
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
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect_one, plan
from iovolc.pipeline.run import current_manifest

EPOCHS = 4
GRIDS = (4, 8)
PARTNERS = (1, 3)
MIB = 1024.0**2


def settings(folder: Path, ppd: int, partners: int = EPOCHS) -> tuple[str, ...]:
    """The default configuration on a grid, against so many predecessors at most."""
    return (
        f"grid.pixels_per_degree={ppd}", f"registration.reference={folder / 'reference.png'}", *sm.FAST,
        f"detect.max_predecessors={partners}",
    )  # fmt: skip


def compare(folder: Path, ppd: int, partners: int) -> None:
    """Compare the last epoch; in a process of its own."""
    context = Context(folder / "store", load(None, settings(folder, ppd, partners)), Threads(1))
    detect_one(plan(current_manifest(context.store), context)[-1])


def measure(folder: Path, ppd: int) -> dict[str, Any]:
    """What each step took on one grid."""
    catalogue = sm.write_catalogue(folder / "maps.csv", write_archive(folder, EPOCHS, ppd))
    sm.write_reference(folder / "reference.png")
    common = ["--store", str(folder / "store"), "--workers", "1", "--quiet"]
    options = [*common, *(part for pair in settings(folder, ppd) for part in ("--set", pair))]
    found: dict[str, Any] = {"mpx": sheet_pixels(ppd) / 1e6}
    found["ingest"] = took([*IOVOLC, "ingest", str(catalogue), *options])
    found["idle"] = took([*IOVOLC, "ingest", str(catalogue), *options])
    for partners in PARTNERS:
        code = f"from benchmarks.costs import compare; from pathlib import Path; compare(Path({str(folder)!r}), {ppd}, "
        if ppd == GRIDS[0] and partners == PARTNERS[0]:
            took([sys.executable, "-c", f"{code}{partners})"])  # compiles
            clear(folder / "store" / "cache" / "detect")
        found[f"compare{partners}"] = took([sys.executable, "-c", f"{code}{partners})"])
        found["kept"] = size_of(folder / "store" / "cache" / "detect")
        clear(folder / "store" / "cache" / "detect")
    took([*IOVOLC, "detect", *options])
    found["publish"] = took([*IOVOLC, "publish", "--out", str(folder / "out"), *options])
    found["stages"] = json.loads((folder / "out" / "timings.json").read_text(encoding="utf-8"))
    found["epochs"] = size_of(folder / "store" / "epochs")
    found["cache"] = size_of(folder / "store" / "cache")
    found["run"] = size_of(folder / "store" / "runs")
    return found


def clear(folder: Path) -> None:
    """Delete what the store keeps of a stage."""
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def fitted(rows: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """Least squares, no coefficient below zero."""
    return [float(f"{value:.4g}") for value in nnls(np.array(rows), np.array(values))[0]]


def constants(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The constants of the planner."""
    mpx = [one["mpx"] for one in found]
    alone = [(1.0, size) for size in mpx]
    tried = [(one, partners) for one in found for partners in PARTNERS]
    by_partner = [(1.0, one["mpx"], one["mpx"] * partners) for one, partners in tried]
    start_s = min(one["idle"].cpu_s for one in found)
    clock = [one["publish"].cpu_s / one["publish"].wall_s for one in found]  # processor seconds a second
    stage = {
        name: [one["stages"][name] * rate for one, rate in zip(found, clock, strict=True)]
        for name in ("track", "publish.page", "publish.rasters")
    }
    each = [(track + page) / EPOCHS for track, page in zip(stage["track"], stage["publish.page"], strict=True)]
    rest = [one["publish"].cpu_s - start_s - EPOCHS * more for one, more in zip(found, each, strict=True)]
    times = fitted(by_partner, [one[f"compare{partners}"].cpu_s - start_s for one, partners in tried])
    memory = fitted(by_partner, [one[f"compare{partners}"].peak_mib for one, partners in tried])
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "start_s": round(start_s, 2),
        "ingest_s": fitted(alone, [(one["ingest"].cpu_s - start_s) / EPOCHS for one in found]),
        "compare_s": times,
        "follow_s": fitted(alone, each),
        "publish_s": fitted(alone, rest),
        "memory_mib": memory,
        "epoch_bytes_px": round(max(one["epochs"] / one["mpx"] / 1e6 / EPOCHS for one in found), 2),
        "kept_bytes_px": round(max(one["cache"] / one["mpx"] / 1e6 / EPOCHS for one in found), 2),
        "run_bytes_px": round(max(one["run"] / one["mpx"] / 1e6 for one in found), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    found = [measure(given.folder.absolute() / f"{ppd}ppd", ppd) for ppd in GRIDS]
    told = constants(found)
    text = "# Written by `python benchmarks/costs.py FOLDER`; what the names mean says iovolc.archive.costs.\n"
    (data_path("completeness").parent / "costs.yaml").write_text(
        text + yaml.safe_dump(told, sort_keys=False), encoding="utf-8"
    )
    print(yaml.safe_dump(told, sort_keys=False))


if __name__ == "__main__":
    main()
