"""The detect flow: every epoch of the store against its predecessors; what is at hand is not computed again."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import StoreParameters, opened
from flows.states import alone, ended, stage, unless_idle, within
from iovolc.cube.manifest import Manifest
from iovolc.pipeline import detect as detection
from iovolc.pipeline.detect import Scan
from iovolc.pipeline.run import current_manifest
from iovolc.pipeline.select import select_epochs


@stage
def compare(parameters: StoreParameters, chosen: Manifest) -> Scan:
    with opened(parameters) as context:
        return detection.detect(chosen, context)


@flow(name="detect", flow_run_name="{parameters.title}", persist_result=False)
def detect(parameters: StoreParameters) -> State[Any]:
    """Compare what the store holds.

    Parameters
    ----------
    parameters : StoreParameters
        Store, configuration and workers.

    Returns
    -------
    State
        Completed; named Skipped if the store is empty.
    """

    def work() -> State[Any]:
        with alone(parameters):
            chosen = select_epochs(current_manifest(parameters.store), parameters.configuration().select)
            scan = within(parameters, compare)(parameters, chosen)
        return ended(f"{len(scan.tasks)} epochs compared, {len(scan.detected.detections)} changes")

    return unless_idle(parameters, work)
