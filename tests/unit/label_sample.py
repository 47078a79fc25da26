"""Hand-made labels and files for the tests of the label readers, written without the code under test."""

import math
from pathlib import Path

import numpy as np

R_KM = 1821.49
SHAPE = (18, 36)
STEP_KM = math.radians(10.0) * R_KM
PIXELS = np.arange(18 * 36, dtype=np.float32).reshape(SHAPE)


def isis3(path: Path, pixels: np.ndarray = PIXELS, *, mapping: str = "", kind: str = "Real", extra: str = "") -> Path:
    """A band-sequential cube with the pixels behind a label of 4096 bytes."""
    bands = pixels if pixels.ndim == 3 else pixels[None]
    order = "Msb" if pixels.dtype.byteorder == ">" else "Lsb"
    label = f"""Object = IsisCube
  Object = Core
    StartByte = 4097
    Format = BandSequential
    Group = Dimensions
      Samples = {bands.shape[2]}
      Lines = {bands.shape[1]}
      Bands = {bands.shape[0]}
    End_Group
    Group = Pixels
      Type = {kind}
      ByteOrder = {order}
      Base = 1.5
      Multiplier = 2.0
    End_Group
  End_Object
{extra}
{mapping}
End_Object
End
"""
    path.write_bytes(label.encode().ljust(4096, b"\0") + bands.tobytes())
    return path


def mapping(
    *,
    direction: str = "East",
    centre: float = 0.0,
    kind: str = "Planetocentric",
    a_km: float = R_KM,
    c_km: float = R_KM,
) -> str:
    """The group of a global simple cylindrical map in ten-degree steps."""
    step_m = 1000.0 * math.radians(10.0) * a_km
    return f"""Group = Mapping
  ProjectionName = SimpleCylindrical
  TargetName = Io
  EquatorialRadius = {1000.0 * a_km!r} <meters>
  PolarRadius = {1000.0 * c_km!r} <meters>
  LatitudeType = {kind}
  LongitudeDirection = Positive{direction}
  LongitudeDomain = 360
  CenterLongitude = {centre!r} <degrees>
  UpperLeftCornerX = {-18.0 * step_m!r} <meters>
  UpperLeftCornerY = {9.0 * step_m!r} <meters>
  PixelResolution = {step_m!r} <meters/pixel>
  Scale = 0.1 <pixels/degree>
End_Group"""


def pds3_label(
    pixels: np.ndarray = PIXELS, *, pointer: str = "3", kind: str = "PC_REAL", image: str = "", more: str = ""
) -> str:
    """The label of an IMAGE object in records of 1024 bytes."""
    rows, cols = pixels.shape[-2:]
    return f"""PDS_VERSION_ID = PDS3
RECORD_TYPE = FIXED_LENGTH
RECORD_BYTES = 1024
^IMAGE = {pointer}
TARGET_NAME = "IO"
{more}
OBJECT = IMAGE
  LINES = {rows}
  LINE_SAMPLES = {cols}
  SAMPLE_TYPE = {kind}
  SAMPLE_BITS = {8 * pixels.dtype.itemsize}
{image}
END_OBJECT = IMAGE
END
"""


def pds3(path: Path, pixels: np.ndarray = PIXELS, **words: str) -> Path:
    """An attached label and its pixels."""
    path.write_bytes(pds3_label(pixels, **words).replace("\n", "\r\n").encode().ljust(2048, b" ") + pixels.tobytes())
    return path


def pds3_map(
    *,
    direction: str = "EAST",
    centre: float = 0.0,
    kind: str = "PLANETOCENTRIC",
    c_km: float = R_KM,
    a_km: float = R_KM,
    offsets: tuple[float | str, float] = (17.5, 8.5),
    projection: str = "SIMPLE CYLINDRICAL",
    more: str = "",
) -> str:
    """The keywords of a global map in ten-degree steps; the offsets count from the first pixel's centre."""
    return f"""OBJECT = IMAGE_MAP_PROJECTION
  MAP_PROJECTION_TYPE = "{projection}"
  COORDINATE_SYSTEM_NAME = {kind}
  POSITIVE_LONGITUDE_DIRECTION = {direction}
  A_AXIS_RADIUS = {a_km} <KM>
  B_AXIS_RADIUS = {a_km} <KM>
  C_AXIS_RADIUS = {c_km} <KM>
  CENTER_LATITUDE = 0.0 <DEG>
  CENTER_LONGITUDE = {centre} <DEG>
  MAP_RESOLUTION = 0.1 <PIXEL/DEG>
  MAP_SCALE = {math.radians(10.0) * a_km!r} <KM/PIXEL>
  SAMPLE_PROJECTION_OFFSET = {offsets[0]} <PIXEL>
  LINE_PROJECTION_OFFSET = {offsets[1]} <PIXEL>
{more}
END_OBJECT = IMAGE_MAP_PROJECTION"""


def vicar(path: Path, body: bytes, words: str) -> Path:
    """A VICAR file of a label of 1024 bytes."""
    path.write_bytes(f"LBLSIZE=1024 {words}".encode().ljust(1024, b"\0") + body)
    return path


def vicar_words(form: str = "REAL", org: str = "BSQ", shape: tuple[int, int, int] = (1, *SHAPE), item: int = 4) -> str:
    """The system keywords of a little-endian image."""
    bands, lines, samples = shape
    first, second, third = {
        "BSQ": (samples, lines, bands), "BIL": (samples, bands, lines), "BIP": (bands, samples, lines)
    }[org]  # fmt: skip
    return (
        f"FORMAT='{form}' ORG='{org}' NL={lines} NS={samples} NB={bands} N1={first} N2={second} N3={third} "
        f"RECSIZE={first * item} NBB=0 NLB=0 EOL=0 INTFMT='LOW' REALFMT='RIEEE'"
    )
