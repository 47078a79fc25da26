"""`python -m flows.watch INBOX --deployment monitor/io`: the monitor starts as soon as an inbox has changed.

An inbox is a folder or, by an address such as ``s3://bucket/prefix``, a part of a bucket. A file that is still being
written changes from look to look: the inbox must have been the same twice before anything starts.
"""

import time
from collections.abc import Callable
from typing import Annotated, Final, cast

import fsspec
import typer
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment

_FACTS: Final = ("size", "mtime", "LastModified", "ETag", "etag", "islink")

Listing = tuple[tuple[str, ...], ...]


def listing(inbox: str) -> Listing:
    """Each file of an inbox with what tells that it has changed, by name; nothing where there is no such folder."""
    system, path = fsspec.core.url_to_fs(inbox)
    system.invalidate_cache()
    found = system.find(path, detail=True)
    return tuple((name, *(str(found[name].get(fact, "")) for fact in _FACTS)) for name in sorted(found))


def watch(
    look: Callable[[], Listing], start: Callable[[], bool], pause: Callable[[], object], *, looks: int | None = None
) -> None:
    """Start once for every state of the inbox that has lasted from one look to the next.

    Parameters
    ----------
    look : callable
        Gives the inbox as it is.
    start : callable
        Starts and waits for the end; False if another run was in the way, so that it must be tried again.
    pause : callable
        Waits between two looks.
    looks : int or None
        How many; None is for ever.
    """
    done: Listing | None = None
    before = look()
    while looks is None or looks > 0:
        pause()
        now = look()
        if now == before and now != done and start():
            done = now
        before = now
        looks = None if looks is None else looks - 1


def started(deployment: str) -> bool:
    """Run a deployment to its end; False if it was cancelled because another run was at work."""
    run = cast("FlowRun", run_deployment(deployment, as_subflow=False))
    return run.state is None or not run.state.is_cancelled()


def main(
    inbox: Annotated[str, typer.Argument(help="Folder, or address of a part of a bucket.")],
    deployment: Annotated[str, typer.Option(help="What to start.")] = "monitor/io",
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.1)] = 30.0,
) -> None:
    """Start a deployment whenever an inbox has changed and come to rest."""
    watch(lambda: listing(inbox), lambda: started(deployment), lambda: time.sleep(every))


if __name__ == "__main__":
    typer.run(main)
