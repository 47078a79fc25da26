"""Where an input was named, so that every finding can say it."""

from dataclasses import dataclass
from typing import Final

from iovolc.errors import Finding

OWN_PREFIX: Final = "iovolc:"
"""In front of a column's name: the field of a STAC Item that says what the column says."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A product and, if a catalogue names it, the line or the STAC Item where it does.

    Parameters
    ----------
    product : str
        The file as the catalogue writes it.
    row : int or None
        Line of the catalogue, counted from 2.
    item : str or None
        Id of the item.
    """

    product: str
    row: int | None = None
    item: str | None = None

    @classmethod
    def of(cls, finding: Finding) -> "Origin":
        """Where what a finding is about was named."""
        return cls(finding.product, finding.row, finding.item)

    @property
    def place(self) -> str:
        """Line or item in words; the product where no catalogue names it."""
        if self.item is not None:
            return f"item {self.item}"
        return self.product if self.row is None else f"row {self.row}"

    def within(self, catalogue: str) -> str:
        """The line or item together with the name of its catalogue; empty where no catalogue names the product."""
        return "" if self.row is None and self.item is None else f"{catalogue}, {self.place}"

    def finding(self, code: str, detail: str, column: str | None = None) -> Finding:
        """A finding here; without a catalogue no column is named, and in an item the field that means the same."""
        if self.item is not None:
            return Finding(code, self.product, detail, None, None if column is None else item_field(column), self.item)
        return Finding(code, self.product, detail, self.row, None if self.row is None else column)


def item_field(column: str) -> str:
    """The field of a STAC Item that says what a column says; a name that is a field already stays."""
    if column == "path":
        return "href"
    return column if ":" in column else f"{OWN_PREFIX}{column}"
