"""The command line: reads arguments, calls one use-case, says what came of it.

Heavy modules are imported inside the commands, so that ``iovolc --help`` answers at once.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from iovolc.errors import Finding
    from iovolc.model.detection import Tracked
    from iovolc.parallel import Runner
    from iovolc.pipeline.context import Context

app = typer.Typer(
    name="iovolc",
    help="Find and follow volcanic change on Jupiter's moon Io in maps and images taken years apart.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
config_app = typer.Typer(help="Print or check a configuration.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(config_app, name="config")

StoreOption = Annotated[Path, typer.Option("--store", help="Folder of the store.")]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for the outputs.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Configuration file (YAML).")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="Override, as section.key=value; repeatable.")]
WorkersOption = Annotated[int, typer.Option("--workers", help="Threads; by default one per core.")]
DaskOption = Annotated[str | None, typer.Option("--dask", help="Address of a Dask scheduler to use instead.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress.")]
SinceOption = Annotated[str, typer.Option("--since", help="Only epochs that end at or after this UTC time.")]
UntilOption = Annotated[str, typer.Option("--until", help="Only epochs that end at or before this UTC time.")]
RegionOption = Annotated[str, typer.Option("--region", help="Only events inside W,S,E,N (degrees, east-positive).")]
ChannelOption = Annotated[list[str] | None, typer.Option("--channel", help="Only this channel; repeatable.")]
SiteOption = Annotated[str, typer.Option("--site", help="Only events whose nearest named feature is this one.")]
CataloguesArgument = Annotated[list[Path], typer.Argument(help="Catalogue CSV files.")]

CORES = os.cpu_count() or 1


def main() -> None:
    """Run the command line; ends the process with the documented exit code."""
    from iovolc.console import FAILED, exit_code, say  # noqa: PLC0415
    from iovolc.errors import IovolcError  # noqa: PLC0415

    # Tasks already fill the cores: threaded linear algebra inside them only gets in its own way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except IovolcError as error:
        say(str(error))
        sys.exit(exit_code(error))
    except Exception:
        # A fault of the machine or of iovolc itself: whoever is on call needs all of it.
        say(traceback.format_exc())
        sys.exit(FAILED)


@dataclass(frozen=True, slots=True)
class _Common:
    """The options that all stages share."""

    store: Path
    config: Path | None
    overrides: tuple[str, ...]
    workers: int
    dask: str | None
    quiet: bool


@contextmanager
def _runner(common: _Common) -> Iterator["Runner"]:
    from iovolc.console import progress  # noqa: PLC0415
    from iovolc.parallel import runner  # noqa: PLC0415

    with (
        progress(quiet=common.quiet) as report,
        runner(workers=common.workers, address=common.dask, progress=report) as workers,
    ):
        yield workers


@contextmanager
def _context(common: _Common) -> Iterator["Context"]:
    from iovolc.config import load  # noqa: PLC0415
    from iovolc.pipeline.context import Context  # noqa: PLC0415

    config = load(common.config, common.overrides)
    with _runner(common) as workers:
        yield Context(common.store, config, workers)


def _selection(since: str, until: str, region: str, channels: Sequence[str] | None, site: str) -> tuple[str, ...]:
    """Overrides of the section ``select`` for the options that are given."""
    given = {
        # JSON's quotes are YAML's: a name such as Hi'iaka Patera stays whole.
        "since": json.dumps(since) if since else "",
        "until": json.dumps(until) if until else "",
        "region": f"[{region}]" if region else "",
        "channels": f"[{','.join(channels)}]" if channels else "",
        "site": json.dumps(site) if site else "",
    }
    return tuple(f"select.{key}={value}" for key, value in given.items() if value)


def _report_findings(findings: "Sequence[Finding]") -> int:
    """Say each refusal; 4 if there was one, else 0."""
    from iovolc.console import DEGRADED, DONE, say  # noqa: PLC0415

    for finding in findings:
        say(f"refused: {finding}")
    return DEGRADED if findings else DONE


def _counts(tracked: "Tracked") -> dict[str, Any]:
    tiers = tracked.events["tier"].value_counts()
    return {"events": len(tracked.events), **{f"tier_{tier}": int(tiers.get(tier, 0)) for tier in "ABC"}}


def _sentence(tracked: "Tracked") -> str:
    counts = _counts(tracked)
    return (
        f"{counts['events']} events: {counts['tier_A']} of tier A (two independent data sets), "
        f"{counts['tier_B']} of tier B (one), {counts['tier_C']} candidates (C)"
    )


@app.command()
def demo(
    out: OutOption = Path("iovolc-demo"),
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run the main job on the embedded example, offline; changes are replayed on a real map of Io."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.pipeline.demo import demo as use_case  # noqa: PLC0415

    with _runner(_Common(out, None, (), workers, dask, quiet)) as runner:
        shown = use_case(out, runner)
    verdicts = shown.comparison["verdict"].value_counts()
    required = shown.comparison[shown.comparison["must_find"].fillna(value=False)]
    page = (shown.results / "page" / "index.html").absolute()
    found = int((required["verdict"] == "found").sum())
    lines = (
        f"{_sentence(shown.finished.tracked)}\n"
        f"replayed eruptions that must be found: {found} of {len(required)}; "
        f"events that match none: {int(verdicts.get('false', 0))}\nopen {page}"
    )
    values = {**_counts(shown.finished.tracked), "page": str(page), "required": len(required), "found": found}
    answer({**values, "false": int(verdicts.get("false", 0))}, lines, as_json=as_json)


@app.command()
def run(
    catalogues: CataloguesArgument,
    store: StoreOption,
    out: OutOption,
    config: ConfigOption = None,
    overrides: SetOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    region: RegionOption = "",
    channel: ChannelOption = None,
    site: SiteOption = "",
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ingest, detect, track and publish."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.pipeline.run import run as use_case  # noqa: PLC0415

    chosen = (*(overrides or ()), *_selection(since, until, region, channel, site))
    with _context(_Common(store, config, chosen, workers, dask, quiet)) as context:
        finished = use_case(catalogues, context, out)
    code = _report_findings(finished.findings)
    page = (out / "page" / "index.html").absolute()
    values = {
        **_counts(finished.tracked),
        "run": finished.folder.name,
        "page": str(page),
        "refused": len(finished.findings),
    }
    answer(values, f"{_sentence(finished.tracked)}\nopen {page}", as_json=as_json)
    raise typer.Exit(code)


@app.command()
def ingest(
    catalogues: CataloguesArgument,
    store: StoreOption,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Bring the observations of catalogues into the store."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.pipeline.ingest import ingest as use_case  # noqa: PLC0415

    with _context(_Common(store, config, tuple(overrides or ()), workers, dask, quiet)) as context:
        done = use_case(catalogues, context)
    code = _report_findings(done.findings)
    values = {
        "added": list(done.added),
        "known": done.known,
        "manifest": done.manifest.number,
        "passed_over": list(done.passed_over),
        "refused": len(done.findings),
    }
    lines = f"{len(done.added)} epochs added, {done.known} known already; manifest {done.manifest.number}"
    lines = "\n".join([*(f"passed over: {text}" for text in done.passed_over), lines])
    answer(values, lines, as_json=as_json)
    raise typer.Exit(code)


@app.command()
def detect(
    store: StoreOption,
    config: ConfigOption = None,
    overrides: SetOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    channel: ChannelOption = None,
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Compare every epoch of the store with its predecessors."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.pipeline.detect import detect as use_case  # noqa: PLC0415
    from iovolc.pipeline.run import current_manifest  # noqa: PLC0415
    from iovolc.pipeline.select import select_epochs  # noqa: PLC0415

    chosen = (*(overrides or ()), *_selection(since, until, "", channel, ""))
    with _context(_Common(store, config, chosen, workers, dask, quiet)) as context:
        scan = use_case(select_epochs(current_manifest(store), context.config.select), context)
    count = len(scan.detected.detections)
    answer(
        {"compared": len(scan.tasks), "detections": count},
        f"{count} changes in {len(scan.tasks)} epochs",
        as_json=as_json,
    )


@app.command()
def track(
    store: StoreOption,
    config: ConfigOption = None,
    overrides: SetOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    region: RegionOption = "",
    channel: ChannelOption = None,
    site: SiteOption = "",
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Join the changes of the store to events."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.pipeline.detect import detect as find  # noqa: PLC0415
    from iovolc.pipeline.run import current_manifest  # noqa: PLC0415
    from iovolc.pipeline.select import select_epochs  # noqa: PLC0415
    from iovolc.pipeline.track import track as use_case  # noqa: PLC0415

    chosen = (*(overrides or ()), *_selection(since, until, region, channel, site))
    with _context(_Common(store, config, chosen, workers, dask, quiet)) as context:
        manifest = select_epochs(current_manifest(store), context.config.select)
        tracked = use_case(manifest, find(manifest, context), context)
    answer(_counts(tracked), _sentence(tracked), as_json=as_json)


@app.command()
def publish(
    store: StoreOption,
    out: OutOption,
    config: ConfigOption = None,
    overrides: SetOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    region: RegionOption = "",
    channel: ChannelOption = None,
    site: SiteOption = "",
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the tables, rasters, figures and page of what the store holds."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.pipeline.run import current_manifest, follow  # noqa: PLC0415

    chosen = (*(overrides or ()), *_selection(since, until, region, channel, site))
    with _context(_Common(store, config, chosen, workers, dask, quiet)) as context:
        tracked, folder = follow(current_manifest(store), context, out, {})
    page = (out / "page" / "index.html").absolute()
    answer(
        {**_counts(tracked), "run": folder.name, "page": str(page)},
        f"{_sentence(tracked)}\nopen {page}",
        as_json=as_json,
    )


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Catalogue CSV files, or images.")],
    catalogue: Annotated[Path | None, typer.Option("--catalogue", help="Catalogue with the images' rows.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write mended catalogues as <name>.fixed.csv.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read catalogues and their files, and list every problem with its number, cause and fix."""
    from iovolc.config import load  # noqa: PLC0415
    from iovolc.console import DONE, NO_INPUT, answer  # noqa: PLC0415
    from iovolc.pipeline.check import check as use_case  # noqa: PLC0415

    report = use_case(files, config=load(config, tuple(overrides or ())), catalogue=catalogue, fix=fix)
    answer(report.to_json(), report.text(fix=fix), as_json=as_json)
    raise typer.Exit(NO_INPUT if report.errors else DONE)


