"""PDS4 products: an XML label beside its data file become a :class:`~iovolc.archive.product.Product`.

Only the label's own folder is read. Not for tables, nor for PDS3 labels.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from iovolc.archive.formats import agreement, graphic, on_demand, pds4_array, pds4_map
from iovolc.archive.formats.limits import guarded
from iovolc.archive.formats.pds4_facts import read_facts
from iovolc.archive.formats.pds4_label import read_label
from iovolc.archive.origin import Origin
from iovolc.archive.product import Product, Stored
from iovolc.errors import AmbiguousGeometry


def open_product(path: Path, origin: Origin) -> Product:
    """Read a label and check the image that it describes.

    Rows and columns are turned as the display directions of the label say; planetographic rows of a flattened
    spheroid are brought to planetocentric ones.

    Parameters
    ----------
    path : Path
        The label.
    origin : Origin
        For messages.

    Raises
    ------
    UnreadableProduct
        E102 if label or data file are damaged or the label leads out of its folder.
    UnsupportedProduct
        E103 for labels without an array that is read.
    """
    with guarded(path, origin):
        root = read_label(path, origin)
        array = pds4_array.find_array(root, path.parent, origin)
        facts = read_facts(root, array, origin)
        place, misplaced = _place(path, root, array, origin)
    if place is None or not place.flat:
        placement = None if place is None else place.placement
        bands = tuple(replace(item, placement=placement, misplaced=misplaced) for item in facts)
        return Product(on_demand.PDS4.name, array.shape, bands, partial(pds4_array.read_band, array, origin=origin))
    flat = place.flat
    bounds, edges = graphic.centric_bounds(place.placement, array.shape, flat)
    # What is resampled holds no stored nodata any more: `valid` says it.
    bands = tuple(replace(item, placement=bounds, nodata=None) for item in facts)

    def read(band: int) -> Stored:
        return graphic.centric_rows(pds4_array.read_band(array, band, origin), edges, flat)

    return Product(on_demand.PDS4.name, array.shape, bands, read)


def _place(
    path: Path, root: Element, array: pds4_array.Array, origin: Origin
) -> tuple[pds4_map.Place | None, AmbiguousGeometry | None]:
    try:
        place = pds4_map.place(root, array.identifier, array.shape, origin)
    except AmbiguousGeometry as refused:
        return None, refused
    if place is None:
        return None, None
    refused = agreement.gdal_gap(str(path), "PDS4", place.placement, array.shape, origin)
    return (None, refused) if refused is not None else (place, None)
