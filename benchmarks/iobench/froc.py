"""Free-response curves: the share of changes found against false detections, for the page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.iobench.pool import OWN
from benchmarks.iobench.report import EVEN, FROC_PER_MPX, FROC_STRATUM
from benchmarks.iobench.score import FALSE_PER_MPX

from iovolc.publish.drawing import INK, OKABE_ITO, new_figure, save

_NAMED: Final = 4
"""Peers drawn in colour: those that find most at the middle rate."""
_WIDE: Final = 2.2
_OTHERS: Final = "#9aa7b4"


def draw_froc(summary: Mapping[str, Any], path: Path) -> None:
    """Draw the curves of iovolc and its peers on the evened maps, the best with their 95 % intervals.

    Dotted lines are the rates of the page's tables.

    Parameters
    ----------
    summary : mapping
        Of :func:`benchmarks.iobench.report.summarise`.
    path : Path
        PNG, SVG or PDF to write; its folder is made.
    """
    figure = new_figure(6.4, 3.8)
    axes = figure.subplots()
    middle = f"{FALSE_PER_MPX[1]:g}"
    peers = sorted(
        (name for name, method in summary["methods"].items() if method["chosen"].startswith(EVEN)),
        key=lambda name: -summary["methods"][name]["at"][middle]["strata"][FROC_STRATUM]["found"],
    )
    colours = dict(zip((OWN, *peers[:_NAMED]), OKABE_ITO, strict=False))
    for name in (*reversed(peers), OWN):
        points = summary["methods"][name]["froc"]
        share, low, high = (np.array([point[part] for point in points], float) for part in ("share", "low", "high"))
        colour = colours.get(name, _OTHERS)
        axes.plot(FROC_PER_MPX, share, color=colour, linewidth=_WIDE if name == OWN else 1.0)
        if name in colours:
            axes.fill_between(FROC_PER_MPX, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot([], [], color=colour, linewidth=_WIDE, label=name)  # the legend in the order of the curves
    axes.set_xscale("log")
    axes.set_xlim(FROC_PER_MPX[0], FROC_PER_MPX[-1])
    axes.set_ylim(0.0, 1.0)
    axes.set_xlabel("false detections per million pixels")
    axes.set_ylabel(f"changes of SNR {FROC_STRATUM} found")
    for rate in FALSE_PER_MPX:
        axes.axvline(rate, color=INK, linewidth=0.6, linestyle=":")
    handles, labels = axes.get_legend_handles_labels()
    if len(peers) > _NAMED:
        handles, labels = [*axes.plot([], [], color=_OTHERS), *handles], ["other peers", *labels]
    axes.legend(handles[::-1], labels[::-1], fontsize=7, frameon=False, loc="center left")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    save(figure, path)
