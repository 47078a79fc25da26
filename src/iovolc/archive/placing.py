"""Where an image lies on Io: from the row's projection and from what the file says, never from a guess."""

from typing import Final

from rasterio.io import DatasetReader

from iovolc.archive.crs import canonical, why_refused
from iovolc.archive.rows import Row
from iovolc.errors import AmbiguousGeometry
from iovolc.model.observation import Bounds, Placement, Projected

_MAX_STRETCH: Final = 2.0
_PLATE_CARREE: Final = frozenset({"IAU_2015:50100", "IAU_2015:50110", "IAU_2015:50115"})
"""Codes whose maps are even in longitude and latitude, so that four edges in degrees place them fully."""


def place(dataset: DatasetReader, row: Row) -> Placement:
    """The placement of the image.

    Parameters
    ----------
    dataset : DatasetReader
        The open image; its transform and coordinate system are used for ``label`` and authority codes.
    row : Row
        Gives the projection; blank is the file's coordinate system, else the four edges.

    Raises
    ------
    AmbiguousGeometry
        E201 without any place, E202 for another body, E204 for stretched pixels, E205 for missing fields.
    """
    projection = row.projection or ("bounds" if dataset.crs is None and row.edges is not None else "label")
    if projection == "label":
        return _from_label(dataset, row)
    if projection == "bounds":
        return _from_edges(dataset, row)
    if projection == "disc":
        return _from_view(row)
    return _from_code(dataset, row, projection)


def _from_label(dataset: DatasetReader, row: Row) -> Projected:
    if dataset.crs is None:
        raise _refuse(row, "E201", "the file names no coordinate system")
    wkt = dataset.crs.to_wkt()
    refused = why_refused(wkt)
    if refused is not None:
        raise _refuse(row, "E202", refused)
    transform = _transform(dataset)
    if transform is None:
        raise _refuse(row, "E201", "the file has a coordinate system, but no transform")
    return Projected(canonical(wkt), transform)


def _from_edges(dataset: DatasetReader, row: Row) -> Bounds:
    edges = row.edges
    if edges is None:
        raise _refuse(row, "E205", "left_lon_e, right_lon_e, top_lat and bottom_lat are needed")
    width_deg = abs(edges.right_lon_e - edges.left_lon_e) / dataset.width
    height_deg = (edges.top_lat - edges.bottom_lat) / dataset.height
    if not 1.0 / _MAX_STRETCH <= width_deg / height_deg <= _MAX_STRETCH:
        detail = (
            f"{dataset.width} x {dataset.height} pixels would be {width_deg:.4g} degrees wide and "
            f"{height_deg:.4g} degrees high"
        )
        raise _refuse(row, "E204", detail, "left_lon_e")
    return edges


def _from_view(row: Row) -> Placement:
    if row.disc is None:
        raise _refuse(row, "E205", "the view, the disc's centre and radius, and range_km are needed")
    return row.disc


def _from_code(dataset: DatasetReader, row: Row, code: str) -> Projected | Bounds:
    transform = _transform(dataset)
    if transform is not None:
        return Projected(code, transform)
    if row.edges is not None and code in _PLATE_CARREE:
        return _from_edges(dataset, row)
    detail = f"the file has no transform to go with {code}; "
    if code in _PLATE_CARREE:
        detail += "give the four edges left_lon_e, right_lon_e, top_lat and bottom_lat"
        raise _refuse(row, "E205", detail, "left_lon_e")
    raise _refuse(row, "E205", detail + "save the image as GeoTIFF with one")


def _transform(dataset: DatasetReader) -> tuple[float, float, float, float, float, float] | None:
    """Pixel corners to projected units; GDAL has moved PixelIsPoint files by half a pixel already."""
    transform = dataset.transform
    if transform.is_identity or transform.is_degenerate:
        return None
    return (transform.a, transform.b, transform.c, transform.d, transform.e, transform.f)


def _refuse(row: Row, code: str, detail: str, column: str = "projection") -> AmbiguousGeometry:
    return AmbiguousGeometry([row.origin.finding(code, detail, column)])
