"""Where an image shows places on Io: its geometry as numbers, and pixel positions of many directions at once.

Not for building that geometry (:mod:`iovolc.geometry.projections`) nor for reading pixels
(:mod:`iovolc.geometry.warp`).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry import views
from iovolc.geometry.compiled import kernel
from iovolc.geometry.sphere import lat_lon, tangent_basis

if TYPE_CHECKING:
    from pyproj import Transformer

N_PARAMETERS: Final = 20
STEP_RAD: Final = 1e-5
"""Step of the difference quotients that give the pixel size of a mapped projection."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Source:
    """An image on Io, as the compiled kernels take it.

    Parameters
    ----------
    kind : int
        A constant of :mod:`iovolc.geometry.views`.
    parameters : ndarray, shape (20,), float64
        As :func:`iovolc.geometry.views.project` reads them.
    period, top_gap, bottom_gap : float
        As :func:`iovolc.geometry.taps.bilinear` takes them.
    to_pixel : ndarray, shape (3, 3)
        From homogeneous projected units to column and row; used by ``MAPPED``.
    from_lon_lat : Transformer or None
        From degrees to projected units; set for ``MAPPED``.
    """

    kind: int
    parameters: NDArray[np.float64]
    period: float = 0.0
    top_gap: float = 0.0
    bottom_gap: float = 0.0
    to_pixel: Matrix = field(default_factory=lambda: np.eye(3))
    from_lon_lat: "Transformer | None" = None

    @property
    def edges(self) -> tuple[float, float, float]:
        """Period, top gap and bottom gap."""
        return self.period, self.top_gap, self.bottom_gap


@dataclass(frozen=True, slots=True)
class Positions:
    """Where an image shows some places.

    Parameters
    ----------
    col, row : ndarray, shape (place,), float64
        Pixels from the top left corner, the first pixel's centre being (0.5, 0.5); NaN where not visible. Columns
        of equirectangular images lie within one turn from the left edge.
    coarse_km, fine_km : ndarray, shape (place,), float64
        Largest and smallest size of the image's pixel on the ground.
    cos_emission : ndarray, shape (place,), float64
        1 for maps.
    """

    col: Matrix
    row: Matrix
    coarse_km: Matrix
    fine_km: Matrix
    cos_emission: Matrix


def locate(source: Source, vectors: Matrix) -> Positions:
    """Where an image shows these directions.

    Parameters
    ----------
    source : Source
        The image's geometry.
    vectors : ndarray, shape (place, 3), float64
        Body-fixed; need not be of unit length.
    """
    if source.kind == views.MAPPED:
        return _mapped(source, vectors)
    return Positions(*_compiled(source.kind, source.parameters, np.ascontiguousarray(vectors, dtype=np.float64)))


@kernel
def _compiled(kind: int, p: Matrix, vectors: Matrix) -> Matrix:
    found = np.empty((5, vectors.shape[0]))
    for i in range(vectors.shape[0]):
        found[:, i] = views.project(kind, p, vectors[i, 0], vectors[i, 1], vectors[i, 2])
    return found


def _mapped(source: Source, vectors: Matrix) -> Positions:
    centre = _ask_proj(source, vectors)
    basis = tangent_basis(*lat_lon(vectors))
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    steps = [(_ask_proj(source, vectors + STEP_RAD * length * axis) - centre) / STEP_RAD for axis in basis]
    (a, c), (b, d) = steps
    half = 0.5 * (a * a + b * b + c * c + d * d)
    apart = np.sqrt(np.maximum(half * half - (a * d - b * c) ** 2, 0.0))
    with np.errstate(divide="ignore"):
        coarse = body.RADIUS_KM / np.sqrt(np.maximum(half - apart, 0.0))
        fine = body.RADIUS_KM / np.sqrt(half + apart)
    return Positions(centre[0], centre[1], coarse, fine, np.ones_like(fine))


def _ask_proj(source: Source, vectors: Matrix) -> Matrix:
    """Columns and rows, shape (2, place); NaN where PROJ has no answer."""
    if source.from_lon_lat is None:
        raise ValueError("a mapped source needs its transformer")
    lat, lon_e = lat_lon(vectors)
    x, y = source.from_lon_lat.transform(lon_e, lat)
    seen = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(seen, x, np.nan), np.where(seen, y, np.nan)
    (a, b, c), (d, e, f), _ = source.to_pixel.tolist()
    return np.stack((a * x + b * y + c, d * x + e * y + f))
