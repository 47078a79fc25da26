"""What the flows are given, one frozen model each, and the context they make of it for a stage."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from iovolc.config import Config, load
from iovolc.cube.opening import store_folder
from iovolc.pipeline.context import Context, working
from iovolc.pipeline.rerun import rerun_config


def cores() -> int:
    """Processors of this machine."""
    return os.cpu_count() or 1


def _place(value: Any) -> Any:
    """A folder for a store's address; what else there is, is validated as a path."""
    return store_folder(value) if isinstance(value, str) else value


class StoreParameters(BaseModel):
    """What every flow is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: Annotated[Path, BeforeValidator(_place)] = Field(description="Folder, or s3://BUCKET/PREFIX.")
    config: Path | None = Field(default=None, description="Configuration file (YAML).")
    overrides: tuple[str, ...] = Field(default=(), description="Overrides, each section.key=value.")
    workers: int = Field(default_factory=cores, ge=1, description="Threads or processes; by default one per core.")
    dask: str | None = Field(default=None, description="Dask scheduler's address, or `processes` of this machine.")
    stage_timeout_s: float = Field(default=6 * 3600.0, gt=0.0, description="How long one attempt at a stage may take.")
    wait_s: float = Field(default=0.0, ge=0.0, description="How long to wait for another run on the same store.")

    @property
    def title(self) -> str:
        """The store in a word."""
        return self.store.name

    def configuration(self) -> Config:
        """The configuration with its overrides.

        Raises
        ------
        ConfigError
            If it cannot be used.
        """
        return load(self.config, self.overrides)


class IngestParameters(StoreParameters):
    """What is taken up."""

    catalogues: tuple[Path, ...] = Field(min_length=1, description="Catalogues (CSV, STAC JSON), images, patterns.")

    @property
    def title(self) -> str:
        """The catalogues and the store in a few words."""
        first, *others = self.catalogues
        more = f" and {len(others)} more" if others else ""
        return f"{first.name}{more} into {self.store.name}"


class BackfillParameters(IngestParameters):
    """What is taken up little by little."""

    batch: int = Field(default=50, ge=1, description="Rows of the catalogues that are ingested at a time.")


class PublishParameters(StoreParameters):
    """Where outputs go."""

    out: Path = Field(description="Folder for the outputs.")


class MonitorParameters(IngestParameters, PublishParameters):
    """The arguments and options of `iovolc run`."""


class RerunParameters(StoreParameters):
    """The arguments and options of `iovolc rerun`; without a configuration file, that of the operational run."""

    out: Path | None = Field(default=None, description="Folder for the outputs besides the store.")
    manifest: int | None = Field(default=None, ge=0, description="Manifest to read; the current one by default.")
    promote: bool = Field(default=False, description="Whether the run becomes the operational one.")

    def configuration(self) -> Config:
        """The configuration of the operational run, or of the file, with the overrides."""
        return rerun_config(self.store, self.config, self.overrides)


@contextmanager
def opened(parameters: StoreParameters) -> Iterator[Context]:
    """Configuration, store and workers, for the time of one attempt at one stage.

    A lost Dask scheduler thus fails within a task, whose retry connects anew.

    Parameters
    ----------
    parameters : StoreParameters
        What the flow was given.

    Raises
    ------
    ConfigError
        If the configuration or an override cannot be used.
    TransientIOError
        If the Dask scheduler does not answer.
    """
    config = parameters.configuration()
    with working(parameters.store, config, workers=parameters.workers, address=parameters.dask) as context:
        yield context
