"""Prefect's own server, once for all tests of this folder, in a home of its own; and a small published catalogue."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.small_maps import FAST, Spot, write_catalogue, write_maps, write_reference

# Prefect reads its home when it is first imported.
_HOME = tempfile.TemporaryDirectory(prefix="prefect-home-")
os.environ["PREFECT_HOME"] = _HOME.name

DARK = Spot(20.0, 60.0, 130.0, -0.35)
BRIGHT = Spot(-30.0, -100.0, 150.0, 0.3)


@dataclass(frozen=True)
class Prepared:
    """Two maps with a change between them, and how to look at them."""

    folder: Path
    rows: list[dict[str, str]]
    catalogue: Path
    overrides: tuple[str, ...]

    def parameters(self, name="flow", catalogue=None, workers=2):
        """The flow's parameters, with store and outputs in a folder of this name."""
        from flows.parameters import MonitorParameters

        return MonitorParameters(
            catalogues=(catalogue or self.catalogue,),
            store=self.folder / name / "store",
            out=self.folder / name / "out",
            overrides=self.overrides,
            workers=workers,
        )


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of Prefect's server."""
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield PREFECT_API_URL.value()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Prepared:
    folder = tmp_path_factory.mktemp("flows")
    rows = write_maps(folder / "maps", ((), (DARK,), (DARK, BRIGHT)))
    catalogue = write_catalogue(folder / "maps" / "catalogue.csv", rows[:2])
    reference = write_reference(folder / "reference.png")
    chosen = ("grid.pixels_per_degree=4", "publish.figures=1", f"registration.reference={reference}", *FAST)
    return Prepared(folder, rows, catalogue, chosen)


@pytest.fixture(scope="session")
def published(server, prepared):  # noqa: ARG001
    """The state in which the flow ended on the two maps."""
    from flows.monitor import monitor

    return monitor(prepared.parameters(), return_state=True)
