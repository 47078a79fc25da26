"""The section of the configuration that says what tasks may cost on Dask's workers; the rest is in :mod:`iovolc.config`."""

from pydantic import Field

from iovolc.config_section import Section


class ClusterConfig(Section):
    """What tasks may cost on Dask's workers, and a table of what they took. No part of a run's identity."""

    task_memory_gib: float = Field(
        default=0.0,
        ge=0.0,
        description="Memory of one task with `--dask processes`, in GiB; a process that takes more is ended. 0 gives each its share of the machine.",
    )
    memory_gib: float = Field(
        default=0.0,
        ge=0.0,
        description="Memory that comparisons may take together on this machine, in GiB; fewer work at a time if all would take more. 0 is what is free.",
    )
    task_timeout_s: float = Field(
        default=14400.0,
        gt=0.0,
        description="How long no task may end though there are workers, in seconds; then the stage fails, and may be tried again.",
    )
    lost_after_s: float = Field(
        default=120.0,
        gt=0.0,
        description="How long a scheduler may be without workers, in seconds; likewise.",
    )
    report: str = Field(
        default="",
        description="CSV file to which each task adds where, when and how long it ran and the memory of its process; blank for none.",
    )
