"""JSON with one spelling: sorted keys, fixed indent, no NaN, a newline at the end."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from iovolc.model.observation import format_utc


def plain(value: Any) -> Any:
    """The value as JSON knows it: numbers that are not finite become null, times ISO 8601 in UTC.

    Parameters
    ----------
    value : Any
        Plain values, numpy scalars, times, and sequences and mappings of them.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return format_utc(value)
    return value


def text(value: Any) -> str:
    """Canonical JSON of a value."""
    return json.dumps(plain(value), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def write(path: Path, value: Any) -> None:
    """Write canonical JSON; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(value), encoding="utf-8", newline="\n")
