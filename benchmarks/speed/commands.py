"""What ``iovolc bench speed`` calls: time the stages, write JSON and the page."""

import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.speed.clock import race, ratio
from benchmarks.speed.memory import peak_mib
from benchmarks.speed.stage import BOUND, FLOOR, OPTIONAL, OWN, Stage, has
from benchmarks.speed.stages import STAGES

from iovolc.model.grid import Grid
from iovolc.progress import Progress, silent

KEPT: Final = "<!-- kept by hand from here -->"
_INTRO: Final = """# Speed

Printed by `iovolc bench speed --page` in one run, down to the line that says otherwise; do not edit. Contenders take
turns; given is processor time, the median of the rounds, and how many times as long the fastest peer takes: the median
of the rounds' ratios, the least and the largest. Trust the ratios, not the seconds, which are this machine's. `Of the
floor` is the rate relative to a copy in memory of what the stage reads (for files, to reading or writing their bytes);
all but that copy allocate what they give. `MiB` is the peak of memory beyond the inputs in a process of its own, of
iovolc and of the peer.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One stage's times: seconds by contender, the fastest peer, ratios to it, to the floor and to the bound; peaks."""

    stage: str
    note: str
    seconds: Mapping[str, float]
    peer: str
    ratio: float
    ratio_least: float
    ratio_most: float
    of_floor: float
    of_bound: float | None
    mib: float | None
    peer_mib: float | None
    bar: float
    least: float

    @property
    def too_slow(self) -> bool:
        """Whether the stage is far slower beside its peer than it was."""
        return self.ratio < self.least


def bench_speed(
    folder: Path, *, pixels_per_degree: int = 8, rounds: int = 5, page: Path | None = None, progress: Progress = silent
) -> Mapping[str, Any]:
    """Time all stages, and write ``speed.json`` into ``folder``.

    Parameters
    ----------
    folder : Path
        Is made if need be.
    pixels_per_degree : int
        Size of the sheets.
    rounds : int
        How often every contender is called.
    page : Path or None
        Markdown page to write; what is kept by hand below :data:`KEPT` stays. Peaks of memory are measured for it.
    progress : callable
        Told of every stage.
    """
    folder.mkdir(parents=True, exist_ok=True)
    grid = Grid.at(pixels_per_degree)
    results: list[Result] = []
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for done, stage in enumerate(STAGES, start=1):
            results.append(_timed(stage, grid, Path(scratch), rounds, peaks=page is not None))
            progress("stages", done, len(STAGES))
    summary = {
        "pixels_per_degree": pixels_per_degree,
        "rounds": rounds,
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
        "left_out": [module for module in OPTIONAL if not has(module)],
        "stages": [asdict(result) for result in results],
        "too_slow": [result.stage for result in results if result.too_slow],
    }
    (folder / "speed.json").write_text(json.dumps(summary, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if page is not None:
        kept = page.read_text(encoding="utf-8").partition(KEPT)[2] if page.exists() else ""
        page.write_text(page_of(summary) + (f"\n{KEPT}{kept}" if kept else ""), encoding="utf-8")
    return summary


def _timed(stage: Stage, grid: Grid, folder: Path, rounds: int, *, peaks: bool) -> Result:
    times = race(stage.make(grid, folder), min(rounds, stage.rounds))
    peers = [name for name in times if name not in {OWN, FLOOR, BOUND}]
    peer = min(peers, key=lambda name: times[name].median)
    middle, low, high = ratio(times[OWN], times[peer])
    bound = ratio(times[OWN], times[BOUND])[0] if BOUND in times else None
    mib, peer_mib = (peak_mib(stage.name, name, grid.pixels_per_degree) if peaks else None for name in (OWN, peer))
    of_floor = times[FLOOR].median / max(times[OWN].median, 1e-9)
    seconds = {name: _short(one.median) for name, one in times.items()}
    return Result(
        stage.name, stage.note, seconds, peer, _short(middle), _short(low), _short(high), _short(of_floor),
        None if bound is None else _short(bound), mib, peer_mib, stage.bar, stage.least,
    )  # fmt: skip


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def page_of(summary: Mapping[str, Any]) -> str:
    """The page, from the summary alone."""
    machine = summary["machine"]
    size = (
        f"Sheets of {summary['pixels_per_degree']} pixels per degree, {summary['rounds']} rounds or fewer where one "
        f"takes long; {machine['cores']} cores ({machine['processor']}), Python {machine['python']}.\n"
    )
    absent = ", ".join(summary["left_out"])
    left_out = f"Not installed, and left out: {absent}.\n" if absent else "All peers were installed.\n"
    bounds = [f"{row['stage']} {row['of_bound']:.2g}" for row in summary["stages"] if row["of_bound"] is not None]
    beside = (
        f"Time of {BOUND} in units of iovolc's; it is given the coordinates, and neither closes the seam nor knows "
        f"missing pixels nor tells the resolution: {'; '.join(bounds)}.\n"
    )
    return "\n".join([_INTRO, size, left_out, *table_of(summary), *(["", beside] if bounds else [])]).rstrip() + "\n"


def table_of(summary: Mapping[str, Any]) -> list[str]:
    """Lines of a Markdown table with a row per stage."""
    lines = [
        "| stage | iovolc, ms | fastest peer, ms | times as long | bar | of the floor | MiB | the peer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in summary["stages"]:
        own, peer = (1000.0 * row["seconds"][name] for name in (OWN, row["peer"]))
        spread = f"{row['ratio']:.3g} ({row['ratio_least']:.3g} to {row['ratio_most']:.3g})"
        cells = (
            row["stage"], f"{own:.3g}", f"{peer:.3g}", spread, f"{row['bar']:g}" if row["bar"] else "",
            f"{row['of_floor']:.2g}", "" if row["mib"] is None else f"{row['mib']:.0f}, {row['peer_mib']:.0f}",
            f"{row['peer']}: {row['note']}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines
