"""Files that cannot be read as images: by name of the fault, the file and what iovolc may call it.

An empty tuple of codes leaves open which number it is, for readers may notice a fault at different stages.
"""

import random
import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

from bad_labels import FITS_DATA, LAUGHS, PIXELS, fits, isis3, netcdf_classic, pds3, pds4, vicar
from bad_pictures import (
    BITS,
    COLOURS,
    COLS,
    COMPRESSION,
    COUNTS,
    FORMAT,
    GDAL_NODATA,
    GDAL_XML,
    GREY,
    HEIGHT,
    NUMBERS,
    OFFSETS,
    PHOTOMETRIC,
    PIXEL_SCALE,
    PLANAR,
    ROWS,
    SAMPLES,
    STRIP_ROWS,
    TIE_POINT,
    TILE_COUNTS,
    TILE_HEIGHT,
    TILE_OFFSETS,
    TILE_WIDTH,
    WIDTH,
    chunk,
    jpeg,
    jpeg_sized,
    patched,
    png,
    tiff,
    transparent_png,
)

DAMAGED, UNSUPPORTED, LARGE, EMPTY = ("E102",), ("E103",), ("E107",), ("E402",)
ANY: tuple[str, ...] = ()
_TIFF = tiff()
_JUNK = random.Random(7).randbytes(400)
_INFINITE = b'<GDALMetadata><Item name="SCALE" sample="0" role="scale">inf</Item></GDALMetadata>\0'
_STRIPLESS = {OFFSETS: None, COUNTS: None, STRIP_ROWS: None}
_TRANSFORM = {"projection": "IAU_2015:50110"}
_NO_EDGES = dict.fromkeys(("left_lon_e", "right_lon_e", "top_lat", "bottom_lat"), "")


@dataclass(frozen=True)
class Content:
    """One bad file.

    ``beside`` are further files by name, ``cells`` those of its row that differ from a sound one.
    """

    file: str
    data: bytes
    codes: tuple[str, ...] = ANY
    cells: dict[str, str] = field(default_factory=dict)
    beside: dict[str, bytes] = field(default_factory=dict)


def _tif(tags, codes=DAMAGED, **cells) -> Content:
    return Content("a.tif", tiff(tags=tags), codes, cells)


def _cut(file: str, data: bytes, codes=ANY, **places: int) -> dict[str, Content]:
    """The file cut off after so many bytes, by the name of the place."""
    kind = file.partition(".")[0]
    return {f"{kind}-cut-{name.replace('_', '-')}": Content(file, data[:size], codes) for name, size in places.items()}


def _sparse(size: int) -> dict:
    return {
        WIDTH: ("L", [size]),
        HEIGHT: ("L", [size]),
        STRIP_ROWS: ("L", [1]),
        OFFSETS: ("L", [0]),
        COUNTS: ("L", [0]),
    }


def _one_strip(size: int) -> dict:
    packed = ("L", [8]), ("L", [400])
    return _sparse(size) | {STRIP_ROWS: ("L", [size]), COMPRESSION: ("H", [8]), OFFSETS: packed[0], COUNTS: packed[1]}


def _tiles(side: int) -> dict:
    tags = {TILE_WIDTH: side, TILE_HEIGHT: side, TILE_OFFSETS: 8, TILE_COUNTS: 64}
    return _STRIPLESS | {number: ("L", [value]) for number, value in tags.items()}


def _place(scale: float, tie: float = 0.0) -> dict:
    return {PIXEL_SCALE: ("d", [scale, scale, 0.0]), TIE_POINT: ("d", [0.0, 0.0, 0.0, tie, 0.0, 0.0])}


