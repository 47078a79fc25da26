"""Records of runs, a line of JSON each: what is recorded is not run again, so that many runs go in chunks."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.iobench.surface import Base, load_base

Record = dict[str, Any]
Key = tuple[Any, ...]


def recorded(
    path: Path,
    asked: Sequence[Key],
    key_of: Callable[[Record], Key],
    make: Callable[[Key, Base], Record],
    pixels_per_degree: int,
) -> list[Record]:
    """The records of all that is asked for; what is missing is made and appended to the file.

    Parameters
    ----------
    path : Path
        The file, made if it is not there.
    asked : sequence of tuple
        Keys.
    key_of : callable
        The key of a record.
    make : callable
        Makes the record of a key on the surface, which is loaded only if something is missing.
    pixels_per_degree : int
        Of the surface.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    known = {key_of(record): record for record in map(json.loads, lines)}
    missing = [key for key in asked if key not in known]
    if missing:
        base = load_base(pixels_per_degree)
        for key in missing:
            known[key] = make(key, base)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(known[key]) + "\n")
    return [known[key] for key in asked]
