"""The page's data as small scripts: what is opened from disk may fetch nothing, but may load scripts beside it."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from iovolc.publish import canonical

DATA: Final = "data"
LIBRARY: Final = "lib"
LIBRARIES: Final = ("d3-array.min.js", "d3-geo.min.js")
"""Libraries of others, in the order of loading; their licences lie beside them."""
SCRIPTS: Final = (
    "core.js", "wording.js", "state.js", "surfaces.js", "layers.js", "latest.js", "projections.js", "painting.js",
    "marks.js", "maps.js", "layer_controls.js", "timeline.js", "compare.js", "filters.js", "rows.js", "table.js",
    "cutouts.js", "event.js", "curves.js", "hotspots.js", "reach.js", "keys.js", "main.js",
)  # fmt: skip
"""Our own, in the order of loading."""


def write_library(folder: Path) -> None:
    """Copy the page's scripts, style and licences to ``lib/``."""
    target = folder / LIBRARY
    target.mkdir(parents=True, exist_ok=True)
    templates = files("iovolc.publish") / "templates"
    for source in ("page", "vendor"):
        for item in (templates / source).iterdir():
            if item.name.endswith((".js", ".txt")):
                (target / item.name).write_bytes(item.read_bytes())


def write_data(folder: Path, name: str, value: Any) -> None:
    """Write ``data/<name>.js``, which hands a value to the page.

    Parameters
    ----------
    folder : Path
        Of the page.
    name : str
        Ours, of letters, digits, ``_`` and ``/``: never a name from a catalogue.
    value : Any
        Plain values; all that is not ASCII is escaped, and so is ``<``.
    """
    text = json.dumps(canonical.plain(value), separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    path = folder / DATA / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    escaped = text.replace("<", "\\u003c")
    path.write_text(f'iovolc.receive("{name}",{escaped});\n', encoding="ascii", newline="\n")
