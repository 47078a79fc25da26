"""The backfill flow: an archive comes into the store in batches; each stays when a later one fails."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import BackfillParameters, opened
from flows.states import alone, ended, skipped, stage, unless_idle, unseen, within
from iovolc.archive.inputs import Listing, batches, read_inputs
from iovolc.errors import Finding, NoWork
from iovolc.pipeline import ingest as ingestion
from iovolc.pipeline.ingest import Ingested


@stage
def take_batch(parameters: BackfillParameters, batch: tuple[Listing, ...]) -> Ingested:
    with opened(parameters) as context:
        return ingestion.ingest_listed(batch, context)


@flow(name="backfill", flow_run_name="{parameters.title}", persist_result=False)
def backfill(parameters: BackfillParameters) -> State[Any]:
    """Take up an archive, batch by batch.

    Parameters
    ----------
    parameters : BackfillParameters
        Catalogues, size of a batch, store, configuration and workers.

    Returns
    -------
    State
        Completed; named Skipped if there was nothing new, Degraded if inputs were refused.
    """

    def work() -> State[Any]:
        with alone(parameters):
            return _filled(parameters)

    return unless_idle(parameters, work)


def _filled(parameters: BackfillParameters) -> State[Any]:
    added, findings = 0, list[Finding]()
    for batch in batches(read_inputs(parameters.catalogues), parameters.batch):
        try:
            done = within(parameters, take_batch)(parameters, unseen(batch))
        except NoWork:
            continue
        added += len(done.added)
        findings += done.findings
    if not added and not findings:
        return skipped("nothing new: all rows are in the store already")
    return ended(f"{added} epochs added", findings)
