"""What work costs, from ``data/costs.yaml``: measured by ``python benchmarks/costs.py``, never guessed.

Not for what a run would do (:mod:`iovolc.pipeline.plan`).
"""

from functools import lru_cache
from typing import Annotated

import yaml
from pydantic import Field

from iovolc.archive.instrument_parts import Part
from iovolc.data import data_path

Cost = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Costs(Part):
    """Costs on one machine. Processor seconds; sizes of a grid in megapixels of its three sheets.

    Parameters
    ----------
    date, machine : str
        When and where they were measured.
    start_s : float
        Of a command that finds nothing to do.
    ingest_s : (float, float)
        Of an epoch, and per megapixel.
    compare_s : (float, float, float)
        Of a comparison, per megapixel, and per megapixel and predecessor.
    follow_s : (float, float)
        Of an epoch in tracking and on the page, and per megapixel.
    publish_s : (float, float)
        Of a run's other outputs, and per megapixel.
    memory_mib : (float, float, float)
        Peak memory of a process with one comparison, per megapixel, and per megapixel and predecessor.
    epoch_bytes_px, kept_bytes_px, run_bytes_px : float
        Bytes per pixel of the grid: of an epoch, of what is kept beside it, of a run's outputs.
    """

    date: str
    machine: str
    start_s: Cost
    ingest_s: tuple[Cost, Cost]
    compare_s: tuple[Cost, Cost, Cost]
    follow_s: tuple[Cost, Cost]
    publish_s: tuple[Cost, Cost]
    memory_mib: tuple[Cost, Cost, Cost]
    epoch_bytes_px: Cost
    kept_bytes_px: Cost
    run_bytes_px: Cost


@lru_cache(maxsize=1)
def load_costs() -> Costs:
    """The costs that iovolc carries."""
    return Costs.model_validate(yaml.safe_load(data_path("costs.yaml").read_text(encoding="utf-8")))
