"""Tables for papers in LaTeX: ``events.tex`` and ``hotspots.tex``, each a ``longtable`` to be read by ``input``.

A choice of columns as wide as a page in landscape; the byte-by-byte tables (:mod:`iovolc.publish.mrt`) hold all. Needs
no package but ``longtable``.
"""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from iovolc.publish.paper import EVENT, SPOT, PaperColumn
from iovolc.publish.wording import count, date, is_known, onset

EVENTS_NAME: Final = "events.tex"
HOTSPOTS_NAME: Final = "hotspots.tex"
LATEX_NAMES: Final = frozenset({EVENTS_NAME, HOTSPOTS_NAME})
_EVENT: Final = (
    "Event", "Tier", "Kind", "Lat", "LonW", "e_Pos", "Diam", "Onset", "Nep", "SNR", "q", "Feature", "Dist",
)  # fmt: skip
_SPOT: Final = ("Site", "Name", "Lat", "LonW", "e_Pos", "Ndet", "Nlim", "First", "Last", "Act", "Temp", "Power")
_ONSET: Final = PaperColumn("Onset", "onset", "Between the last look without it and the first with it (UTC)")
_HEADS: Final = MappingProxyType(
    {
        "Lat": "Latitude", "LonW": "West lon.", "e_Pos": r"$\sigma$", "Diam": "Diam.", "Nep": "Epochs", "q": "$q$",
        "Feature": "Nearest feature", "Dist": "Distance", "Ndet": "Seen", "Nlim": "Not seen", "Act": "Activity",
        "Temp": "$T$",
    }
)  # fmt: skip
_FEWER_DIGITS: Final = MappingProxyType({"Lat": 1, "LonW": 1, "e_Pos": 0, "Diam": 0, "SNR": 1, "Dist": 0})
_SPECIAL: Final = {
    **{ord(sign): f"\\{sign}" for sign in "&%$#_{}"},
    ord("~"): r"\textasciitilde{}", ord("^"): r"\textasciicircum{}", ord("\\"): r"\textbackslash{}",
    ord("<"): r"\textless{}", ord(">"): r"\textgreater{}",
}  # fmt: skip
_PAGE: Final = r"""%% Written by iovolc, run %(run)s. Needs \usepackage{longtable}; fits a page in landscape.
\begin{longtable}{%(align)s}
\caption{%(caption)s}\label{tab:iovolc-%(name)s}\\
\hline
%(head)s
\hline
\endfirsthead
\hline
%(head)s
\hline
\endhead
\hline
\endfoot
%(rows)s
\end{longtable}
"""


def write_latex(folder: Path, events: pd.DataFrame, hotspots: pd.DataFrame, run_id: str) -> None:
    """Write the events of tiers A and B, and the hot spots; nothing of what has no row.

    Parameters
    ----------
    folder : Path
        Where to.
    events, hotspots : DataFrame
        Schemas :data:`iovolc.model.tables.EVENTS` and :data:`iovolc.model.tables.HOTSPOTS`.
    run_id : str
        Named in the captions.
    """
    sure = events[events["tier"] != "C"].sort_values(["tier", "snr"], ascending=[True, False], kind="stable")
    if not sure.empty:
        left = len(events) - len(sure)
        caption = (
            f"Changes on Io (iovolc run {run_id}): significant in two independent data sets (tier A) or in one (B). "
            f"Without {count(left, 'candidate')} (tier C)."
        )
        rows = sure.assign(onset=[onset(row).replace(" to ", " -- ") for row in sure.to_dict("records")])
        _write(folder / EVENTS_NAME, rows, _chosen(EVENT, _EVENT), caption, run_id)
    if not hotspots.empty:
        caption = f"Hot spots on Io (iovolc run {run_id})."
        _write(folder / HOTSPOTS_NAME, hotspots, _chosen(SPOT, _SPOT), caption, run_id)


def _chosen(columns: Sequence[PaperColumn], names: Sequence[str]) -> list[PaperColumn]:
    known = {column.name: column for column in (*columns, _ONSET)}
    return [known[name] for name in names]


def _write(path: Path, frame: pd.DataFrame, columns: Sequence[PaperColumn], caption: str, run_id: str) -> None:
    numeric = {column.name: pd.api.types.is_numeric_dtype(frame[column.ours]) for column in columns}
    units = [column.unit or "" for column in columns]
    rows = [[_cell(value, column) for value in frame[column.ours]] for column in columns]
    page = _PAGE % {
        "run": run_id,
        "name": path.stem,
        "align": "".join("r" if numeric[column.name] else "l" for column in columns),
        "caption": caption,
        "head": f"{_line([_HEADS.get(column.name, column.name) for column in columns])}\n{_line(units)}",
        "rows": "\n".join(_line(row) for row in zip(*rows, strict=True)),
    }
    path.write_text(page, encoding="utf-8", newline="\n")


def _line(cells: Sequence[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _cell(value: Any, column: PaperColumn) -> str:
    if not is_known(value) or value == "":
        return r"\ldots"
    if isinstance(value, pd.Timestamp):
        return date(value)
    if isinstance(value, (int, float)):
        return _number(float(value), _FEWER_DIGITS.get(column.name, column.decimals))
    return " ".join(str(value).split()).translate(_SPECIAL)


def _number(value: float, decimals: int | None) -> str:
    """With so many decimals and a true minus; two digits and a power of ten if None."""
    if decimals is not None:
        text = f"{value:.{decimals}f}"
        return f"${text}$" if value < 0 else text
    mantissa, _, power = f"{value:.1e}".partition("e")
    return rf"${mantissa}\times10^{{{int(power)}}}$" if value else "0"
