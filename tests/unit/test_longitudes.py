import numpy as np
import pytest

from iovolc.errors import ConfigError
from iovolc.geometry import longitudes


@pytest.mark.parametrize(
    ("lon_w", "lon_e"), [(33.6, -33.6), (220.0, 140.0), (0.0, 0.0), (180.0, -180.0), (309.0, 51.0)]
)
def test_west_and_east_of_published_places(lon_w: float, lon_e: float) -> None:
    assert longitudes.east_from_west(lon_w) == pytest.approx(lon_e, abs=1e-12)
    assert longitudes.west_from_east(lon_e) == pytest.approx(lon_w, abs=1e-12)


def test_wrapping_keeps_to_the_half_open_range() -> None:
    lon = np.array([-540.0, -180.0, -1e-17, 0.0, 179.999, 180.0, 360.0, 725.0])
    assert longitudes.wrap180(lon).tolist() == pytest.approx([-180.0, -180.0, 0.0, 0.0, 179.999, -180.0, 0.0, 5.0])
    assert longitudes.wrap360(lon).tolist() == pytest.approx([180.0, 180.0, 0.0, 0.0, 179.999, 180.0, 0.0, 5.0])
    assert np.all(longitudes.wrap180(lon) < 180.0)
    assert np.all(longitudes.wrap360(lon) < 360.0)


def test_a_float_stays_a_float_and_zero_has_no_sign() -> None:
    assert isinstance(longitudes.wrap180(200.0), float)
    assert str(longitudes.west_from_east(0.0)) == "0.0"
    assert str(longitudes.east_from_west(0.0)) == "0.0"


def test_difference_goes_the_short_way_across_the_seam() -> None:
    assert longitudes.difference(-179.0, 179.0) == pytest.approx(2.0)
    assert longitudes.difference(179.0, -179.0) == pytest.approx(-2.0)


@pytest.mark.parametrize(("convention", "expected"), [("W360", 160.0), ("E180", -160.0), ("E360", -160.0)])
def test_a_declared_convention_decides(convention: longitudes.Convention, expected: float) -> None:
    assert longitudes.from_convention(200.0, convention) == pytest.approx(expected)
    assert longitudes.from_convention(np.array([200.0]), convention) == pytest.approx([expected])


def test_an_undeclared_convention_is_refused() -> None:
    with pytest.raises(ConfigError, match="W360, E180, E360"):
        longitudes.from_convention(200.0, "west")  # pyright: ignore[reportArgumentType]
