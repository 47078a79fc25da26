"""The instruments: every file sound, every spelling found, nothing guessed."""

import math
import shutil
from pathlib import Path

import pytest
import yaml

from iovolc.archive.descriptors import (
    band_at,
    band_of,
    channel_at,
    descriptor_of,
    doubts,
    load_descriptors,
    read_descriptors,
)
from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.archive.instrument import Descriptor
from iovolc.archive.sharpness import psf_km, registration_sigma_km
from iovolc.data import data_path
from iovolc.errors import IovolcError

KNOWN = {
    "cassini_iss_nac", "cassini_iss_wac", "hst_acs", "hst_wfc3", "hst_wfpc2", "jiram", "junocam", "jwst_nircam",
    "jwst_niriss", "jwst_nirspec", "leisa", "lorri", "muse", "mvic", "nims", "nirc2", "niri", "ssi",
    "voyager_iss_nac", "voyager_iss_wac",
}  # fmt: skip


def instrument(name: str) -> Descriptor:
    return load_descriptors()[name]


def changed(tmp_path: Path, change: dict[str, object], name: str = "jiram") -> Path:
    """A folder with one descriptor in which some keys are replaced."""
    content = yaml.safe_load((data_path("instruments") / f"{name}.yaml").read_text(encoding="utf-8"))
    (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({**content, **change}), encoding="utf-8")
    return tmp_path


def test_every_instrument_is_there_in_order() -> None:
    assert list(load_descriptors()) == sorted(KNOWN)
    assert all(name == descriptor.id for name, descriptor in load_descriptors().items())


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_number_has_a_source_and_every_band_its_channel(name: str) -> None:
    descriptor = instrument(name)
    numbers = dict(descriptor.numbers())
    assert len(numbers) >= 2 * len(descriptor.bands) - 2
    for number in numbers.values():
        assert len(descriptor.sources[number.source]) > 10
    for band in descriptor.bands:
        low, high = CHANNEL_RANGES_UM[band.channel]
        assert low <= band.wavelength_um.value <= high
        for spelling in (band.name, band.name.lower(), f" {band.name} ", *band.aliases):
            assert band_of(descriptor, spelling) == band


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_instrument_is_found_by_its_own_names_and_label(name: str) -> None:
    descriptor = instrument(name)
    for mission in descriptor.missions:
        for spelling in descriptor.names:
            assert descriptor_of(mission=mission, instrument=spelling, keywords={}) is descriptor
    for alternative in descriptor.identified_by:
        label = {keyword: values[-1].lower() for keyword, values in alternative.items()}
        assert descriptor_of(mission="", instrument="", keywords=label) is descriptor


@pytest.mark.parametrize(
    ("mission", "name", "found"),
    [
        ("juno", "junocam", "junocam"),
        ("", "JUNO_JUNOCAM", "junocam"),
        ("GALILEO_ORBITER", "Solid State Imaging System", "ssi"),
        ("Galileo", "Galileo SSI", "ssi"),
        ("", "near-infrared mapping spectrometer", "nims"),
        ("Voyager 1", "ISS", "voyager_iss_nac"),
        ("Voyager 2", "Wide-Angle Camera", "voyager_iss_wac"),
        ("Cassini", "ISS", "cassini_iss_nac"),
        ("New Horizons", "Ralph/MVIC", "mvic"),
        ("", "New Horizons LORRI", "lorri"),
        ("Keck II", "NIRC2", "nirc2"),
        ("Hubble Space Telescope", "WFC3/UVIS", "hst_wfc3"),
        ("jwst", "nirspec", "jwst_nirspec"),
        ("VLT", "MUSE", "muse"),
    ],
)
def test_spellings_of_catalogues(mission: str, name: str, found: str) -> None:
    descriptor = descriptor_of(mission=mission, instrument=name, keywords={})
    assert descriptor is not None
    assert descriptor.id == found


def test_nothing_is_guessed() -> None:
    assert descriptor_of(mission="", instrument="", keywords={}) is None
    assert descriptor_of(mission="Juno", instrument="", keywords={}) is None
    assert descriptor_of(mission="", instrument="ISS", keywords={}) is None  # Voyager's or Cassini's
    assert descriptor_of(mission="Galileo", instrument="JunoCam", keywords={}) is None
    assert descriptor_of(mission="Juno", instrument="SRU", keywords={"INSTRUMENT_ID": "LORRI"}) is None


