"""The layout of an event's figure: three square panels, built once and filled again for every event."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from iovolc.publish.drawing import DIVERGING, INK, NO_DATA, grey_stretch, new_figure, save, span_text
from iovolc.publish.graticule import Graticule
from iovolc.publish.run_output import Cutout

_BARS_KM: Final = (5, 10, 20, 50, 100, 200, 500, 1000)


class TripletSheet:
    """Three square panels that are filled again and again; building them costs more than filling them."""

    def __init__(self) -> None:
        self._figure = new_figure(11.2, 4.5)
        self._axes = [self._figure.add_axes((0.055 + 0.303 * i, 0.2, 0.262, 0.64)) for i in range(3)]
        grey, change = (mpl.colormaps[name].with_extremes(bad=NO_DATA) for name in ("gray", DIVERGING))
        self._images = [self._image(axes, cmap) for axes, cmap in zip(self._axes, (grey, grey, change), strict=True)]
        bar = self._figure.add_axes((0.93, 0.2, 0.011, 0.64))
        self._bar = self._figure.colorbar(self._images[2], cax=bar)
        self._bar.ax.tick_params(labelsize=7, colors=INK)
        self._title = self._figure.text(0.055, 0.955, "", fontsize=10, color=INK, weight="bold")
        self._foot = self._figure.text(0.055, 0.028, "", fontsize=7.5, color=INK)
        self._added: list[Artist] = []

    @staticmethod
    def _image(axes: Axes, cmap: Any) -> AxesImage:
        axes.tick_params(labelsize=7, length=2, colors=INK, pad=1.5)
        return axes.imshow(np.zeros((2, 2)), cmap=cmap, interpolation="nearest")

    def draw(self, path: Path, cutout: Cutout, outline: NDArray[np.float64], title: str) -> None:
        """Fill the panels and write the figure.

        Parameters
        ----------
        path : Path
            PNG file.
        cutout : Cutout
            What to show.
        outline : ndarray, shape of the view
            1 inside the footprint, 0 outside.
        title : str
            Headline.
        """
        for artist in self._added:
            artist.remove()
        self._added = []
        low, high = grey_stretch(cutout.before, cutout.after)
        reach = difference_reach(cutout.difference, outline)
        edge = cutout.half_km
        parts = ((cutout.before, low, high), (cutout.after, low, high), (cutout.difference, -reach, reach))
        for image, (pixels, bottom, top) in zip(self._images, parts, strict=True):
            image.set_data(pixels)
            image.set_clim(bottom, top)
            image.set_extent((-edge, edge, -edge, edge))
        self._label(cutout)
        graticule = Graticule.of(cutout)
        for axes in self._axes:
            axes.set_xlim(-edge, edge)
            axes.set_ylim(-edge, edge)
            self._graticule(axes, graticule, edge)
            if outline.any() and not outline.all():
                self._contour(axes, outline, edge, [0.5], "#000000" if axes is self._axes[2] else "#ffd23f", 1.1, "-")
        self._scale_bar(self._axes[0], edge)
        self._title.set_text(title)
        self._foot.set_text(
            f"Grey from {low:.3g} to {high:.3g} {cutout.unit} (1st to 99th percentile of both sides), channel "
            f"{cutout.channel}. Difference: {cutout.difference_unit}, colours end at ±{reach:.2g}. North is up at the "
            "centre; blue-grey: no data."
        )
        save(self._figure, path)

    def _label(self, cutout: Cutout) -> None:
        titles = (
            f"Before: {span_text(cutout.before_utc)}\n{_ids(cutout.before_ids)}",
            f"After: {span_text(cutout.after_utc)}\n{_ids(cutout.after_ids)}",
            f"Difference\n{cutout.difference_unit}",
        )
        for axes, text in zip(self._axes, titles, strict=True):
            axes.set_title(text, fontsize=8, color=INK, pad=4)

    def _graticule(self, axes: Axes, graticule: Graticule, edge: float) -> None:
        colour = "#888888" if axes is self._axes[2] else "#ffffff"
        self._contour(axes, graticule.lat, edge, graticule.lats, colour, 0.3, "-")
        self._contour(axes, graticule.from_centre, edge, graticule.from_centre_levels, colour, 0.3, "-")
        at, labels = graticule.lon_ticks(edge)
        axes.set_xticks(at, labels)
        at, labels = graticule.lat_ticks(edge)
        axes.set_yticks(at, labels if axes is self._axes[0] else [""] * len(labels))

    def _contour(
        self, axes: Axes, field: NDArray[np.float64], edge: float, levels: Sequence[float], colour: str, width: float,
        style: str,
    ) -> None:  # fmt: skip
        at = ((np.arange(field.shape[0]) + 0.5) / field.shape[0] * 2.0 - 1.0) * edge
        inside = [level for level in levels if np.nanmin(field) < level < np.nanmax(field)]
        if inside:
            self._added.append(
                axes.contour(at, -at, field, levels=inside, colors=colour, linewidths=width, linestyles=style)
            )

    def _scale_bar(self, axes: Axes, edge: float) -> None:
        length = max((bar for bar in _BARS_KM if bar <= 0.7 * edge), default=_BARS_KM[0])
        left, low = -0.92 * edge, -0.9 * edge
        for width, colour in ((5.0, "#000000"), (2.5, "#ffffff")):
            self._added += axes.plot([left, left + length], [low, low], color=colour, lw=width, solid_capstyle="butt")
        text = axes.text(left, low + 0.05 * edge, f"{length} km", color="white", fontsize=8, weight="bold")
        text.set_bbox({"facecolor": "black", "alpha": 0.45, "pad": 1.5, "edgecolor": "none"})
        self._added.append(text)


def difference_reach(difference: NDArray[np.float32], outline: NDArray[np.float64]) -> float:
    """Where the colours of the difference end: its 95th percentile within the outline, at least 0.05."""
    inside = np.abs(difference[(outline > 0.5) & np.isfinite(difference)])
    return max(0.05, 1.2 * float(np.percentile(inside, 95.0))) if inside.size else 0.3


def _ids(names: Sequence[str]) -> str:
    text = names[-1] if len(names) == 1 else f"{names[-1]} and {len(names) - 1} earlier" if names else ""
    return text if len(text) <= 40 else text[:37] + "…"
