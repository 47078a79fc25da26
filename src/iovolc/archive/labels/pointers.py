"""Where a label says that its data lie: in the same file, or in a plain file beside it. Nothing else is ever opened."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iovolc.archive.labels.keywords import Keywords, plain_number
from iovolc.archive.labels.values import LabelError, Text, Value

LABEL_SUFFIXES: Final = (".LBL", ".lbl", ".Lbl")
_MAX_RECORD: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Place:
    """A file and the byte where an object begins in it."""

    path: Path
    offset: int


def follow(pointer: str, keywords: Keywords, label: Path) -> Place:
    """Where an object of a PDS3 or ISIS2 label begins.

    Parameters
    ----------
    pointer : str
        Name of the keyword, such as ``^IMAGE``.
    keywords : Keywords
        Of the label.
    label : Path
        The label's file.

    Raises
    ------
    LabelError
        If the pointer names no position, or a file that does not lie in the label's own folder.
    """
    items = keywords.items(pointer)
    if not items:
        raise LabelError(f"the label has no pointer `{pointer}`; it describes no pixels that could be read")
    first, *rest = items
    name = first.text if isinstance(first, Text) and plain_number(first.text) is None else ""
    if not name:
        return Place(label, _offset(first, keywords, pointer))
    return Place(beside(label, name), _offset(rest[0], keywords, pointer) if rest else 0)


def beside(label: Path, name: str) -> Path:
    """The file of this plain name in the label's folder, in the label's spelling or in small or capital letters.

    Raises
    ------
    LabelError
        If the name is a path, or there is no such file there.
    """
    plain = name.strip()
    if not plain or plain.startswith(".") or any(character in plain for character in "/\\:\0"):
        raise LabelError(f"the label points to `{plain[:60]}`; only a plain file name in its own folder is followed")
    folder = label.parent
    for spelling in dict.fromkeys((plain, plain.lower(), plain.upper())):
        path = folder / spelling
        if path.is_file():
            if not _in_folder(path, folder):
                raise LabelError(f"`{plain}` is a link that leads out of the label's folder")
            return path
    raise LabelError(f"the label's data file `{plain}` is not in its folder")


def sibling_label(path: Path) -> Path | None:
    """The detached label beside a data file: the same stem, the suffix of a label; no link that leads elsewhere."""
    if path.suffix.lower() == ".lbl":
        return None
    beside_it = (path.with_suffix(suffix) for suffix in LABEL_SUFFIXES)
    return next((found for found in beside_it if found.is_file() and _in_folder(found, path.parent)), None)


def _in_folder(path: Path, folder: Path) -> bool:
    return path.resolve().parent == folder.resolve()


def _offset(position: Value, keywords: Keywords, pointer: str) -> int:
    number = plain_number(position.text) if isinstance(position, Text) else None
    if not isinstance(position, Text) or number is None or number != int(number) or not 1 <= number < _MAX_RECORD:
        raise LabelError(f"`{pointer}` does not point to a record from 1 on")
    if position.unit.startswith("byte"):
        return int(number) - 1
    return (int(number) - 1) * keywords.integer("RECORD_BYTES", low=1, high=1 << 30)
