"""PDS3 products and ISIS2 cubes: attached and detached labels, IMAGE and QUBE objects.

Compressed objects are not read. ISIS2 cubes are QUBE objects under the same label.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from iovolc.archive.formats import pds3_image, qube
from iovolc.archive.labels.files import band_reader, beginning, numbered
from iovolc.archive.labels.keywords import Keywords
from iovolc.archive.labels.layout import check_layout, refuse_overlap
from iovolc.archive.labels.map_keywords import pds3_map
from iovolc.archive.labels.placed import find_place
from iovolc.archive.labels.pointers import follow, sibling_label
from iovolc.archive.labels.pvl_text import find_label, parse_pvl
from iovolc.archive.origin import Origin
from iovolc.archive.product import Family, Product
from iovolc.errors import UnsupportedProduct

_STARTS: Final = (b"PDS_VERSION_ID", b"CCSD3ZF", b"RECORD_TYPE")


def open_pds3(path: Path, origin: Origin) -> Product:
    """Open a product by its label or by the data file that lies beside a label of the same stem.

    Parameters
    ----------
    path : Path
        Label or data.
    origin : Origin
        For the messages.

    Raises
    ------
    UnreadableProduct
        E101 or E102 if label or pixels are missing, cut off or contradict each other.
    UnsupportedProduct
        E103 for compressed pixels.
    """
    with numbered(origin):
        label = _label_of(path)
        text = find_label(beginning(label))
        keywords = Keywords.of(parse_pvl(text + b"\nEND\n"))
        _refuse_compressed(keywords, origin)
        is_qube = keywords.find("^QUBE", "^SPECTRAL_QUBE") is not None and keywords.find("^IMAGE") is None
        place = follow(_pointer(keywords, is_qube), keywords, label)
        described = qube.describe(keywords, place.offset) if is_qube else pds3_image.describe(keywords, place.offset)
        check_layout(described.layout, place.path.stat().st_size)
        refuse_overlap(described.layout, len(text) if place.path == label else 0)
    shape = described.layout.shape[1:]
    style = "ISIS2" if is_qube else "PDS3"
    driver = "ISIS2" if is_qube else "PDS"
    placed = find_place(lambda: pds3_map(keywords, shape, style), label, driver, text, shape, origin)
    bands = tuple(replace(facts, placement=placed[0], misplaced=placed[1]) for facts in described.bands)
    flip = described.upwards and bands[0].placement is None
    read = band_reader(place.path, described.layout, described.encoding, described.specials, origin, flip=flip)
    return Product(style, shape, bands, read)


def _label_of(path: Path) -> Path:
    with path.open("rb") as stream:
        head = stream.read(4096)
    label = None if is_label(head) else sibling_label(path)
    return label or path


def _pointer(keywords: Keywords, is_qube: bool) -> str:
    if not is_qube:
        return "^IMAGE"
    return "^QUBE" if keywords.find("^QUBE") is not None else "^SPECTRAL_QUBE"


def _refuse_compressed(keywords: Keywords, origin: Origin) -> None:
    encoding = keywords.text("IMAGE.ENCODING_TYPE", "ENCODING_TYPE")
    if encoding or keywords.find("^COMPRESSED_FILE") is not None:
        detail = f"its pixels are compressed ({encoding[:40] or 'COMPRESSED_FILE'}); decompress them first"
        raise UnsupportedProduct([origin.finding("E103", detail, "path")])


def is_label(head: bytes) -> bool:
    """Whether a file's beginning is that of a PDS3 or ISIS2 label."""
    start = head.lstrip(b" \t\r\n\xef\xbb\xbf")
    if start.startswith(b"/*"):
        start = start[start.find(b"PDS_VERSION_ID") :] if b"PDS_VERSION_ID" in start else b""
    return start.startswith(_STARTS) and b"=" in start


def _recognises(path: Path, head: bytes) -> bool:
    if is_label(head):
        return True
    label = sibling_label(path)
    try:
        return label is not None and is_label(beginning(label)[:4096])
    except OSError:
        return False


FAMILY: Final = Family("PDS3", _recognises, open_pds3)
"""PDS3 products and ISIS2 cubes."""
