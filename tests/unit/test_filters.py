"""A filter that contradicts the channel is told by its wavelength, and a wrong band by its colours."""

import numpy as np
import pytest
from PIL import Image
from registration_scene import WHOLE
from tests.small_grid import ALL_SLOW_UNCOMPILED

from iovolc.archive.filters import by_colour, by_wavelength, namesake, redness
from iovolc.archive.images import with_pixels
from iovolc.archive.rows import parse_row
from iovolc.archive.understanding import understand
from iovolc.geometry.even import even_plane

pytestmark = ALL_SLOW_UNCOMPILED

SHAPE = (180, 360)
CELLS = {
    "path": "map.png", "time_utc": "2001-02-01T00:00:00Z", "quantity": "relative", "projection": "bounds",
    "left_lon_e": "-180", "right_lon_e": "180", "top_lat": "90", "bottom_lat": "-90",
}  # fmt: skip


def blotches(seed):
    rough = np.random.default_rng(seed).normal(size=(36, 72))
    return np.kron(rough, np.ones((5, 5)))


@pytest.fixture
def understood_as(tmp_path):
    """The row and what is understood of a colour picture whose red deposits are dark in blue."""
    deposits = blotches(1)
    bands = [np.clip(128 + 30 * blotches(2) + 12 * share * deposits, 1, 255) for share in (1.0, 0.0, -1.0)]
    Image.fromarray(np.stack(bands, axis=-1).astype(np.uint8)).save(tmp_path / "map.png")

    def understand_as(**cells):
        row = parse_row(CELLS | cells, number=2)
        return row, understand(row, tmp_path)

    return understand_as, even_plane(redness(*(band.astype(np.float32) for band in (bands[0], bands[2]))), WHOLE)


def colours(understood_as, colour, **cells):
    row, understood = understood_as(**cells)
    return by_colour(understood, with_pixels(understood, row.origin), colour, row)


@pytest.mark.parametrize(("channel", "band", "said"), [("blue", "1", "redder"), ("red", "2", "bluer")])
def test_a_band_of_another_colour_than_its_namesake_is_told(understood_as, channel, band, said):
    (finding,) = colours(*understood_as, channel=channel, band_index=band)
    assert (finding.code, finding.severity, finding.column) == ("E417", "warning", "band_index")
    assert f"calls band {3 if channel == 'blue' else 1} `{channel}`, and band {band} is {said}" in finding.detail


def test_without_a_namesake_or_a_difference_nothing_is_told(understood_as):
    understand_as, colour = understood_as
    assert namesake(understand_as(channel="green", band_index="2")[1]) is None
    assert namesake(understand_as(channel="violet", band_index="1")[1]) is None
    assert colours(understand_as, colour, channel="green", band_index="2") == ()
    elsewhere = even_plane(blotches(9).astype(np.float32), WHOLE)
    assert colours(understand_as, elsewhere, channel="blue", band_index="1") == ()


def told(understood_as, **cells):
    row, understood = understood_as(**({"band_index": "1"} | cells))
    return [finding.detail for finding in by_wavelength(understood, row)]


def test_a_filter_of_another_wavelength_is_told(understood_as):
    understand_as, _ = understood_as
    keck = {"mission": "Keck", "instrument": "NIRC2", "band": "Lp"}
    assert told(understand_as, channel="L", **keck) == []
    (detail,) = told(understand_as, channel="K", **keck)
    assert "filter Lp of NIRC2 lies at 3.776 um, but `K` is 1.9 to 2.5 um" in detail
    (detail,) = told(understand_as, channel="L", wavelength_um="3.1", **keck)
    assert "not 3.1" in detail
    assert told(understand_as, channel="K") == []


def test_redness_has_one_level_whatever_the_exposures():
    first, second = np.array([[4.0, 8.0, 0.0]], np.float32), np.array([[1.0, 1.0, 1.0]], np.float32)
    found = redness(first, second)
    assert found[0, :2] == pytest.approx([-0.2, 1.0 / 7.0])
    assert np.isnan(found[0, 2])
    assert np.isnan(redness(0.0 * first, second)).all()
