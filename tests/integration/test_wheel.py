"""The wheel works by itself: installed elsewhere, away from the checkout, without Prefect."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and an empty folder to work in."""

    wheel: Path
    environment: Path
    folder: Path

    def run(self, *command: str, timeout_s: float = 120.0, **variables: str) -> subprocess.CompletedProcess[str]:
        program, *rest = command
        hidden = ("PYTHON", "COV_", "COVERAGE_", "VIRTUAL_ENV", "NUMBA_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | variables
        return subprocess.run(
            [str(self.environment / "bin" / program), *rest],
            cwd=self.folder,
            env=clean,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Installed:
    base = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(base / "dist"), str(ROOT)]
    subprocess.run([*pip, *build], check=True, capture_output=True)
    (wheel,) = (base / "dist").glob("iovolc-*.whl")
    environment = base / "environment"
    venv.create(environment, symlinks=True)
    install = ["--python", str(environment / "bin" / "python"), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *install], check=True, capture_output=True)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (base / "elsewhere").mkdir()
    return Installed(wheel, environment, base / "elsewhere")


def test_the_wheel_carries_code_data_and_page_but_nothing_else(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    assert {"iovolc/_data/demo/epochs.csv", "iovolc/_data/demo/eruptions.csv", "iovolc/_data/gazetteer.csv"} <= {*names}
    assert len([name for name in names if name.startswith("iovolc/_data/instruments/")]) == 20
    assert len([name for name in names if name.startswith("iovolc/_data/photometry/")]) == 7
    templates = "iovolc/publish/templates"
    assert {f"{templates}/index.html.j2", f"{templates}/page/main.js", f"{templates}/vendor/d3-geo.min.js"} <= {*names}
    assert [name for name in names if name.endswith("d3-geo.LICENSE.txt") and "dist-info" in name]
    assert {name.split("/")[0] for name in names} == {"iovolc", "iovolc-0.1.0.dist-info"}
    assert [name for name in names if "__pycache__" in name] == []


def test_the_installed_package_is_not_the_checkout(installed: Installed) -> None:
    result = installed.run("python", "-c", "import iovolc; print(iovolc.__file__)")
    assert Path(result.stdout.strip()).is_relative_to(installed.environment), result.stderr


def test_the_data_are_found_inside_the_wheel(installed: Installed) -> None:
    result = installed.run("python", "-c", "from iovolc.data import data_path; print(data_path('demo/epochs.csv'))")
    assert Path(result.stdout.strip()).is_relative_to(installed.environment), result.stderr


def test_the_command_explains_itself(installed: Installed) -> None:
    result = installed.run("iovolc", "--help")
    assert result.returncode == 0, result.stderr
    assert {"demo", "run", "ingest", "check", "status"} <= {*result.stdout.split()}


def test_the_template_of_the_configuration_can_be_used(installed: Installed) -> None:
    template = installed.run("iovolc", "config", "template")
    assert template.returncode == 0, template.stderr
    (installed.folder / "config.yaml").write_text(template.stdout)
    checked = installed.run("iovolc", "config", "validate", "config.yaml")
    assert checked.returncode == 0, checked.stderr


def test_library_and_command_do_without_prefect(installed: Installed) -> None:
    code = (
        "import sys, pkgutil, importlib, iovolc\n"
        "sys.modules['prefect'] = None\n"
        "for module in pkgutil.walk_packages(iovolc.__path__, 'iovolc.'):\n"
        "    importlib.import_module(module.name)\n"
        "print('iovolc.cli' in sys.modules)"
    )
    result = installed.run("python", "-c", code)
    assert (result.returncode, result.stdout.strip()) == (0, "True"), result.stderr


@pytest.fixture(scope="module")
def compiled(installed: Installed) -> dict[str, str]:
    """The wheel warmed up: where its kernels are cached, and the only folder for what is to be deleted."""
    folders = {name: str(installed.folder / name.lower()) for name in ("NUMBA_CACHE_DIR", "TMPDIR")}
    for folder in folders.values():
        Path(folder).mkdir()
    result = installed.run("python", "-m", "iovolc.pipeline.warmup", timeout_s=600.0, **folders)
    assert result.returncode == 0, result.stderr
    return folders


@pytest.mark.slow
def test_the_warm_up_fills_the_cache_and_leaves_nothing_else(compiled: dict[str, str]) -> None:
    kernels = {path.name.split(".")[0] for path in Path(compiled["NUMBA_CACHE_DIR"]).rglob("*.nbi")}
    assert {"smooth", "separable", "fused", "matched", "pyramid", "residual", "ringscan"} <= kernels
    assert not list(Path(compiled["TMPDIR"]).iterdir())


@pytest.mark.slow
def test_the_demonstration_runs_from_the_wheel(installed: Installed, compiled: dict[str, str]) -> None:
    before = {path.name for path in Path(compiled["NUMBA_CACHE_DIR"]).rglob("*.nbc")}
    result = installed.run("iovolc", "demo", "--out", "demo-out", timeout_s=900.0, **compiled)
    assert result.returncode == 0, result.stderr
    told = re.search(r"must be found: (\d+) of (\d+)", result.stdout)
    assert told, result.stdout
    assert told[1] == told[2], result.stdout
    results = installed.folder / "demo-out" / "results"
    assert (results / "page" / "index.html").is_file()
    assert (results / "events.csv").read_text().count("\n") > 1
    after = {path.name for path in Path(compiled["NUMBA_CACHE_DIR"]).rglob("*.nbc")}
    assert len(after - before) < 0.1 * len(after)  # the warm-up left next to nothing to compile
