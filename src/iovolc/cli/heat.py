"""Commands about the hot spots of a run."""

from pathlib import Path
from typing import Annotated

import typer

from iovolc.cli.options import AnyStoreOption, JsonOption, RunOption


def light_curve(
    sites: Annotated[list[str], typer.Argument(help="Names, aliases or ids of hot spots; with --store of any place.")],
    run: RunOption,
    store: AnyStoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print light curves of hot spots: detections and limits in order of time."""
    from iovolc.console import answer
    from iovolc.pipeline.light_curve import light_curve as use_case
    from iovolc.pipeline.runs import find_run

    folder = find_run(run, store).folder
    found = [use_case(site, folder, store) for site in sites]
    told = [curve.to_json() for curve in found]
    values = told[0] if len(told) == 1 else {"light_curves": told}
    answer(values, "\n\n".join(curve.text() for curve in found), as_json=as_json)


def crossmatch(
    table: Annotated[Path, typer.Argument(help="CSV of published hot spots: lat, lon_w or lon_e, name.")],
    run: RunOption,
    store: AnyStoreOption = None,
    within_km: Annotated[float, typer.Option("--within-km", help="Up to this distance two are one.")] = 100.0,
    as_json: JsonOption = False,
) -> None:
    """Compare the hot spots of a run with a published list, beside what chance gives."""
    from iovolc.console import answer
    from iovolc.pipeline.crossmatch import crossmatch as use_case
    from iovolc.pipeline.runs import find_run

    found = use_case(table, find_run(run, store).folder, within_km=within_km)
    answer(found.to_json(), found.text(), as_json=as_json)


def targets(
    run: RunOption,
    store: AnyStoreOption = None,
    at: Annotated[str, typer.Option("--at", help="When the next look would be (UTC); default 30 days on.")] = "",
    polar: Annotated[bool, typer.Option("--polar", help="Seen from a polar orbit such as Juno's.")] = False,
    top: Annotated[int, typer.Option("--top", help="How many places.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Say what to look at next: change rate x time since the last look x visibility."""
    from iovolc.console import answer
    from iovolc.pipeline.runs import find_run
    from iovolc.pipeline.targets import targets as use_case

    lats = (-60.0, -30.0, 30.0, 60.0) if polar else (0.0,)
    found = use_case(find_run(run, store).folder, at=at, sub_observer_lats=lats, top=top)
    answer(found.to_json(), found.text(), as_json=as_json)
