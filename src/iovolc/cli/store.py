"""Commands that look after catalogues and the store."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from iovolc.cli.options import (
    CORES,
    Common,
    ConfigOption,
    DaskOption,
    JsonOption,
    QuietOption,
    SetOption,
    StoreOption,
    WorkersOption,
    context_of,
)


def check(
    files: Annotated[list[Path], typer.Argument(help="Catalogues (CSV, STAC JSON), images, quoted patterns.")],
    catalogue: Annotated[Path | None, typer.Option("--catalogue", help="Catalogue with the images' rows.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write mended catalogues as <name>.fixed.csv.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read catalogues and their files, and list every problem with its number, cause and fix."""
    from iovolc.config import load
    from iovolc.console import DONE, NO_INPUT, answer
    from iovolc.pipeline.check import check as use_case

    report = use_case(files, config=load(config, tuple(overrides or ())), catalogue=catalogue, fix=fix)
    answer(report.to_json(), report.text(fix=fix), as_json=as_json)
    raise typer.Exit(NO_INPUT if report.errors else DONE)


def status(store: StoreOption, as_json: JsonOption = False) -> None:
    """Say what the store holds and what was refused."""
    from iovolc.console import answer
    from iovolc.pipeline.status import status as use_case

    found = use_case(store)
    lines = "\n".join(f"{key.replace('_', ' ')}: {value}" for key, value in found.items())
    answer(found, lines, as_json=as_json)


def verify(
    store: StoreOption,
    originals: Annotated[
        list[Path] | None,
        typer.Argument(help="With --repair: catalogues, images or tables of the originals."),
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Make what is damaged again from its original.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read every epoch, table and manifest of the store again, and of a bucket's copy runs too; --repair mends."""
    from iovolc.console import DONE, FAILED, answer
    from iovolc.cube.agreement import unlike
    from iovolc.cube.audit import require_store
    from iovolc.cube.audit import verify as use_case
    from iovolc.errors import ConfigError, StoreCorrupt

    if originals and not repair:
        raise ConfigError("originals are read for a repair alone: add --repair, or leave them out")
    require_store(store)
    if repair:
        chosen = tuple(overrides or ())
        _repair(originals or [], Common(store, config, chosen, workers, dask, quiet), as_json=as_json)
    manifests = unlike(store)  # first, since HEAD must be readable for the rest
    damages = [str(one) for one in manifests]
    try:
        damages += map(str, use_case(store))
    except StoreCorrupt as error:
        damages.append(str(error))  # what HEAD names is not known
    answer({"damaged": damages}, "\n".join(damages) or "everything is sound", as_json=as_json)
    raise typer.Exit(FAILED if damages else DONE)


def _repair(originals: list[Path], common: Common, *, as_json: bool) -> NoReturn:
    """Mend what can be, with the configuration of the operational run unless told otherwise."""
    from iovolc.console import DONE, FAILED, answer
    from iovolc.cube.agreement import unlike
    from iovolc.pipeline.repair import repair
    from iovolc.pipeline.rerun import rerun_config
    from iovolc.pipeline.run import current_manifest

    level = unlike(common.store, mend=True)
    settings = rerun_config(common.store, common.config, common.overrides)
    with context_of(common, settings) as context:
        found = (*level, *repair(current_manifest(common.store), originals, context))
    mended, left = ([str(item) for item in found if item.mended is state] for state in (True, False))
    answer({"mended": mended, "damaged": left}, "\n".join(map(str, found)) or "everything is sound", as_json=as_json)
    raise typer.Exit(FAILED if left else DONE)


def gc(
    store: StoreOption,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it; otherwise it is only listed.")] = False,
    keep_manifests: Annotated[
        int | None, typer.Option("--keep-manifests", min=1, help="Newest manifests to keep; superseded epochs go.")
    ] = None,
    keep_runs: Annotated[
        int | None, typer.Option("--keep-runs", min=0, help="Newest runs to keep besides the operational one.")
    ] = None,
    cache_days: Annotated[
        float | None, typer.Option("--cache-days", min=0, help="Reusable results older than this go.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List what no manifest names and is older than a day, and by choice the past; --delete deletes it."""
    from iovolc.console import answer
    from iovolc.cube.cleaning import DAY_S, Retention, collect, garbage

    retention = Retention(keep_manifests, keep_runs, cache_days)
    names = collect(store, retention=retention) if delete else garbage(store, retention=retention, min_age_s=DAY_S)
    n_bytes = sum(names.values())
    verb = "deleted" if delete else "to delete; add --delete"
    lines = "\n".join([*names, f"{len(names)} ({n_bytes / 1e6:.1f} MB) {verb}"])
    answer({"deleted" if delete else "garbage": list(names), "bytes": n_bytes}, lines, as_json=as_json)
