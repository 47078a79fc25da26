"""One run of the whole chain on three small maps, shared by the tests of this folder."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from tests.faults import Whole, prepare
from tests.small_maps import Answer, Spot, iovolc, settings, write_catalogue, write_maps, write_reference

DARK = Spot(13.0, 51.0, 130.0, -0.35)
BRIGHT = Spot(-30.0, -100.0, 150.0, 0.3)
POLE = Spot(88.0, 30.0, 140.0, -0.35)
POLE_GROWN = Spot(88.0, 30.0, 190.0, -0.6)
SEAM = Spot(-10.0, 179.5, 140.0, -0.35)
SEAM_GROWN = Spot(-10.0, 179.5, 190.0, -0.6)
HISTORIES = ((), (DARK, POLE, SEAM), (DARK, POLE_GROWN, SEAM_GROWN, BRIGHT))


@dataclass(frozen=True)
class Small:
    """The maps, and what a run made of them."""

    catalogue: Path
    rows: list[dict[str, str]]
    settings: list[str]
    store: Path
    out: Path
    answer: Answer

    @property
    def events(self):
        return pd.read_parquet(self.out / "events.parquet")

    @property
    def detections(self):
        return pd.read_parquet(self.out / "detections.parquet")

    @property
    def record(self):
        return json.loads((self.out / "run.json").read_text())


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Small:
    """Three registered maps: no change, then a dark spot, one over the pole and one on 180 E, then a bright one too."""
    folder = tmp_path_factory.mktemp("small")
    rows = write_maps(folder / "maps", HISTORIES)
    catalogue = write_catalogue(folder / "maps" / "catalogue.csv", rows)
    options = settings(f"registration.reference={write_reference(folder / 'reference.png')}")
    store, out = folder / "store", folder / "out"
    answer = iovolc("run", catalogue, "--store", store, "--out", out, "--workers", 2, "--json", *options)
    assert answer.code == 0, answer.err
    return Small(catalogue, rows, options, store, out, answer)


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Whole:
    """An inbox, and what one clean run makes of it."""
    return prepare(tmp_path_factory.mktemp("faults"))
