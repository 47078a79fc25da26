"""Which rows are worth ingesting: what is not known yet, and of each exposure the best product. No pixels are read."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from iovolc.archive.access import Access, find_file
from iovolc.archive.contents import observation_key
from iovolc.archive.exposures import choose_products, known_product
from iovolc.archive.files import file_sha256
from iovolc.archive.inputs import Listing
from iovolc.archive.kernels import contents
from iovolc.archive.rows import Row
from iovolc.archive.understanding import Look, look_at
from iovolc.archive.versions import Known
from iovolc.config import Config
from iovolc.cube.cache import cache_key
from iovolc.cube.entry import EpochEntry
from iovolc.errors import Finding, InputError
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.lighting import flag_settings
from iovolc.pipeline.reading import base_map

_NOT_MADE_OF: Final = {"roots", "max_megapixels", "insist", "kernels"}
"""Settings that say which files are read, but nothing of what becomes of them; kernels count by their content."""

Placed = tuple[str, Finding]
"""A finding with the name of the catalogue that it is about."""


@dataclass(frozen=True, slots=True)
class Task:
    """One row that may become an epoch.

    Parameters
    ----------
    row : Row
        What is said of it.
    folder : Path
        What its path is relative to.
    catalogue : str
        Name of the catalogue that names it, with its folder's; empty where an image was given by itself.
    store : Path
        Where the epoch goes.
    config : Config
        The configuration.
    made_by : mapping
        Plain values: settings, kernels, reference map and algorithm on which the epoch depends.
    key : str
        Hash of everything that the epoch depends on; empty if the file cannot be read.
    sha256 : str
        Of the file; empty likewise.
    look : Look or None
        At the file, once it was opened.
    product : Known or None
        Which exposure it is a product of.
    findings : tuple of Finding
        Why it cannot be read.
    """

    row: Row
    folder: Path
    catalogue: str
    store: Path
    config: Config
    made_by: Mapping[str, Any]
    key: str = ""
    sha256: str = ""
    look: Look | None = None
    product: Known | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def place(self) -> str:
        """The catalogue and its line or item that name the row; empty where an image was given by itself."""
        return self.row.origin.within(self.catalogue)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What becomes of new tasks and of what the store holds.

    Parameters
    ----------
    tasks : tuple of Task
        Those to ingest.
    passed_over : tuple of str
        Why the others are not.
    superseded : frozenset of str
        Ids of held observations that a new product replaces.
    """

    tasks: tuple[Task, ...]
    passed_over: tuple[str, ...]
    superseded: frozenset[str]


def tasks_of(listings: Sequence[Listing], context: Context) -> list[Task]:
    """A task for each row, in order.

    Raises
    ------
    ConfigError
        If the reference map or the kernels cannot be used.
    """
    config = context.config
    made_by = {
        "reference_sha256": base_map(config.registration.reference).sha256,
        "ingest": config.ingest.model_dump(mode="json", exclude=_NOT_MADE_OF),
        "kernels": list(contents(Access.of(config.ingest).kernels)),
        "registration": config.registration.model_dump(mode="json", exclude={"reference"}),
        "light": flag_settings(config.light),
        "algorithm": ALGORITHM_VERSIONS["ingest"],
    }
    return [
        _with_key(Task(row, listing.folder, catalogue, context.store, config, made_by))
        for listing, catalogue in ((listing, listing.catalogue) for listing in listings)
        for row in listing.rows
    ]


def _with_key(task: Task) -> Task:
    origin = task.row.origin
    try:
        sha256 = file_sha256(find_file(task.row, task.folder, Access.of(task.config.ingest)), origin)
    except InputError as error:
        return replace(task, findings=error.findings)
    key = cache_key(repr(task.row.content), sha256, task.config.grid.model_dump(mode="json"), task.made_by)
    return replace(task, key=key, sha256=sha256)


def without_namesakes(tasks: Sequence[Task]) -> tuple[list[Task], list[Placed]]:
    """The tasks without those that repeat one of another listing, and a finding for each that differs from it."""
    first: dict[tuple[object, ...], Task] = {}
    kept: list[Task] = []
    findings: list[Placed] = []
    for task in tasks:
        row = task.row
        file = os.path.realpath(task.folder / row.path)
        other = first.setdefault((row.id,) if row.id else (file, *observation_key(row)[1:]), task)
        if other is task or not (task.key or other.key):  # what cannot be read is refused for that
            kept.append(task)
        elif other.key != task.key:
            code, column = ("E504", "id") if row.id else ("E505", "path")
            detail = f"{other.row.origin.place} of another catalogue names the same observation, but differs"
            findings.append((task.catalogue, row.origin.finding(code, detail, column)))
    return kept, findings


def look_closer(task: Task) -> Task:
    """The task with its file opened and its label read, or with the reasons why that cannot be."""
    if task.findings:
        return task
    try:
        look = look_at(task.row, task.folder, Access.of(task.config.ingest), sha256=task.sha256)
        return replace(task, look=look, product=known_product(task.row, look))
    except InputError as error:
        return replace(task, findings=error.findings)


def choose(tasks: Sequence[Task], held: Sequence[EpochEntry]) -> Chosen:
    """The best product of each exposure, among those that are new and those that the store holds.

    Parameters
    ----------
    tasks : sequence of Task
        Of :func:`look_closer`; those that cannot be read are kept, so that they are refused.
    held : sequence of EpochEntry
        What the store holds.
    """
    before = [
        Known(
            "" if entry.is_mosaic else entry.product_id, entry.version, entry.level, entry.instrument,
            f"{entry.band} {entry.channel}", entry.start_utc, entry.source_sha256,
        )
        for entry in held
    ]  # fmt: skip
    told = [place for place, task in enumerate(tasks) if task.product is not None]
    choice = choose_products([task.product for task in tasks if task.product is not None], before)
    reasons = {place: reason for place, reason in zip(told, choice.reasons, strict=True) if reason}
    return Chosen(
        tuple(task for place, task in enumerate(tasks) if place not in reasons),
        tuple(f"{tasks[place].row.path}: {reason}" for place, reason in reasons.items()),
        frozenset(held[place].observation_id for place in choice.replaced),
    )
