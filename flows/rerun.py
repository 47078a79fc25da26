"""The rerun flow: what the store holds, with other parameters or on an older manifest, as a run of its own."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.news import News, show
from flows.parameters import RerunParameters, opened
from flows.states import ended, stage, unless_idle, within
from iovolc.pipeline import rerun as rerunning
from iovolc.pipeline.rerun import Rerun


@stage
def again(parameters: RerunParameters) -> Rerun:
    with opened(parameters) as context:
        return rerunning.rerun(context, number=parameters.manifest, out=parameters.out, promote=parameters.promote)


@flow(name="rerun", flow_run_name="{parameters.title}", persist_result=False)
def rerun(parameters: RerunParameters) -> State[Any]:
    """Detect, track and publish again, and say how it differs from the operational run.

    Runs of their own disturb nobody, so that several may go at once, beside a monitor.

    Parameters
    ----------
    parameters : RerunParameters
        Store, manifest, configuration and workers.

    Returns
    -------
    State
        Completed; named Skipped if the store is empty.
    """

    def work() -> State[Any]:
        done = within(parameters, again)(parameters)
        compared = done.difference
        news = News(done.folder.name, *(None, ()) if compared is None else (compared.before, compared.events))
        show(news, done.folder if parameters.out is None else parameters.out, operational=parameters.promote)
        return ended(f"{len(done.plan.compute)} epochs compared anew; run {done.folder.name}; {news.text()}")

    return unless_idle(parameters, work)
