"""Rasters of a run for archives: plain arrays (``.img``) with PDS4 labels (``.xml``).

A PDS4 label must be able to say where every number lies, which the compressed tiles of a GeoTIFF do not allow; so the
pixels are written once more. Identifiers under ``iovolc`` stand for those that an archive assigns.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent, register_namespace

import numpy as np
import rasterio
from numpy.typing import NDArray

from iovolc import body
from iovolc.publish.pds4_cartography import CART, PDS, cartography

NULL: Final = float(np.float32(-3.4028226550889045e38))
"""Stands for no data: ISIS's NULL, the custom in PDS4; NaN has no place in an archive."""
_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
_MODEL: Final = "1.16.0.0"
_SCHEMAS: Final = (
    f"{PDS} https://pds.nasa.gov/pds4/pds/v1/PDS4_PDS_1G00.xsd "
    f"{CART} https://pds.nasa.gov/pds4/cart/v1/PDS4_CART_1G00_1950.xsd"
)
_TYPES: Final = MappingProxyType({"float32": ("<f4", "IEEE754LSBSingle"), "uint8": ("u1", "UnsignedByte")})
_CONTEXT: Final = "urn:nasa:pds:context"


def export_pds4(folder: Path, run: Path, record: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write all rasters of a run with labels.

    Parameters
    ----------
    folder : Path
        Where to; exists.
    run : Path
        Outputs of a run.
    record : mapping
        Its ``run.json``.

    Returns
    -------
    tuple of Path
        The labels.
    """
    return tuple(
        _export(folder, run / file, channel, record)
        for channel in record["channels"]
        for file in sorted(channel["rasters"].values())
    )


def _export(folder: Path, raster: Path, channel: Mapping[str, Any], record: Mapping[str, Any]) -> Path:
    with rasterio.open(raster) as dataset:
        bands: NDArray[Any] = dataset.read()
        names = [str(name) for name in dataset.descriptions]
        title, unit = dataset.tags()["TITLE"], dataset.units[0] or ""
    dtype, _ = _TYPES[str(bands.dtype)]
    plain = np.nan_to_num(bands, nan=NULL) if bands.dtype.kind == "f" else bands
    (folder / f"{raster.stem}.img").write_bytes(plain.astype(dtype).tobytes())
    arrays = [f"band_{number}" for number in range(1, len(bands) + 1)]
    root = _root()
    _identification(root, raster.stem, f"{title}, channel {channel['channel']}", str(record["run_id"]))
    _observation(root, _inputs(channel, record), cartography(arrays, bands.shape[2]))
    file_area = _add(root, "File_Area_Observational")
    _add(_add(file_area, "File"), "file_name", f"{raster.stem}.img")
    for number, (array, name) in enumerate(zip(arrays, names, strict=True)):
        _array(file_area, array, name, unit, bands, number)
    indent(root)
    path = folder / f"{raster.stem}.xml"
    with path.open("wb") as file:
        ElementTree(root).write(file, encoding="UTF-8", xml_declaration=True)
        file.write(b"\n")
    return path


def _root() -> Element:
    for prefix, uri in (("", PDS), ("cart", CART), ("xsi", _INSTANCE)):
        register_namespace(prefix, uri)
    return Element(f"{{{PDS}}}Product_Observational", {f"{{{_INSTANCE}}}schemaLocation": _SCHEMAS})


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    child = SubElement(parent, f"{{{PDS}}}{name}", attributes)
    child.text = None if text is None else "".join(filter(str.isprintable, text))
    return child


def _fill(parent: Element, name: str, fields: Sequence[tuple[str, str]]) -> Element:
    group = _add(parent, name)
    for field, text in fields:
        _add(group, field, text)
    return group


def _identification(root: Element, stem: str, title: str, run_id: str) -> None:
    fields = [
        ("logical_identifier", f"urn:nasa:pds:iovolc:{run_id}:{stem}".lower()),
        ("version_id", "1.0"),
        ("title", title),
        ("information_model_version", _MODEL),
        ("product_class", "Product_Observational"),
    ]
    _fill(root, "Identification_Area", fields)


def _inputs(channel: Mapping[str, Any], record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    ids = {channel["observation_id"], *channel["reference_ids"]}
    return [item for item in record["inputs"] if item["id"] in ids] or list(record["inputs"])


def _observation(root: Element, inputs: Sequence[Mapping[str, Any]], placed: Element) -> None:
    area = _add(root, "Observation_Area")
    start, stop = min(item["start_utc"] for item in inputs), max(item["stop_utc"] for item in inputs)
    _fill(area, "Time_Coordinates", [("start_date_time", start), ("stop_date_time", stop)])
    _fill(area, "Primary_Result_Summary", [("purpose", "Science"), ("processing_level", "Derived")])
    investigation = _fill(area, "Investigation_Area", [("name", "iovolc"), ("type", "Other Investigation")])
    _reference(investigation, f"{_CONTEXT}:investigation:other_investigation.iovolc", "data_to_investigation")
    system = _add(area, "Observing_System")
    for name in sorted({" ".join(filter(None, (item["mission"], item["instrument"]))) for item in inputs} - {""}):
        _fill(system, "Observing_System_Component", [("name", name), ("type", "Instrument")])
    target = _fill(area, "Target_Identification", [("name", body.NAME), ("type", "Satellite")])
    _reference(target, f"{_CONTEXT}:target:satellite.jupiter.{body.NAME.lower()}", "data_to_target")
    _add(area, "Discipline_Area").append(placed)


def _reference(parent: Element, identifier: str, kind: str) -> None:
    _fill(parent, "Internal_Reference", [("lid_reference", identifier), ("reference_type", kind)])


def _array(parent: Element, array: str, name: str, unit: str, bands: NDArray[Any], number: int) -> None:
    _, rows, cols = bands.shape
    area = _add(parent, "Array_2D_Map")
    _add(area, "local_identifier", array)
    _add(area, "offset", str(number * rows * cols * bands.itemsize), unit="byte")
    for field, text in (("axes", "2"), ("axis_index_order", "Last Index Fastest"), ("description", name)):
        _add(area, field, text)
    element = _fill(area, "Element_Array", [("data_type", _TYPES[str(bands.dtype)][1])])
    if unit:
        _add(element, "unit", unit)
    for sequence, (axis, size) in enumerate((("Line", rows), ("Sample", cols)), start=1):
        fields = [("axis_name", axis), ("elements", str(size)), ("sequence_number", str(sequence))]
        _fill(area, "Axis_Array", fields)
    if bands.dtype.kind == "f":
        _fill(area, "Special_Constants", [("missing_constant", repr(NULL))])
