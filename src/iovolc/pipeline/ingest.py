"""Ingest: from a catalogue to a new manifest. One bad product never stops the others."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from iovolc.archive.access import Access, find_file
from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.exposures import choose_products, known_product
from iovolc.archive.files import file_sha256
from iovolc.archive.images import read_observation
from iovolc.archive.origin import Origin
from iovolc.archive.reference import ReferenceMap
from iovolc.archive.rows import Row
from iovolc.archive.versions import Known
from iovolc.config import Config
from iovolc.cube.cache import cache_key
from iovolc.cube.entry import EpochEntry, Refused
from iovolc.cube.epochs import read_provenance, write_epoch
from iovolc.cube.manifest import Manifest, commit, read_head
from iovolc.cube.quarantine import refuse
from iovolc.errors import DataQualityError, Finding, InputError, NoWork
from iovolc.geometry.registration import register
from iovolc.model.epoch import Epoch
from iovolc.model.grid import Grid
from iovolc.model.observation import Observation
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.layers import layers_on
from iovolc.pipeline.points import sorted_out, take_tables
from iovolc.pipeline.reading import base_map, refuse_misread

_ACCESS: Final = {"roots", "max_megapixels", "insist"}
"""Settings that say which files are read, but nothing of what becomes of them."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did.

    Parameters
    ----------
    manifest : Manifest
        The current manifest afterwards.
    added : tuple of str
        Ids of new epochs.
    known : int
        Rows whose epoch the store already held.
    findings : tuple of Finding
        Numbered problems of the rows that were refused.
    passed_over : tuple of str
        Products of which the store holds, or was given, a better one of the same exposure, and why.
    tables : tuple of str
        Names of the tables of point measurements that were read.
    """

    manifest: Manifest
    added: tuple[str, ...]
    known: int
    findings: tuple[Finding, ...]
    passed_over: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Task:
    """One row; its key is the hash of everything the epoch depends on, empty if the file cannot be read."""

    row: Row
    folder: Path
    store: Path
    config: Config
    key: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Of one row: an entry, or the problems for which it was refused."""

    entry: EpochEntry | None
    findings: tuple[Finding, ...] = ()
    refused: Refused | None = None


def ingest(catalogues: Sequence[Path], context: Context) -> Ingested:
    """Read catalogues, bring their observations to the grid, and commit them to the store.

    Parameters
    ----------
    catalogues : sequence of Path
        CSV files, and tables of point measurements.
    context : Context
        Store, configuration and workers.

    Raises
    ------
    InputError
        If a catalogue or table cannot be read at all, or if nothing in the store or the catalogues is usable.
    """
    grid = Grid.at(context.config.grid.pixels_per_degree)
    findings: list[Finding] = []
    tasks: list[_Task] = []
    images, tables = sorted_out(catalogues)
    for path in images:
        content = read_catalogue(path)
        findings += content.findings
        tasks += [_task(row, path.parent, context) for row in content.rows]
    tasks, repeated = _without_namesakes(tasks)
    findings += repeated
    held = _held(context.store, grid)
    known = {read_provenance(context.store, entry)["key"] for entry in held}
    unknown = [task for task in tasks if task.key not in known]
    fresh, passed_over, superseded = _best_products(unknown, held, context)
    outcomes = context.runner.map(_ingest_one, fresh, "ingest")
    entries = tuple(outcome.entry for outcome in outcomes if outcome.entry is not None)
    refused = [outcome.refused for outcome in outcomes if outcome.refused is not None]
    refused += _refuse_rows(context.store, findings)
    points = take_tables(tables, context.store)
    refused += points.refused
    findings += [*points.findings, *(finding for outcome in outcomes for finding in outcome.findings)]
    accepted = _accepted(tasks, outcomes, fresh) | {path.name for path in catalogues}
    manifest = commit(
        context.store, grid, entries,
        refused=refused, accepted=accepted, superseded=superseded, points=points.entries,
    )  # fmt: skip
    if not manifest.entries and not manifest.points:
        if findings:
            raise InputError(findings)
        raise NoWork("the catalogues hold no row; add one per band")
    added = tuple(entry.observation_id for entry in entries)
    names = tuple(table.name for table in points.entries)
    return Ingested(manifest, added, len(tasks) - len(unknown), tuple(findings), passed_over, names)


def _accepted(tasks: Sequence[_Task], outcomes: Sequence[_Outcome], fresh: Sequence[_Task]) -> set[str]:
    """Names under which usable rows may have been refused before."""
    bad = {task for task, outcome in zip(fresh, outcomes, strict=True) if outcome.entry is None}
    good = [task.row for task in tasks if task not in bad]
    names = {name for row in good for name in (row.id, str(row.path), f"row {row.number}") if name}
    return names - {str(task.row.path) for task in bad}


