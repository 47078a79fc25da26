"""Draw the figures of the documentation from the code.

``python docs/draw_figures.py`` writes them; ``--check`` only compares and fails if one is out of date. Numbers in a
drawing may differ in their last digits from one machine to another, and still count as equal.
"""

import argparse
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from numpy.typing import NDArray

from iovolc import body
from iovolc.archive.jupiter import load_jupiter_albedo
from iovolc.light.jupiter import (
    facet_factor,
    far_field_phase,
    irradiance_ratio,
    lit_centroid_offset_deg,
    near_field_factor,
    sigma_fraction,
)
from iovolc.light.jupiter_disc import lit_disc
from iovolc.publish.drawing import INK, NO_DATA, new_figure

FOLDER: Final = Path(__file__).parent / "figures"
COLOURS: Final = ("#1170aa", "#d1495b", "#7b8794", "#e0a030")
TOLERANCE: Final = 0.02
"""In points; lines are one point wide."""
_ID: Final = re.compile(r"\b[a-z][0-9a-f]{10}\b")
_NUMBER: Final = re.compile(r"-?\d+\.\d+|-?\d+")
_TO_JUPITER: Final = np.array((1.0, 0.0, 0.0))


def brightness() -> Figure:
    """Irradiance by phase: as from afar and as near Jupiter, in V, and in other bands."""
    figure = new_figure(9.0, 3.6)
    left, right = figure.subplots(1, 2)
    alpha = np.arange(0.0, 166.0)
    left.plot(alpha, far_field_phase(alpha), color=COLOURS[2], label="phase curve from afar")
    left.plot(alpha, near_field_factor(alpha), color=COLOURS[1], label="near-field factor")
    left.plot(alpha, far_field_phase(alpha) * near_field_factor(alpha), color=COLOURS[0], label="their product")
    _labelled(left, "phase angle of Jupiter, degrees", "relative to full phase from afar")
    albedo = load_jupiter_albedo()
    visual = irradiance_ratio(alpha, albedo.at(0.549))
    spread = visual * sigma_fraction(alpha)
    right.fill_between(alpha, visual - spread, visual + spread, color=NO_DATA, label="V, one sigma")
    for colour, wave, name in zip(COLOURS, (0.549, 0.700, 0.360, 0.889), ("V", "R", "U", "methane"), strict=True):
        right.plot(alpha, irradiance_ratio(alpha, albedo.at(wave)), color=colour, label=name)
    right.set_yscale("log")
    right.set_ylim(1e-5, 0.03)
    _labelled(right, "phase angle of Jupiter, degrees", "Jupiter's light / sunlight")
    return figure


def disc() -> Figure:
    """Jupiter in Io's sky at four phases, with the centroid of its light."""
    figure = new_figure(9.0, 2.7)
    for axes, alpha in zip(figure.subplots(1, 4, sharey=True), (0.0, 60.0, 90.0, 120.0), strict=True):
        light = lit_disc(_sun(alpha), body.JUPITER_DISTANCE_KM * _TO_JUPITER)
        side = round(len(light.weights) ** 0.5)
        angles = np.degrees(np.arctan2(light.directions[:, 1:], light.directions[:, :1])).reshape(side, side, 2)
        edge = np.concatenate((angles[:, 0], angles[::-1, -1]))
        width, height = 2.0 * np.degrees(np.arcsin(np.array(body.JUPITER_RADII_KM) / body.JUPITER_DISTANCE_KM))
        axes.add_patch(Ellipse((0.0, 0.0), float(width), float(height), facecolor=INK, edgecolor="none"))
        axes.fill(edge[:, 0], edge[:, 1], color="#e8d9b5")
        axes.plot(0.0, 0.0, "+", color=COLOURS[1])
        axes.plot(float(lit_centroid_offset_deg(alpha)), 0.0, "o", color=COLOURS[0], markersize=4)
        axes.set_aspect("equal")
        axes.set_xlim(-11.0, 11.0)
        axes.set_ylim(-11.0, 11.0)
        axes.set_title(f"phase {alpha:.0f}°", fontsize=9)
        axes.set_xlabel("degrees towards the Sun", fontsize=8)
        axes.tick_params(labelsize=7)
    return figure


