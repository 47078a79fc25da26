"""Labels from the archives: which instrument, and what its descriptor finds in them."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest

from iovolc.archive.descriptors import descriptor_of
from iovolc.archive.label_facts import LabelFacts, facts_from
from iovolc.archive.sharpness import psf_km, registration_sigma_km
from real_folder import ABSENT, REAL

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pvl warns of a class of its own while it is imported
    import pvl

pytestmark = pytest.mark.real
LABELS = {
    "ssi": "labels/gllssi2isis_inputLabelEx1.txt",
    "ssi_isis": "spice/E6I0032/E6I0032_isis3.lbl",
    "lorri": "spice/lor_0034974380_0x630_sci_1/lor_0034974380_0x630_sci_1_isis.lbl",
    "junocam": "spice/JNCR_2016240_01M06152_V01/JNCR_2016240_01M06152_V01_isis3.lbl",
    "nims": "labels/30i001ci_cropped.qub",
    "jiram": "labels/jiram_cubes/dark_1ms.cub",
}


@pytest.fixture(scope="module")
def folder() -> Path:
    if not (REAL / "labels").is_dir():
        pytest.skip(f"labels {ABSENT}")
    return REAL


@pytest.fixture(scope="module")
def keywords(folder: Path) -> Mapping[str, Mapping[str, str]]:
    return {name: flat(pvl.load(str(folder / path))) for name, path in LABELS.items()}


def flat(group: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """The keywords with one value as readers give them."""
    found: dict[str, str] = {}
    for name, value in group.items():
        path = f"{prefix}{name}".upper()
        if isinstance(value, Mapping):
            found.update(flat(value, f"{path}."))
        elif isinstance(value, pvl.collections.Quantity):
            found[path] = f"{value.value} <{value.units}>"
        elif not isinstance(value, list | set | frozenset):
            found.setdefault(path, value.isoformat() if hasattr(value, "isoformat") else str(value))
    return found


def read(keywords: Mapping[str, Mapping[str, str]], label: str, instrument: str) -> LabelFacts:
    descriptor = descriptor_of(mission="", instrument="", keywords=keywords[label])
    assert descriptor is not None
    assert descriptor.id == instrument
    return facts_from(descriptor, keywords[label])


def test_galileo_camera_label_of_io(keywords) -> None:
    facts = read(keywords, "ssi", "ssi")
    assert facts.band is not None
    assert (facts.product_id, facts.target, facts.band.channel) == ("E6I0032", "IO", "violet")
    assert facts.exposure_s == pytest.approx(0.19583)
    assert facts.time_utc is not None
    assert facts.time_utc.isoformat() == "1997-02-19T21:07:27.314000+00:00"
    assert (facts.sub_observer_lat, facts.sub_observer_lon_e) == pytest.approx((-0.352, -94.985))
    assert (facts.sub_solar_lat, facts.sub_solar_lon_e) == pytest.approx((-0.830, -64.399))
    assert facts.range_km == pytest.approx(1.073668e6)
    assert facts.north_angle_deg == pytest.approx(-179.938)
    assert (facts.quantity, facts.unit, facts.saturation_dn) == ("relative", "DN", 255.0)
    assert facts.scale is None


def test_both_labels_of_one_image_agree(keywords) -> None:
    original, converted = read(keywords, "ssi", "ssi"), read(keywords, "ssi_isis", "ssi")
    assert (original.product_id, original.band) == (converted.product_id, converted.band)
    assert original.exposure_s == pytest.approx(converted.exposure_s)
    assert original.time_utc == converted.start_utc


def test_pixel_and_errors_of_the_galileo_image_are_those_of_its_label(keywords) -> None:
    facts = read(keywords, "ssi", "ssi")
    descriptor = descriptor_of(mission="Galileo", instrument="SSI", keywords={})
    assert descriptor is not None
    assert descriptor.ifov_urad is not None
    assert facts.range_km is not None
    assert descriptor.ifov_urad.value * 1e-6 * (facts.range_km - 1821.5) == pytest.approx(10.882, rel=2e-3)
    assert psf_km(descriptor, facts.band, facts.range_km) == pytest.approx(14.2, abs=0.2)
    assert registration_sigma_km(descriptor, range_km=facts.range_km, resolution_km=None) == 10.0


def test_lorri_label(keywords) -> None:
    facts = read(keywords, "lorri", "lorri")
    assert facts.band is not None
    assert (facts.target, facts.band.channel, facts.exposure_s) == ("IO", "clear", 0.075)
    assert facts.start_utc is not None
    assert facts.start_utc.isoformat() == "2007-02-28T13:14:22.331000+00:00"
    assert facts.sub_observer_lon_e is None


def test_junocam_label_of_jupiter(keywords) -> None:
    facts = read(keywords, "junocam", "junocam")
    assert facts.band is not None
    assert (facts.product_id, facts.band.name, facts.band.channel) == (
        "JNCR_2016240_01M06152_V01", "METHANE", "methane",
    )  # fmt: skip
    assert facts.exposure_s == pytest.approx(0.2048)
    assert facts.level is not None
    assert (facts.level.name, facts.quantity, facts.scale) == ("RDR", "iof", 1e-4)
    assert facts.notes == ("the label's geometry is that of JUPITER, so it is left out",)


def test_nims_cube(keywords) -> None:
    facts = read(keywords, "nims", "nims")
    assert (facts.product_id, facts.quantity, facts.unit) == ("30INECLPSE01C_MSY02.IOF", "iof", "I/F")
    assert (facts.sub_observer_lat, facts.sub_observer_lon_e) == pytest.approx((-0.75, -89.37))
    assert (facts.sub_solar_lat, facts.sub_solar_lon_e) == pytest.approx((2.52, -1.47))
    assert facts.range_km == 384021.0
    assert facts.stop_utc is not None
    assert facts.stop_utc.isoformat() == "2001-05-23T13:27:27+00:00"


def test_jiram_cube_of_both_bands_has_no_single_band(keywords) -> None:
    facts = read(keywords, "jiram", "jiram")
    assert (facts.band, facts.exposure_s, int(facts.version)) == (None, 0.001, 1)
    assert facts.level is not None
    assert facts.level.name == "EDR"  # its data set says RDR, its product id EDR: the product id counts
