"""Where an input was named, so that every finding can say it."""

from dataclasses import dataclass

from iovolc.errors import Finding


@dataclass(frozen=True, slots=True)
class Origin:
    """A product and, if a catalogue names it, the line where it does.

    Parameters
    ----------
    product : str
        The file as the catalogue writes it.
    row : int or None
        Line of the catalogue, counted from 2.
    """

    product: str
    row: int | None = None

    def finding(self, code: str, detail: str, column: str | None = None) -> Finding:
        """A finding here; without a catalogue no column is named."""
        return Finding(code, self.product, detail, self.row, None if self.row is None else column)
