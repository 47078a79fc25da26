"""The printed pages of the documentation are up to date."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from iovolc.archive.descriptors import load_descriptors
from iovolc.archive.fields import COLUMNS
from iovolc.archive.jupiter import geometric_albedo, load_jupiter_albedo
from iovolc.archive.photometry import bundled_photometry
from iovolc.errors import PROBLEMS

SCRIPT = Path(__file__).parents[2] / "docs" / "print_tables.py"


@pytest.fixture(name="script", scope="module")
def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_tables", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date(script: ModuleType) -> None:
    assert script.main(["--check"]) == 0


def test_a_stale_page_is_named(script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["--folder", str(tmp_path)]) == 0
    assert script.main(["--check", "--folder", str(tmp_path)]) == 0
    (tmp_path / "errors.md").write_text("old")
    assert script.main(["--check", "--folder", str(tmp_path)]) == 1
    assert "out of date: errors.md" in capsys.readouterr().err


def test_every_column_and_problem_is_listed(script: ModuleType) -> None:
    assert all(f"| `{name}` |" in script.catalogue_page() for name in COLUMNS)
    assert all(f"| {code} |" in script.errors_page() for code in PROBLEMS)
    assert set(json.loads(script.catalogue_schema())["properties"]) == set(COLUMNS)


def test_every_line_of_a_table_has_as_many_cells(script: ModuleType) -> None:
    for page in (script.catalogue_page().split("## Channels")[0], script.errors_page()):
        lines = [line for line in page.splitlines() if line.startswith("|")]
        assert {line.replace("\\|", "").count("|") for line in lines} == {4}


def test_every_instrument_and_number_is_on_its_page(script: ModuleType) -> None:
    page = script.instruments_page()
    for descriptor in load_descriptors().values():
        section = page.split(f"## {descriptor.missions[0]} {descriptor.names[0]}\n")[1].split("\n## ")[0]
        for place, number in descriptor.numbers():
            assert f"{number.value:.7g} `{number.tag}` [{number.source}]" in section, place
        assert all(f"- [{name}] " in section for name in descriptor.sources)


def test_every_photometric_parameter_is_on_its_page(script: ModuleType) -> None:
    page = script.photometry_page()
    for photometry in bundled_photometry().values():
        section = page.split(f"## {photometry.id}\n")[1].split("\n## ")[0]
        for entry in photometry.entries:
            row = next(line for line in section.splitlines() if f"`{entry.channels[0]}`" in line)
            for value, sigma, tag, source in entry.parameters.values():
                assert f"{value:.4g} ± {sigma:.4g} `{tag}` [{source}]" in row
        assert all(f"- [{name}] " in section for name in photometry.sources)


def test_every_channel_and_band_has_its_jupitershine(script: ModuleType) -> None:
    page = script.jupitershine_page()
    factors = page.split("<!-- printed: factors -->")[1].split("<!-- end -->")[0]
    assert all(f"| `{channel}` |" in factors for channel in geometric_albedo())
    albedo = page.split("<!-- printed: albedo -->")[1].split("<!-- end -->")[0]
    for _, number in load_jupiter_albedo().numbers():
        assert f"{number.value:.7g} `{number.tag}` [{number.source}]" in albedo
    assert page.count("<!-- printed: ") == page.count("<!-- end -->") == 4
