"""What every use-case is given: where, how, and with which workers."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from iovolc.config import Config
from iovolc.parallel import Runner

ALGORITHM_VERSIONS: Final = MappingProxyType({"ingest": "5", "detect": "12", "track": "6", "heat": "3", "publish": "7"})
"""Raised by one whenever a stage's results change for the same input; part of cache keys and of the run's identity."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where, how, and with which workers.

    Parameters
    ----------
    store : Path
        The store; made if it is not there.
    config : Config
        The configuration.
    runner : Runner
        Maps tasks over workers.
    """

    store: Path
    config: Config
    runner: Runner
