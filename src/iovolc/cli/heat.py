"""Commands about the hot spots of a run."""

from pathlib import Path
from typing import Annotated

import typer

from iovolc.cli.options import AnyStoreOption, JsonOption, RunOption


def light_curve(
    site: Annotated[str, typer.Argument(help="Name, alias or id of a hot spot.")],
    run: RunOption,
    store: AnyStoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the light curve of a hot spot: detections and limits in order of time."""
    from iovolc.console import answer
    from iovolc.pipeline.light_curve import light_curve as use_case
    from iovolc.pipeline.runs import find_run

    found = use_case(site, find_run(run, store).folder)
    answer(found.to_json(), found.text(), as_json=as_json)


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
