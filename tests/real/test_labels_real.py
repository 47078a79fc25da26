"""Every real label is read, or refused with a number that says why."""

from pathlib import Path

import numpy as np
import pytest

from iovolc.archive.formats import isis3, pds3, vicar
from iovolc.archive.labels.facts import label_facts
from iovolc.archive.labels.keywords import Keywords
from iovolc.archive.labels.pvl_text import parse_pvl
from iovolc.archive.origin import Origin
from iovolc.archive.product import Product
from iovolc.errors import UnreadableProduct
from real_folder import ABSENT, REAL

LABELS = REAL / "labels"
FAMILIES = (pds3.FAMILY, isis3.FAMILY, vicar.FAMILY)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not LABELS.is_dir(), reason=f"labels {ABSENT}"),
]


def opened(path: Path) -> Product:
    head = path.read_bytes()[:4096]
    (family,) = (family for family in FAMILIES if family.recognises(path, head))
    return family.open(path, Origin(path.name))


@pytest.mark.parametrize("name", ["dark_1ms", "dark_2ms", "dark_3ms", "flat_1ms", "flat_1ms_bright", "flat_1ms_dark"])
def test_jiram_cubes_are_read(name: str) -> None:
    product = opened(LABELS / "jiram_cubes" / f"{name}.cub")
    facts = product.bands[0]
    assert (product.family, product.shape, len(product.bands)) == ("ISIS3", (256, 432), 1)
    assert (facts.target, facts.mission, facts.instrument, facts.version) == ("IO", "JUNO", "JIR", "01")
    assert (facts.quantity, facts.unit, facts.placement) == ("radiance", "W/(m^2*sr)", None)
    assert facts.start_utc is not None
    assert facts.start_utc.year in {2023, 2024}
    if name.startswith("flat"):
        assert (facts.band, facts.wavelength_um, facts.fwhm_um) == ("L-BAND", 3.455, pytest.approx(0.29))
    stored = product.read(0)
    share = float(stored.valid.mean())
    assert share == 1.0 if name in {"dark_1ms", "flat_1ms"} else share >= 0.49
    assert np.abs(stored.numbers[stored.valid]).max() < 1e6


def test_the_nims_cube_whose_label_outgrew_its_place_is_refused() -> None:
    with pytest.raises(UnreadableProduct, match="within the label") as caught:
        opened(LABELS / "30i001ci_cropped.qub")
    assert caught.value.findings[0].code == "E102"


def test_the_nims_cube_is_read_where_its_pixels_are(tmp_path: Path) -> None:
    content = (LABELS / "30i001ci_cropped.qub").read_bytes()
    start = content.rindex(b"\n", 0, content.index(b"\0")) + 1
    label = content[: content.rindex(b"End ") + 4].replace(b"^QUBE = 14", b"^QUBE = 10001 <BYTES>")
    label = label.replace(b"SUFFIX_ITEMS = (0, 0, 9)", b"SUFFIX_ITEMS = (0, 0, 0)")
    path = tmp_path / "nims.qub"
    path.write_bytes((label + b"\r\n").ljust(10000) + content[start:])
    product = opened(path)
    facts = product.bands[11]
    assert (product.family, product.shape, len(product.bands)) == ("ISIS2", (46, 1), 12)
    assert (facts.instrument, facts.quantity, facts.wavelength_um) == ("NIMS", "iof", pytest.approx(4.6967))
    assert (facts.sub_observer_lat, facts.sub_observer_lon_e) == pytest.approx((-0.75, -89.37))
    assert (facts.sub_solar_lat, facts.sub_solar_lon_e) == pytest.approx((2.52, -1.05))
    assert facts.range_km == pytest.approx(384021.0)
    assert facts.misplaced is not None
    assert facts.misplaced.findings[0].code == "E208"
    core = np.stack([product.read(band).numbers for band in range(12)])
    assert -0.01 < core.min() < 0.0 < float(np.median(core[core != 0.0])) < 0.01 < core.max() < 0.05  # in eclipse


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("labels/gllssi2isis_inputLabelEx1.txt", "`0826R.IMG` is not in its folder"),
        ("spice/E6I0032/E6I0032_isis3.lbl", "cut off"),
        ("spice/JNCR_2016240_01M06152_V01/JNCR_2016240_01M06152_V01_isis3.lbl", "cut off"),
        ("spice/lor_0034974380_0x630_sci_1/lor_0034974380_0x630_sci_1_isis.lbl", "cut off"),
    ],
)
def test_labels_without_their_pixels_are_refused(path: str, detail: str) -> None:
    with pytest.raises(UnreadableProduct, match=detail) as caught:
        opened(REAL / path)
    assert caught.value.findings[0].code == "E102"


def test_parameters_are_no_product() -> None:
    path = LABELS / "photometry_io.pvl"
    assert not any(family.recognises(path, path.read_bytes()[:4096]) for family in FAMILIES)
    for family in FAMILIES:
        with pytest.raises(UnreadableProduct, match="E102"):
            family.open(path, Origin(path.name))


def test_what_spacecraft_labels_say_is_understood() -> None:
    ssi = label_facts(Keywords.of(parse_pvl((LABELS / "gllssi2isis_inputLabelEx1.txt").read_bytes())))
    assert (ssi.target, ssi.band, ssi.level, ssi.version) == ("IO", "VIOLET", "REDR", "0")
    assert (ssi.sub_observer_lat, ssi.sub_observer_lon_e) == pytest.approx((-0.352, -94.985))
    assert (ssi.sub_solar_lat, ssi.sub_solar_lon_e, ssi.range_km) == pytest.approx((-0.83, -64.399, 1073668.0))
    assert ssi.exposure_s == pytest.approx(0.19583)
    lorri = next((REAL / "spice").glob("lor*/*.lbl"))
    facts = label_facts(Keywords.of(parse_pvl(lorri.read_bytes())))
    assert (facts.target, facts.instrument, facts.mission) == ("IO", "LORRI", "NEW HORIZONS")
    assert facts.start_utc is not None
    assert facts.start_utc.isoformat() == "2007-02-28T13:14:22.331000+00:00"
    assert facts.exposure_s == pytest.approx(0.075)