def horizon() -> Figure:
    """Irradiance against the zenith angle of Jupiter's centre, at half Jupiter."""
    figure = new_figure(6.0, 3.6)
    axes = figure.subplots()
    zenith = np.arange(60.0, 102.1, 0.25)
    whole = 1.0 / np.cos(np.radians(float(lit_centroid_offset_deg(90.0))))
    ways = (("turned towards the Sun", 0.0), ("turned away from it", 180.0), ("turned across", 90.0))
    for colour, (name, azimuth) in zip(COLOURS, ways, strict=False):
        z, a = np.radians(zenith), np.radians(azimuth)
        normals = np.stack((np.cos(z), np.sin(z) * np.cos(a), np.sin(z) * np.sin(a)), axis=1)
        axes.plot(zenith, whole * facet_factor(normals, _sun(90.0), _TO_JUPITER), color=colour, label=name)
    axes.plot(zenith, np.cos(np.radians(zenith)).clip(0.0), "--", color=INK, linewidth=1, label="point at the centre")
    _labelled(axes, "zenith angle of Jupiter's centre, degrees", "irradiance / that below Jupiter")
    return figure


def orbit() -> Figure:
    """The light of an Io day: Jupitershine in V against the longitude of the Sun, and the eclipse."""
    figure = new_figure(6.0, 3.6)
    axes = figure.subplots()
    west = np.arange(0.0, 360.5, 0.5)
    alpha = np.abs(180.0 - west)
    axes.plot(west, 1000.0 * irradiance_ratio(alpha, load_jupiter_albedo().at(0.549)), color=COLOURS[0])
    for start, stop in ((0.0, 9.8), (350.2, 360.0)):
        axes.axvspan(start, stop, color=INK, linewidth=0, label="eclipse" if start == 0.0 else None)
    axes.axvspan(9.8, 14.0, color=COLOURS[3], linewidth=0, label="half an hour after it")
    axes.set_xlim(0.0, 360.0)
    axes.set_ylim(0.0, 18.0)
    axes.set_xticks(range(0, 361, 60))
    _labelled(
        axes,
        "longitude of the Sun west of Jupiter, degrees",
        "Jupiter's light / sunlight, 1/1000",
    )
    return figure


def _labelled(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x, fontsize=8)
    axes.set_ylabel(y, fontsize=8)
    axes.tick_params(labelsize=7)
    axes.grid(color=NO_DATA, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.legend(fontsize=7, frameon=False)


def _sun(alpha_deg: float) -> NDArray[np.float64]:
    alpha = np.radians(alpha_deg)
    return np.array((-np.cos(alpha), np.sin(alpha), 0.0))


FIGURES: Final[MappingProxyType[str, Callable[[], Figure]]] = MappingProxyType(
    {
        "jupiter_brightness.svg": brightness,
        "jupiter_disc.svg": disc,
        "jupiter_horizon.svg": horizon,
        "jupiter_orbit.svg": orbit,
    }
)


def svg(figure: Figure) -> str:
    """The drawing as text that depends on nothing else."""
    buffer = io.StringIO()
    figure.tight_layout()
    with mpl.rc_context({"svg.hashsalt": "iovolc", "svg.fonttype": "none", "path.simplify_threshold": 0.05}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def same(drawn: str, kept: str) -> bool:
    """Whether two drawings differ in the last digits of numbers at most."""
    drawn, kept = _ID.sub("", drawn), _ID.sub("", kept)  # names are hashes of numbers
    if _NUMBER.sub("#", drawn) != _NUMBER.sub("#", kept):
        return False
    numbers = (np.array(_NUMBER.findall(text), dtype=np.float64) for text in (drawn, kept))
    return bool(np.allclose(*numbers, rtol=0.0, atol=TOLERANCE))


def main(arguments: list[str] | None = None) -> int:
    """Write the figures, or compare them; 1 if one is out of date."""
    parser = argparse.ArgumentParser(description="Draw the figures of the documentation.")
    parser.add_argument("--check", action="store_true", help="only compare; fail if a figure is out of date")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the figures lie")
    options = parser.parse_args(arguments)
    drawn = {options.folder / name: svg(draw()) for name, draw in FIGURES.items()}
    if options.check:
        stale = [path.name for path, text in drawn.items() if not (path.is_file() and same(text, _text(path)))]
        if stale:
            sys.stderr.write(f"out of date: {', '.join(stale)}; run python docs/draw_figures.py\n")
        return 1 if stale else 0
    options.folder.mkdir(parents=True, exist_ok=True)
    for path, text in drawn.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
