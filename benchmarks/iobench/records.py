"""Records of runs, a line of JSON each: what is recorded is not run again, so that many runs go in chunks.

Every record names the version of the detector and the map of Io; those of others are passed over.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.iobench.surface import Base, load_base

from iovolc.pipeline.context import ALGORITHM_VERSIONS

Record = dict[str, Any]
Key = tuple[Any, ...]

_STAGE: Final = "detect"


def recorded(
    path: Path,
    asked: Sequence[Key],
    key_of: Callable[[Record], Key],
    make: Callable[[Key, Base], Record],
    pixels_per_degree: int,
) -> list[Record]:
    """All records of the detector as it is on this map, also those not asked for; what is missing is made and appended.

    Parameters
    ----------
    path : Path
        The file, made if it is not there.
    asked : sequence of tuple
        Keys.
    key_of : callable
        The key of a record.
    make : callable
        Makes the record of a key on the surface.
    pixels_per_degree : int
        Of the surface.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    base = load_base(pixels_per_degree)
    same = {_STAGE: ALGORITHM_VERSIONS[_STAGE], "base": base.name}
    known = {key_of(record): record for record in map(json.loads, lines) if same.items() <= record.items()}
    for key in asked:
        if key not in known:
            known[key] = make(key, base) | same
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(known[key]) + "\n")
    return list(known.values())
