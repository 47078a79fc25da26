"""Where the real maps are, and the run that several tests look at."""

import csv
from pathlib import Path

import pytest

from real_folder import ABSENT, REAL
from real_runs import events_of, write_rows

ERAS = Path(__file__).with_name("eras.csv")


@pytest.fixture(scope="session")
def real_maps():
    if not (REAL / "maps").is_dir():
        pytest.skip(f"maps {ABSENT}")
    return REAL / "maps"


@pytest.fixture(scope="session")
def eras(real_maps, tmp_path_factory):
    """Voyager, Galileo and Juno eras compared."""
    folder = tmp_path_factory.mktemp("eras")
    with ERAS.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "path": str(real_maps / Path(row["path"]).name)} for row in csv.DictReader(file)]
    return events_of(write_rows(folder, rows), folder / "store", real_maps)
