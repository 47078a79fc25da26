"""The monitoring flow: ingest, detect, track and publish in turn, with the same bytes as `iovolc run`.

The use-cases do the work and keep what they have done in the store; Prefect starts them, retries what may pass, and
shows what came of it. `python -m flows.monitor CATALOGUE --store DIR --out DIR` runs it once.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from prefect import flow
from prefect.client.schemas.objects import State

from flows.alerts import telling
from flows.ingest import taken_up
from flows.parameters import MonitorParameters, cores
from flows.publish import follow
from flows.states import alone, code_of, ended, unless_idle
from iovolc.cube.opening import store_folder
from iovolc.errors import NoWork
from iovolc.pipeline.alerts import require_receivers
from iovolc.pipeline.run import timed
from iovolc.publish.outputs import OWN_NAMES
from iovolc.publish.staging import check_replaceable


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
        Completed; named Skipped if there was nothing to do, Degraded if inputs were refused and the rest is published,
        or an alert could not be delivered.
    """
    check_replaceable(parameters.out.absolute(), OWN_NAMES)
    require_receivers(parameters.configuration().alerts)

    def work() -> State[Any]:
        with alone(parameters):
            return _monitored(parameters)

    return unless_idle(parameters, work)


def _monitored(parameters: MonitorParameters) -> State[Any]:
    timings: dict[str, float] = {}
    with timed(timings, "ingest"):
        ingested = taken_up(parameters)
    try:
        done = follow(parameters, ingested.manifest, timings)
    except NoWork:
        alerts = telling(parameters)  # what could not be delivered before
        if not ingested.findings and not alerts.happened:
            raise
        return ended(f"nothing new{alerts.text}", ingested.findings, degraded=bool(alerts.troubles))
    alerts = telling(parameters)
    told = f"{len(ingested.added)} epochs added, {done.events} events; run {done.run_id}; {done.news.text()}"
    return ended(f"{told}{alerts.text}", ingested.findings, degraded=bool(alerts.troubles))


def main(
    catalogues: Annotated[list[Path], typer.Argument(help="Catalogues (CSV, STAC JSON), images, quoted patterns.")],
    store: Annotated[Path, typer.Option(parser=store_folder, metavar="FOLDER", help="Folder, or s3://BUCKET/PREFIX.")],
    out: Annotated[Path, typer.Option(help="Folder for the outputs.")],
    config: Annotated[Path | None, typer.Option(help="Configuration file (YAML).")] = None,
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override, as section.key=value.")] = None,
    workers: Annotated[int, typer.Option(help="Threads or processes; by default one per core.", min=1)] = cores(),
    dask: Annotated[str | None, typer.Option(help="Dask scheduler's address, or `processes` of this machine.")] = None,
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