TIFF = {
    "tiff-zero-bytes": Content("a.tif", b"", DAMAGED),
    **_cut("tiff.tif", _TIFF, DAMAGED, in_header=6, in_directory=60, before_strips=len(_TIFF) - len(PIXELS)),
    **_cut("tiff.tif", _TIFF, DAMAGED, in_first_strip=len(_TIFF) - 500, in_last_strip=len(_TIFF) - 1),
    "tiff-big-header-only": Content("a.tif", struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16), DAMAGED),
    "tiff-no-directory": Content("a.tif", patched(_TIFF, 4, bytes(4)), DAMAGED),
    "tiff-directory-beyond-end": Content("a.tif", patched(_TIFF, 4, b"\xff\xff\xff\x7f"), DAMAGED),
    "tiff-directory-in-itself": Content("a.tif", patched(_TIFF, 4, b"\x01\0\0\0"), DAMAGED),
    "tiff-no-tags": Content("a.tif", struct.pack("<2sHLHL", b"II", 42, 8, 0, 0), DAMAGED),
    "tiff-without-strips": _tif(_STRIPLESS),
    "tiff-width-0": _tif({WIDTH: ("L", [0])}),
    "tiff-height-0": _tif({HEIGHT: ("L", [0])}),
    "tiff-width-minus-1": _tif({WIDTH: ("L", [2**32 - 1])}),
    "tiff-samples-0": _tif({SAMPLES: ("H", [0])}),
    "tiff-huge-dimensions": _tif(_sparse(100_000), LARGE),
    "tiff-huge-strip": _tif(_one_strip(30_000), LARGE),
    "tiff-huge-tile": _tif(_tiles(30_000), LARGE),
    "tiff-tile-beyond-int": _tif(_tiles(2**31 - 16)),
    "tiff-tile-0": _tif(_tiles(0)),
    "tiff-65535-bands": _tif({SAMPLES: ("H", [65535]), PLANAR: ("H", [1])}, (*LARGE, *DAMAGED)),
    "tiff-bits-0": _tif({BITS: ("H", [0])}),
    "tiff-bits-255": _tif({BITS: ("H", [255])}),
    "tiff-format-unknown": _tif({FORMAT: ("H", [77]), BITS: ("H", [24])}),
    "tiff-compression-unknown": _tif({COMPRESSION: ("H", [65001])}),
    **{
        f"tiff-{name}-garbage": Content(
            "a.tif",
            tiff(tags={COMPRESSION: ("H", [code]), STRIP_ROWS: ("L", [10]), OFFSETS: ("L", [8]), COUNTS: ("L", [150])}),
            DAMAGED,
        )
        for name, code in (("lzw", 5), ("jpeg", 7), ("deflate", 8), ("zstd", 50000))
    },
    "tiff-strips-beyond-end": _tif({OFFSETS: ("L", [2**31, 2**31])}),
    "tiff-strip-of-4-gigabytes": _tif({COUNTS: ("L", [2**32 - 1] * 2), COMPRESSION: ("H", [8])}),
    "tiff-nan-only": Content("a.tif", tiff(np.full_like(NUMBERS, np.nan)), EMPTY),
    "tiff-infinite-only": Content("a.tif", tiff(np.full_like(NUMBERS, -np.inf)), EMPTY),
    "tiff-nodata-only": Content("a.tif", tiff(np.full_like(NUMBERS, 7.0), {GDAL_NODATA: ("s", b"7\0")}), EMPTY),
    "tiff-nodata-by-row-only": Content("a.tif", tiff(np.full_like(NUMBERS, 7.0)), EMPTY, {"nodata": "7"}),
    "tiff-complex": Content("a.tif", tiff(NUMBERS.astype("<c8")), UNSUPPORTED),
    "tiff-palette": Content(
        "a.tif", tiff(GREY, {PHOTOMETRIC: ("H", [3]), COLOURS: ("H", [0] * 768)}), UNSUPPORTED
    ),
    "tiff-absurd-scale": _tif({}, EMPTY, scale="1e308"),
    "tiff-absurd-offset": _tif({}, EMPTY, offset="-1e308"),
    "tiff-scale-infinite-in-file": _tif({GDAL_XML: ("s", _INFINITE)}, ("E401",)),
    "tiff-transform-nan": _tif(_place(float("nan")), ANY, **_TRANSFORM),
    "tiff-transform-infinite": _tif(_place(1.0, float("inf")), ("E201",), **_TRANSFORM),
    "tiff-transform-0": _tif(_place(0.0), ("E205",), **_TRANSFORM, **_NO_EDGES),
    "tiff-no-place": _tif({}, ("E201",), projection="label", **_NO_EDGES),
    "tiff-band-missing": _tif({}, ("E104",), band_index="2"),
    "tiff-text-inside": Content("a.tif", b"<html>404</html>", DAMAGED),
}  # fmt: skip

