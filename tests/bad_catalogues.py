"""Catalogues that are broken themselves or lead astray, and files that need more than bytes to be bad."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py

from bad_labels import PIXELS, pds3, pds4, write_netcdf, write_zarr
from bad_pictures import png

OUTSIDE, NOT_PLAIN, UNREADABLE = ("E105",), ("E106",), ("E501",)
GOOD = {
    "path": "good.png", "time_utc": "1999-07-03T06:00:00Z", "channel": "red", "quantity": "relative",
    "projection": "bounds", "left_lon_e": "10", "right_lon_e": "50", "top_lat": "20", "bottom_lat": "0",
}  # fmt: skip
HEADER = ",".join(GOOD)
LINE = ",".join(GOOD.values())

PATHS = {
    "path-up-and-out": ("../outside/good.png", OUTSIDE),
    "path-up-and-nowhere": ("../outside/none.png", OUTSIDE),
    "path-up-through-a-folder": ("sub/../../outside/good.png", OUTSIDE),
    "path-absolute": ("/etc/passwd", OUTSIDE),
    "path-absolute-and-missing": ("/none/at/all.tif", OUTSIDE),
    "path-a-device": ("/dev/zero", OUTSIDE),
    "path-own-memory": ("/proc/self/mem", OUTSIDE),
    "path-http": ("http://example.org/a.tif", NOT_PLAIN),
    "path-https": ("https://example.org/a.tif", NOT_PLAIN),
    "path-ftp": ("ftp://example.org/a.tif", NOT_PLAIN),
    "path-bucket": ("s3://bucket/a.tif", NOT_PLAIN),
    "path-file-address": ("file:///etc/passwd", NOT_PLAIN),
    "path-zip-address": ("zip+https://example.org/a.zip!a.tif", NOT_PLAIN),
    "path-vsicurl": ("/vsicurl/http://example.org/a.tif", NOT_PLAIN),
    "path-vsizip": ("/vsizip/good.zip/a.tif", NOT_PLAIN),
    "path-vsistdin": ("/vsistdin/", NOT_PLAIN),
    "path-vsisubfile": ("/vsisubfile/0_100,good.png", NOT_PLAIN),
    "path-windows-share": ("\\\\server\\share\\a.tif", NOT_PLAIN),
    "path-double-slash": ("//server/share/a.tif", NOT_PLAIN),
    "path-netcdf-part": ('NETCDF:"good.nc":albedo', NOT_PLAIN),
    "path-tiff-part": ("GTIFF_DIR:1:good.png", NOT_PLAIN),
    "path-web-service": ("WMS:http://example.org?layers=io", NOT_PLAIN),
    "path-virtual-description": ("<VRTDataset rasterXSize='1' rasterYSize='1'/>", NOT_PLAIN),
    "path-with-nul": ("good.png\0.tif", NOT_PLAIN),
    "path-with-line-end": ("good\n.png", NOT_PLAIN),
    "path-with-reversed-writing": ("good\u202egnp.exe", NOT_PLAIN),
    "path-very-long": ("a" * 2000 + ".tif", NOT_PLAIN),
    "path-name-too-long-for-a-disk": ("a" * 300 + ".tif", ("E102",)),
    "path-home": ("~/good.png", ("E101",)),
    "path-missing": ("none.png", ("E101",)),
    "path-below-a-file": ("good.png/a.png", ("E101",)),
    "path-is-the-folder": (".", NOT_PLAIN),
}
"""By name of the fault, the path and its number."""

CELLS = {
    "time-in-the-future": ({"time_utc": "2999-01-01"}, ("E304",)),
    "time-in-two-digits": ({"time_utc": "0079-03-05"}, ("E304",)),
    "time-before-the-telescope": ({"time_utc": "1609-12-31"}, ("E304",)),
    "time-ends-in-the-future": ({"time_utc": "", "start_utc": "1999-01-01", "stop_utc": "2999-01-01"}, ("E304",)),
    "time-of-no-calendar": ({"time_utc": "1999-02-31"}, ("E301",)),
    "time-year-0": ({"time_utc": "0000-00-00"}, ("E301",)),
    "time-off-the-scale": ({"time_utc": "9999-12-31T23:59:59-14:00"}, ("E301", "E304")),
    "time-backwards": ({"time_utc": "", "start_utc": "1999-01-02", "stop_utc": "1999-01-01"}, ("E303",)),
    "longitude-out-of-range": ({"left_lon_e": "-361"}, ("E203", "E401")),
    "longitude-huge": ({"right_lon_e": "1e300"}, ("E203", "E401")),
    "longitudes-equal": ({"left_lon_e": "50"}, ("E203",)),
    "latitude-out-of-range": ({"top_lat": "91"}, ("E203", "E401")),
    "latitudes-upside-down": ({"top_lat": "-10"}, ("E203",)),
    "latitudes-next-to-equal": ({"top_lat": "5e-324"}, ("E204",)),
    "edges-infinite": ({"left_lon_e": "inf"}, ("E401",)),
    "edges-nan": ({"top_lat": "nan"}, ("E401",)),
    "band-0": ({"band_index": "0"}, ("E401",)),
    "band-minus-1": ({"band_index": "-1"}, ("E401",)),
    "band-of-5000-digits": ({"band_index": "9" * 5000}, ("E401",)),
    "scale-0": ({"scale": "0"}, ("E401",)),
    "scale-nan": ({"scale": "nan"}, ("E401",)),
    "scale-beyond-double": ({"scale": "1e999"}, ("E401",)),
    "formula-in-a-number": ({"scale": "=1+1"}, ("E401",)),
    "formula-in-a-choice": ({"channel": "@SUM(A1:A9)"}, ("E403",)),
    "formula-in-a-path": ({"path": "=cmd|' /C calc'!A0"}, ("E101",)),
    "formula-in-an-id": ({"id": "+1+cmd"}, ("E403",)),
    "id-with-a-path": ({"id": "../../id"}, ("E403",)),
    "id-of-megabytes": ({"id": "a" * 100_000}, ("E403",)),
    "terminal-codes-in-a-cell": ({"channel": "\x1b[2J\x07"}, ("E403",)),
    "disc-inside-io": ({"projection": "disc", "range_km": "1"}, ("E205", "E401")),
    "projection-of-earth": ({"projection": "EPSG:4326"}, ("E202",)),
    "projection-unknown": ({"projection": "IAU_2015:" + "9" * 400}, ("E202",)),
    "projection-with-code": ({"projection": "+proj=longlat +datum=WGS84"}, ("E403",)),
    "quantity-unknown": ({"quantity": "dn"}, ("E403",)),
    "wavelength-of-another-channel": ({"wavelength_um": "4.8"}, ("E404",)),
    "surplus-cell": ({"bottom_lat": "0,NASA"}, ("E502",)),
}
"""By name of the fault, the cells that differ from a sound row, and its number."""


@dataclass(frozen=True)
class Broken:
    """A catalogue that is broken itself: its bytes, the number, and how many rows are sound all the same.

    Zeros fill it up to ``size`` bytes.
    """

    data: bytes
    codes: tuple[str, ...] = UNREADABLE
    survivors: int = 0
    size: int = 0


def _text(*lines: str, codes=UNREADABLE, survivors: int = 0, encoding: str = "utf-8", end: str = "\n") -> Broken:
    return Broken((end.join(lines) + end).encode(encoding), codes, survivors)


CATALOGUES = {
    "catalogue-empty": Broken(b""),
    "catalogue-blank": Broken(b"\n\n \n"),
    "catalogue-in-utf16": _text(HEADER, LINE, encoding="utf-16"),
    "catalogue-in-utf16-without-mark": _text(HEADER, LINE, encoding="utf-16-le"),
    "catalogue-in-latin1": _text(f"{HEADER},credit", f"{LINE},Universität", encoding="latin-1"),
    "catalogue-is-a-picture": Broken(png()),
    "catalogue-without-header": _text(LINE),
    "catalogue-with-semicolons": _text(HEADER.replace(",", ";"), LINE.replace(",", ";")),
    "catalogue-column-twice": _text(f"{HEADER},path", f"{LINE},b.png"),
    "catalogue-column-misspelt": _text(f"{HEADER},wavelenght_um", f"{LINE},0.7", codes=("E502",), survivors=1),
    "catalogue-of-100000-columns": _text(HEADER + "".join(f",c{n}" for n in range(100_000)), LINE),
    "catalogue-quote-open": _text(HEADER, f'"{LINE}'),
    "catalogue-quotes-nested": _text(f"{HEADER},credit", f'{LINE},"a "quoted" word"'),
    "catalogue-cell-of-a-megabyte": _text(f"{HEADER},credit", LINE, f"{LINE},{'a' * (1 << 20)}"),
    "catalogue-longer-than-the-limit": Broken(f"{HEADER}\n".encode(), size=(64 << 20) + 1),
    "catalogue-marked-twice": Broken(b"\xef\xbb\xbf" * 2 + f"{HEADER}\n{LINE}\n".encode()),
    "catalogue-with-cr-line-ends": _text(HEADER, LINE, LINE + "x", codes=("E401",), survivors=1, end="\r"),
    "catalogue-with-nul": _text(HEADER, LINE, LINE.replace("red", "r\0d"), codes=("E403",), survivors=1),
    "catalogue-row-twice": _text(HEADER, LINE, LINE, codes=("E505",), survivors=1),
    "catalogue-id-twice": _text(
        f"id,{HEADER}", f"a,{LINE}", f"a,{LINE.replace('1999', '1998')}", codes=("E504",), survivors=1
    ),
}
"""By name of the fault."""

Make = Callable[[Path], None]


def _link(target: str, name: str = "a.png") -> Make:
    return lambda folder: (folder / name).symlink_to(target)


def _ring(folder: Path) -> None:
    (folder / "a.png").symlink_to("b.png")
    (folder / "b.png").symlink_to("a.png")


def _sparse(folder: Path) -> None:
    """A terabyte that takes no room."""
    (folder / "a.png").write_bytes(png())
    os.truncate(folder / "a.png", 10**12)


def _netcdf(**shape: tuple[int, ...]) -> Make:
    return lambda folder: write_netcdf(folder / "a.nc", **shape).close()


def _netcdf_cut(share: float) -> Make:
    def make(folder: Path) -> None:
        write_netcdf(folder / "a.nc").close()
        os.truncate(folder / "a.nc", int((folder / "a.nc").stat().st_size * share))

    return make


def _netcdf_link(folder: Path) -> None:
    with write_netcdf(folder / "a.nc") as file:
        file["elsewhere"] = h5py.ExternalLink("../outside/outside.nc", "/albedo")


def _netcdf_external(folder: Path) -> None:
    with write_netcdf(folder / "a.nc") as file:
        del file["albedo"]
        file.create_dataset("albedo", (10, 20), "<f4", external=[("/etc/passwd", 0, 800)])


def _zarr(**words: object) -> Make:
    def make(folder: Path) -> None:
        write_zarr(folder / "a.zarr", **words)

    return make


def _zarr_without(name: str, content: str | None = None) -> Make:
    def make(folder: Path) -> None:
        write_zarr(folder / "a.zarr")
        (folder / "a.zarr" / name).unlink()
        if content is not None:
            (folder / "a.zarr" / name).write_text(content)

    return make


def _zarr_link(folder: Path) -> None:
    array = write_zarr(folder / "a.zarr")
    (array / "0.0").unlink()
    (array / "0.0").symlink_to("../../../outside/outside.img")


def _zarr_cut(folder: Path) -> None:
    os.truncate(write_zarr(folder / "a.zarr") / "0.0", 300)


def _linked(file: str, content: bytes, link: str, target: str) -> Make:
    """A file and beside it a link that leads out."""

    def make(folder: Path) -> None:
        (folder / file).write_bytes(content)
        (folder / link).symlink_to(f"../outside/{target}")

    return make


DEVISED: dict[str, tuple[str, Make, tuple[str, ...]]] = {
    "folder-as-a-file": ("a.png", lambda folder: (folder / "a.png").mkdir(), NOT_PLAIN),
    "pipe-as-a-file": ("a.png", lambda folder: os.mkfifo(folder / "a.png"), NOT_PLAIN),
    "link-out-of-the-folder": ("a.png", _link("../outside/good.png"), OUTSIDE),
    "link-to-a-password-file": ("a.png", _link("/etc/passwd"), OUTSIDE),
    "link-to-a-device": ("a.png", _link("/dev/zero"), OUTSIDE),
    "link-of-a-folder-outside": ("a/good.png", _link("../outside", "a"), OUTSIDE),
    "link-to-nothing": ("a.png", _link("none.png"), ("E101",)),
    "link-to-itself": ("a.png", _link("a.png"), NOT_PLAIN),
    "links-in-a-ring": ("a.png", _ring, NOT_PLAIN),
    "pds3-data-is-a-link": ("a.lbl", _linked("a.lbl", pds3(pointer='"A.IMG"'), "a.img", "outside.img"), ()),
    "pds3-label-is-a-link": ("a.img", _linked("a.img", PIXELS, "a.lbl", "outside.lbl"), ()),
    "pds4-data-is-a-link": ("a.xml", _linked("a.xml", pds4(), "data.img", "outside.img"), ()),
    "file-of-a-terabyte": ("a.png", _sparse, ("E107",)),
    "hdf5-cut-in-superblock": ("a.nc", _netcdf_cut(0.005), ()),
    "hdf5-cut-in-objects": ("a.nc", _netcdf_cut(0.4), ()),
    "hdf5-cut-at-the-end": ("a.nc", _netcdf_cut(0.9), ()),
    "hdf5-huge-dimensions": ("a.nc", _netcdf(shape=(10**6, 10**6), chunks=(1000, 1000)), ()),
    "hdf5-huge-chunks": ("a.nc", _netcdf(shape=(30_000, 30_000), chunks=(20_000, 20_000)), ()),
    "hdf5-link-to-another-file": ("a.nc", _netcdf_link, ()),
    "hdf5-data-in-a-password-file": ("a.nc", _netcdf_external, ()),
    "zarr-without-metadata": ("a.zarr", _zarr_without(".zgroup"), NOT_PLAIN),
    "zarr-metadata-damaged": ("a.zarr", _zarr_without("albedo/.zarray", '{"zarr_format": 2,'), ()),
    "zarr-chunk-cut": ("a.zarr", _zarr_cut, ()),
    "zarr-chunk-is-a-link": ("a.zarr", _zarr_link, NOT_PLAIN),
    "zarr-huge-dimensions": ("a.zarr", _zarr(shape=(10**6, 10**6)), ()),
    "zarr-negative-dimensions": ("a.zarr", _zarr(shape=(-10, 20)), ()),
    "zarr-packed-by-pickle": ("a.zarr", _zarr(compressor={"id": "pickle"}), ()),
}
"""By name of the fault, the path, what makes it, and its number; no number leaves it open."""
