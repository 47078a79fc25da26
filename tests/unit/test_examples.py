"""The examples of the documentation: a dashboard that reads nothing but published files."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from PIL import Image
from publish_sample import light_curves, published, sample_run

from iovolc.publish.outputs import publish

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture(name="run", scope="module")
def make_run(tmp_path_factory):
    """The sample with a light curve."""
    out = tmp_path_factory.mktemp("run") / "out"
    publish(out, sample_run(light_curves=light_curves()))
    return out


@pytest.fixture(name="dashboard")
def load_dashboard(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import dashboard

    return dashboard


def test_a_stranger_needs_forty_lines_and_no_iovolc(run, tmp_path):
    text = (EXAMPLES / "dashboard.py").read_text()
    assert len(text.splitlines()) <= 40
    assert "iovolc" not in text
    picture = tmp_path / "dashboard.png"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"MPLBACKEND": "agg"}
    subprocess.run([sys.executable, EXAMPLES / "dashboard.py", run, picture], env=environment, check=True)
    with Image.open(picture) as drawn:
        assert drawn.size == (1000, 800)
        assert len(set(drawn.convert("L").tobytes())) > 50


def test_the_map_shows_the_events_of_the_chosen_tiers(dashboard, run):
    figure, axes = plt.subplots()
    dashboard.draw_map(axes, run)
    assert axes.get_title().startswith("3 events")
    dashboard.draw_map(axes, run, ["C"])
    assert axes.get_title().startswith("1 events")
    plt.close(figure)


def test_the_curve_shows_detections_and_limits(dashboard, run):
    figure, axes = plt.subplots()
    dashboard.draw_curve(axes, run)
    assert axes.get_title() == "Loki Patera"
    counts = {container.get_label(): len(container[0].get_xdata()) for container in axes.containers}
    assert counts == {"detection": 3, "upper": 1}
    plt.close(figure)


def test_a_run_without_heat_is_told_so(dashboard):
    figure, axes = plt.subplots()
    dashboard.draw_curve(axes, published())
    assert axes.get_title() == "no hot spots in this run"
    plt.close(figure)


def test_the_page_of_panel_holds_map_and_curve(dashboard, run, monkeypatch):
    pytest.importorskip("panel", reason="Panel is not installed")
    assert dashboard
    monkeypatch.setattr(sys, "argv", ["panel_dashboard.py", str(run)])
    import panel_dashboard

    assert panel_dashboard.site.options == ["Loki Patera"]
    assert len(panel_dashboard.page) == 5
    drawn = panel_dashboard.drawn(panel_dashboard.draw_map, 5, ["A"])
    assert drawn.object.axes[0].get_title().startswith("1 events")
