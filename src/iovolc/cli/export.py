"""Commands that write for the programs of others."""

from pathlib import Path
from typing import Annotated

import typer

from iovolc.cli.options import AnyStoreOption, JsonOption, RunOption, StoreOption


def export_cube(
    store: StoreOption,
    channel: Annotated[str, typer.Option("--channel", help="Channel to write.")],
    out: Annotated[Path, typer.Option("--out", help="New file .nc (NetCDF) or folder .zarr.")],
    as_json: JsonOption = False,
) -> None:
    """Write the epochs of a channel as NetCDF or Zarr by the CF conventions, on one global map."""
    from iovolc.console import answer
    from iovolc.pipeline.export import cube

    written = cube(store, channel, out)
    answer({"cube": str(written.absolute())}, f"wrote {written}", as_json=as_json)


def export_pds4(
    run: RunOption,
    out: Annotated[Path, typer.Option("--out", help="New folder.")],
    store: AnyStoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the rasters of a run as plain arrays with PDS4 labels."""
    from iovolc.console import answer
    from iovolc.pipeline.export import pds4
    from iovolc.pipeline.runs import find_run

    labels = pds4(find_run(run, store), out)
    answer({"labels": [str(label.absolute()) for label in labels]}, f"wrote {len(labels)} products", as_json=as_json)