_PNG = png()
_SIZE_AT = 16
PNG = {
    "png-zero-bytes": Content("a.png", b"", DAMAGED),
    **_cut("png.png", _PNG, DAMAGED, in_signature=5, in_header=20, in_pixels=60, before_end=len(_PNG) - 12),
    "png-width-0": Content("a.png", png(size=(0, ROWS)), DAMAGED),
    "png-height-0": Content("a.png", png(size=(COLS, 0)), DAMAGED),
    "png-width-minus-1": Content("a.png", png(size=(2**32 - 1, ROWS)), DAMAGED),
    "png-largest-dimensions": Content("a.png", png(size=(2**31 - 1, 2**31 - 1)), (*LARGE, *DAMAGED)),
    "png-bomb": Content("a.png", png(size=(40_000, 40_000), data=zlib.compress(bytes(1 << 22))), (*LARGE, *DAMAGED)),
    "png-text-bomb": Content(
        "a.png", png(before=chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 28))), data=b"cut"), DAMAGED
    ),
    "png-checksum-wrong": Content("a.png", patched(_PNG, 29, b"\0\0\0\0"), DAMAGED),
    "png-pixels-not-deflated": Content("a.png", png(data=_JUNK), DAMAGED),
    "png-too-few-rows": Content("a.png", png(data=zlib.compress(bytes(5 * (COLS + 1)))), DAMAGED),
    "png-depth-3": Content("a.png", png(depth=3), DAMAGED),
    "png-palette": Content("a.png", png(colour=3, before=chunk(b"PLTE", bytes(768))), UNSUPPORTED),
    "png-palette-missing": Content("a.png", png(colour=3)),
    "png-all-transparent": Content("a.png", transparent_png(), EMPTY),
    "png-with-a-worldfile-beside": Content(
        "a.png", png(), ("E205",), _TRANSFORM | _NO_EDGES, {"a.pgw": b"9\n0\n0\n-9\n0\n0\n"}
    ),
    "png-is-text": Content("a.png", b"<html>404</html>", DAMAGED),
}  # fmt: skip

_JPEG = jpeg()
_SCAN = _JPEG.index(b"\xff\xda")
JPEG = {
    "jpeg-zero-bytes": Content("a.jpg", b"", DAMAGED),
    **_cut("jpeg.jpg", _JPEG, DAMAGED, after_start=3, in_tables=60, before_scan=_SCAN, in_scan=_SCAN + 2000),
    "jpeg-width-0": Content("a.jpg", jpeg_sized(0, 64), DAMAGED),
    "jpeg-height-0": Content("a.jpg", jpeg_sized(128, 0), DAMAGED),
    "jpeg-largest-dimensions": Content("a.jpg", jpeg_sized(65500, 65500), LARGE),
    "jpeg-is-a-tiff": Content("a.jpg", _TIFF[:20], DAMAGED),
}  # fmt: skip


def _p3(file: str = "a.img", pixels: bytes = PIXELS, **words: object) -> Content:
    return Content(file, pds3(**words) + pixels)


def _p3_detached(pointer: str, **beside: bytes) -> Content:
    return Content(
        "a.lbl", pds3(pointer=pointer), ANY, {}, {name.replace("_", "."): data for name, data in beside.items()}
    )


PDS3 = {
    **_cut("pds3.img", pds3() + PIXELS, in_label=200, before_pixels=2048, in_pixels=2300),
    "pds3-detached-without-image": _p3_detached('"A.IMG"'),
    "pds3-detached-image-cut": _p3_detached('"A.IMG"', a_img=PIXELS[:300]),
    "pds3-label-points-to-itself": _p3_detached('"A.LBL"'),
    "pds3-points-to-a-password-file": _p3_detached('"/etc/passwd"'),
    "pds3-points-out-of-its-folder": _p3_detached('"../outside/outside.img"'),
    "pds3-points-to-the-network": _p3_detached('"http://example.org/a.img"'),
    "pds3-pointer-beyond-end": _p3(pointer="100000"),
    "pds3-pointer-negative": _p3(pointer="-3"),
    "pds3-lines-negative": _p3(lines=-10),
    "pds3-samples-0": _p3(samples=0),
    "pds3-lines-huge": _p3(lines=10**9),
    "pds3-lines-not-a-number": _p3(lines="MANY"),
    "pds3-sample-type-unknown": _p3(kind="CDC_REAL"),
    "pds3-nan-only": _p3(pixels=np.full_like(NUMBERS, np.nan).tobytes()),
    "pds3-groups-without-end": _p3(more="OBJECT = A\n" * 30),
    "pds3-nested-1000-deep": Content("a.img", b"PDS_VERSION_ID = PDS3\r\n" + b"OBJECT = A\r\n" * 1000 + b"END\r\n"),
    "pds3-list-1000-deep": Content("a.img", b"PDS_VERSION_ID = PDS3\r\nA = " + b"(" * 1000 + b"\r\nEND\r\n"),
    "pds3-label-of-megabytes": Content("a.img", b"PDS_VERSION_ID = PDS3\r\n" + b"A = 1\r\n" * 300_000),
    "pds3-label-in-utf16": Content("a.img", pds3().decode().encode("utf-16") + PIXELS),
}  # fmt: skip


def _p4(data: bytes | None = PIXELS, **words: object) -> Content:
    return Content("a.xml", pds4(**words), ANY, {}, {} if data is None else {"data.img": data})


def _entity(definition: str) -> Content:
    return _p4(head=f"<!DOCTYPE a [<!ENTITY x {definition}>]>\n", inside="&x;")


