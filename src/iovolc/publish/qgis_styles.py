"""How QGIS is to draw a layer: renderers as its project files spell them.

Colours are those of the page and the figures. Not for projects as a whole (:mod:`iovolc.publish.qgis`).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from xml.etree.ElementTree import Element, SubElement

import matplotlib as mpl
from matplotlib.colors import to_hex, to_rgb

_STEPS: Final = 11
_OPAQUE: Final = 255
_SYMBOL: Final = MappingProxyType({"alpha": "1", "clip_to_extent": "1", "force_rhr": "0"})


def ramp(colours: str, low: float, high: float, unit: str) -> Element:
    """A raster's first band in a matplotlib colour map between two values.

    Parameters
    ----------
    colours : str
        Name of the map.
    low, high : float
        Its ends, in ``unit``.
    unit : str
        Stands behind the numbers of the legend.
    """
    renderer = Element(
        "rasterrenderer", type="singlebandpseudocolor", band="1", opacity="1", alphaBand="-1",
        classificationMin=f"{low:g}", classificationMax=f"{high:g}",
    )  # fmt: skip
    shader = SubElement(
        SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="INTERPOLATED", classificationMode="1",
        clip="0", minimumValue=f"{low:g}", maximumValue=f"{high:g}",
    )  # fmt: skip
    for step in range(_STEPS):
        share = step / (_STEPS - 1)
        value = low + share * (high - low)
        label = " ".join(filter(None, (f"{value:.3g}", unit)))
        colour = to_hex(mpl.colormaps[colours](share))
        SubElement(shader, "item", value=f"{value:g}", color=colour, alpha="255", label=label)
    return renderer


def codes(meanings: Sequence[str], colours: Sequence[str | None]) -> Element:
    """A raster of codes 0, 1, 2 …: what each means, and its colour; None is transparent."""
    renderer = Element("rasterrenderer", type="paletted", band="1", opacity="1", alphaBand="-1")
    palette = SubElement(renderer, "colorPalette")
    for code, (meaning, colour) in enumerate(zip(meanings, colours, strict=True)):
        alpha = "0" if colour is None else "255"
        SubElement(palette, "paletteEntry", value=str(code), color=colour or "#000000", alpha=alpha, label=meaning)
    return renderer


def grey(low: float, high: float) -> Element:
    """A raster's first band from black to white between two values."""
    renderer = Element(
        "rasterrenderer", type="singlebandgray", grayBand="1", gradient="BlackToWhite", opacity="1", alphaBand="-1"
    )
    stretch = SubElement(renderer, "contrastEnhancement")
    for name, value in (("minValue", f"{low:g}"), ("maxValue", f"{high:g}"), ("algorithm", "StretchToMinimumMaximum")):
        SubElement(stretch, name).text = value
    return renderer


def outlines(column: str, classes: Mapping[str, tuple[str, str]]) -> Element:
    """Polygons as coloured outlines by the value of a column.

    Parameters
    ----------
    column : str
        Its values choose the class.
    classes : mapping of str to (str, str)
        Colour and legend by value.
    """
    renderer = Element("renderer-v2", type="categorizedSymbol", attr=column, symbollevels="0", forceraster="0")
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for number, (value, (colour, label)) in enumerate(classes.items()):
        SubElement(categories, "category", render="true", value=value, symbol=str(number), label=label)
        _symbol(
            symbols, str(number), "fill", "SimpleFill",
            {"color": _rgba(colour, 45), "style": "solid", "outline_color": _rgba(colour), "outline_width": "0.5",
             "outline_width_unit": "MM", "outline_style": "solid"},
        )  # fmt: skip
    return renderer


def points(shape: str, colour: str, size_mm: float) -> Element:
    """Points as one marker with a thin white edge."""
    renderer = Element("renderer-v2", type="singleSymbol", symbollevels="0", forceraster="0")
    _symbol(
        SubElement(renderer, "symbols"), "0", "marker", "SimpleMarker",
        {"name": shape, "color": _rgba(colour), "size": f"{size_mm:g}", "size_unit": "MM",
         "outline_color": _rgba("white"), "outline_width": "0.2", "outline_width_unit": "MM"},
    )  # fmt: skip
    return renderer


def _symbol(parent: Element, name: str, kind: str, drawn: str, options: Mapping[str, str]) -> None:
    symbol = SubElement(parent, "symbol", {"type": kind, "name": name, **_SYMBOL})
    layer = SubElement(symbol, "layer", {"class": drawn, "enabled": "1", "locked": "0", "pass": "0"})
    chosen = SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        SubElement(chosen, "Option", name=key, value=value, type="QString")


def _rgba(colour: str, alpha: int = _OPAQUE) -> str:
    return ",".join(str(round(_OPAQUE * part)) for part in to_rgb(colour)) + f",{alpha}"
