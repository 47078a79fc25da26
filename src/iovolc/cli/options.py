"""The options that commands share, and what they make of them."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from iovolc.config import Config
    from iovolc.errors import Finding
    from iovolc.model.detection import Tracked
    from iovolc.parallel import Runner
    from iovolc.pipeline.context import Context


def _store(text: str) -> Path:
    """The folder of a store, which may be the copy of one on a bucket."""
    if "://" not in text:
        return Path(text)
    from iovolc.cube.opening import store_folder

    return store_folder(text)


_STORE = "Folder of the store, or s3://BUCKET/PREFIX."
StoreOption = Annotated[Path, typer.Option("--store", parser=_store, metavar="FOLDER", help=_STORE)]
AnyStoreOption = Annotated[Path | None, typer.Option("--store", parser=_store, metavar="FOLDER", help=_STORE)]
_RUN = "Output folder; with --store also a run id, or `latest`."
RunArgument = Annotated[str, typer.Argument(help=_RUN)]
RunOption = Annotated[str, typer.Option("--run", help=_RUN)]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for the outputs.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Configuration file (YAML).")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="Override, as section.key=value; repeatable.")]
WorkersOption = Annotated[int, typer.Option("--workers", help="Threads or processes; by default one per core.")]
DaskOption = Annotated[
    str | None, typer.Option("--dask", help="Dask scheduler's address, or `processes` of this machine.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress.")]
SinceOption = Annotated[str, typer.Option("--since", help="Only epochs that end at or after this UTC time.")]
UntilOption = Annotated[str, typer.Option("--until", help="Only epochs that end at or before this UTC time.")]
RegionOption = Annotated[str, typer.Option("--region", help="Only events inside W,S,E,N (degrees, east-positive).")]
ChannelOption = Annotated[list[str] | None, typer.Option("--channel", help="Only this channel; repeatable.")]
SiteOption = Annotated[str, typer.Option("--site", help="Only events whose nearest named feature is this one.")]
CataloguesArgument = Annotated[
    list[Path],
    typer.Argument(help="Catalogues (CSV, STAC JSON), images, quoted patterns, or tables of point measurements."),
]

CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Common:
    """The options that all stages share."""

    store: Path
    config: Path | None
    overrides: tuple[str, ...]
    workers: int
    dask: str | None
    quiet: bool


@contextmanager
def runner_of(common: Common) -> Iterator["Runner"]:
    """Workers as the options ask for them, with progress shown."""
    from iovolc.console import progress
    from iovolc.parallel import runner

    with (
        progress(quiet=common.quiet) as report,
        runner(workers=common.workers, address=common.dask, progress=report) as workers,
    ):
        yield workers


@contextmanager
def context_of(common: Common, settings: "Config | None" = None) -> Iterator["Context"]:
    """Store, configuration (or other settings) and workers as the options ask for them."""
    from iovolc.config import load
    from iovolc.console import progress
    from iovolc.pipeline.context import working

    config = load(common.config, common.overrides) if settings is None else settings
    with (
        progress(quiet=common.quiet) as report,
        working(common.store, config, workers=common.workers, address=common.dask, progress=report) as context,
    ):
        yield context


def selection(since: str, until: str, region: str, channels: Sequence[str] | None, site: str) -> tuple[str, ...]:
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


def report_findings(findings: "Sequence[Finding]") -> int:
    """Say each refusal; 4 if there was one, else 0."""
    from iovolc.console import DEGRADED, DONE, say

    for finding in findings:
        say(f"refused: {finding}")
    return DEGRADED if findings else DONE


def counts(tracked: "Tracked") -> dict[str, Any]:
    """Events, and how many of each tier."""
    tiers = tracked.events["tier"].value_counts()
    return {"events": len(tracked.events), **{f"tier_{tier}": int(tiers.get(tier, 0)) for tier in "ABC"}}


def sentence(tracked: "Tracked") -> str:
    """The same for a reader."""
    found = counts(tracked)
    return (
        f"{found['events']} events: {found['tier_A']} of tier A (two independent data sets), "
        f"{found['tier_B']} of tier B (one), {found['tier_C']} candidates (C)"
    )
