"""``CITATION.cff`` of a run: how to cite its results, the program and the data that went in.

After version 1.2.0 of the Citation File Format. Whose run it is, iovolc does not know: who publishes it puts their own
names first.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from iovolc import __version__, body
from iovolc.publish.run_output import InputFile, RunOutput

NAME: Final = "CITATION.cff"
_MAKERS: Final = "The iovolc maintainers"


def write_citation(folder: Path, run: RunOutput) -> None:
    """Write ``CITATION.cff``; the same run gives the same bytes."""
    text = yaml.safe_dump(citation(run), sort_keys=False, allow_unicode=True, width=100)
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def citation(run: RunOutput) -> dict[str, Any]:
    """The citation of a run as plain values."""
    program = {
        "type": "software",
        "title": "iovolc",
        "version": __version__,
        "license": "BSD-3-Clause",
        "authors": _named(_MAKERS),
    }
    return {
        "cff-version": "1.2.0",
        "message": "Put the names of those who made this run first, and cite the data that went in as well.",
        "type": "dataset",
        "title": f"Volcanic change on {body.NAME}: iovolc run {run.run_id}",
        "authors": _named(_MAKERS),
        "version": f"iovolc-{run.run_id}",
        "keywords": [body.NAME, "volcanism", "change detection"],
        "references": [program, *_data(run.manifest.inputs), *map(_generic, run.credits)],
    }


def _data(inputs: Iterable[InputFile]) -> list[dict[str, Any]]:
    """One reference per mission, instrument, credit and licence."""
    kinds = Counter((item.mission, item.instrument, item.credit, item.licence) for item in inputs)
    return [
        {
            "type": "data",
            "title": " ".join(filter(None, (mission, instrument, "observations of", body.NAME))),
            "authors": _named(credit or "credit not stated"),
            "notes": f"{many} used; licence: {licence or 'not stated'}",
        }
        for (mission, instrument, credit, licence), many in sorted(kinds.items())
    ]


def _generic(text: str) -> dict[str, Any]:
    title, _, credit = text.partition(": ")
    return {"type": "data", "title": title, "authors": _named(credit or title)}


def _named(name: str) -> list[dict[str, str]]:
    return [{"name": name}]
