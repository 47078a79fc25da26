"""Maps whose pixels hold their own latitude and longitude, and labels to put around them."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iovolc.archive.origin import Origin
from iovolc.archive.product import Family, Product
from iovolc.errors import Finding, InputError
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors

ROWS, COLS = 18, 36
STEP = 10.0
RADIUS = 1_821_490.0
AXES_M = (1_829_400.0, 1_815_700.0)
FLAT = (AXES_M[0] - AXES_M[1]) / AXES_M[0]
TOLERANCE_PX = 0.05


def edges(centre_e: float) -> tuple[float, float]:
    return centre_e - 180.0, centre_e + 180.0


def true_places(centre_e: float, *, graphic: bool = False) -> np.ndarray:
    """Planetocentric latitude and east longitude (plane, row, col) of a global map with north up."""
    lat = 90.0 - STEP * (np.arange(ROWS) + 0.5)
    if graphic:
        lat = np.degrees(np.arctan((AXES_M[1] / AXES_M[0]) ** 2 * np.tan(np.radians(lat))))
    lon = centre_e - 180.0 + STEP * (np.arange(COLS) + 0.5)
    return np.stack(np.meshgrid(lat, lon, indexing="ij"))


def gap_px(product: Product) -> float:
    """How far pixels lie from where the product's placement shows the places that they hold."""
    lat, lon_e = product.read(0), product.read(1)
    rows, cols = np.indices(product.shape)
    ours = source(product.bands[0].placement, product.shape)
    found = locate(ours, unit_vectors(lat.numbers.ravel(), lon_e.numbers.ravel()))
    across = found.col - cols.ravel() - 0.5
    turn = abs(ours.period) or math.inf
    across = np.where(np.isfinite(turn), (across + turn / 2.0) % turn - turn / 2.0, across)
    assert (lat.valid & lon_e.valid).all()
    return float(np.hypot(across, found.row - rows.ravel() - 0.5).max())


def open_file(family: Family, path: Path) -> Product:
    start = path.read_bytes()[:4096] if path.is_file() else b""
    assert family.recognises(path, start)
    return family.open(path, Origin(path.name))


def refused(family: Family, path: Path) -> Finding:
    """The finding of opening and reading; only those of iovolc pass."""
    with pytest.raises(InputError) as caught:
        read_all(family, path)
    return caught.value.findings[0]


def read_all(family: Family, path: Path) -> Product:
    """Open a file and read all its bands."""
    product = family.open(path, Origin(path.name))
    for band in range(len(product.bands)):
        assert product.read(band).numbers.shape == product.shape
    return product


def misplaced(family: Family, path: Path) -> Finding:
    product = open_file(family, path)
    assert product.bands[0].placement is None
    assert product.bands[0].misplaced is not None
    return product.bands[0].misplaced.findings[0]


def write_pds4(
    folder: Path,
    planes: np.ndarray,
    *,
    data_type: str = "IEEE754MSBDouble",
    cart: str = "",
    display: str = "",
    extra: str = "",
    element: str = "",
    constants: str = "",
    names: tuple[str, ...] = ("Band", "Line", "Sample"),
    file_name: str = "map.img",
    offset: int = 0,
    alter: Callable[[str], str] = str,
) -> Path:
    """A label written by hand beside the bytes of ``planes``."""
    (folder / "map.img").write_bytes(b"\xff" * offset + planes.tobytes())
    axes = "".join(
        f"<Axis_Array><axis_name>{name}</axis_name><elements>{size}</elements>"
        f"<sequence_number>{i + 1}</sequence_number></Axis_Array>"
        for i, (name, size) in enumerate(zip(names[-planes.ndim :], planes.shape, strict=True))
    )
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Product_Observational xmlns="http://pds.nasa.gov/pds4/pds/v1" xmlns:cart="http://pds.nasa.gov/pds4/cart/v1"
  xmlns:disp="http://pds.nasa.gov/pds4/disp/v1" xmlns:img="http://pds.nasa.gov/pds4/img/v1"
  xmlns:geom="http://pds.nasa.gov/pds4/geom/v1">
