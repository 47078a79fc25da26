"""Commands about the light model."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iovolc.cli.options import (
    CORES,
    ChannelOption,
    Common,
    ConfigOption,
    DaskOption,
    JsonOption,
    QuietOption,
    SetOption,
    StoreOption,
    WorkersOption,
    context_of,
    report_findings,
    selection,
)

if TYPE_CHECKING:
    from iovolc.pipeline.fit_photometry import FittedChannel


class FittedModel(StrEnum):
    """Photometric functions that can be fitted."""

    LUNAR_LAMBERT = "lunar_lambert"
    MINNAERT = "minnaert"


FileOption = Annotated[Path, typer.Option("--out", help="File for the parameters (YAML), for `light.photometry`.")]
ModelOption = Annotated[FittedModel, typer.Option("--model", help="Photometric function.")]


def fit_photometry(
    store: StoreOption,
    out: FileOption,
    model: ModelOption = FittedModel.LUNAR_LAMBERT,
    channel: ChannelOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    workers: WorkersOption = CORES,
    dask: DaskOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fit photometric parameters to the store's own I/F under different light."""
    from iovolc.console import answer, say
    from iovolc.pipeline.fit_photometry import fit_photometry as use_case

    chosen = (*(overrides or ()), *selection("", "", "", channel, ""))
    with context_of(Common(store, config, chosen, workers, dask, quiet)) as context:
        fitted = use_case(context, model=model.value, out=out)
    for finding in fitted.left_out:
        say(f"left out: {finding}")
    code = report_findings(fitted.findings)
    lines = [*map(_line, fitted.channels), f"use it with --set light.photometry={out}"]
    answer({**fitted.to_json(), "file": str(out)}, "\n".join(lines), as_json=as_json)
    raise typer.Exit(code)


def _line(fitted: "FittedChannel") -> str:
    estimate = fitted.fit.estimate
    numbers = zip(estimate.photometry.named().items(), estimate.sigmas(), strict=True)
    parameters = ", ".join(f"{name} {value:.4g} ± {sigma:.2g}" for (name, value), sigma in numbers)
    return f"{fitted.channel}: {parameters}; {fitted.fit.n_places} places in {len(fitted.epochs)} epochs"
