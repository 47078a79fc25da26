"""``iovolc.qgs``: a QGIS project that opens the layers of a run, each with a style, by paths relative to itself.

Events and hot spots lie over the map for orientation; the layers of the channels are there to be switched on. For QGIS
3.22 and later, which know Io's coordinate systems.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np
import rasterio

from iovolc import body
from iovolc.cube.schema import crs_wkt
from iovolc.model.tables import TIERS
from iovolc.publish import qgis_styles as styles
from iovolc.publish.drawing import DIVERGING, TIER_STYLE
from iovolc.publish.rasters import BACKDROP_FILE, LAYERS, LIMITS, ChannelRasters, Layer
from iovolc.publish.run_output import PIXEL_STATUS, RunOutput

NAME: Final = "iovolc.qgs"
_ID: Final = "iovolc_layer_"  # QGIS takes ids of more than ten characters
_VERSION: Final = "3.22.0"
_TIERS: Final = ("A: two independent data sets", "B: one data set", "C: candidate")
_COMPARABLE: Final = ("not compared", "compared")
_Z: Final = 8.0
_LEAST_CHANGE: Final = 0.1
_READ_PX: Final = 512


@dataclass(frozen=True, slots=True)
class _Shown:
    """A layer in the project: id, name for people, source, drawing, and whether it is switched on."""

    id: str
    name: str
    source: str
    style: Element
    on: bool
    geometry: str = ""

    @property
    def provider(self) -> str:
        return "ogr" if self.geometry else "gdal"


def write_project(folder: Path, run: RunOutput, rasters: Sequence[ChannelRasters]) -> None:
    """Write ``iovolc.qgs`` beside the layers, which exist already; the same layers give the same bytes.

    Parameters
    ----------
    folder : Path
        The output folder.
    run : RunOutput
        The run.
    rasters : sequence of ChannelRasters
        Its published layers.
    """
    groups = [("Events and hot spots", _vectors())]
    groups += [(f"Channel {item.summary.channel}", _channel(folder, item)) for item in rasters]
    if (folder / BACKDROP_FILE).is_file():
        groups.append(("Map for orientation", [_raster(folder, BACKDROP_FILE, "Map for orientation", None, on=True)]))
    title = f"iovolc run {run.run_id}"
    root = Element("qgis", version=_VERSION, projectname=title)
    SubElement(root, "title").text = title
    root.append(_crs("projectCrs", body.CRS_EQUIRECTANGULAR))
    root.append(_tree(groups))
    root.append(_canvas())
    layers = SubElement(root, "projectlayers")
    layers.extend(_map_layer(item) for _, items in groups for item in items)
    root.append(_properties())
    indent(root)
    with (folder / NAME).open("wb") as file:
        ElementTree(root).write(file, encoding="UTF-8", xml_declaration=True)
        file.write(b"\n")


def _properties() -> Element:
    """Relative paths, projection as it is set, and distances measured on Io's sphere."""
    root = Element("properties")
    radius = f"{body.RADIUS_M:.0f}"
    for group, name, kind, value in (
        ("Paths", "Absolute", "bool", "false"),
        ("SpatialRefSys", "ProjectionsEnabled", "int", "1"),
        ("Measure", "Ellipsoid", "QString", f"PARAMETER:{radius}:{radius}"),
    ):
        SubElement(SubElement(root, group), name, type=kind).text = value
    return root


def _vectors() -> list[_Shown]:
    tiers = {tier: (TIER_STYLE[tier][1], label) for tier, label in zip(TIERS, _TIERS, strict=True)}
    return [
        _table("hotspots", "Hot spots", styles.points("star", "#e69f00", 4.0), "Point", on=True),
        _table("events", "Events", styles.outlines("tier", tiers), "Polygon", on=True),
        _table("detections", "Detections", styles.points("circle", "#5b6875", 1.8), "Point", on=False),
    ]


def _table(layer: str, name: str, style: Element, geometry: str, *, on: bool) -> _Shown:
    return _Shown(f"{_ID}{layer}", name, f"./iovolc.gpkg|layername={layer}", style, on, geometry)


