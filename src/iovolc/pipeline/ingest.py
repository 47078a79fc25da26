"""Ingest: from a catalogue to a new manifest. One bad product never stops the others."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath

import numpy as np

from iovolc.archive.access import Access
from iovolc.archive.images import read_observation
from iovolc.archive.inputs import Listing, read_inputs
from iovolc.archive.origin import Origin
from iovolc.archive.reference import ReferenceMap
from iovolc.archive.rows import Row
from iovolc.config import Config
from iovolc.cube.entry import EpochEntry, Refused
from iovolc.cube.epochs import has_epoch, read_provenance, write_epoch
from iovolc.cube.manifest import Manifest, commit, read_head
from iovolc.cube.quarantine import refuse
from iovolc.errors import DataQualityError, Finding, InputError, NoWork
from iovolc.geometry.registration import register
from iovolc.hands import hands
from iovolc.model.epoch import Epoch, Native
from iovolc.model.glow import THERMAL_CHANNELS
from iovolc.model.grid import Grid
from iovolc.model.observation import Observation
from iovolc.parallel import hands_each
from iovolc.pipeline.choosing import Placed, Task, choose, look_closer, tasks_of, without_namesakes
from iovolc.pipeline.context import Context
from iovolc.pipeline.layers import layers_on
from iovolc.pipeline.nightside import night_side
from iovolc.pipeline.points import take_tables
from iovolc.pipeline.reading import base_map, refuse_misread


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
class Outcome:
    """Of one row: an entry, or the problems for which it was refused."""

    entry: EpochEntry | None
    findings: tuple[Finding, ...] = ()
    refused: Refused | None = None


def ingest(inputs: Sequence[Path], context: Context) -> Ingested:
    """Read catalogues and images, bring their observations to the grid, and commit them to the store.

    Parameters
    ----------
    inputs : sequence of Path
        Catalogues, images and patterns (:mod:`iovolc.archive.inputs`), and tables of point measurements.
    context : Context
        Store, configuration and workers.

    Raises
    ------
    InputError
        If a catalogue or table that was named cannot be read at all, or nothing in the store or the inputs is usable.
    """
    return ingest_listed(read_inputs(inputs), context)


def ingest_listed(listings: Sequence[Listing], context: Context) -> Ingested:
    """:func:`ingest` of what has been listed, or of a part of it."""
    grid = Grid.at(context.config.grid.pixels_per_degree)
    tables = [listing for listing in listings if listing.kind == "points"]
    tasks, repeated = without_namesakes(tasks_of(listings, context))
    of_rows = [(listing.catalogue, finding) for listing in listings for finding in listing.findings] + repeated
    held = [entry for entry in _held(context.store, grid) if has_epoch(context.store, entry)]  # the rest is made again
    known = {read_provenance(context.store, entry)["key"] for entry in held}
    unknown = [task for task in tasks if task.key not in known]
    chosen = choose(context.runner.map(look_closer, unknown, "look"), held)
    one = partial(ingest_one, at_hand=hands_each(context.runner, len(chosen.tasks)))
    outcomes = _without_twins(context.runner.map(one, chosen.tasks, "ingest"), chosen.tasks)
    entries = tuple(outcome.entry for outcome in outcomes if outcome.entry is not None)
    refused = [outcome.refused for outcome in outcomes if outcome.refused is not None]
    refused += _refuse_rows(context.store, of_rows)
    points = take_tables(tables, context.store)
    refused += points.refused
    findings = [*(finding for _, finding in of_rows), *points.findings]
    findings += [finding for outcome in outcomes for finding in outcome.findings]
    bad = {task.row for task, outcome in zip(chosen.tasks, outcomes, strict=True) if outcome.entry is None}
    accepted = _accepted(tasks, bad) | {listing.path.name for listing in tables}
    accepted |= {listing.catalogue for listing in listings if listing.is_catalogue and not listing.is_part}
    manifest = commit(
        context.store, grid, entries,
        refused=refused, accepted=accepted, superseded=chosen.superseded, points=points.entries,
    )  # fmt: skip
    if not manifest.entries and not manifest.points:
        if findings:
            raise InputError(findings)
        raise NoWork("the catalogues hold no row; add one per band")
    added = tuple(entry.observation_id for entry in entries)
    names = tuple(table.name for table in points.entries)
    return Ingested(manifest, added, len(tasks) - len(unknown), tuple(findings), chosen.passed_over, names)


def _held(store: Path, grid: Grid) -> tuple[EpochEntry, ...]:
    if read_head(store) is None:
        return ()
    # Nothing new is committed, but a store of another grid is refused before any heavy work.
    return commit(store, grid).entries


def _accepted(tasks: Sequence[Task], bad: set[Row]) -> set[str]:
    """Names and places under which usable rows may have been refused before."""
    good = [(task.row, task.place) for task in tasks if task.row not in bad]
    names = {name for row, place in good for name in (row.id, row.path, place) if name}
    return names - {row.path for row in bad}


def ingest_one(task: Task, at_hand: int = 1) -> Outcome:
    """Read, register and store what a task describes, with so many threads, or refuse it; no manifest names it yet."""
    with hands(at_hand):
        return _ingested(task)


def _ingested(task: Task) -> Outcome:
    if task.findings:
        return _refusal(task, task.findings)
    reference = base_map(task.config.registration.reference)
    try:
        observation = read_observation(task.row, task.folder, Access.of(task.config.ingest), look=task.look)
        refuse_misread(observation, task.row, task.config)
        epoch = make_epoch(observation, reference, task.config)
        night = night_side(epoch, task.config.grid.pixels_per_degree, task.config.light)
        provenance = {"key": task.key, **task.made_by, **night}
        entry = write_epoch(task.store, epoch, Grid.at(task.config.grid.pixels_per_degree), provenance)
    except InputError as error:
        return _refusal(task, error.findings)
    except DataQualityError as error:
        return _refusal(task, (task.row.origin.finding("E402", str(error)),))
    return Outcome(entry)


def _without_twins(outcomes: Sequence[Outcome], tasks: Sequence[Task]) -> list[Outcome]:
    """The outcomes, those refused that came to the same observation as an earlier one by another description."""
    first: dict[str, tuple[EpochEntry, Task]] = {}
    kept: list[Outcome] = []
    for task, outcome in zip(tasks, outcomes, strict=True):
        entry = outcome.entry
        known, other = (entry, task) if entry is None else first.setdefault(entry.observation_id, (entry, task))
        if known == entry:
            kept.append(outcome)
        else:
            detail = f"{other.row.origin.place} is the same observation, otherwise described"
            kept.append(_refusal(task, (task.row.origin.finding("E505", detail, "path"),)))
    return kept


def _refusal(task: Task, findings: tuple[Finding, ...]) -> Outcome:
    sha256 = task.sha256 or hashlib.sha256(task.row.path.encode()).hexdigest()
    return Outcome(None, findings, refuse(task.store, sha256, task.row.id or task.row.path, findings, place=task.place))


def _refuse_rows(store: Path, told: Sequence[Placed]) -> list[Refused]:
    """Quarantine records for rows that could not even be read; a row without a file goes by its catalogue."""
    groups: dict[str, list[Placed]] = {}
    for catalogue, finding in told:
        of_catalogue = finding.product == PurePath(catalogue).name
        groups.setdefault(catalogue if of_catalogue else finding.product, []).append((catalogue, finding))
    return [_refused_rows(store, product, mine) for product, mine in groups.items()]


def _refused_rows(store: Path, product: str, told: Sequence[Placed]) -> Refused:
    sha256 = hashlib.sha256(product.encode()).hexdigest()
    places = {Origin.of(finding).within(catalogue) for catalogue, finding in told}
    place = places.pop() if len(places) == 1 else ""  # a file that several rows name is accepted by its name
    return refuse(store, sha256, product, [finding for _, finding in told], place=place)


def make_epoch(observation: Observation, reference: ReferenceMap, config: Config) -> Epoch:
    """Register an observation and resample it once onto the grid.

    Parameters
    ----------
    observation : Observation
        Pixels and record.
    reference : ReferenceMap
        The fixed reference map.
    config : Config
        Grid, ingest, registration and light.
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
    epoch = layers_on(grid, observation, registration, config.ingest, config.light)
    return replace(epoch, native=_native(observation)) if record.channel in THERMAL_CHANNELS else epoch


def _native(observation: Observation) -> Native:
    saturated = observation.saturated
    marked = np.zeros(observation.pixels.shape, np.uint8) if saturated is None else saturated.astype(np.uint8)
    return Native(observation.pixels, marked)
