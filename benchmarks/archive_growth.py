"""How memory and time of ``iovolc run`` grow with the archive, its pixels and the workers.

``python benchmarks/archive_growth.py OUT --epochs 10 50 200`` makes global maps of an invented surface and lets an
archive grow to each number of them: the whole job, in a process of its own. What it took is added to
``OUT/measured.json``: peak memory of the largest process, processor time, seconds, the stages of ``timings.json``, and
processor time since the archive was empty. Then come one epoch more, and nothing new. ``--pixels-per-degree 4 8`` and
``--workers 1 2`` begin archives of their own, ``--apart`` lets each number of epochs begin with an empty store,
``--dask processes`` takes that kind of workers, ``--set`` changes the configuration; cases that were measured are not
run again. It ends with the exponents of growth. Processor time is what
to compare: machines are shared.

``python benchmarks/archive_growth.py OUT --overhead`` times empty tasks: plain calls, threads and processes of Dask.
"""

import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests import small_maps as sm

from iovolc.archive.costs import load_costs
from iovolc.config import load
from iovolc.model.grid import Grid
from iovolc.parallel import PROCESSES, runner
from iovolc.pipeline.forecast import Work, forecast

LIGHT = (
    *sm.FAST, "registration.search_km=[8,8]", "detect.scales_km=[150,300]", "detect.null_draws=1",
    "detect.max_predecessors=2", "publish.figures=0",
)  # fmt: skip
PROFILES = {"whole": (), "quick": sm.QUICK, "light": LIGHT}
"""Overrides: the job as it is by default, with fewer scales and surrogates, or with little work an epoch, so that what
grows with the archive shows."""
IOVOLC = (sys.executable, "-c", "from iovolc.cli import main; main()")
SPOT_KM = 60.0
TASKS = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One run to be measured."""

    epochs: int
    pixels_per_degree: int
    workers: int
    dask: str
    profile: str
    apart: bool = False

    @property
    def name(self) -> str:
        """Of the case."""
        return f"{self.archive}_{self.epochs}epochs"

    @property
    def archive(self) -> str:
        """Of what grows: cases that differ in epochs alone share it."""
        kind = f"_{self.dask}" if self.dask else ""
        own = f"_apart{self.epochs}" if self.apart else ""
        return f"{self.profile}_{self.pixels_per_degree}ppd_{self.workers}workers{kind}{own}"


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took: seconds by the clock and of the processor, and peak memory in MiB."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def write_archive(folder: Path, count: int, pixels_per_degree: int) -> list[dict[str, str]]:
    """Maps of one channel, a month apart, each with a change of its own; the catalogue's rows. Kept maps are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = (180 * pixels_per_degree, 360 * pixels_per_degree)
    rows = []
    for number in range(count):
        path = folder / f"map{number:05d}.tif"
        if not path.exists():
            spot = sm.Spot(50.0 * math.sin(number), (137.5 * number) % 360.0 - 180.0, SPOT_KM, -0.4)
            sm.write_tif(path, sm.picture(number, (spot,), shape=shape))
        time_utc = datetime(1996, 6, 28, tzinfo=UTC) + timedelta(days=30 * number)
        rows.append(sm.row(path.name, f"{time_utc:%Y-%m-%dT%H:%M:%SZ}"))
    return rows


def took(command: Sequence[str], good: tuple[int, ...] = (0,)) -> Took:
    """Run a command to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Took(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measure(case: Case, out: Path, overrides: Sequence[str], before: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The archive's growth since the cases before, then one epoch more, then nothing new."""
    maps, place = out / f"maps_{case.pixels_per_degree}ppd", out / case.archive
    rows = write_archive(maps, case.epochs + 1, case.pixels_per_degree)
    reference = maps / "reference.png"
    if not reference.exists():
        sm.write_reference(reference)
    settings = (
        f"grid.pixels_per_degree={case.pixels_per_degree}", f"registration.reference={reference}",
        *PROFILES[case.profile], *overrides,
    )  # fmt: skip
    found: dict[str, Any] = {**asdict(case), "pixels": sheet_pixels(case.pixels_per_degree), "cores": os.cpu_count()}
    for what, used in (("grown", rows[:-1]), ("one_more", rows), ("nothing_new", rows)):
        catalogue = sm.write_catalogue(maps / f"{case.name}.csv", used)
        command = [
            *IOVOLC, "run", str(catalogue), "--store", str(place / "store"), "--quiet",
            "--out", str(place / "out"), "--workers", str(case.workers), *(("--dask", case.dask) if case.dask else ()),
            *(part for pair in settings for part in ("--set", pair)),
        ]  # fmt: skip
        found[what] = asdict(took(command))
        found[what]["stages"] = json.loads((place / "out" / "timings.json").read_text(encoding="utf-8"))
    held = before[-1]["epochs"] + 1 if before else 0
    most = load(None, tuple(settings)).detect.max_predecessors
    work = Work(
        max(case.epochs - held, 0),
        tuple(min(place, most) for place in range(max(held, 1), case.epochs)),
        max(case.epochs - held, 0),
    )
    ahead = forecast(work, case.pixels_per_degree, load_costs(), workers=case.workers, free_mib=math.inf)
    found["expected"] = {"cpu_s": ahead.processor_s, "peak_mib": ahead.memory_mib}
    earlier = sum(one[what]["cpu_s"] for one in before for what in ("grown", "one_more"))
    found["cpu_s"] = earlier + found["grown"]["cpu_s"]
    store = place / "store"
    found["bytes"] = {part.name: size_of(part) for part in sorted(store.iterdir()) if part.is_dir()}
    return found


