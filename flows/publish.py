"""The publish flow: the outputs of what the store holds, and how Prefect shows what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.alerts import telling
from flows.detect import compare
from flows.news import News, news_of, show
from flows.parameters import PublishParameters, opened
from flows.states import alone, ended, stage, unless_idle, unseen, within
from iovolc.cube.manifest import Manifest
from iovolc.errors import NoWork
from iovolc.model.detection import Tracked
from iovolc.pipeline import publish as publication
from iovolc.pipeline import track as tracking
from iovolc.pipeline.alerts import require_receivers
from iovolc.pipeline.detect import Scan
from iovolc.pipeline.publish import is_published
from iovolc.pipeline.run import current_manifest, timed
from iovolc.pipeline.runs import last_run
from iovolc.pipeline.select import select_epochs
from iovolc.publish.outputs import OWN_NAMES
from iovolc.publish.saved import read_run
from iovolc.publish.staging import check_replaceable


@stage
def join(parameters: PublishParameters, chosen: Manifest, scan: Scan) -> Tracked:
    with opened(parameters) as context:
        return tracking.track(chosen, scan, context)


@stage
def write(
    parameters: PublishParameters, chosen: Manifest, scan: Scan, tracked: Tracked, timings: Mapping[str, float]
) -> Path:
    with opened(parameters) as context:
        return publication.publish(chosen, scan, tracked, context, out=parameters.out, timings=timings)


@dataclass(frozen=True, slots=True)
class Published:
    """What was written.

    Parameters
    ----------
    run_id : str
        Its name.
    events : int
        How many it tells of, of surface and heat.
    news : News
        What is new against the operational run before.
    """

    run_id: str
    events: int
    news: News


def follow(parameters: PublishParameters, manifest: Manifest, timings: dict[str, float]) -> Published:
    """Detect, track and publish a manifest, and show what is new.

    Parameters
    ----------
    parameters : PublishParameters
        What the flow was given.
    manifest : Manifest
        What the store holds.
    timings : dict of str to float
        Seconds by stage; added to.

    Raises
    ------
    NoWork
        If all of it is published already.
    """
    config = parameters.configuration()
    chosen = select_epochs(manifest, config.select)
    if is_published(chosen, config, parameters.store, parameters.out):
        raise NoWork(f"nothing new: all {len(chosen.entries)} epochs are published in {parameters.out}")
    before = last_run(parameters.store)
    with timed(timings, "detect"):
        scan = within(parameters, compare)(parameters, chosen)
    with timed(timings, "track"):
        tracked = within(parameters, join)(parameters, chosen, unseen(scan))
    folder = within(parameters, write)(parameters, chosen, unseen(scan), unseen(tracked), timings)
    told = read_run(folder)
    news = news_of(before, told)
    show(news, parameters.out)
    return Published(folder.name, len(told.events), news)


@flow(name="publish", flow_run_name="{parameters.title}", persist_result=False)
def publish(parameters: PublishParameters) -> State[Any]:
    """Publish what the store holds.

    Parameters
    ----------
    parameters : PublishParameters
        Store, outputs, configuration and workers.

    Returns
    -------
    State
        Completed; named Skipped if it is published already, Degraded if an alert could not be delivered.
    """
    check_replaceable(parameters.out.absolute(), OWN_NAMES)
    require_receivers(parameters.configuration().alerts)

    def work() -> State[Any]:
        with alone(parameters):
            done = follow(parameters, current_manifest(parameters.store), {})
            alerts = telling(parameters)
        told = f"{done.events} events; run {done.run_id}; {done.news.text()}{alerts.text}"
        return ended(told, degraded=bool(alerts.troubles))

    return unless_idle(parameters, work)
