"""The place of a map as GDAL reads it, compared with our own.

GDAL takes longitudes that count west for east; that is taken out before comparing, and half a pixel is allowed for
its reading of PDS3 offsets. Whatever else differs is a finding. Only plain local files reach GDAL, no other driver
than the named one is asked, and neither network nor files beside it are touched.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from iovolc.archive.labels.cartography import MapLabel
from iovolc.archive.opening import GDAL_FAILURES
from iovolc.archive.silence import silenced
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Projected

ALLOWED_PX: Final = 0.6
_ALONE: Final[dict[str, Any]] = {"GDAL_PAM_ENABLED": "NO", "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}
_TELLTALES: Final = (b"/vsi", b"://", b"COMPRESSED_FILE")


def contradiction(
    path: Path, driver: str, label: bytes, said: MapLabel, ours: Projected, shape: tuple[int, int]
) -> str:
    """How GDAL's place differs from ours by more than :data:`ALLOWED_PX`, in words; empty if it does not.

    Parameters
    ----------
    path : Path
        The label's file.
    driver : str
        GDAL's name of the format.
    label : bytes
        The label; GDAL is not asked where it names other places than plain files.
    said : MapLabel
        Gives the direction of longitudes.
    ours : Projected
        Our place.
    shape : tuple of int
        Rows, columns.
    """
    if any(word in label for word in _TELLTALES):
        return ""
    theirs = _gdal_place(path, driver)
    if theirs is None:
        return ""
    turn = 2.0 * said.centre_lon if said.west else 0.0
    lat, lon_e = (grid.ravel() for grid in np.meshgrid(np.arange(-85.0, 86.0, 10.0), np.arange(-175.0, 180.0, 10.0)))
    try:
        mine = locate(source(ours, shape), unit_vectors(lat, lon_e))
        other = locate(source(theirs, shape), unit_vectors(lat, lon_e + turn))
    except AmbiguousGeometry:
        return ""
    inside = (mine.col >= 0.0) & (mine.col <= shape[1]) & (mine.row >= 0.0) & (mine.row <= shape[0])
    off = np.where(inside, np.maximum(np.abs(other.col - mine.col), np.abs(other.row - mine.row)), np.nan)
    # Whole turns are no difference: both maps may be wound differently, so the median place decides.
    if not np.isfinite(off).any() or float(np.nanmedian(off)) <= ALLOWED_PX:
        return ""
    worst = int(np.nanargmin(np.abs(off - np.nanmedian(off))))
    return (
        f"{lat[worst]:g} N, {lon_e[worst]:g} E is at column {mine.col[worst]:.2f}, row {mine.row[worst]:.2f} by the "
        f"label, but at column {other.col[worst]:.2f}, row {other.row[worst]:.2f} by GDAL's {driver} reader"
    )


def _gdal_place(path: Path, driver: str) -> Projected | None:
    with silenced(NotGeoreferencedWarning):
        try:
            with rasterio.Env(**_ALONE), rasterio.open(path.resolve(), driver=driver) as dataset:
                if dataset.crs is None or dataset.transform.is_identity:
                    return None
                a, b, c, d, e, f, *_ = dataset.transform
                return Projected(dataset.crs.to_wkt(), (a, b, c, d, e, f))
        except GDAL_FAILURES:
            return None
