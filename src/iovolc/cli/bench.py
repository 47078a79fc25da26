"""Commands that measure iovolc: against its peers, without change, by the clock. They are part of the checkout."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from iovolc.cli.options import CORES, Common, JsonOption, OutOption, QuietOption, SetOption, WorkersOption, runner_of

SeedOption = Annotated[int, typer.Option("--first-seed", help="Number of the first scene or run: for chunks.")]
PageOption = Annotated[Path | None, typer.Option("--page", help="Write the page, from all summaries in --out.")]


def bench_run(
    out: OutOption,
    suite: Annotated[
        str, typer.Option("--suite", help="tiny, small, relative (stretched pictures) or full.")
    ] = "small",
    sector: Annotated[str, typer.Option("--sector", help="Where changes count: develop, tune or sealed.")] = "develop",
    scenes: Annotated[int | None, typer.Option("--scenes", min=1, help="Only so many scenes with changes.")] = None,
    first_seed: SeedOption = 1,
    overrides: SetOption = None,
    page: PageOption = None,
    workers: WorkersOption = CORES,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put changes into scenes of Io and count what iovolc and its peers find; recorded scenes are not run again."""
    from iovolc.console import answer

    benchmarks = _commands()
    with _workers(workers, quiet=quiet) as runner:
        summary = benchmarks.bench_run(
            out,
            runner,
            suite=suite,
            sector=sector,
            scenes=scenes,
            first_seed=first_seed,
            overrides=tuple(overrides or ()),
            page=page,
        )
    answer(summary, _found(summary), as_json=as_json)


def bench_null(
    out: OutOption,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Runs of each number of epochs.")] = 200,
    epochs: Annotated[list[int] | None, typer.Option("--epochs", help="Epochs of a run; repeatable.")] = None,
    first_seed: SeedOption = 1,
    page: PageOption = None,
    workers: WorkersOption = CORES,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Count runs without any change that end with an event of tier A or B; recorded runs are not run again."""
    from iovolc.console import answer

    benchmarks = _commands()
    with _workers(workers, quiet=quiet) as runner:
        summary = benchmarks.bench_null(
            out, runner, runs=runs, first_seed=first_seed, epochs=tuple(epochs or ()), page=page
        )
    lines = (
        f"{row['epochs']} epochs, q {row['q']:g}: {row['with_events']} of {row['runs']} runs, {row['allowed']} allowed"
        for row in summary["rows"]
    )
    answer(summary, "\n".join(lines), as_json=as_json)


def bench_discovery(
    out: OutOption,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Scenes of each number of changes.")] = 200,
    first_seed: SeedOption = 1,
    page: PageOption = None,
    workers: WorkersOption = CORES,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Count the false ones among events of tier A and B beside real changes; recorded scenes are not run again."""
    from iovolc.console import answer

    benchmarks = _commands()
    with _workers(workers, quiet=quiet) as runner:
        summary = benchmarks.bench_discovery(out, runner, runs=runs, first_seed=first_seed, page=page)
    lines = (
        f"{row['changes']} changes, q {row['q']:g}: {row['rate']:.3f} false in {row['scenes']} scenes,"
        f" power {row['power']:.2f}"
        for row in summary["rows"]
    )
    answer(summary, "\n".join(lines), as_json=as_json)


def bench_speed(
    out: OutOption,
    pixels_per_degree: Annotated[int, typer.Option("--pixels-per-degree", min=2, help="Size of the sheets.")] = 8,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often each contender is called.")] = 5,
    page: PageOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Fail where a stage is far slower beside its peer than it was.")
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Time single stages beside what a user would pick instead, and beside a copy in memory, in one run."""
    from iovolc.console import answer, progress

    benchmarks = _commands("speed")
    with progress(quiet=quiet) as report:
        summary = benchmarks.bench_speed(
            out, pixels_per_degree=pixels_per_degree, rounds=rounds, page=page, progress=report
        )
    slow = [f"far slower than it was: {stage}" for stage in summary["too_slow"]]
    answer(summary, "\n".join([*benchmarks.table_of(summary), *slow]), as_json=as_json)
    if check and slow:
        raise typer.Exit(5)


def _workers(workers: int, *, quiet: bool) -> Any:
    return runner_of(Common(Path(), None, (), workers, None, quiet))


def _commands(suite: str = "iobench") -> ModuleType:
    """The benchmarks of the checkout that this package runs from."""
    import iovolc
    from iovolc.errors import ConfigError

    root = Path(iovolc.__file__).parents[2]
    if not (root / "benchmarks" / suite / "commands.py").exists():
        raise ConfigError("the benchmarks belong to the checkout: install iovolc from it with `make install`")
    sys.path.insert(0, str(root))
    return importlib.import_module(f"benchmarks.{suite}.commands")


def _found(summary: dict[str, Any]) -> str:
    lines = [
        f"{summary['changes']} changes in {summary['scenes']} scenes, {summary['megapixels']} Mpx; found of SNR >= 4"
    ]
    for name, method in summary["methods"].items():
        shares = [method["at"][most]["strata"][">=4"] for most in ("1", "3", "10")]
        lines.append(f"  {name}: " + ", ".join(f"{one['found']}/{one['of']}" for one in shares))
    return "\n".join([*lines, "  (at most 1, 3 and 10 false per Mpx)"])
