"""The figures of the documentation are up to date."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(name="script", scope="module")
def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_figures", DOCS / "draw_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_figures_are_up_to_date(script: ModuleType) -> None:
    assert script.main(["--check"]) == 0


def test_a_stale_figure_is_named(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "FIGURES", {"jupiter_orbit.svg": script.orbit})
    assert script.main(["--folder", str(tmp_path)]) == 0
    path = tmp_path / "jupiter_orbit.svg"
    path.write_text(re.sub(r"(?<=M )\d+\.\d+", "1.0", path.read_text(encoding="utf-8")), encoding="utf-8")
    assert script.main(["--check", "--folder", str(tmp_path)]) == 1
    assert "out of date: jupiter_orbit.svg;" in capsys.readouterr().err


def test_last_digits_do_not_count(script: ModuleType) -> None:
    assert script.same('<path d="M 1.0001 2"/>', '<path d="M 1.0 2"/>')
    assert not script.same('<path d="M 1.1 2"/>', '<path d="M 1.0 2"/>')
    assert not script.same('<path d="M 1.0"/>', '<path d="M 1.0 2"/>')


def test_pages_show_every_figure_and_no_other(script: ModuleType) -> None:
    shown = {name for page in DOCS.glob("*.md") for name in re.findall(r"\(figures/([^)]+)\)", page.read_text("utf-8"))}
    measured = {name for name in shown if name.startswith("froc_")}  # drawn by the benchmark with its page
    assert shown == set(script.FIGURES) | measured == {path.name for path in (DOCS / "figures").iterdir()}
