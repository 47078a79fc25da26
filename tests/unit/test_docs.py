"""The documentation is true where that can be checked: links lead somewhere, commands and options exist."""

import json
import re
from functools import lru_cache
from pathlib import Path

import pytest
import typer

from iovolc.cli import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (*sorted(DOCS.glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")))
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
GROUPS = ("bench", "config", "export")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


@lru_cache(maxsize=64)
def text_of(path):
    """A page, or the texts of a notebook."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def anchors(path):
    """The headings of a page, as links name them."""
    heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken(path):
    """The links of a page that lead nowhere; addresses on the network are not followed."""
    for target in LINK.findall(text_of(path)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            yield target


@pytest.mark.parametrize("path", [*PAGES, *NOTEBOOKS], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    assert list(broken(path)) == []


def test_a_broken_link_would_be_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One head\n[a](#one-head) [b](#two) [c](gone.md) [d](page.md#one-head)\n")
    assert list(broken(page)) == ["#two", "gone.md"]


def test_the_index_leads_to_every_page_notebook_and_example():
    linked = set(LINK.findall(text_of(DOCS / "index.md")))
    made = [*DOCS.glob("*.md"), *NOTEBOOKS, *(DOCS / "examples").glob("*.py")]
    assert {path.relative_to(DOCS).as_posix() for path in made} - {"index.md"} <= linked


@lru_cache(maxsize=1)
def commands():
    """Options by command; sub-commands by both words."""
    found = {}

    def collect(command, words):
        found[" ".join(words)] = {name for parameter in command.params for name in (*parameter.opts, "--help")}
        for name, inner in getattr(command, "commands", {}).items():
            collect(inner, (*words, name))

    collect(typer.main.get_command(app), ())
    return found


def calls(path):
    """Every ``iovolc ...`` in code of a page, as words; lines that go on are joined."""
    for block, span in CODE.findall(text_of(path)):
        for line in (block or span).replace("\\\n", " ").splitlines():
            words = line.split()
            if len(words) > 1 and words[0].rpartition("/")[2] == "iovolc":
                yield words[1:]


def wrong(path):
    """What a page tells to type that the command line does not know."""
    known = commands()
    for words in calls(path):
        names = [f"{words[0]} {word}" for word in "".join(words[1:2]).split("|")] if words[0] in GROUPS else words[:1]
        options = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
        if not words[0].startswith("-") and not all(name in known and options <= known[name] for name in names):
            yield " ".join(words)


@pytest.mark.parametrize("path", [*PAGES, *NOTEBOOKS], ids=lambda path: path.name)
def test_every_command_and_option_exists(path):
    assert list(wrong(path)) == []


def test_a_wrong_command_would_be_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "Type `iovolc rum x`, `iovolc run x --outt y`\n\n```\niovolc status --store z\niovolc bench rum\n```\n"
    )
    assert list(wrong(page)) == ["rum x", "run x --outt y", "bench rum"]


def test_the_pages_name_every_command():
    named = {" ".join(words[:length]) for path in PAGES for words in calls(path) for length in (1, 2)}
    assert {name for name in commands() if name and name not in GROUPS} <= named
