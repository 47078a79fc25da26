"""What a label holds, before anything is understood: words, numbers as text with their unit, lists and groups.

Values stay text here, because a product's version ``01`` or a clock count ``03836008.26`` is no number.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

MAX_DEPTH: Final = 12
"""Groups within groups; real labels have four."""


@dataclass(frozen=True, slots=True)
class Text:
    """One word or number as written, without quotes, and its unit in lower case; empty without one."""

    text: str
    unit: str = ""


Value: TypeAlias = Text | tuple["Value", ...]


class LabelError(ValueError):
    """A label that cannot be read, in words; readers turn it into E102."""


@dataclass(frozen=True, slots=True)
class Group:
    """A named part of a label."""

    entries: "tuple[tuple[str, Text | tuple[Value, ...] | Group], ...]"


def flatten(root: Group) -> Mapping[str, Value]:
    """All values by upper-case name, groups joined by dots; where a name stands twice, the first counts.

    Raises
    ------
    LabelError
        If groups lie deeper than :data:`MAX_DEPTH`.
    """
    found: dict[str, Value] = {}
    waiting = deque([("", 0, root)])
    while waiting:
        prefix, depth, group = waiting.popleft()
        if depth > MAX_DEPTH:
            raise LabelError(f"groups lie more than {MAX_DEPTH} deep")
        for name, value in group.entries:
            path = prefix + name.upper()
            if isinstance(value, Group):
                waiting.append((f"{path}.", depth + 1, value))
            else:
                found.setdefault(path, value)
    return MappingProxyType(found)
