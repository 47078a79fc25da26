"""What ``iovolc bench`` calls: run a suite or the null, summarise, write JSON and the page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.iobench import discovery, null
from benchmarks.iobench.page import write_page
from benchmarks.iobench.pool import Record
from benchmarks.iobench.report import read_records, summarise
from benchmarks.iobench.suite import SUITES, run_suite, versions
from benchmarks.iobench.truth import SECTORS

from iovolc.errors import ConfigError
from iovolc.parallel import Runner
from iovolc.pipeline.context import ALGORITHM_VERSIONS


def bench_run(
    folder: Path,
    runner: Runner,
    *,
    suite: str,
    sector: str,
    scenes: int | None = None,
    first_seed: int = 1,
    overrides: Sequence[str] = (),
    page: Path | None = None,
) -> Mapping[str, Any]:
    """Run a suite's scenes that are not yet recorded in ``folder``, and summarise one sector.

    Parameters
    ----------
    folder : Path
        Gets a record per scene and ``summary-<sector>.json``.
    runner : Runner
        Maps tasks over workers.
    suite, sector : str
        Names in :data:`SUITES` and :data:`SECTORS`.
    scenes : int or None
        Number of scenes with changes instead of the suite's.
    first_seed : int
        Where their numbers begin: chunks of a suite run with other first seeds, in the same folder.
    overrides : sequence of str
        Settings under test, as ``section.key=value``; a folder holds the scenes of one configuration.
    page : Path or None
        Markdown page to write from all summaries in ``folder``.

    Raises
    ------
    ConfigError
        If a name is unknown, or the folder's scenes are of another detector or other settings.
    """
    if suite not in SUITES or sector not in SECTORS:
        raise ConfigError(f"suites are {', '.join(SUITES)}; sectors are {', '.join(SECTORS)}")
    chosen = replace(SUITES[suite], first_seed=first_seed, overrides=tuple(overrides))
    if scenes is not None:
        chosen = replace(chosen, scenes=scenes, null_scenes=0)
    now = {"overrides": list(overrides), **versions()}
    if any(not now.items() <= record.items() for record in _records(folder, suite)):
        raise ConfigError(f"{folder} holds scenes of another detector or other settings; give another folder")
    run_suite(chosen, folder, runner)
    records = _records(folder, suite)
    summary = {"suite": suite, **now, **summarise(records, sector, chosen.pixels_per_degree)}
    _write(folder / f"summary-{sector}.json", summary)
    if page is not None:
        write_page(folder, page)
    return summary


def bench_null(
    folder: Path,
    runner: Runner,
    *,
    runs: int,
    first_seed: int = 1,
    epochs: Sequence[int] = (),
    page: Path | None = None,
) -> Mapping[str, Any]:
    """Run the null runs that are not yet recorded in ``folder``, and summarise all there in ``summary-null.json``."""
    records = null.run_all(folder, runner, runs=runs, first_seed=first_seed, epochs=epochs or null.EPOCHS)
    summary = {"detect": ALGORITHM_VERSIONS["detect"], **null.summarise(records)}
    _write(folder / "summary-null.json", summary)
    if page is not None:
        write_page(folder, page)
    return summary


def bench_discovery(
    folder: Path, runner: Runner, *, runs: int, first_seed: int = 1, page: Path | None = None
) -> Mapping[str, Any]:
    """Run the scenes not yet recorded in ``folder``, and summarise all there in ``summary-discovery.json``."""
    rows = discovery.summarise(discovery.run_all(folder, runner, runs=runs, first_seed=first_seed))
    summary = {"detect": ALGORITHM_VERSIONS["detect"], "rows": rows}
    _write(folder / "summary-discovery.json", summary)
    if page is not None:
        write_page(folder, page)
    return summary


def _records(folder: Path, suite: str) -> list[Record]:
    return read_records(sorted(folder.glob(f"{suite}-*.json")))


def _write(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