def _channel(folder: Path, rasters: ChannelRasters) -> list[_Shown]:
    written = [layer for layer in (*LAYERS, *LIMITS.values()) if layer.name in rasters.files]
    return [_raster(folder, rasters.files[layer.name], layer.title, layer, on=False) for layer in written]


def _raster(folder: Path, file: str, name: str, layer: Layer | None, *, on: bool) -> _Shown:
    return _Shown(f"{_ID}{Path(file).stem}", name, f"./{file}", _style(folder / file, layer), on)


def _style(path: Path, layer: Layer | None) -> Element:
    """The drawing of a raster; its ends follow the values where these have no natural ends."""
    if layer is not None and layer.colours:
        return styles.codes(PIXEL_STATUS if layer.name == "status" else _COMPARABLE, layer.colours)
    match layer.name if layer else "value":
        case "completeness":
            return styles.ramp("cividis", 0.0, 1.0, "")
        case "z":
            return styles.ramp(DIVERGING, -_Z, _Z, "")
        case "value":
            return styles.grey(*_ends(path))
        case "difference":
            most = max(_LEAST_CHANGE, *map(abs, _ends(path)))
            return styles.ramp(DIVERGING, -most, most, "")
        case _:
            return styles.ramp("cividis", *_ends(path), layer.unit if layer else "")


def _ends(path: Path) -> tuple[float, float]:
    """Between which 98 % of a raster's values lie; a small copy is read."""
    with rasterio.open(path) as dataset:
        values = dataset.read(1, out_shape=(_READ_PX // 2, _READ_PX))
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, (1.0, 99.0)) if known.size else (0.0, 1.0)
    return float(f"{low:.3g}"), float(f"{max(high, low + 1e-3):.3g}")


def _crs(name: str, code: str) -> Element:
    outer = Element(name)
    inner = SubElement(outer, "spatialrefsys")
    SubElement(inner, "wkt").text = crs_wkt(code)
    SubElement(inner, "authid").text = code
    return outer


def _tree(groups: Sequence[tuple[str, Sequence[_Shown]]]) -> Element:
    root = Element("layer-tree-group")
    for name, items in groups:
        on = any(item.on for item in items)
        group = SubElement(root, "layer-tree-group", name=name, checked=_checked(on=on), expanded=str(int(on)))
        for item in items:
            SubElement(
                group, "layer-tree-layer", id=item.id, name=item.name, source=item.source, providerKey=item.provider,
                checked=_checked(on=item.on), expanded="0",
            )  # fmt: skip
    return root


def _checked(*, on: bool) -> str:
    return "Qt::Checked" if on else "Qt::Unchecked"


def _canvas() -> Element:
    """The whole globe."""
    canvas = Element("mapcanvas", name="theMapCanvas", annotationsVisible="1")
    SubElement(canvas, "units").text = "meters"
    extent = SubElement(canvas, "extent")
    half = math.pi * body.RADIUS_M
    for name, edge in (("xmin", -half), ("ymin", -half / 2), ("xmax", half), ("ymax", half / 2)):
        SubElement(extent, name).text = f"{edge:.3f}"
    canvas.append(_crs("destinationsrs", body.CRS_EQUIRECTANGULAR))
    return canvas


def _map_layer(item: _Shown) -> Element:
    vector = {"type": "vector", "geometry": item.geometry} if item.geometry else {"type": "raster"}
    layer = Element("maplayer", vector)
    for name, text in (("id", item.id), ("datasource", item.source), ("layername", item.name)):
        SubElement(layer, name).text = text
    layer.append(_crs("srs", body.CRS_GEOGRAPHIC if item.geometry else body.CRS_EQUIRECTANGULAR))
    SubElement(layer, "provider", encoding="UTF-8").text = item.provider
    if item.geometry:
        layer.append(item.style)
    else:
        SubElement(layer, "pipe").append(item.style)
    return layer
