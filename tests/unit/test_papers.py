"""What papers take: ECSV with units, LaTeX that compiles, citations."""

import re
import shutil
import subprocess

import astropy.units as u
import pandas as pd
import pytest
import yaml
from astropy.table import Table
from publish_sample import RUN_ID, events, hotspots, published, sample_run

from iovolc import __version__
from iovolc.model.frames import empty
from iovolc.model.tables import EVENTS, HOTSPOTS
from iovolc.publish.citation import citation
from iovolc.publish.latex import write_latex
from iovolc.publish.schemas import PUBLISHED


def lines_of(text):
    """The rows of the body of a table."""
    return text.split(r"\endfoot")[1].split(r"\end{longtable}")[0].strip().splitlines()


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: table.name)
def test_ecsv_explains_every_column(table):
    found = Table.read(published() / f"{table.name}.ecsv", format="ascii.ecsv")
    units = {column.name: column.unit for column in table.columns if column.unit and "<" not in column.name}
    assert {name: found[name].unit for name in units} == {name: u.Unit(unit) for name, unit in units.items()}
    assert all(column.description for column in found.itercols())
    assert found.meta["schema_version"] == "1.0"


def test_ecsv_has_the_rows_of_the_csv():
    found = Table.read(published() / "events.ecsv", format="ascii.ecsv")
    csv = pd.read_csv(published() / "events.csv")
    assert list(found["lat"]) == csv["lat"].tolist()
    assert list(found["new_site"]) == csv["new_site"].tolist()
    assert found["dlna_green"].mask.all()
    assert pd.read_csv(published() / "events.ecsv", comment="#")["snr"].tolist() == csv["snr"].tolist()


def test_latex_lists_what_is_sure_by_tier_and_strength(tmp_path):
    write_latex(tmp_path, events(), hotspots(), RUN_ID)
    text = (tmp_path / "events.tex").read_text()
    rows = lines_of(text)
    assert [row.split(" & ")[0] for row in rows] == ["evt-equator", "evt-seam", "evt-pole"]
    assert "Without 1 candidate (tier C)" in text
    assert "$-20.0$" in rows[1]
    assert r"$4.0\times10^{-3}$" in rows[0]
    assert r"Kanehekili \textless{}Fluctus\textgreater{}" in rows[0]
    columns = len(re.search(r"\{longtable\}\{([lr]+)\}", text)[1])
    assert {row.count(" & ") for row in rows} == {columns - 1}


def test_latex_of_nothing_is_no_file(tmp_path):
    write_latex(tmp_path, empty(EVENTS.with_channels(("red",))), empty(HOTSPOTS), RUN_ID)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex here")
def test_latex_compiles_with_hostile_names(tmp_path):
    named = events().assign(nearest_feature=r"50% of {a}_b & $c #d ~e^f \g <h>")
    write_latex(tmp_path, named, hotspots(), RUN_ID)
    (tmp_path / "paper.tex").write_text(
        r"\documentclass{article}\usepackage{longtable}\begin{document}"
        r"\input{events.tex}\input{hotspots.tex}\end{document}"
    )
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout[-2000:]


def test_a_run_cites_itself_the_program_and_the_data():
    cited = yaml.safe_load((published() / "CITATION.cff").read_text())
    assert cited == citation(sample_run())
    assert cited["cff-version"] == "1.2.0"
    assert RUN_ID in cited["title"]
    names = {author["name"] for reference in cited["references"] for author in reference["authors"]}
    assert {"Juno team", "Galileo team", "USGS", "The iovolc maintainers"} <= names
    assert any("CC BY 4.0" in reference.get("notes", "") for reference in cited["references"])


def test_the_checkout_cites_this_version(request):
    cited = yaml.safe_load((request.config.rootpath / "CITATION.cff").read_text())
    assert cited["version"] == __version__
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
