"""PDS4 labels: hostile XML to a bounded tree, looked up by local names.

Namespaces are dropped, because dictionaries change theirs from version to version. Not for what the names mean.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from iovolc.archive.failures import damaged
from iovolc.archive.files import system_error
from iovolc.archive.formats.limits import MAX_LABEL_BYTES
from iovolc.archive.origin import Origin

MAX_DEPTH: Final = 40
MAX_KEY: Final = 400


def read_label(path: Path, origin: Origin) -> Element:
    """The label's root.

    Raises
    ------
    UnreadableProduct
        E102 for what is not XML, is larger than 4 MiB or deeper than 40 elements, or declares a document type
        (entities are never expanded, nothing is fetched).
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(MAX_LABEL_BYTES + 1)
    except OSError as error:
        raise system_error(error, origin) from error
    if len(text) > MAX_LABEL_BYTES:
        raise damaged(origin, f"the label is larger than {MAX_LABEL_BYTES} bytes")
    try:
        root = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise damaged(origin, "the label declares a document type or entities, which are not read") from error
    except (ParseError, ValueError, LookupError) as error:
        raise damaged(origin, f"the label is not XML: {error}") from error
    for _, depth, _ in walk(root):
        if depth > MAX_DEPTH:
            raise damaged(origin, f"the label is nested deeper than {MAX_DEPTH} elements")
    return root


def name_of(element: Element) -> str:
    """The local name; empty for comments and instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def walk(root: Element) -> Iterator[tuple[Element, int, str]]:
    """Every element below the root in the label's order, with its depth and dotted path; one level too deep at most."""
    stack = [(child, 1, name_of(child)) for child in reversed(root)]
    while stack:
        element, depth, key = stack.pop()
        yield element, depth, key
        if depth <= MAX_DEPTH:
            stack += [(child, depth + 1, f"{key}.{name_of(child)}"[: MAX_KEY + 1]) for child in reversed(element)]


def keywords(root: Element) -> dict[str, str]:
    """Texts of the leaves by dotted path in upper case; paths that occur twice are left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for element, _, key in walk(root):
        value = text_of(element)
        if len(element) or not value or len(key) > MAX_KEY:
            continue
        name = key.upper()
        if name in found:
            twice.add(name)
        found[name] = value
    return {key: value for key, value in found.items() if key not in twice}


def every(root: Element, *names: str) -> Iterator[Element]:
    """The elements of these local names anywhere below, in the label's order."""
    return (element for element in root.iter() if element is not root and name_of(element) in names)


def first(root: Element | None, *names: str) -> Element | None:
    """The first element of these local names anywhere below; earlier names go before later ones."""
    if root is None:
        return None
    return next((element for name in names for element in every(root, name)), None)


def text_of(element: Element | None) -> str:
    """The element's own text, stripped; empty without one."""
    return ((element.text if element is not None else None) or "").strip()


def text(root: Element | None, *names: str) -> str:
    """Text of the first element of these names."""
    return text_of(first(root, *names))


def number_of(element: Element | None) -> float | None:
    """The element's text as a finite number."""
    try:
        value = float(text_of(element))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def number(root: Element | None, *names: str) -> float | None:
    """The first element of these names as a finite number."""
    return number_of(first(root, *names))


def unit_of(element: Element | None) -> str:
    """The attribute ``unit``."""
    return "" if element is None else element.get("unit", "").strip()


def referring(root: Element, name: str, identifier: str) -> Element | None:
    """The element of a discipline that is about an object of the label, by its local reference.

    The only one of its name needs no reference.
    """
    found = list(every(root, name))
    for element in found:
        if identifier and any(text_of(item) == identifier for item in every(element, "local_identifier_reference")):
            return element
    return found[0] if len(found) == 1 else None
