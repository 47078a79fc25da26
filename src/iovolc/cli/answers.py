"""Commands that ask what runs did and why, and do them again otherwise."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from iovolc.cli.options import (
    CORES,
    AnyStoreOption,
    ChannelOption,
    Common,
    ConfigOption,
    DaskOption,
    JsonOption,
    QuietOption,
    RegionOption,
    RunArgument,
    RunOption,
    SetOption,
    SinceOption,
    SiteOption,
    StoreOption,
    UntilOption,
    WorkersOption,
    context_of,
    selection,
)


def rerun(
    store: StoreOption,
    overrides: SetOption = None,
    config: ConfigOption = None,
    manifest: Annotated[int | None, typer.Option("--manifest", help="Number of an older manifest to read.")] = None,
    since: SinceOption = "",
    until: UntilOption = "",
    region: RegionOption = "",
    channel: ChannelOption = None,
    site: SiteOption = "",
    out: Annotated[Path | None, typer.Option("--out", help="Folder for a copy of the outputs.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done, and do nothing.")] = False,
    promote: Annotated[bool, typer.Option("--promote", help="Make it the operational run.")] = False,
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Detect, track and publish again with other parameters, as a run of its own; starts from the operational one."""
    from iovolc.console import answer
    from iovolc.pipeline import rerun as use_case

    chosen = (*(overrides or ()), *selection(since, until, region, channel, site))
    settings = use_case.rerun_config(store, config, chosen)
    with context_of(Common(store, config, chosen, workers, dask, quiet), settings) as context:
        if dry_run:
            planned = use_case.plan_rerun(context, manifest)
            answer(planned.to_json(), planned.text(), as_json=as_json)
            return
        done = use_case.rerun(context, number=manifest, out=out, promote=promote)
    values = {"plan": done.plan.to_json(), "run": done.folder.name, "folder": str(done.folder.absolute())}
    told = "" if done.difference is None else f"against the operational run: {done.difference.text()}\n"
    difference = None if done.difference is None else done.difference.to_json()
    page = done.folder.absolute() / "page" / "index.html"
    answer({**values, "difference": difference}, f"{done.plan.text()}\n{told}open {page}", as_json=as_json)


def diff(before: RunArgument, after: RunArgument, store: AnyStoreOption = None, as_json: JsonOption = False) -> None:
    """Say which events a run gained, lost, moved or changed against another one, and why."""
    from iovolc.console import answer
    from iovolc.pipeline.diff import diff as use_case
    from iovolc.pipeline.runs import find_run

    found = use_case(find_run(before, store), find_run(after, store))
    answer(found.to_json(), found.text(), as_json=as_json)


def explain(
    event: Annotated[str, typer.Argument(help="Event id, or its first digits.")],
    run: RunOption,
    store: AnyStoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how an event came about: images with checksums, registration, statistics, null, thresholds, neighbours."""
    from iovolc.console import answer
    from iovolc.pipeline.explain import explain as use_case
    from iovolc.pipeline.runs import find_run

    found = use_case(find_run(run, store), event, store)
    answer(found.to_json(), found.text(), as_json=as_json)


def serve(
    run: RunArgument,
    store: AnyStoreOption = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to bind to; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes a free one.")] = 8765,
    as_json: JsonOption = False,
) -> None:
    """Show a run's page in the browser, until interrupted."""
    from iovolc.console import answer
    from iovolc.pipeline.runs import find_run
    from iovolc.pipeline.serve import page_address, server

    with server(find_run(run, store).folder, host=host, port=port) as bound:
        answer({"page": page_address(bound)}, f"open {page_address(bound)}", as_json=as_json)
        sys.stdout.flush()
        try:
            bound.serve_forever()
        except KeyboardInterrupt:
            return


def doctor(store: AnyStoreOption = None, as_json: JsonOption = False) -> None:
    """Say whether this machine has what iovolc needs, and what to do where it has not."""
    from iovolc.console import DONE, FAILED, answer
    from iovolc.pipeline.doctor import doctor as use_case

    found = use_case(store)
    lines = [f"{finding.verdict:8}{finding.what}: {finding.detail}" for finding in found]
    answer({finding.what: [finding.verdict, finding.detail] for finding in found}, "\n".join(lines), as_json=as_json)
    raise typer.Exit(FAILED if any(finding.verdict == "bad" for finding in found) else DONE)
