"""The main job and its stages as commands."""

from pathlib import Path
from typing import Annotated

import typer

from iovolc.cli.alerts import after_publishing
from iovolc.cli.options import (
    CORES,
    CataloguesArgument,
    ChannelOption,
    Common,
    ConfigOption,
    DaskOption,
    JsonOption,
    OutOption,
    QuietOption,
    RegionOption,
    SetOption,
    SinceOption,
    SiteOption,
    StoreOption,
    UntilOption,
    WorkersOption,
    context_of,
    counts,
    report_findings,
    runner_of,
    selection,
    sentence,
)


def demo(
    out: OutOption = Path("iovolc-demo"),
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run the main job on the embedded example, offline; changes are replayed on a real map of Io."""
    from iovolc.console import answer
    from iovolc.pipeline.demo import demo as use_case

    with runner_of(Common(out, None, (), workers, dask, quiet)) as runner:
        shown = use_case(out, runner)
    verdicts = shown.comparison["verdict"].value_counts()
    required = shown.comparison[shown.comparison["must_find"].fillna(value=False)]
    page = (shown.results / "page" / "index.html").absolute()
    found, false = int((required["verdict"] == "found").sum()), int(verdicts.get("false", 0))
    values = counts(shown.finished.tracked)
    lines = (
        f"{sentence(shown.finished.tracked)}\n"
        f"replayed eruptions that must be found: {found} of {len(required)}; "
        f"events of tier A or B that match none: {false} of {values['tier_A'] + values['tier_B']}\nopen {page}"
    )
    answer(
        {**values, "page": str(page), "required": len(required), "found": found, "false": false},
        lines,
        as_json=as_json,
    )


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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what it would take, and do nothing.")] = False,
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ingest, detect, track and publish."""
    from iovolc.console import answer
    from iovolc.pipeline.alerts import require_receivers
    from iovolc.pipeline.plan_inputs import plan_inputs
    from iovolc.pipeline.run import run as use_case

    chosen = (*(overrides or ()), *selection(since, until, region, channel, site))
    with context_of(Common(store, config, chosen, workers, dask, quiet)) as context:
        require_receivers(context.config.alerts)
        if dry_run:
            planned = plan_inputs(catalogues, context)
            answer(planned.to_json(), planned.text(), as_json=as_json)
            return
        finished = use_case(catalogues, context, out)
    code = max(report_findings(finished.findings), after_publishing(store, context.config.alerts))
    page = (out / "page" / "index.html").absolute()
    values = {
        **counts(finished.tracked),
        "run": finished.folder.name,
        "page": str(page),
        "refused": len(finished.findings),
    }
    answer(values, f"{sentence(finished.tracked)}\nopen {page}", as_json=as_json)
    raise typer.Exit(code)


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
    from iovolc.console import answer
    from iovolc.pipeline.ingest import ingest as use_case

    with context_of(Common(store, config, tuple(overrides or ()), workers, dask, quiet)) as context:
        done = use_case(catalogues, context)
    code = report_findings(done.findings)
    values = {
        "added": list(done.added),
        "known": done.known,
        "manifest": done.manifest.number,
        "passed_over": list(done.passed_over),
        "tables": list(done.tables),
        "refused": len(done.findings),
    }
    tables = f", {len(done.tables)} tables of point measurements read" if done.tables else ""
    lines = f"{len(done.added)} epochs added, {done.known} known already{tables}; manifest {done.manifest.number}"
    lines = "\n".join([*(f"passed over: {text}" for text in done.passed_over), lines])
    answer(values, lines, as_json=as_json)
    raise typer.Exit(code)


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
    from iovolc.console import answer
    from iovolc.pipeline.detect import detect as use_case
    from iovolc.pipeline.run import current_manifest
    from iovolc.pipeline.select import select_epochs

    chosen = (*(overrides or ()), *selection(since, until, "", channel, ""))
    with context_of(Common(store, config, chosen, workers, dask, quiet)) as context:
        scan = use_case(select_epochs(current_manifest(store), context.config.select), context)
    count = len(scan.detected.detections)
    answer(
        {"compared": len(scan.tasks), "detections": count},
        f"{count} changes in {len(scan.tasks)} epochs",
        as_json=as_json,
    )


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
    from iovolc.console import answer
    from iovolc.pipeline.detect import detect as find
    from iovolc.pipeline.run import current_manifest
    from iovolc.pipeline.select import select_epochs
    from iovolc.pipeline.track import track as use_case

    chosen = (*(overrides or ()), *selection(since, until, region, channel, site))
    with context_of(Common(store, config, chosen, workers, dask, quiet)) as context:
        manifest = select_epochs(current_manifest(store), context.config.select)
        tracked = use_case(manifest, find(manifest, context), context)
    answer(counts(tracked), sentence(tracked), as_json=as_json)


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
    from iovolc.console import answer
    from iovolc.pipeline.alerts import require_receivers
    from iovolc.pipeline.run import current_manifest, follow

    chosen = (*(overrides or ()), *selection(since, until, region, channel, site))
    with context_of(Common(store, config, chosen, workers, dask, quiet)) as context:
        require_receivers(context.config.alerts)
        tracked, folder = follow(current_manifest(store), context, out, {})
    code = after_publishing(store, context.config.alerts)
    page = (out / "page" / "index.html").absolute()
    answer(
        {**counts(tracked), "run": folder.name, "page": str(page)},
        f"{sentence(tracked)}\nopen {page}",
        as_json=as_json,
    )
    raise typer.Exit(code)
