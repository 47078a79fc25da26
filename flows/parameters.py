"""What the monitoring flow is given, and the context it makes of it for a stage."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from iovolc.config import load
from iovolc.parallel import runner
from iovolc.pipeline.context import Context


def cores() -> int:
    """Processors of this machine."""
    return os.cpu_count() or 1


class MonitorParameters(BaseModel):
    """The arguments and options of `iovolc run`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    catalogues: tuple[Path, ...] = Field(min_length=1, description="Catalogues (CSV, STAC JSON), images, patterns.")
    store: Path = Field(description="Folder of the store.")
    out: Path = Field(description="Folder for the outputs.")
    config: Path | None = Field(default=None, description="Configuration file (YAML).")
    overrides: tuple[str, ...] = Field(default=(), description="Overrides, each section.key=value.")
    workers: int = Field(default_factory=cores, ge=1, description="Threads; by default one per core.")
    dask: str | None = Field(default=None, description="Address of a Dask scheduler to use instead.")

    @property
    def title(self) -> str:
        """The catalogues and the store in a few words."""
        first, *others = self.catalogues
        more = f" and {len(others)} more" if others else ""
        return f"{first.name}{more} into {self.store.name}"


@contextmanager
def opened(parameters: MonitorParameters) -> Iterator[Context]:
    """Configuration, store and workers, for the time of one attempt at one stage.

    A lost Dask scheduler thus fails within a task, whose retry connects anew.

    Parameters
    ----------
    parameters : MonitorParameters
        What the flow was given.

    Raises
    ------
    ConfigError
        If the configuration or an override cannot be used.
    TransientIOError
        If the Dask scheduler does not answer.
    """
    config = load(parameters.config, parameters.overrides)
    with runner(workers=parameters.workers, address=parameters.dask) as workers:
        yield Context(parameters.store, config, workers)
