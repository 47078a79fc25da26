"""Jupiter's albedo by channel and wavelength."""

from pathlib import Path

import pytest

from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.archive.jupiter import geometric_albedo, load_jupiter_albedo, read_jupiter_albedo
from iovolc.data import data_path
from iovolc.errors import IovolcError


def test_the_bands_have_their_published_albedos() -> None:
    albedo = load_jupiter_albedo()
    published = {0.360: 0.358, 0.436: 0.443, 0.549: 0.538, 0.700: 0.495, 0.900: 0.321, 0.889: 0.055}
    assert {wave: albedo.at(wave) for wave in published} == pytest.approx(published)


def test_between_bands_it_is_interpolated_and_outside_held() -> None:
    albedo = load_jupiter_albedo()
    assert albedo.at(0.6245) == pytest.approx((0.538 + 0.495) / 2.0)
    assert albedo.at(0.2) == 0.358
    assert albedo.at(1.0) == 0.321


def test_every_channel_of_reflected_light_has_one_within_its_range() -> None:
    assert set(geometric_albedo()) == set(CHANNEL_RANGES_UM) - set("JHKLM")
    assert load_jupiter_albedo().of_channel("M") is None
    for channel, number in load_jupiter_albedo().channels.items():
        low, high = CHANNEL_RANGES_UM[channel]
        assert low <= number.value <= high, channel
    assert geometric_albedo()["methane"] == 0.055


def test_the_wavelength_of_an_image_wins_over_its_channel() -> None:
    albedo = load_jupiter_albedo()
    assert albedo.of_channel("methane", 0.541) == albedo.at(0.541) > 0.5
    assert albedo.of_channel("methane", 0.889) == 0.055
    assert albedo.of_channel("M", 4.78) is None


def test_every_number_names_its_source() -> None:
    albedo = load_jupiter_albedo()
    assert len(albedo.numbers()) == 2 * 6 + 8
    assert {number.source for _, number in albedo.numbers()} == set(albedo.sources)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("M-h, mallama", "M-h, nobody", "nobody"),
        ("[0.549, M-h, bands]", "[0.300, M-h, bands]", "order"),
        ("[0.538,", "[high,", "albedo"),
        ("methane:", "methane: [", "broken"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "jupiter.yaml"
    path.write_text(data_path("photometry/jupiter.yaml").read_text(encoding="utf-8").replace(old, new))
    with pytest.raises(IovolcError, match=said):
        read_jupiter_albedo(path)