<Identification_Area><logical_identifier>urn:nasa:pds:io:data:map_1</logical_identifier><version_id>2.1</version_id>
</Identification_Area><Observation_Area><Time_Coordinates><start_date_time>2007-02-28T01:02:03.5Z</start_date_time>
<stop_date_time>2007-059T01:02:05Z</stop_date_time></Time_Coordinates>
<Primary_Result_Summary><processing_level>Calibrated</processing_level></Primary_Result_Summary>
<Investigation_Area><name>New Horizons</name></Investigation_Area><Observing_System>
<Observing_System_Component><name>NH</name><type>Host</type></Observing_System_Component>
<Observing_System_Component><name>LORRI</name><type>Instrument</type></Observing_System_Component></Observing_System>
<Target_Identification><name>Io</name></Target_Identification><Discipline_Area>{display}{cart}{extra}
</Discipline_Area></Observation_Area><File_Area_Observational><File><file_name>{file_name}</file_name></File>
<Array_{planes.ndim}D_Image><local_identifier>image</local_identifier><offset unit="byte">{offset}</offset>
<axes>{planes.ndim}</axes><axis_index_order>Last Index Fastest</axis_index_order>
<Element_Array><data_type>{data_type}</data_type>{element}</Element_Array>{axes}{constants}
</Array_{planes.ndim}D_Image></File_Area_Observational></Product_Observational>
"""
    path = folder / "map.xml"
    path.write_text(alter(text), encoding="utf-8")
    return path


def cartography(
    centre_e: float,
    *,
    west: bool = False,
    graphic: bool = False,
    axes_m: tuple[float, float] = (RADIUS, RADIUS),
    planar: str | None = None,
    sides: tuple[float, float] | None = None,
) -> str:
    """The cartography of a global equirectangular map with north up."""
    sign = -1.0 if west else 1.0
    left, right = sides or (sign * side for side in edges(centre_e))
    metre = math.radians(axes_m[0])
    if planar is None:
        planar = f"""<cart:Planar><cart:Map_Projection><cart:map_projection_name>Equirectangular
</cart:map_projection_name><cart:Equirectangular>
<cart:standard_parallel_1 unit="deg">0</cart:standard_parallel_1>
<cart:longitude_of_central_meridian unit="deg">{sign * centre_e}</cart:longitude_of_central_meridian>
<cart:latitude_of_projection_origin unit="deg">0</cart:latitude_of_projection_origin></cart:Equirectangular>
</cart:Map_Projection><cart:Coordinate_Representation>
<cart:pixel_resolution_x unit="m/pixel">{STEP * metre!r}</cart:pixel_resolution_x>
<cart:pixel_resolution_y unit="km/pixel">{STEP * metre / 1000.0!r}</cart:pixel_resolution_y>
</cart:Coordinate_Representation><cart:Geo_Transformation>
<cart:upperleft_corner_x unit="m">{-180.0 * metre!r}</cart:upperleft_corner_x>
<cart:upperleft_corner_y unit="m">{90.0 * metre!r}</cart:upperleft_corner_y></cart:Geo_Transformation></cart:Planar>"""
    return f"""<cart:Cartography><cart:Bounding_Coordinates>
<cart:west_bounding_coordinate unit="deg">{left}</cart:west_bounding_coordinate>
<cart:east_bounding_coordinate unit="deg">{right}</cart:east_bounding_coordinate>
<cart:north_bounding_coordinate unit="deg">90</cart:north_bounding_coordinate>
<cart:south_bounding_coordinate unit="deg">-90</cart:south_bounding_coordinate></cart:Bounding_Coordinates>
{planar}<cart:Geodetic_Model><cart:latitude_type>Planeto{"graphic" if graphic else "centric"}</cart:latitude_type>
<cart:a_axis_radius unit="m">{axes_m[0]}</cart:a_axis_radius><cart:b_axis_radius unit="m">{axes_m[0]}
</cart:b_axis_radius><cart:c_axis_radius unit="km">{axes_m[1] / 1000.0}</cart:c_axis_radius>
<cart:longitude_direction>Positive {"West" if west else "East"}</cart:longitude_direction></cart:Geodetic_Model>
</cart:Cartography>"""


def displayed(vertical: str, horizontal: str, axes: tuple[str, str] = ("Line", "Sample")) -> str:
    return f"""<disp:Display_Settings><Local_Internal_Reference>
<local_identifier_reference>image</local_identifier_reference></Local_Internal_Reference><disp:Display_Direction>
<disp:horizontal_display_axis>{axes[1]}</disp:horizontal_display_axis>
<disp:horizontal_display_direction>{horizontal}</disp:horizontal_display_direction>
<disp:vertical_display_axis>{axes[0]}</disp:vertical_display_axis>
<disp:vertical_display_direction>{vertical}</disp:vertical_display_direction></disp:Display_Direction>
</disp:Display_Settings>"""


def write_netcdf(path: Path, dataset: Any, **options: Any) -> Path:
    dataset.to_netcdf(path, engine="h5netcdf", **options)
    return path
