"""Run: ingest, detect, track, publish, one after the other."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from iovolc.cube.manifest import Manifest, read_head
from iovolc.errors import Finding, NoWork
from iovolc.model.detection import Tracked
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.publish import NO_STORY, Story, publish
from iovolc.pipeline.select import select_epochs
from iovolc.pipeline.track import track
from iovolc.publish.outputs import OWN_NAMES
from iovolc.publish.staging import check_replaceable


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run came to.

    Parameters
    ----------
    folder : Path
        Its outputs in the store.
    tracked : Tracked
        Events and detections.
    findings : tuple of Finding
        Problems of the inputs that were refused.
    """

    folder: Path
    tracked: Tracked
    findings: tuple[Finding, ...]

    @property
    def degraded(self) -> bool:
        """Whether some inputs were refused and the rest published."""
        return bool(self.findings)


Teller = Callable[[Tracked], Story]
"""Says what a reader must be told, once the events are known."""


def no_story(tracked: Tracked) -> Story:  # noqa: ARG001
    """Nothing to tell."""
    return NO_STORY


def run(inputs: Sequence[Path], context: Context, out: Path, *, teller: Teller = no_story) -> Finished:
    """From catalogues and images to published outputs.

    Parameters
    ----------
    inputs : sequence of Path
        Catalogues, images and patterns (:mod:`iovolc.archive.inputs`).
    context : Context
        Store, configuration and workers.
    out : Path
        Where the outputs go; the same files lie in the store.
    teller : callable
        Gives notes, and the truth if it is known, for the events found.
    """
    check_replaceable(out.absolute(), OWN_NAMES)
    timings: dict[str, float] = {}
    with timed(timings, "ingest"):
        ingested = ingest(inputs, context)
    tracked, folder = follow(ingested.manifest, context, out, timings, teller)
    return Finished(folder, tracked, ingested.findings)


def follow(
    manifest: Manifest,
    context: Context,
    out: Path | None,
    timings: dict[str, float],
    teller: Teller = no_story,
    *,
    promote: bool = True,
) -> tuple[Tracked, Path]:
    """Detect, track and publish what a manifest holds; the events, and their folder in the store.

    Raises
    ------
    ConfigError
        If the manifest is on another grid than the configuration, or ``out`` is no place for outputs; before any work.
    """
    if out is not None:
        check_replaceable(out.absolute(), OWN_NAMES)
    chosen = select_epochs(manifest, context.config.select)
    with timed(timings, "detect"):
        scan = detect(chosen, context)
    with timed(timings, "track"):
        tracked = track(chosen, scan, context)
    story = teller(tracked)
    folder = publish(chosen, scan, tracked, context, out=out, story=story, timings=timings, promote=promote)
    return replace(tracked, events=_published_events(folder, tracked)), folder


def _published_events(folder: Path, tracked: Tracked) -> pd.DataFrame:
    """The events of surface and heat."""
    return pd.read_parquet(folder / "events.parquet", columns=list(tracked.events.columns))


def current_manifest(store: Path) -> Manifest:
    """The store's current manifest.

    Raises
    ------
    NoWork
        If nothing has been ingested yet.
    """
    head = read_head(store)
    if head is None:
        raise NoWork(f"the store {store} holds no epoch yet: run `iovolc ingest` first")
    return head


@contextmanager
def timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    """Write the seconds that a block takes into ``timings``."""
    start = time.perf_counter()
    yield
    timings[stage] = time.perf_counter() - start
