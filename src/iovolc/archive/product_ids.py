"""What archives' product ids and level words say: the exposure, the processing level and the version.

Not for choosing between products (:mod:`iovolc.archive.versions`).
"""

import re
from typing import Final, NamedTuple

LEVELS: Final = ("unknown", "picture", "raw", "cleaned", "calibrated", "without distortion", "map")
"""Processing levels, lowest first."""

_LEVEL_WORDS: Final = (
    (re.compile(r"MAP|MOSAIC|GMI|PROJECTED", re.IGNORECASE), "map"),
    (re.compile(r"GEOM", re.IGNORECASE), "without distortion"),
    (re.compile(r"RDR|CALIB|SCI\b|IOF|RADIANCE|CDR", re.IGNORECASE), "calibrated"),
    (re.compile(r"CLEAN", re.IGNORECASE), "cleaned"),
    (re.compile(r"EDR|RAW|ENG\b|DECOMP", re.IGNORECASE), "raw"),
    (re.compile(r"PICTURE|BROWSE|PNG|JPE?G", re.IGNORECASE), "picture"),
)


class Exposure(NamedTuple):
    """What a product id says: the exposure, the level (of :data:`LEVELS`) and the version; empty where it says none."""

    id: str
    level: str
    version: str


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    levels: dict[str, str]


def _form(pattern: str, levels: dict[str, str]) -> _Form:
    return _Form(re.compile(pattern, re.IGNORECASE), levels)


_VOYAGER: Final = {"": "raw", "RAW": "raw", "CLEANED": "cleaned", "CALIB": "calibrated", "GEOMED": "without distortion"}
_FORMS: Final = (
    # JunoCam, as in JNCE_2023364_57C00012_V01; E is raw, R calibrated.
    _form(
        r"(?P<a>JNC)(?P<level>[ERM])(?P<b>_\d{7}_\d{2}[A-Z]\d{5})(?:_V(?P<version>\d+))?",
        {"E": "raw", "R": "calibrated", "M": "map"},
    ),
    # JIRAM, as in JIR_IMG_RDR_2017033T114006_V02.
    _form(
        r"(?P<a>JIR_(?:IMG|SPE))_(?P<level>EDR|RDR)(?P<b>_\d{7}T\d{6})(?:_V(?P<version>\d+))?",
        {"EDR": "raw", "RDR": "calibrated"},
    ),
    # Galileo SSI, as in C0383600826R; S is the same image assembled again.
    _form(r"(?P<a>C\d{10})(?P<level>[RS])?", {"": "unknown", "R": "raw", "S": "raw"}),
    # Voyager, as in C1639118_GEOMED.
    _form(r"(?P<a>C\d{7})(?:_(?P<level>RAW|CLEANED|CALIB|GEOMED))?", _VOYAGER),
    # LORRI, MVIC and LEISA, as in lor_0034974380_0x630_sci_1.
    _form(
        r"(?P<a>(?:LOR|M[CP]\w|LS[AB])_\d{10})(?:_0X[0-9A-F]+)?_(?P<level>SCI|ENG)(?:_(?P<version>\d+))?",
        {"SCI": "calibrated", "ENG": "raw"},
    ),
    # Cassini, as in N1356904900_1_CALIB, and in labels 1_N1356904900.118.
    _form(
        r"(?:1_)?(?P<a>[NW]\d{10})(?:\.\d+)?(?:_(?P<version>\d+))?(?:_(?P<level>CALIB))?",
        {"": "raw", "CALIB": "calibrated"},
    ),
)
_EXTENSION: Final = re.compile(r"\.(img|imq|lbl|fits?|cub|tiff?|xml|qub|png|jpe?g)$", re.IGNORECASE)
_VERSION: Final = re.compile(r"_V(\d+)$", re.IGNORECASE)


def exposure_of(product_id: str) -> Exposure:
    """What a product id says, in the ways of JunoCam, JIRAM, Galileo SSI, Voyager, New Horizons and Cassini.

    Of other ids only an extension and a trailing ``_V01`` are set apart.
    """
    name = _EXTENSION.sub("", product_id.strip().strip("\"'"))
    for form in _FORMS:
        if match := form.pattern.fullmatch(name):
            said = match.groupdict(default="")
            level = form.levels[said.get("level", "").upper()]
            exposure = f"{said['a']}{said.get('b', '')}".upper()
            return Exposure(exposure, "" if level == "unknown" else level, said.get("version", ""))
    version = _VERSION.search(name)
    return Exposure(_VERSION.sub("", name).upper(), "", version[1] if version else "")


def level_of(text: str) -> str:
    """The level (of :data:`LEVELS`) that a label's or catalogue's word means."""
    words = text.strip().replace("_", " ")
    if words.lower() in LEVELS:
        return words.lower()
    return next((level for pattern, level in _LEVEL_WORDS if pattern.search(words)), "unknown")
