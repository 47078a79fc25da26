"""A label in the words of its instrument."""

import pytest
from archive_sample import row

from iovolc.archive.interpretation import DESCRIPTOR, NOTHING, interpret, sharpness
from iovolc.archive.layers import LABEL, choose
from iovolc.archive.product import Facts

SSI = Facts(
    mission="GALILEO ORBITER",
    instrument="SOLID STATE IMAGING SYSTEM",
    keywords={
        "MISSION_NAME": "GALILEO",
        "INSTRUMENT_NAME": "SOLID STATE IMAGING SYSTEM",
        "INSTRUMENT_ID": "SSI",
        "TARGET_NAME": "IO",
        "FILTER_NAME": "GREEN",
        "IMAGE_TIME": "1997-04-04T10:58:46.178Z",
        "TARGET_CENTER_DISTANCE": "600000.0 <KM>",
    },
)


NAMES = ("mission", "instrument", "band", "channel", "wavelength_um", "range_km", "psf_km", "registration_sigma_km")


def known(facts: Facts, range_km: float = 6e5, **values):
    interpreted = interpret(row(**({"channel": ""} | values)), facts)
    return choose(NAMES, (*interpreted.layers, sharpness(interpreted, range_km)))


def test_filter_and_distance_become_channel_wavelength_and_sharpness() -> None:
    values, sources = known(SSI)
    assert (values["channel"], values["range_km"]) == ("green", 600000.0)
    assert values["wavelength_um"] == pytest.approx(0.559, abs=0.005)
    assert 6.0 < values["psf_km"] < 25.0
    assert (sources["range_km"], sources["channel"], sources["psf_km"]) == (LABEL, DESCRIPTOR, DESCRIPTOR)


def test_the_rows_band_comes_before_the_labels() -> None:
    assert known(SSI, band="VIOLET")[0]["channel"] == "violet"


def test_twice_as_far_is_half_as_sharp() -> None:
    near, far = (known(SSI, range_km=km)[0]["psf_km"] for km in (2e5, 4e5))
    assert far == pytest.approx(2 * near)


def test_rights_are_those_of_the_archives_own_products() -> None:
    names = ("credit",)
    archived = choose(names, interpret(row(), SSI).layers)[0]
    somebodys = choose(names, interpret(row(mission="Galileo", instrument="SSI"), Facts()).layers)[0]
    assert archived["credit"]
    assert somebodys == {}


def test_an_unknown_instrument_adds_nothing() -> None:
    assert interpret(row(mission="Pioneer", instrument="IPP"), Facts()) is NOTHING