def sheet_pixels(pixels_per_degree: int) -> int:
    """Pixels of the three sheets."""
    return sum(math.prod(sheet.shape) for sheet in Grid.at(pixels_per_degree).sheets)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def exponent(cases: Sequence[Mapping[str, Any]], size: str) -> float:
    """Slope of the logarithm of all processor time so far against that of a size."""
    x = [math.log(case[size]) for case in cases]
    y = [math.log(case["cpu_s"]) for case in cases]
    return statistics.linear_regression(x, y).slope


def growths(cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the cases say, where they differ in one size alone."""
    for size, others in (("epochs", "pixels"), ("pixels", "epochs")):
        fixed = (others, "workers", "dask", "profile", "apart")
        ordered = sorted(cases, key=lambda case: (*(case[name] for name in fixed), case[size]))
        for key, group in itertools.groupby(ordered, key=lambda case: tuple(case[name] for name in fixed)):
            mine = list(group)
            if len(mine) > 1:
                told = zip(fixed, key, strict=True)
                named = ", ".join(name if value is True else f"{name} {value}" for name, value in told if value)
                sizes = ", ".join(str(case[size]) for case in mine)
                peaks, more = (
                    ", ".join(f"{case[what]['peak_mib']:.0f}" for case in mine) for what in ("grown", "one_more")
                )
                power = f"time grows with the power {exponent(mine, size):.3f}"
                yield f"{named}: {size} {sizes}: {power}; peak MiB {peaks}; with one more {more}"
    alike = ("profile", "pixels", "epochs", "dask", "apart")
    by_workers = sorted(cases, key=lambda case: tuple(case[name] for name in alike))
    for _, group in itertools.groupby(by_workers, key=lambda case: tuple(case[name] for name in alike)):
        mine = sorted(group, key=lambda case: case["workers"])
        for one, other in itertools.pairwise(mine):
            gain = one["grown"]["wall_s"] / other["grown"]["wall_s"]
            yield f"{one['name']}: {one['workers']} to {other['workers']} workers: {gain:.2f} times as fast"


def line(case: dict[str, Any]) -> str:
    """A case for people."""
    parts = (
        f"{what} {case[what]['cpu_s']:.1f} s processor, {case[what]['wall_s']:.1f} s, {case[what]['peak_mib']:.0f} MiB"
        for what in ("grown", "one_more", "nothing_new")
    )
    ahead, grown = case["expected"], case["grown"]
    found = ", ".join(f"{name} {ahead[name] / grown[name]:.2f}" for name in ("cpu_s", "peak_mib"))
    return f"{case['name']}: {'; '.join(parts)}; expected over measured: {found}"


def nothing(item: int) -> int:
    """A task without work."""
    return item


def overhead() -> Iterator[str]:
    """What Dask adds to a task."""
    start = time.perf_counter()
    for item in range(TASKS):
        nothing(item)
    yield f"plain calls: {1e3 * (time.perf_counter() - start) / TASKS:.4f} ms a task"
    for name, address in (("threads", None), ("processes", PROCESSES)):
        with runner(workers=2, address=address) as workers:
            workers.map(nothing, range(TASKS), "warm up")
            start = time.perf_counter()
            workers.map(nothing, range(TASKS), "nothing")
            yield f"{name}: {1e3 * (time.perf_counter() - start) / TASKS:.3f} ms a task"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, nargs="*", default=[10, 50, 200])
    parser.add_argument("--pixels-per-degree", type=int, nargs="*", default=[4])
    parser.add_argument("--workers", type=int, nargs="*", default=[2])
    parser.add_argument("--dask", default="", help="`processes`; nothing is threads")
    parser.add_argument("--profile", choices=tuple(PROFILES), default="whole")
    parser.add_argument("--apart", action="store_true", help="an archive of its own for each number of epochs")
    parser.add_argument("--set", nargs="*", default=[], dest="overrides")
    parser.add_argument("--overhead", action="store_true")
    given = parser.parse_args()
    if given.overhead:
        print("\n".join(overhead()))
        return
    given.out.mkdir(parents=True, exist_ok=True)
    results = given.out / "measured.json"
    known = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    for epochs, ppd, workers in itertools.product(given.epochs, given.pixels_per_degree, given.workers):
        case = Case(epochs, ppd, workers, given.dask, given.profile, given.apart)
        if case.name not in known:
            before = [one for one in known.values() if one["archive"] == case.archive]
            found = measure(case, given.out.absolute(), given.overrides, before)
            known[case.name] = {"name": case.name, "archive": case.archive, **found}
            results.write_text(json.dumps(known, indent=1), encoding="utf-8")
        print(line(known[case.name]), flush=True)
    print("\n".join(growths(list(known.values()))))


if __name__ == "__main__":
    main()