def test_the_label_decides_between_instruments_of_one_name() -> None:
    label = {"ISISCUBE.INSTRUMENT.INSTRUMENTID": "ISSNA", "ISISCUBE.INSTRUMENT.SPACECRAFTNAME": "Cassini-Huygens"}
    descriptor = descriptor_of(mission="", instrument="ISS", keywords=label)
    assert descriptor is not None
    assert descriptor.id == "cassini_iss_nac"


def test_the_catalogue_counts_before_the_label() -> None:
    descriptor = descriptor_of(mission="Juno", instrument="JIRAM", keywords={"INSTRUMENT_ID": "LORRI"})
    assert descriptor is not None
    assert descriptor.id == "jiram"


def test_channel_of_the_label_alone_is_not_enough() -> None:
    assert descriptor_of(mission="", instrument="", keywords={"INSTRUME": "ACS"}) is None  # no TELESCOP


@pytest.mark.parametrize(
    ("name", "spelling", "band"),
    [
        ("nirc2", "Lp + clear", "Lp"),
        ("nirc2", "lp", "Lp"),
        ("nirc2", "Kc", "Kcont"),
        ("niri", "Lprime_G0207", "L(prime)"),
        ("ssi", '("RED","2")', "RED"),
        ("ssi", "IR-7560, 4", "IR-7560"),
        ("cassini_iss_nac", "('CL1', 'GRN')", "CL1/GRN"),
        ("cassini_iss_nac", "CL1/CL2", "CL1/CL2"),
        ("jiram", "SCI_I2_S1", "M"),
        ("jiram", "M-Band", "M"),
        ("mvic", "mc0", "RED"),
        ("voyager_iss_wac", "CH4/JS", "CH4_JS"),
        ("hst_wfc3", "f631n", "F631N"),
    ],
)
def test_spellings_of_filters(name: str, spelling: str, band: str) -> None:
    found = band_of(instrument(name), spelling)
    assert found is not None
    assert found.name == band


@pytest.mark.parametrize(
    ("name", "spelling"),
    [("junocam", "BLUE, GREEN, RED"), ("junocam", ""), ("junocam", "UV"), ("jiram", "L-BAND M-BAND"), ("ssi", "0.56")],
)
def test_filters_that_are_none_or_several(name: str, spelling: str) -> None:
    assert band_of(instrument(name), spelling) is None


@pytest.mark.parametrize(
    ("name", "wavelength", "channel"),
    [
        ("nims", "4.6967", "M"),
        ("nims", "3.5659 um", "L"),
        ("nims", "1.0348", "J"),
        ("leisa", "2100 nm", "K"),
        ("muse", "650nm", "red"),
        ("muse", "0.41", None),
        ("nims", "2.7", None),
        ("nims", "6.0", None),
    ],
)
def test_bands_of_spectrometers_are_wavelengths(name: str, wavelength: str, channel: str | None) -> None:
    band = band_of(instrument(name), wavelength)
    assert (band.channel if band else None) == channel


def test_a_band_at_a_wavelength_has_the_spectrometers_width() -> None:
    band = band_at(instrument("nims"), 4.7)
    assert band is not None
    assert band.fwhm_um is not None
    assert (band.name, band.wavelength_um.value, band.fwhm_um.value) == ("4.7 um", 4.7, 0.025)


def test_names_of_filters_are_never_given_by_wavelength() -> None:
    assert {channel_at(um) for um in (0.55, 0.6, 0.889, 4.28)}.isdisjoint({"clear", "methane", None})


def test_the_pixel_at_a_distance() -> None:
    """The table of kilometres per pixel at 100 000 km."""
    expected = {
        "junocam": 67.5, "jiram": 23.8, "ssi": 1.02, "voyager_iss_nac": 0.925, "cassini_iss_nac": 0.6, "lorri": 0.496,
        "mvic": 1.98, "leisa": 6.08, "nims": 50.0,
    }  # fmt: skip
    for name, km in expected.items():
        pixel = instrument(name).ifov_urad
        assert pixel is not None
        assert pixel.value * 0.1 == pytest.approx(km, rel=0.01)


def test_diffraction_of_the_telescopes() -> None:
    range_km = 4.2 * 149_597_870.7
    for name, spelling, km in (("nirc2", "Lp", 238), ("nirc2", "Ms", 293), ("nirc2", "Kc", 143), ("niri", "Lp", 301)):
        descriptor = instrument(name)
        pixel = descriptor.ifov_urad
        assert pixel is not None
        expected_km = math.hypot(km, pixel.value * 1e-6 * range_km)
        assert psf_km(descriptor, band_of(descriptor, spelling), range_km) == pytest.approx(expected_km, rel=0.01)
    assert psf_km(instrument("nirc2"), None, range_km) is None


