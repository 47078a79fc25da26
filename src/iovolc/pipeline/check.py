"""Check: every problem of catalogues and their files, before any heavy work."""

from collections.abc import Sequence
from pathlib import Path

from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.images import read_observation
from iovolc.errors import Finding, InputError


def check(catalogues: Sequence[Path]) -> tuple[tuple[Finding, ...], int]:
    """Problems of the catalogues, and how many rows could be used.

    Parameters
    ----------
    catalogues : sequence of Path
        CSV files.
    """
    findings: list[Finding] = []
    usable = 0
    for path in catalogues:
        content = read_catalogue(path)
        findings += content.findings
        for row in content.rows:
            try:
                read_observation(row, path.parent)
            except InputError as error:
                findings += error.findings
            else:
                usable += 1
    return tuple(findings), usable
