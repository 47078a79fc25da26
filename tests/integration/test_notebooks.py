"""The notebooks of the documentation run, and show what the tables say."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOKS = sorted(path.stem for path in (DOCS / "notebooks").glob("*.ipynb"))


def cells(name):
    return json.loads((DOCS / "notebooks" / f"{name}.ipynb").read_text())["cells"]


@pytest.fixture(name="executed")
def make_executed(monkeypatch):
    """Runs a notebook with these settings; what its cells show, and how many pictures."""
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    def execute(name, **settings):
        for key, value in settings.items():
            monkeypatch.setenv(key, str(value))
        notebook = nbformat.read(DOCS / "notebooks" / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        place = {"metadata": {"path": str(DOCS / "notebooks")}}
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
        shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
        texts = "\n".join(data["text/plain"] for data in shown if "image/png" not in data and data)
        return texts, sum("image/png" in data for data in shown)

    return execute


def test_there_are_three_without_outputs():
    assert NOTEBOOKS == ["first_look", "own_table", "tune_detector"]
    for name in NOTEBOOKS:
        assert cells(name)[0]["source"][0].startswith("# ")
        assert [cell for cell in cells(name) if cell.get("outputs") or cell.get("execution_count")] == []


def test_a_first_look_shows_the_events_of_the_tables(small, executed):
    texts, pictures = executed("first_look", IOVOLC_RUN=small.out)
    assert pictures == 2
    tiers = small.events["tier"].value_counts()
    assert all(re.search(rf"^{tier} +{tiers.get(tier, 0)}$", texts, re.MULTILINE) for tier in "ABC")
    assert small.events.loc[small.events["tier"] != "C", "event_id"].iloc[0] in texts


def test_an_own_table_is_joined(small, executed, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("name,date,lat,lon_w\ndark,1997-01-01,13.0,309.0\nnothing,1997-01-01,-60.0,10.0\n")
    texts, _ = executed("own_table", IOVOLC_RUN=small.out, IOVOLC_TABLE=table)
    last = texts[texts.rindex("in_place") :]
    assert "309.0" in texts
    assert "True" in last
    assert "False" in last


@pytest.mark.slow
def test_a_detector_is_tuned_and_compared(small, executed, tmp_path):
    store = shutil.copytree(small.store, tmp_path / "store")
    before = {path.name for path in (store / "runs").iterdir()}
    texts, pictures = executed("tune_detector", IOVOLC_STORE=store)
    assert pictures == 1
    assert "q: 0.1 - " in texts
    assert "detect.q" in texts
    assert len({path.name for path in (store / "runs").iterdir()} - before) == 2
