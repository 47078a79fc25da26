"""What was refused, why, and how to mend it: one JSON file per refused file, for people and for the status."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import fsspec

from iovolc.cube.entry import Refused
from iovolc.cube.files import read_json, write_json
from iovolc.cube.layout import StorePath, local, quarantine_file
from iovolc.cube.lock import locked
from iovolc.errors import PROBLEMS, Finding


def refuse(
    store: StorePath, sha256: str, product: str, findings: Iterable[Finding] = (), *, reason: str = "", place: str = ""
) -> Refused:
    """Record why a product is refused; the same refusal again writes nothing.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk.
    sha256 : str
        Of the product's file, or of its path if the file cannot be read.
    product : str
        The observation id if it is known, otherwise the path. A file may hold several products.
    findings : iterable of Finding
        The numbered problems.
    reason : str
        What else was wrong, if no numbered problem says it.
    place : str
        The catalogue and its line that named the product.

    Returns
    -------
    Refused
        For the next manifest.
    """
    found = tuple(findings)
    path = quarantine_file(store, sha256)
    with locked(store):
        old = read_quarantine(store, sha256)
        new = {**old, product: {"findings": [_finding_json(item) for item in found], "reason": reason}}
        if new != old:
            write_json(local(path), {"sha256": sha256, "products": new})
    return Refused(product, sha256, tuple(sorted({finding.code for finding in found})), place)


def read_quarantine(store: StorePath, sha256: str) -> Mapping[str, Any]:
    """What was refused of one file: by product its ``findings`` and ``reason``; empty if nothing was.

    Each finding has ``code, title, product, detail, row, column, fix``.
    """
    try:
        return read_json(quarantine_file(store, sha256))["products"]
    except FileNotFoundError:
        return {}


def quarantined(store: StorePath) -> tuple[str, ...]:
    """The sha256 of all files of which something was refused, sorted."""
    system, root = fsspec.url_to_fs(str(store))
    paths = system.glob(f"{root}/quarantine/*.json")
    return tuple(sorted(str(path).rpartition("/")[2].removesuffix(".json") for path in paths))


def _finding_json(finding: Finding) -> dict[str, Any]:
    problem = PROBLEMS[finding.code]
    return {**asdict(finding), "title": problem.title, "fix": problem.fix}