@app.command()
def status(store: StoreOption, as_json: JsonOption = False) -> None:
    """Say what the store holds and what was refused."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.pipeline.status import status as use_case  # noqa: PLC0415

    found = use_case(store)
    lines = "\n".join(f"{key.replace('_', ' ')}: {value}" for key, value in found.items())
    answer(found, lines, as_json=as_json)


@app.command()
def verify(store: StoreOption, as_json: JsonOption = False) -> None:
    """Read every epoch of the store again and compare it with its hash."""
    from iovolc.console import DONE, FAILED, answer  # noqa: PLC0415
    from iovolc.cube.audit import verify as use_case  # noqa: PLC0415

    damages = [str(damage) for damage in use_case(store)]
    answer({"damaged": damages}, "\n".join(damages) or "every epoch is sound", as_json=as_json)
    raise typer.Exit(FAILED if damages else DONE)


@app.command()
def gc(store: StoreOption, as_json: JsonOption = False) -> None:
    """Delete what no manifest names and is older than a day."""
    from iovolc.console import answer  # noqa: PLC0415
    from iovolc.cube.audit import collect  # noqa: PLC0415

    gone = [str(path) for path in collect(store)]
    answer({"deleted": gone}, "\n".join([*gone, f"{len(gone)} deleted"]), as_json=as_json)


@config_app.command()
def template() -> None:
    """Print the default configuration as commented YAML."""
    from iovolc.config import Config  # noqa: PLC0415

    sys.stdout.write(Config().to_yaml())


@config_app.command()
def validate(path: Annotated[Path, typer.Argument(help="Configuration file (YAML).")]) -> None:
    """Check a configuration file."""
    from iovolc.config import load  # noqa: PLC0415

    sys.stdout.write(f"valid; sha256 {load(path).digest()}\n")
