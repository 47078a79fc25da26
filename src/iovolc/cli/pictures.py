"""Commands that draw pictures of a run."""

from pathlib import Path
from typing import Annotated

import typer

from iovolc.cli.options import AnyStoreOption, JsonOption, RunOption

EventOption = Annotated[str, typer.Option("--event", help="Event id, or its first digits; default the strongest.")]


def figure(
    kind: Annotated[
        str,
        typer.Argument(
            help="event (before, after, difference), changes (map of all), coverage (timeline), light-curve, blink."
        ),
    ],
    run: RunOption,
    out: Annotated[Path, typer.Option("--out", help="File: .png, .svg or .pdf; .gif for blink.")],
    event: EventOption = "",
    site: Annotated[
        str, typer.Option("--site", help="Hot spot of a light-curve; named feature whose coverage to draw.")
    ] = "",
    store: AnyStoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw a figure for a paper or a talk from a run's outputs."""
    from iovolc.console import answer
    from iovolc.pipeline.pictures import figure as use_case
    from iovolc.pipeline.runs import find_run

    drawn = use_case(kind, find_run(run, store), out, event=event, site=site)
    answer({"figure": str(drawn.absolute())}, f"wrote {drawn}", as_json=as_json)


def wallpaper(
    run: RunOption,
    out: Annotated[Path, typer.Option("--out", help="PNG file.")],
    size: Annotated[str, typer.Option("--size", help="Width x height in pixels.")] = "3840x2160",
    event: EventOption = "",
    store: AnyStoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the image of the month: an event before and after, where it is on Io, caption and credits."""
    from iovolc.console import answer
    from iovolc.errors import ConfigError
    from iovolc.pipeline.pictures import wallpaper as use_case
    from iovolc.pipeline.runs import find_run

    width, _, height = size.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise ConfigError(f"--size {size}: write width x height in pixels, such as 3840x2160")
    drawn = use_case(find_run(run, store), out, size_px=(int(width), int(height)), event=event)
    answer({"wallpaper": str(drawn.absolute())}, f"wrote {drawn}", as_json=as_json)
