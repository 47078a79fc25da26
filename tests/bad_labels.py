"""Small sound files of the families that carry labels, as bytes, so that any of their parts can be broken."""

import json
import struct
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from bad_pictures import NUMBERS

ROWS, COLS = NUMBERS.shape
PIXELS = NUMBERS.tobytes()


def pds3(*, pointer: str = "3", lines: Any = ROWS, samples: Any = COLS, kind: str = "PC_REAL", more: str = "") -> bytes:
    """The label of a PDS3 image in records of 1024 bytes; two records long, so that pixels may follow."""
    label = f"""PDS_VERSION_ID = PDS3
RECORD_TYPE = FIXED_LENGTH
RECORD_BYTES = 1024
LABEL_RECORDS = 2
^IMAGE = {pointer}
TARGET_NAME = "IO"
{more}
OBJECT = IMAGE
  LINES = {lines}
  LINE_SAMPLES = {samples}
  SAMPLE_TYPE = {kind}
  SAMPLE_BITS = 32
END_OBJECT = IMAGE
END
"""
    return label.replace("\n", "\r\n").encode().ljust(2048)


def pds4(*, file: str = "data.img", lines: Any = ROWS, samples: Any = COLS, head: str = "", inside: str = "") -> bytes:
    """The label of a PDS4 image; ``head`` stands before the root, ``inside`` in its title."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{head}<Product_Observational xmlns="http://pds.nasa.gov/pds4/pds/v1">
  <Identification_Area><title>Io {inside}</title></Identification_Area>
  <File_Area_Observational>
    <File><file_name>{file}</file_name></File>
    <Array_2D_Image>
      <offset unit="byte">0</offset>
      <axes>2</axes>
      <axis_index_order>Last Index Fastest</axis_index_order>
      <Element_Array><data_type>IEEE754LSBSingle</data_type></Element_Array>
      <Axis_Array><axis_name>Line</axis_name><elements>{lines}</elements>
        <sequence_number>1</sequence_number></Axis_Array>
      <Axis_Array><axis_name>Sample</axis_name><elements>{samples}</elements>
        <sequence_number>2</sequence_number></Axis_Array>
    </Array_2D_Image>
  </File_Area_Observational>
</Product_Observational>
""".encode()


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]>\n"
)
"""Ten entities, each ten times the one before: a billion laughs."""


def isis3(*, samples: Any = COLS, lines: Any = ROWS, start: Any = 4097, order: str = "BandSequential") -> bytes:
    """The label of an ISIS3 cube, 4096 bytes long."""
    return f"""Object = IsisCube
  Object = Core
    StartByte = {start}
    Format = {order}
    TileSamples = 0
    TileLines = 0
    Group = Dimensions
      Samples = {samples}
      Lines = {lines}
      Bands = 1
    End_Group
    Group = Pixels
      Type = Real
      ByteOrder = Lsb
      Base = 0.0
      Multiplier = 1.0
    End_Group
  End_Object
End_Object
End
""".encode().ljust(4096, b"\0")


def vicar(*, size: Any = 1024, lines: Any = ROWS, samples: Any = COLS, form: str = "REAL", eol: int = 0) -> bytes:
    """The label of a VICAR image, 1024 bytes long."""
    words = (
        f"LBLSIZE={size} FORMAT='{form}' TYPE='IMAGE' ORG='BSQ' NL={lines} NS={samples} NB=1 N1={samples} N2={lines} "
        f"N3=1 RECSIZE=80 NBB=0 NLB=0 EOL={eol} INTFMT='LOW' REALFMT='RIEEE'"
    )
    return words.encode().ljust(1024, b"\0")


def fits(*cards: tuple[str, Any]) -> bytes:
    """A FITS header block; cards replace those of a sound image."""
    keys: dict[str, Any] = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": COLS, "NAXIS2": ROWS} | dict(cards)
    text = "".join(f"{name:8s}= {value!s:>20s}".ljust(80) for name, value in keys.items() if value is not None)
    return (text + "END".ljust(80)).encode().ljust(2880)


FITS_DATA = NUMBERS.astype(">f4").tobytes().ljust(2880, b"\0")


def write_netcdf(
    path: Path, *, shape: tuple[int, ...] = (ROWS, COLS), chunks: tuple[int, ...] | None = None
) -> h5py.File:
    """An open HDF5 file laid out as a CF grid; a shape other than that of the pixels stays without data."""
    file = h5py.File(path, "w")
    rows, cols = (min(length, 1000) for length in shape[-2:])
    for name, values, unit in (
        ("lat", 90.0 - 180.0 / rows * (np.arange(rows) + 0.5), "degrees_north"),
        ("lon", 360.0 / cols * (np.arange(cols) + 0.5), "degrees_east"),
    ):
        axis = file.create_dataset(name, data=values)
        axis.make_scale(name)
        axis.attrs["units"] = unit
    data = NUMBERS if shape == (ROWS, COLS) else None
    grid = file.create_dataset("albedo", shape=shape, data=data, dtype="<f4", chunks=chunks)
    if data is not None:
        grid.dims[0].attach_scale(file["lat"])
        grid.dims[1].attach_scale(file["lon"])
    return file


def write_zarr(folder: Path, *, shape: tuple[int, ...] = (ROWS, COLS), compressor: Any = None) -> Path:
    """A Zarr store of format 2 with one uncompressed chunk; the folder of its array."""
    array = folder / "albedo"
    array.mkdir(parents=True)
    (folder / ".zgroup").write_text('{"zarr_format": 2}')
    metadata = {
        "zarr_format": 2, "shape": list(shape), "chunks": list(shape), "dtype": "<f4", "compressor": compressor,
        "fill_value": None, "order": "C", "filters": None,
    }  # fmt: skip
    (array / ".zarray").write_text(json.dumps(metadata))
    (array / ".zattrs").write_text(json.dumps({"_ARRAY_DIMENSIONS": ["lat", "lon"]}))
    (array / "0.0").write_bytes(PIXELS)
    return array


def netcdf_classic(*, rows: int = ROWS) -> bytes:
    """The header of a classic NetCDF file with one variable, and its numbers."""

    def name(text: str) -> bytes:
        return struct.pack(">L", len(text)) + text.encode().ljust(-len(text) % 4 + len(text), b"\0")

    dims = struct.pack(">LL", 10, 2) + name("lat") + struct.pack(">l", rows) + name("lon") + struct.pack(">l", COLS)
    head = b"CDF\x01" + struct.pack(">L", 0) + dims + bytes(8) + struct.pack(">LL", 11, 1)
    variable = name("albedo") + struct.pack(">LLL", 2, 0, 1) + bytes(8) + struct.pack(">LL", 5, len(PIXELS))
    start = len(head) + len(variable) + 4
    return head + variable + struct.pack(">L", start) + NUMBERS.astype(">f4").tobytes()
