"""Sound files whose labels say much, and what happens to their words: fuzzing that knows what a word is."""

import re
import tempfile
from pathlib import Path

import numpy as np
from astropy.io import fits
from hypothesis import strategies as st
from tests.unit import format_sample, label_sample

from bad_labels import write_netcdf, write_zarr

DATA = np.arange(18 * 36, dtype=np.float32).reshape(18, 36)
PLANES = DATA.astype(">f8")
WORD = re.compile(rb"[A-Za-z0-9_.+:^-]+")
WORDS_WITHIN = 1 << 16
"""Labels stand at the beginning of a file, or at its end where the format has it so."""
HOSTILE = (
    b"0", b"-1", b"1", b"1e400", b"-1e308", b"nan", b"inf", b"9" * 400, b"2147483648", b"18446744073709551616", b"",
    b"(", b")", b'"', b"'", b"=", b"<", b">", b"&", b"&#0;", b"{", b"]", b"/*", b"\x00", b"\xff", b"\n", b"END",
    b"NULL", b"None", b"N/A", b"UNK", b"16#FF#", b"2#101#", b"((((((((", b"1 <KM>", b"1997-02-30T25:61:61Z",
    b"9999-999", b"../../etc/passwd", b"/dev/zero", b"http://a.b/c", b"\xe2\x80\xae", b"True", b"-0.0", b"1.5",
)  # fmt: skip
QUBE = b"""CCSD3ZF0000100000001NJPL3IF0PDS200000001 = SFDU_LABEL
RECORD_BYTES = 1024
^QUBE = 3
OBJECT = QUBE
  AXES = 3
  AXIS_NAME = (SAMPLE, LINE, BAND)
  CORE_ITEMS = (6, 5, 3)
  CORE_ITEM_BYTES = 2
  CORE_ITEM_TYPE = SUN_INTEGER
  CORE_BASE = 0.0
  CORE_MULTIPLIER = 0.1
  CORE_NULL = -32768
  CORE_HIGH_REPR_SATURATION = -32764
  CORE_NAME = RADIANCE_FACTOR
  CORE_UNIT = DIMENSIONLESS
  SUFFIX_BYTES = 4
  SUFFIX_ITEMS = (1, 0, 1)
  START_TIME = 2001-05-23T10:00:00Z
  GROUP = BAND_BIN
    BAND_BIN_CENTER = (1.0, 2.5, 4.7)
    BAND_BIN_UNIT = MICROMETER
  END_GROUP
END_OBJECT
END
"""
_WCS = {
    "CTYPE1": "IOLN-CAR", "CTYPE2": "IOLT-CAR", "CRVAL1": 180.0, "CRVAL2": 0.0, "CRPIX1": 18.5, "CRPIX2": 9.5,
    "CDELT1": 10.0, "CDELT2": 10.0, "CUNIT1": "deg", "CUNIT2": "deg", "DATE-OBS": "2007-02-28T01:02:03",
    "BUNIT": "I/F", "INSTRUME": "LORRI", "FILTER": "CLEAR", "EXPTIME": 0.1, "TARGNAME": "IO",
}  # fmt: skip


def worded_files() -> dict[str, bytes]:
    """By name, files with map projections, bands, times and geometry in their labels; of a Zarr store its metadata."""
    words = label_sample.vicar_words() + " PROPERTY='MAP' TARGET_NAME='IO' MAP_SCALE=317.9 CENTER_LATITUDE=0.0"
    display = format_sample.displayed("Top to Bottom", "Left to Right")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_netcdf(folder / "grid.nc").close()
        (folder / "qube.qub").write_bytes(QUBE.ljust(2048) + bytes(1024))
        label_sample.isis3(folder / "map.cub", DATA, mapping=label_sample.mapping(direction="West"))
        label_sample.pds3(folder / "plain.img", DATA, more=label_sample.pds3_map())
        label_sample.vicar(folder / "map.vic", DATA.tobytes(), words)
        fits.PrimaryHDU(DATA, fits.Header(_WCS)).writeto(folder / "map.fits")
        format_sample.write_pds4(folder, PLANES, cart=format_sample.cartography(0.0), display=display)
        (folder / "map.img").unlink()  # lies beside the label in each trial
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return files | {name: content for name, content in zarr_files().items() if "/.za" in name}


def zarr_files() -> dict[str, bytes]:
    """The files of a Zarr store by their path."""
    with tempfile.TemporaryDirectory() as folder:
        store = write_zarr(Path(folder) / "store.zarr").parent
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def beside(name: str) -> dict[str, bytes]:
    """The sound files that a changed one needs, by their path."""
    return {"map.img": PLANES.tobytes()} if name == "map.xml" else zarr_files() if "/" in name else {}


@st.composite
def words_changed(draw, sound: dict[str, bytes]) -> tuple[str, bytes]:
    """A file some of whose words are replaced by hostile ones, by one another, doubled or taken out."""
    name = draw(st.sampled_from(sorted(sound)))
    content = sound[name]
    for _ in range(draw(st.integers(1, 4))):
        found = list(WORD.finditer(content, 0, WORDS_WITHIN))
        if not found:
            break
        word, other = draw(st.sampled_from(found)), draw(st.sampled_from(found))
        new = draw(st.sampled_from([*HOSTILE, other.group(), word.group() * 2, word.group() + b" = 3\n"]))
        # In formats of fixed places a word that keeps its length reaches the reader's later steps.
        if draw(st.booleans()):
            new = new[: len(word.group())].ljust(len(word.group()))
        content = content[: word.start()] + new + content[word.end() :]
    return name, content
