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
from benchmarks.speed.stages import FLOOR, OWN, STAGES, Stage

from iovolc.model.grid import Grid
from iovolc.progress import Progress, silent

_INTRO: Final = """# Speed

Printed by `iovolc bench speed --page` in one run; do not edit. Contenders take turns; given is processor time, the
median of the rounds, and how many times as long the fastest peer takes: the median of the rounds' ratios, the least and
the largest. Trust the ratios, not the seconds, which are this machine's. `of the floor` is the rate relative to a copy
of the same data in memory (for files, to writing their bytes).
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One stage's times: seconds by contender, the fastest peer, ratios to it and to the floor."""

    stage: str
    note: str
    seconds: Mapping[str, float]
    peer: str
    ratio: float
    ratio_least: float
    ratio_most: float
    of_floor: float
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
        Markdown page to write.
    progress : callable
        Told of every stage.
    """
    folder.mkdir(parents=True, exist_ok=True)
    grid = Grid.at(pixels_per_degree)
    results: list[Result] = []
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for done, stage in enumerate(STAGES, start=1):
            results.append(_timed(stage, grid, Path(scratch), rounds))
            progress("stages", done, len(STAGES))
    summary = {
        "pixels_per_degree": pixels_per_degree,
        "rounds": rounds,
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
        "stages": [asdict(result) for result in results],
        "too_slow": [result.stage for result in results if result.too_slow],
    }
    (folder / "speed.json").write_text(json.dumps(summary, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if page is not None:
        page.write_text(page_of(summary), encoding="utf-8")
    return summary


def _timed(stage: Stage, grid: Grid, folder: Path, rounds: int) -> Result:
    times = race(stage.make(grid, folder), rounds)
    peers = [name for name in times if name not in {OWN, FLOOR}]
    peer = min(peers, key=lambda name: times[name].median)
    middle, low, high = ratio(times[OWN], times[peer])
    of_floor = times[FLOOR].median / max(times[OWN].median, 1e-9)
    seconds = {name: float(f"{one.median:.3g}") for name, one in times.items()}
    middle, low, high, of_floor = (float(f"{value:.3g}") for value in (middle, low, high, of_floor))
    return Result(stage.name, stage.note, seconds, peer, middle, low, high, of_floor, stage.least)


def page_of(summary: Mapping[str, Any]) -> str:
    """The page, from the summary alone."""
    machine = summary["machine"]
    size = (
        f"Sheets of {summary['pixels_per_degree']} pixels per degree, {summary['rounds']} rounds; "
        f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']}.\n"
    )
    return "\n".join([_INTRO, size, *table_of(summary)]) + "\n"


def table_of(summary: Mapping[str, Any]) -> list[str]:
    """Lines of a Markdown table with a row per stage."""
    lines = [
        "| stage | iovolc, ms | fastest peer, ms | times as long | of the floor | the peer |",
        "|---|---|---|---|---|---|",
    ]
    for row in summary["stages"]:
        own, peer = (1000.0 * row["seconds"][name] for name in (OWN, row["peer"]))
        spread = f"{row['ratio']:.3g} ({row['ratio_least']:.3g} to {row['ratio_most']:.3g})"
        floor, note = f"{row['of_floor']:.2g}", f"{row['peer']}: {row['note']}"
        lines.append(f"| {row['stage']} | {own:.3g} | {peer:.3g} | {spread} | {floor} | {note} |")
    return lines
