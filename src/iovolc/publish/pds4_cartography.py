"""Where the pixels of a global map lie, as PDS4's cartography dictionary says it."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from iovolc import body
from iovolc.publish.rasters import map_transform

PDS: Final = "http://pds.nasa.gov/pds4/pds/v1"
CART: Final = "http://pds.nasa.gov/pds4/cart/v1"


def cartography(arrays: Sequence[str], cols: int) -> Element:
    """The section ``cart:Cartography`` of a label.

    Parameters
    ----------
    arrays : sequence of str
        Local identifiers of the arrays that it places.
    cols : int
        Columns of the global equirectangular map, which is half as high.
    """
    root = Element(f"{{{CART}}}Cartography")
    for array in arrays:
        reference = SubElement(root, f"{{{PDS}}}Local_Internal_Reference")
        SubElement(reference, f"{{{PDS}}}local_identifier_reference").text = array
        SubElement(reference, f"{{{PDS}}}local_reference_type").text = "cartography_parameters_to_image_object"
    bounds = _group(_group(root, "Spatial_Domain"), "Bounding_Coordinates")
    for edge, degrees in (("west", -180), ("east", 180), ("north", 90), ("south", -90)):
        _number(bounds, f"{edge}_bounding_coordinate", float(degrees), "deg")
    system = _group(_group(root, "Spatial_Reference_Information"), "Horizontal_Coordinate_System_Definition")
    system.append(_planar(cols))
    model = _group(system, "Geodetic_Model")
    _text(model, "latitude_type", "Planetocentric")
    _text(model, "spheroid_name", f"{body.NAME} (2015) - Sphere")
    for axis in "abc":
        _number(model, f"{axis}_axis_radius", body.RADIUS_M, "m")
    _text(model, "longitude_direction", "Positive East")
    return root


def _planar(cols: int) -> Element:
    transform = map_transform(cols)
    root = Element(f"{{{CART}}}Planar")
    projection = _group(root, "Map_Projection")
    _text(projection, "map_projection_name", "Equirectangular")
    parameters = _group(projection, "Equirectangular")
    for name in ("latitude_of_projection_origin", "standard_parallel_1", "longitude_of_central_meridian"):
        _number(parameters, name, 0.0, "deg")
    encoding = _group(root, "Planar_Coordinate_Information")
    _text(encoding, "planar_coordinate_encoding_method", "Coordinate Pair")
    pixels = _group(encoding, "Coordinate_Representation")
    for name, value, unit in (("resolution", transform.a, "m/pixel"), ("scale", cols / 360.0, "pixel/deg")):
        for axis in "xy":
            _number(pixels, f"pixel_{name}_{axis}", value, unit)
    corner = _group(root, "Geo_Transformation")
    _number(corner, "upperleft_corner_x", transform.c, "m")
    _number(corner, "upperleft_corner_y", transform.f, "m")
    return root


def _group(parent: Element, name: str) -> Element:
    return SubElement(parent, f"{{{CART}}}{name}")


def _text(parent: Element, name: str, text: str) -> None:
    _group(parent, name).text = text


def _number(parent: Element, name: str, value: float, unit: str) -> None:
    SubElement(parent, f"{{{CART}}}{name}", unit=unit).text = repr(float(value))
