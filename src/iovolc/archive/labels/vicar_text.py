"""VICAR labels: ``KEY=value`` pairs of one line of text, at the file's beginning and, with ``EOL=1``, also at its end.

Keywords after ``PROPERTY`` and ``TASK`` belong to that part and get its name before them.
"""

import re
from pathlib import Path
from typing import Final

from iovolc.archive.labels.keywords import Keywords
from iovolc.archive.labels.values import LabelError, Text, Value

MAX_LABEL: Final = 1 << 20
_SIZE: Final = re.compile(rb"LBLSIZE\s*=\s*(\d{1,9})(?!\d)")
_QUOTED: Final = r"'(?:[^']|'')*+'"
"""Possessive, like the list below: broken text must not make the search go back and forth."""
_WORD: Final = r"[^\s,()']+"
_PAIR: Final = re.compile(rf"\s*([A-Za-z_][\w.$^]*)\s*=\s*(\((?:{_QUOTED}|[^()'])*+\)|{_QUOTED}|{_WORD})")
_ITEM: Final = re.compile(rf"{_QUOTED}|{_WORD}")


def parse_vicar(text: bytes) -> dict[str, Value]:
    """The keywords of one part of a label.

    Parameters
    ----------
    text : bytes
        From ``LBLSIZE=`` on, of the length that it states; zeros at the end are padding.

    Raises
    ------
    LabelError
        If something stands there that is no pair.
    """
    line = text.split(b"\0", 1)[0].decode("latin-1").rstrip()
    found: dict[str, Value] = {}
    prefix, position = "", 0
    while position < len(line):
        match = _PAIR.match(line, position)
        if match is None:
            seen = line[position : position + 40]
            raise LabelError(f"the VICAR label cannot be read at character {position}: `{seen}`")
        name, value = match[1].upper(), _value(match[2])
        if name in {"PROPERTY", "TASK"} and isinstance(value, Text):
            prefix = f"{value.text.upper()}."
        else:
            found.setdefault(prefix + name, value)
        position = match.end()
    return found


def label_size(content: bytes) -> int:
    """The length that a label states for itself.

    Raises
    ------
    LabelError
        If it does not, or it is larger than :data:`MAX_LABEL`.
    """
    match = _SIZE.match(content)
    size = int(match[1]) if match else 0
    if not 0 < size <= MAX_LABEL:
        raise LabelError(f"the VICAR label states {size} bytes for itself; at most {MAX_LABEL} are read")
    return size


def read_vicar(path: Path) -> Keywords:
    """The keywords of a file, from both its labels.

    Raises
    ------
    LabelError
        If a label is cut off or broken.
    """
    with path.open("rb") as stream:
        size = label_size(stream.read(40))
        stream.seek(0)
        values = parse_vicar(_part(stream.read(size), size))
        keywords = Keywords(values)
        if keywords.integer("EOL", low=0, high=1, default=0):
            stream.seek(size + image_bytes(keywords))
            head = stream.read(40)
            size = label_size(head)
            values |= {
                name: value
                for name, value in parse_vicar(_part(head + stream.read(max(0, size - 40)), size)).items()
                if name not in values
            }
    return Keywords(values)


def image_bytes(keywords: Keywords) -> int:
    """Bytes of all records between the two labels."""
    record, header, second, third = (
        keywords.integer(name, low=0, high=1 << 32, default=fallback)
        for name, fallback in (("RECSIZE", None), ("NLB", 0), ("N2", None), ("N3", 1))
    )
    return record * (header + second * third)


def _part(content: bytes, size: int) -> bytes:
    if len(content) < size:
        raise LabelError(f"the VICAR label should have {size} bytes, but the file ends after {len(content)}")
    return content[:size]


def _value(text: str) -> Value:
    if text.startswith("("):
        return tuple(_value(item) for item in _ITEM.findall(text[1:-1]))
    return Text(text[1:-1].replace("''", "'").strip() if text.startswith("'") else text)
