"""The command that asks where a change would have been found."""

from typing import Annotated

import typer

from iovolc.cli.options import AnyStoreOption, JsonOption, RunOption


def completeness(
    run: RunOption,
    size_km: Annotated[float, typer.Option("--size-km", help="Diameter of the change.")],
    contrast: Annotated[
        float,
        typer.Option(
            "--contrast", help="Its contrast in ln albedo; for stretched maps in standard deviations of rank."
        ),
    ],
    site: Annotated[str, typer.Option("--site", help="Also at this named feature.")] = "",
    lat: Annotated[float | None, typer.Option("--lat", help="Also at this latitude, degrees.")] = None,
    lon_e: Annotated[float | None, typer.Option("--lon-e", help="And east longitude, degrees.")] = None,
    store: AnyStoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say where and when a change of a size and contrast would have been found, and how often such changes happen."""
    from iovolc.console import answer
    from iovolc.pipeline.completeness import Change, place_of
    from iovolc.pipeline.completeness import completeness as use_case
    from iovolc.pipeline.runs import find_run

    found = use_case(find_run(run, store), Change(size_km, contrast), place_of(site, lat, lon_e))
    answer(found.to_json(), found.text(), as_json=as_json)