def test_point_spread_in_pixels_and_in_angle() -> None:
    assert psf_km(instrument("junocam"), None, 1e4) == pytest.approx(1.5 * 6.754)
    assert psf_km(instrument("muse"), None, 7e8) == pytest.approx(238.0)


def test_what_is_not_known_has_no_width_or_error() -> None:
    bare = instrument("junocam").model_copy(update={"psf": None, "registration": None})
    assert psf_km(bare, None, 1e4) is None
    assert registration_sigma_km(bare, range_km=1e4, resolution_km=1.0) is None
    assert psf_km(instrument("junocam").model_copy(update={"ifov_urad": None}), None, 1e4) is None


def test_registration_error_grows_with_the_pixel() -> None:
    junocam = instrument("junocam")
    assert registration_sigma_km(junocam, range_km=1e4, resolution_km=None) == pytest.approx(2 * 6.754)
    assert registration_sigma_km(junocam, range_km=1e4, resolution_km=3.0) == pytest.approx(6.0)
    assert registration_sigma_km(junocam, range_km=None, resolution_km=None) is None
    assert registration_sigma_km(instrument("ssi"), range_km=None, resolution_km=None) == 10.0
    lorri_km = registration_sigma_km(instrument("lorri"), range_km=2.24e6, resolution_km=None)
    assert lorri_km is not None
    assert 3.0 < lorri_km < 6.0


def test_settings_without_a_source_are_warned_of() -> None:
    warnings = doubts(instrument("junocam"))
    assert [warning.split(" is assumed")[0] for warning in warnings] == [
        "JunoCam: psf.fwhm_px = 1.5",
        "JunoCam: calibration_sigma = 0.2",
    ]
    assert all(number.source == "assumed" for _, number in instrument("junocam").numbers() if number.is_doubtful)
    assert doubts(instrument("niri")) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "colour"),
        ({"ifov_urad": [237.8, "X", "kernel"]}, "ifov_urad"),
        ({"ifov_urad": [237.8, "V"]}, "ifov_urad"),
        ({"ifov_urad": 237.8}, "ifov_urad"),
        ({"ifov_urad": ["237.8", "V", "kernel"]}, "ifov_urad"),
        ({"ifov_urad": [float("nan"), "V", "kernel"]}, "ifov_urad"),
        ({"ifov_urad": [237.8, "V", "nobody"]}, "nobody"),
        ({"bands": []}, "neither bands"),
        ({"keywords": {"flavour": ["X"]}}, "flavour"),
        ({"psf": {}}, "aperture_m"),
        ({"registration": {"limit": "sky"}}, "sigma_km"),
        ({"levels": [{"name": "RDR", "patterns": ["("], "quantity": "iof"}]}, "patterns"),
        ({"levels": [{"name": "RDR", "patterns": ["x"], "quantity": "counts"}]}, "quantity"),
        ({"id": "other"}, "other"),
    ],
)
def test_a_broken_descriptor_is_refused_by_name(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(IovolcError, match=rf"(?s)jiram\.yaml.*{message}"):
        read_descriptors(changed(tmp_path, change))


@pytest.mark.parametrize(
    ("band", "message"),
    [
        ({"name": "L", "channel": "M", "wavelength_um": [3.45, "V", "moriconi"]}, "is not `M`"),
        ({"name": "L", "channel": "Q", "wavelength_um": [3.45, "V", "moriconi"]}, "no channel"),
        ({"name": "L", "channel": "L", "wavelength_um": [3.45, "V", "moriconi"], "width": 1}, "width"),
        ({"name": "L", "channel": "L", "wavelength_um": [3.4, "V", "k"], "fwhm_um": [-0.1, "V", "k"]}, "a width of"),
        ({"name": "L", "aliases": ["m"], "channel": "L", "wavelength_um": [3.4, "V", "moriconi"]}, "names two bands"),
    ],
)
def test_a_broken_band_is_refused(tmp_path: Path, band: dict[str, object], message: str) -> None:
    other = {"name": "M", "channel": "M", "wavelength_um": [4.78, "V", "moriconi"]}
    with pytest.raises(IovolcError, match=message):
        read_descriptors(changed(tmp_path, {"bands": [other, band]}))


def test_text_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    shutil.copy(data_path("instruments") / "ssi.yaml", tmp_path)
    (tmp_path / "x.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(IovolcError, match=r"x\.yaml"):
        read_descriptors(tmp_path)
