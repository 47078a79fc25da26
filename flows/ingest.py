"""The ingest flow: what is new in catalogues comes into the store."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import IngestParameters, opened
from flows.states import alone, ended, skipped, stage, unless_idle, within
from iovolc.errors import NoWork
from iovolc.pipeline import ingest as ingestion
from iovolc.pipeline.ingest import Ingested


@stage
def take_up(parameters: IngestParameters) -> Ingested | State[Any]:
    # An empty catalogue is no failure of the task.
    try:
        with opened(parameters) as context:
            return ingestion.ingest(parameters.catalogues, context)
    except NoWork as nothing:
        return skipped(str(nothing))


def taken_up(parameters: IngestParameters) -> Ingested:
    """Run the stage.

    Raises
    ------
    NoWork
        If the catalogues hold nothing.
    """
    done = within(parameters, take_up)(parameters)
    if isinstance(done, State):
        raise NoWork(done.message or "")
    return done


@flow(name="ingest", flow_run_name="{parameters.title}", persist_result=False)
def ingest(parameters: IngestParameters) -> State[Any]:
    """Take up what is new in the catalogues.

    Parameters
    ----------
    parameters : IngestParameters
        Catalogues, store, configuration and workers.

    Returns
    -------
    State
        Completed; named Skipped if there was nothing new, Degraded if inputs were refused.
    """

    def work() -> State[Any]:
        with alone(parameters):
            done = taken_up(parameters)
        if not done.added and not done.findings:
            return skipped(f"nothing new: {done.known} epochs are in the store already")
        return ended(f"{len(done.added)} epochs added; manifest {done.manifest.number}", done.findings)

    return unless_idle(parameters, work)