PDS4 = {
    **_cut("pds4.xml", pds4(), in_declaration=20, in_label=400, before_end=len(pds4()) - 15),
    "pds4-data-missing": _p4(None),
    "pds4-data-cut": _p4(PIXELS[:300]),
    "pds4-billion-laughs": _p4(head=LAUGHS, inside="&lol9;"),
    "pds4-quadratic-blowup": _p4(head=f'<!DOCTYPE a [<!ENTITY x "{"a" * 50_000}">]>\n', inside="&x;" * 5000),
    "pds4-external-entity-file": _entity('SYSTEM "file:///etc/passwd"'),
    "pds4-external-entity-network": _entity('SYSTEM "http://example.org/x"'),
    "pds4-external-definition": _p4(head='<!DOCTYPE a SYSTEM "http://example.org/a.dtd">\n'),
    "pds4-points-to-a-password-file": _p4(file="/etc/passwd"),
    "pds4-points-out-of-its-folder": _p4(file="../outside/outside.img"),
    "pds4-points-to-itself": _p4(file="a.xml", lines=1000),
    "pds4-lines-negative": _p4(lines=-10),
    "pds4-lines-huge": _p4(lines=10**9, samples=10**9),
    "pds4-nested-100000-deep": Content("a.xml", b"<?xml version='1.0'?>" + b"<a>" * 100_000),
    "pds4-another-encoding": Content("a.xml", b'<?xml version="1.0" encoding="UTF-8"?>' + b"<a>\xff\xfe</a>"),
    "pds4-nan-only": _p4(np.full_like(NUMBERS, np.nan).tobytes()),
}


def _cub(data: bytes = PIXELS, **words: object) -> Content:
    return Content("a.cub", isis3(**words) + data)


ISIS3 = {
    **_cut("isis3.cub", isis3() + PIXELS, in_label=150, before_pixels=4096, in_pixels=4400),
    "isis3-samples-negative": _cub(samples=-20),
    "isis3-lines-huge": _cub(lines=10**9),
    "isis3-starts-beyond-end": _cub(start=10**9),
    "isis3-tiles-of-0": _cub(order="Tile"),
    "isis3-special-pixels-only": _cub(np.full(ROWS * COLS, 0xFF7FFFFB, "<u4").tobytes()),
    "isis3-points-to-a-password-file": Content("a.cub", isis3().replace(b"StartByte = 4097", b"^Core = /etc/passwd")),
}

VICAR = {
    **_cut("vicar.vic", vicar() + PIXELS, in_label=60, before_pixels=1024, in_pixels=1300),
    "vicar-label-size-0": Content("a.vic", vicar(size=0) + PIXELS),
    "vicar-label-size-huge": Content("a.vic", vicar(size=10**12) + PIXELS),
    "vicar-lines-negative": Content("a.vic", vicar(lines=-10) + PIXELS),
    "vicar-lines-huge": Content("a.vic", vicar(lines=10**9) + PIXELS),
    "vicar-form-unknown": Content("a.vic", vicar(form="QUAD") + PIXELS),
    "vicar-second-label-missing": Content("a.vic", vicar(eol=1) + PIXELS),
}

FITS = {
    **_cut("fits.fits", fits() + FITS_DATA, in_header=400, before_pixels=2880, in_pixels=3000),
    "fits-axes-negative": Content("a.fits", fits(("NAXIS", -2)) + FITS_DATA),
    "fits-axis-0": Content("a.fits", fits(("NAXIS1", 0)) + FITS_DATA),
    "fits-axis-huge": Content("a.fits", fits(("NAXIS1", 10**9), ("NAXIS2", 10**9)) + FITS_DATA),
    "fits-bits-7": Content("a.fits", fits(("BITPIX", 7)) + FITS_DATA),
    "fits-scale-nan": Content("a.fits", fits(("BSCALE", "NaN")) + FITS_DATA),
    "fits-without-end": Content("a.fits", fits().replace(b"END ", b"    ") + FITS_DATA),
    "fits-nan-only": Content("a.fits", fits() + np.full((ROWS, COLS), np.nan, ">f4").tobytes().ljust(2880, b"\0")),
}

CLASSIC = {
    **_cut("netcdf.nc", netcdf_classic(), in_magic=3, in_header=40, in_pixels=len(netcdf_classic()) - 400),
    "netcdf-rows-negative": Content("a.nc", netcdf_classic(rows=-10)),
    "netcdf-rows-huge": Content("a.nc", netcdf_classic(rows=2**31 - 1)),
}

CONTENTS: dict[str, Content] = TIFF | PNG | JPEG | PDS3 | PDS4 | ISIS3 | VICAR | FITS | CLASSIC
"""All of them by the name of the fault."""
