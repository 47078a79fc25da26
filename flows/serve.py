"""`python -m flows.serve CATALOGUE --store DIR --out DIR --every 3600`: all flows of one store on one machine.

The monitor by schedule, the others on request from Prefect's page or `prefect deployment run`. For several machines
there are worker and work pool (``prefect.yaml``).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from flows.backfill import backfill
from flows.detect import detect
from flows.ingest import ingest
from flows.monitor import monitor
from flows.parameters import MonitorParameters, cores
from flows.publish import publish
from flows.rerun import rerun
from iovolc.cube.opening import store_folder

# Whatever finds another run at work would only wait: the next schedule does its work as well.
_ONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def deployments(
    parameters: MonitorParameters, every_s: float | None = None, cron: str | None = None, name: str = "io"
) -> list[RunnerDeployment]:
    """Each flow with the parameters of its own that the monitor's hold.

    Parameters
    ----------
    parameters : MonitorParameters
        Catalogues, store, outputs, configuration and workers.
    every_s : float or None
        Seconds between two runs of the monitor.
    cron : str or None
        When it runs, as cron writes it, in UTC; without either there is no schedule.
    name : str
        Of the deployments.
    """
    given = parameters.model_dump(mode="json")
    source = {"entrypoint_type": EntrypointType.MODULE_PATH, "name": name}
    scheduled = monitor.to_deployment(
        **source, interval=every_s, cron=cron, concurrency_limit=_ONE, parameters={"parameters": given}
    )
    store = _only(given, "store", "config", "overrides", "workers", "dask", "stage_timeout_s", "wait_s")
    read = {**store, "catalogues": given["catalogues"]}
    on_request = [
        ingest.to_deployment(**source, parameters={"parameters": read}),
        backfill.to_deployment(**source, parameters={"parameters": read}),
        detect.to_deployment(**source, parameters={"parameters": store}),
        publish.to_deployment(**source, parameters={"parameters": {**store, "out": given["out"]}}),
        # It starts from the configuration of the operational run.
        rerun.to_deployment(**source, parameters={"parameters": _only(store, "store", "workers", "dask")}),
    ]
    return cast("list[RunnerDeployment]", [scheduled, *on_request])  # not in a loop of asyncio, so no coroutines


def _only(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names}


def main(
    catalogues: Annotated[list[Path], typer.Argument(help="Catalogues (CSV, STAC JSON), images, quoted patterns.")],
    store: Annotated[Path, typer.Option(parser=store_folder, metavar="FOLDER", help="Folder, or s3://BUCKET/PREFIX.")],
    out: Annotated[Path, typer.Option(help="Folder for the outputs.")],
    every: Annotated[float | None, typer.Option(help="Seconds between two runs of the monitor.", min=1.0)] = None,
    cron: Annotated[str | None, typer.Option(help="When it runs, in UTC: minute hour day month weekday.")] = None,
    name: Annotated[str, typer.Option(help="Of the deployments.")] = "io",
    config: Annotated[Path | None, typer.Option(help="Configuration file (YAML).")] = None,
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override, as section.key=value.")] = None,
    workers: Annotated[int, typer.Option(help="Threads or processes; by default one per core.", min=1)] = cores(),
    dask: Annotated[str | None, typer.Option(help="Dask scheduler's address, or `processes` of this machine.")] = None,
) -> None:
    """Serve all flows of one store until interrupted."""
    if every is not None and cron is not None:
        raise typer.BadParameter("give --every or --cron, not both")
    parameters = MonitorParameters(
        catalogues=tuple(path.absolute() for path in catalogues),
        store=store.absolute(),
        out=out.absolute(),
        config=config.absolute() if config is not None else None,
        overrides=tuple(overrides or ()),
        workers=workers,
        dask=dask,
    )
    serve(*deployments(parameters, every, cron, name))


if __name__ == "__main__":
    typer.run(main)
