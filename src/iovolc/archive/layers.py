"""Which source has the say over a field: the catalogue's row, then the label, then the instrument's descriptor.

Not for placements and bands, which are more than one field (:mod:`iovolc.archive.placing`,
:mod:`iovolc.archive.bands`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from iovolc.archive.product import Facts
from iovolc.archive.rows import Row

CATALOGUE = "catalogue"
LABEL = "label"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says.

    Parameters
    ----------
    source : str
        Its name, for example ``label``.
    values : mapping of str to object
        By field of :class:`iovolc.model.observation.ObservationRecord`; blanks are left out.
    """

    source: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, source: str, value: Row | Facts) -> "Layer":
        """The fields of a value that are not blank."""
        held = {field.name: getattr(value, field.name) for field in fields(value)}
        return cls(source, {name: item for name, item in held.items() if not is_blank(item)})


def is_blank(value: Any) -> bool:
    """Whether a value says nothing: None, an empty text, nan."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def choose(names: tuple[str, ...], layers: tuple[Layer, ...]) -> tuple[dict[str, Any], dict[str, str]]:
    """Of each field the first layer's value, and that layer's source.

    Parameters
    ----------
    names : tuple of str
        Fields that are wanted.
    layers : tuple of Layer
        The one with the say first.

    Returns
    -------
    values : dict of str to object
    sources : dict of str to str
        Both hold only the fields that some layer gives.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name in names:
        layer = next((layer for layer in layers if name in layer.values), None)
        if layer is not None:
            values[name], sources[name] = layer.values[name], layer.source
    return values, sources
