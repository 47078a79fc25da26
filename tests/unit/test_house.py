"""The house rules that no linter knows."""

import ast
import importlib
import importlib.util
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "benchmarks", "data", "docs", "flows", "src", "tests")
TOP = {"Makefile", "LICENSE", ".gitignore", "run"}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".csv",
    ".json",
    ".lock",
    ".html",
    ".js",
    ".css",
    ".jinja",
    ".j2",
    ".ipynb",
    ".cff",
}
HOSTS = ("py" + "pi.", "python" + "hosted.", "npmjs" + ".", "jsdelivr" + ".", "unpkg" + ".", "cdnjs" + ".")
MACHINE = re.compile(r"(?<![\w.<>*~}/-])/(?:home|root|tmp|work|Users|opt|mnt|var/folders)/\w")


def committed() -> Iterator[Path]:
    """Our text files, wherever tools leave theirs."""
    inside = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))
    for path in (*(path for path in sorted(ROOT.iterdir()) if path.name in TOP or path.suffix in TEXT), *inside):
        if path.is_file() and (path.suffix in TEXT or path.name in TOP) and "__pycache__" not in path.parts:
            yield path


def names_of_machines(text: str) -> list[str]:
    return [host for host in HOSTS if host in text] + MACHINE.findall(text)


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def function_lengths(path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [(node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node) for node in functions]


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


def test_no_module_exceeds_400_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("src", "flows", "tests", "benchmarks", "docs")
    }
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_half_of_the_modules_are_short() -> None:
    assert statistics.median(len(path.read_text(encoding="utf-8").splitlines()) for path in python_files("src")) <= 150


def test_nine_functions_in_ten_are_short() -> None:
    lengths = [length for path in python_files("src", "flows") for length in function_lengths(path)]
    assert statistics.quantiles(lengths, n=10)[-1] <= 35


def test_no_file_names_a_machine_or_a_package_host() -> None:
    named = {
        str(path.relative_to(ROOT)): found
        for path in committed()
        if (found := names_of_machines(path.read_text(encoding="utf-8")))
    }
    assert named == {}


def test_only_flows_import_prefect() -> None:
    importers = [
        str(path.relative_to(ROOT))
        for path in python_files("src")
        if re.search(r"^\s*(?:import|from) prefect\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert importers == []


def test_a_machine_or_host_would_be_noticed() -> None:
    assert names_of_machines('open("/ho' + 'me/someone/io.tif")')
    assert names_of_machines("https://py" + "pi.org/simple")
    assert not names_of_machines("STORE/tmp/x and ~/wo" + "rk/io.tif")
    assert {"Makefile", "run", "test_house.py", "requirements.lock"} <= {path.name for path in committed()}


def names_taken(path: Path) -> Iterator[tuple[str, str]]:
    """Modules of iovolc from which a file takes names, and the names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("iovolc."):
            yield from ((str(node.module), alias.name) for alias in node.names)


def test_what_benchmarks_and_pages_take_from_iovolc_is_there() -> None:
    """They are run by hand, so that no test would notice."""
    taken = {pair for path in python_files("benchmarks", "docs") for pair in names_taken(path)}
    modules = {name: importlib.import_module(name) for name in sorted({module for module, _ in taken})}
    missing = {
        f"{module}.{name}"
        for module, name in taken
        if not hasattr(modules[module], name) and importlib.util.find_spec(f"{module}.{name}") is None
    }
    assert missing == set()
