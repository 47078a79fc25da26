"""The monitoring flow: ingest, detect, track and publish in turn, with the same bytes as `iovolc run`.

The use-cases do the work and keep what they have done in the store; Prefect starts them, retries what may pass, and
shows what came of it. `python -m flows.monitor CATALOGUE --store DIR --out DIR` runs it once.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import typer
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.utilities.annotations import quote

from flows.parameters import MonitorParameters, cores, opened
from iovolc.config import load
from iovolc.console import DEGRADED, DONE, FAILED, exit_code
from iovolc.cube.manifest import Manifest
from iovolc.errors import Finding, IovolcError, NoWork, TransientIOError
from iovolc.model.detection import Tracked
from iovolc.pipeline import detect as detection
from iovolc.pipeline import ingest as ingestion
from iovolc.pipeline import publish as publication
from iovolc.pipeline import track as tracking
from iovolc.pipeline.detect import Scan
from iovolc.pipeline.ingest import Ingested
from iovolc.pipeline.publish import is_published
from iovolc.pipeline.run import timed
from iovolc.pipeline.select import select_epochs
from iovolc.publish.outputs import OWN_NAMES
from iovolc.publish.staging import check_replaceable

_NAMED = 20

Value = TypeVar("Value")


def may_pass(task: object, task_run: object, state: State[Any]) -> bool:  # noqa: ARG001
    """Whether a failed task is worth another attempt: after a :class:`TransientIOError` only."""
    return isinstance(state.result(raise_on_failure=False), TransientIOError)


def skipped(reason: str) -> State[Any]:
    """The end of a stage, and of a run, that has nothing to do."""
    return Completed(name="Skipped", message=reason)


# Results stay in memory: the store keeps what each stage has done, under keys that know the versions of the algorithms.
stage = task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=3,
    retry_delay_seconds=[10, 60, 300],
    retry_condition_fn=may_pass,
)


@stage
def ingest(parameters: MonitorParameters) -> Ingested | State[Any]:
    try:
        with opened(parameters) as context:
            return ingestion.ingest(parameters.catalogues, context)
    except NoWork as nothing:
        return skipped(str(nothing))


@stage
def detect(parameters: MonitorParameters, chosen: Manifest) -> Scan:
    with opened(parameters) as context:
        return detection.detect(chosen, context)


@stage
def track(parameters: MonitorParameters, chosen: Manifest, scan: Scan) -> Tracked:
    with opened(parameters) as context:
        return tracking.track(chosen, scan, context)


@stage
def publish(
    parameters: MonitorParameters, chosen: Manifest, scan: Scan, tracked: Tracked, timings: Mapping[str, float]
) -> Path:
    with opened(parameters) as context:
        return publication.publish(chosen, scan, tracked, context, out=parameters.out, timings=timings)


@flow(name="monitor", flow_run_name="{parameters.title}", persist_result=False)
def monitor(parameters: MonitorParameters) -> State[Any]:
    """Take up what is new in the catalogues and publish what it means.

    Parameters
    ----------
    parameters : MonitorParameters
        Catalogues, store, outputs, configuration and workers.

    Returns
    -------
    State
        Completed; named Skipped if there was nothing to do, Degraded if inputs were refused and the rest is published.
    """
    check_replaceable(parameters.out.absolute(), OWN_NAMES)
    timings: dict[str, float] = {}
    with timed(timings, "ingest"):
        ingested = ingest(parameters)
    if isinstance(ingested, State):
        return skipped(ingested.message or "")
    try:
        told = follow(parameters, ingested, timings)
    except NoWork as nothing:
        return skipped(str(nothing))
    if ingested.findings:
        return Completed(name="Degraded", message=f"{told}; refused: {named(ingested.findings)}")
    return Completed(message=told)


def follow(parameters: MonitorParameters, ingested: Ingested, timings: dict[str, float]) -> str:
    """Detect, track and publish after an ingest; says what came of it.

    Raises
    ------
    NoWork
        If all of it is published already and no input was refused.
    """
    config = load(parameters.config, parameters.overrides)
    chosen = select_epochs(ingested.manifest, config.select)
    if is_published(chosen, config, parameters.store, parameters.out):
        if not ingested.findings:
            raise NoWork(f"nothing new: all {len(chosen.entries)} epochs are published in {parameters.out}")
        return "nothing new"
    with timed(timings, "detect"):
        scan = detect(parameters, chosen)
    with timed(timings, "track"):
        tracked = track(parameters, chosen, unseen(scan))
    folder = publish(parameters, chosen, unseen(scan), unseen(tracked), timings)
    return f"{len(ingested.added)} epochs added, {len(tracked.events)} events; run {folder.name}"


def unseen(value: Value) -> Value:
    """A value that Prefect hands to a task without searching all that it holds for other tasks' results."""
    return cast("Value", quote(value))


def named(findings: Sequence[Finding]) -> str:
    """The refused inputs with the numbers of their problems."""
    refused = list(dict.fromkeys(f"{finding.product} ({finding.code})" for finding in findings))
    others = f" and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
    return ", ".join(refused[:_NAMED]) + others


def code_of(state: State[Any]) -> int:
    """The exit code of `iovolc run` for a flow that ended in this state."""
    if state.is_completed():
        return DEGRADED if state.name == "Degraded" else DONE
    error = state.result(raise_on_failure=False)
    return exit_code(error) if isinstance(error, IovolcError) else FAILED


def main(
    catalogues: Annotated[list[Path], typer.Argument(help="Catalogues (CSV, STAC JSON), images, quoted patterns.")],
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    out: Annotated[Path, typer.Option(help="Folder for the outputs.")],
    config: Annotated[Path | None, typer.Option(help="Configuration file (YAML).")] = None,
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override, as section.key=value.")] = None,
    workers: Annotated[int, typer.Option(help="Threads; by default one per core.", min=1)] = cores(),
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler to use instead.")] = None,
) -> None:
    """Ingest, detect, track and publish once, as a Prefect flow."""
    parameters = MonitorParameters(
        catalogues=tuple(catalogues),
        store=store,
        out=out,
        config=config,
        overrides=tuple(overrides or ()),
        workers=workers,
        dask=dask,
    )
    raise typer.Exit(code_of(monitor(parameters, return_state=True)))


if __name__ == "__main__":
    typer.run(main)
