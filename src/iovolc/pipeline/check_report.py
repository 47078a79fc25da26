"""What a check found, for people and as JSON. Not for finding it (:mod:`iovolc.pipeline.check`)."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from iovolc.archive.convention import Diagnosis
from iovolc.archive.rows import Row
from iovolc.archive.understanding import Understood
from iovolc.errors import Finding

MARGINS_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one row.

    Parameters
    ----------
    row : Row
        The row.
    findings : tuple of Finding
        Errors and warnings.
    usable : bool
        Whether there is no error.
    diagnosis : Diagnosis or None
        What the base map says; None if the image could not be read.
    understood : Understood or None
        The record and who said each of its fields; None if the image could not be read.
    """

    row: Row
    findings: tuple[Finding, ...]
    usable: bool
    diagnosis: Diagnosis | None = None
    understood: Understood | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of everything.

    Parameters
    ----------
    findings : tuple of Finding
        In the order of the files and rows.
    rows : tuple of Checked
        One per row that could be parsed.
    written : tuple of Path
        Mended catalogues.
    measurements : int
        Usable rows of tables of point measurements.
    """

    findings: tuple[Finding, ...]
    rows: tuple[Checked, ...]
    written: tuple[Path, ...] = ()
    measurements: int = 0

    @property
    def usable(self) -> int:
        """Number of rows without an error, of catalogues and of tables."""
        return sum(checked.usable for checked in self.rows) + self.measurements

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep something from being used."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def text(self, *, fix: bool = False) -> str:
        """The findings and what was written as lines for people; ``fix`` says whether writing was asked for."""
        lines = [f"{'warning: ' * (item.severity == 'warning')}{item}" for item in self.findings]
        lines += [f"written: {path}" for path in self.written]
        if fix and not self.written:
            lines.append("nothing written: no cell of a catalogue mends what was found")
        warnings = len(self.findings) - len(self.errors)
        count = f"{self.usable} usable rows, {len(self.errors)} problems"
        return "\n".join([*lines, f"{count}, {warnings} warnings" if warnings else count])

    def to_json(self) -> dict[str, Any]:
        """The same as plain values, with what was understood, and the margins, of every row."""
        return {
            "usable": self.usable,
            "findings": [asdict(item) | {"severity": item.severity} for item in self.findings],
            "margins": [margins(checked) for checked in self.rows],
            "understood": [fields_said(checked.understood) for checked in self.rows if checked.understood is not None],
            "written": [str(path) for path in self.written],
        }


def fields_said(understood: Understood) -> dict[str, Any]:
    """Every known field of a record with its value and who said it, and the notes."""
    plain = understood.record.to_json()
    said = {name: {"value": plain[name], "source": source} for name, source in sorted(understood.sources.items())}
    return {"path": understood.record.path, "family": understood.product.family, "fields": said,
            "notes": list(understood.notes)}  # fmt: skip


def margins(checked: Checked) -> dict[str, Any]:
    """A row's margins as plain values: the stated reading, the best ones, and the small faults with their errors."""
    found = checked.diagnosis
    values: dict[str, Any] = {"product": checked.row.path, "row": checked.row.number, "id": checked.row.id}
    if found is None:
        return values
    table = found.table
    best = [score for score in table.scores[:MARGINS_SHOWN] if score is not table.stated]
    shown = [asdict(score) | {"reading": score.variant.name} for score in (table.stated, *best) if score is not None]
    verdict = "misread" if table.misread else "as stated" if table.can_be_told else "cannot be told"
    return values | {
        "verdict": verdict,
        "needed_sigma": table.needed_sigma,
        "blocks": table.blocks,
        "readings": shown,
        "distortion": None if found.distortion is None else asdict(found.distortion),
        "mends": [asdict(mend) for mend in found.mends],
    }
