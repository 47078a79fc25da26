"""Pictures painted in a table and read again."""

import matplotlib as mpl
import numpy as np
import pytest

from iovolc.archive.colours import invert_colours
from iovolc.errors import ConfigError

TABLES = ("gist_heat", "hot", "afmhot", "viridis", "inferno")
RAMP = np.linspace(0.0, 1.0, 60 * 80).reshape(60, 80)


def paint(values, table):
    return mpl.colormaps[table](values, bytes=True)


@pytest.mark.parametrize("table", TABLES)
def test_a_painted_picture_is_read_again(table):
    read = invert_colours(paint(RAMP, table), table)
    assert read.values == pytest.approx(RAMP, abs=3.0 / 256.0)
    assert read.distance.max() < 2.0
    assert (read.values.dtype, read.values.shape) == (np.float32, RAMP.shape)


def test_the_order_is_kept():
    read = invert_colours(paint(RAMP, "gist_heat"), "gist_heat")
    assert np.all(np.diff(read.values.ravel()) >= 0.0)


def test_foreign_colours_are_no_data():
    picture = paint(RAMP, "gist_heat")
    picture[10, 20, :3] = (0, 0, 255)
    picture[11, 20, :3] = (0, 200, 0)
    read = invert_colours(picture, "gist_heat")
    assert np.argwhere(np.isnan(read.values)).tolist() == [[10, 20], [11, 20]]
    assert read.distance[10, 20] > 100.0


def test_how_far_is_too_far_can_be_said():
    picture = paint(np.full((2, 2), 0.2), "gist_heat")
    picture[0, 0, 1] += 9
    assert not np.isnan(invert_colours(picture, "gist_heat").values).any()
    assert np.isnan(invert_colours(picture, "gist_heat", farthest=5.0).values[0, 0])


def test_noise_and_compression_move_the_number_little():
    picture = paint(RAMP, "gist_heat").astype(int)
    picture[..., :3] += np.random.default_rng(1).integers(-3, 4, picture[..., :3].shape)
    read = invert_colours(np.clip(picture, 0, 255).astype(np.uint8), "gist_heat")
    assert read.values == pytest.approx(RAMP, abs=0.03)


def test_an_unknown_table_is_refused():
    with pytest.raises(ConfigError, match="hottest"):
        invert_colours(paint(RAMP, "hot"), "hottest")