def _without_namesakes(tasks: Sequence[_Task]) -> tuple[list[_Task], list[Finding]]:
    """The tasks without those that repeat an observation of another catalogue differently, and a finding for each."""
    first: dict[tuple[object, ...], _Task] = {}
    kept: list[_Task] = []
    findings: list[Finding] = []
    for task in tasks:
        row = task.row
        file = os.path.realpath(task.folder / row.path)
        name = (row.id,) if row.id else (file, row.band_index, row.channel, row.start_utc, row.time_utc, row.stop_utc)
        other = first.setdefault(name, task)
        if other is task or other.key == task.key:
            kept.append(task)
            continue
        code, column = ("E504", "id") if row.id else ("E505", "path")
        detail = f"row {other.row.number} of another catalogue names the same observation, but differs"
        findings.append(row.origin.finding(code, detail, column))
    return kept, findings


def _held(store: Path, grid: Grid) -> tuple[EpochEntry, ...]:
    if read_head(store) is None:
        return ()
    # Nothing new is committed, but a store of another grid is refused before any heavy work.
    return commit(store, grid).entries


def _best_products(
    tasks: Sequence[_Task], held: Sequence[EpochEntry], context: Context
) -> tuple[list[_Task], tuple[str, ...], frozenset[str]]:
    """The tasks that are worth it, why the others are not, and the ids of epochs that are superseded."""
    products = context.runner.map(_known_product, tasks, "look")
    told = [place for place, product in enumerate(products) if product is not None]
    before = [
        Known(
            "" if entry.is_mosaic else entry.product_id, entry.version, entry.level, entry.instrument,
            f"{entry.band} {entry.channel}", entry.start_utc, entry.source_sha256,
        )
        for entry in held
    ]  # fmt: skip
    choice = choose_products([product for product in products if product is not None], before)
    reasons = {place: reason for place, reason in zip(told, choice.reasons, strict=True) if reason}
    kept = [task for place, task in enumerate(tasks) if place not in reasons]
    over = tuple(f"{tasks[place].row.path}: {reason}" for place, reason in reasons.items())
    return kept, over, frozenset(held[place].observation_id for place in choice.replaced)


def _known_product(task: _Task) -> Known | None:
    """None if the label cannot be read; why is said when the image is."""
    try:
        return known_product(task.row, task.folder, task.sha256, Access.of(task.config.ingest))
    except InputError:
        return None


def _task(row: Row, folder: Path, context: Context) -> _Task:
    config = context.config
    try:
        sha256 = file_sha256(find_file(row, folder, Access.of(config.ingest)), row.origin)
    except InputError:  # named when the file is read
        return _Task(row, folder, context.store, config, "")
    key = cache_key(
        repr(replace(row, number=0)),
        sha256,
        config.grid.model_dump(mode="json"),
        config.ingest.model_dump(mode="json", exclude=_ACCESS),
        config.registration.model_dump(mode="json", exclude={"reference"}),
        base_map(config.registration.reference).sha256,
        ALGORITHM_VERSIONS["ingest"],
    )
    return _Task(row, folder, context.store, config, key, sha256)


def _ingest_one(task: _Task) -> _Outcome:
    origin: Origin = task.row.origin
    try:
        observation = read_observation(task.row, task.folder, Access.of(task.config.ingest))
        refuse_misread(observation, task.row, task.config)
        epoch = make_epoch(observation, base_map(task.config.registration.reference), task.config)
        provenance = {
            "key": task.key,
            "reference_sha256": base_map(task.config.registration.reference).sha256,
            "ingest": task.config.ingest.model_dump(mode="json", exclude=_ACCESS),
            "registration": task.config.registration.model_dump(mode="json", exclude={"reference"}),
            "algorithm": ALGORITHM_VERSIONS["ingest"],
        }
        entry = write_epoch(task.store, epoch, Grid.at(task.config.grid.pixels_per_degree), provenance)
    except InputError as error:
        return _refusal(task, error.findings, "")
    except DataQualityError as error:
        return _refusal(task, (origin.finding("E402", str(error)),), "")
    return _Outcome(entry)


def _refusal(task: _Task, findings: tuple[Finding, ...], reason: str) -> _Outcome:
    try:
        sha256 = file_sha256(find_file(task.row, task.folder, Access.of(task.config.ingest)), task.row.origin)
    except InputError:
        sha256 = hashlib.sha256(str(task.row.path).encode()).hexdigest()
    product = task.row.id or str(task.row.path)
    return _Outcome(None, findings, refuse(task.store, sha256, product, findings, reason=reason))


def _refuse_rows(store: Path, findings: Sequence[Finding]) -> list[Refused]:
    """Quarantine records for rows that could not even be read."""
    products = dict.fromkeys(finding.product for finding in findings)
    return [
        refuse(
            store,
            hashlib.sha256(product.encode()).hexdigest(),
            product,
            [finding for finding in findings if finding.product == product],
        )
        for product in products
    ]


def make_epoch(observation: Observation, reference: ReferenceMap, config: Config) -> Epoch:
    """Register an observation and resample it once onto the grid.

    Parameters
    ----------
    observation : Observation
        Pixels and record.
    reference : ReferenceMap
        The fixed reference map.
    config : Config
        Grid, ingest and registration.
    """
    grid = Grid.at(config.grid.pixels_per_degree)
    record = observation.record
    registration = register(
        observation.pixels,
        record.placement,
        reference.pixels,
        reference.placement,
        config.registration,
        label_sigma_km=record.registration_sigma_km,
        grid_pixel_km=grid.pixel_km,
    )
    return layers_on(grid, observation, registration, config.ingest)
