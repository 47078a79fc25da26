"""The Keck NIRC2 pictures of Io, placed by their limbs."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.keck_catalogue import TABLE, pictures, write
from PIL import Image
from scipy import ndimage

from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.colours import recognise_table
from iovolc.archive.discs import finish_disc
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.disc import disc_ground, placed_by_limb
from iovolc.geometry.ellipsoid import disc_pixel
from iovolc.geometry.limb import fit_limb

pytestmark = pytest.mark.real

PROJECT = Path(__file__).parents[2]
SOME = ("2013nov18/Io_Lp_1455UT.png", "2014jan20/Io_Kc_0753UT.png", "2014dec02/Io_Lp_1541UT.png",
        "2015apr01/Io_Lp_0549UT.png")  # fmt: skip
OTHER_SCALE = "2017feb05/"


@pytest.fixture(scope="module")
def folder():
    path = Path(os.environ.get("IOVOLC_REAL_DATA", PROJECT.parent / "shared" / "real")) / "keck_nirc2"
    if not path.is_dir():
        pytest.skip(f"no Keck pictures in {path}; set IOVOLC_REAL_DATA")
    return path


@pytest.fixture(scope="module")
def catalogue(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("keck") / "catalogue.csv"
    write(folder, path)
    return path


@pytest.fixture(scope="module")
def by_path(folder, catalogue):
    return {picture.row.path: picture for picture in pictures(folder, catalogue)}


def test_every_picture_has_a_row_with_its_limb_left_open(catalogue):
    content = read_catalogue(catalogue)
    assert content.findings == ()
    assert len(content.rows) == 85
    assert all(row.disc is None and row.view is not None and row.view.centre_x is None for row in content.rows)


def test_the_colours_are_read(folder, by_path):
    for path, picture in by_path.items():
        if not path.startswith(OTHER_SCALE):
            assert np.isnan(picture.pixels).mean() < 0.001, path
    with Image.open(folder / SOME[0]) as image:
        assert recognise_table(np.asarray(image.convert("RGB"))) == TABLE


@pytest.mark.parametrize("path", SOME)
@pytest.mark.parametrize(("scale", "right", "down"), [(1.0, 5.3, -7.6), (0.83, -3.4, 2.2)])
def test_a_shifted_resized_noisy_copy_gives_the_same_disc(by_path, path, scale, right, down):
    picture = by_path[path]
    original = fit_limb(picture.pixels, replace(picture.view, radius_px=None))
    known = fit_limb(picture.pixels, picture.view)
    side = int(218 * scale) + 20
    row, col = np.mgrid[:side, :side] + 0.5
    here = ((row - 10.0 - down) / scale - 0.5, (col - 10.0 - right) / scale - 0.5)
    copy = ndimage.map_coordinates(np.nan_to_num(picture.pixels), here, order=3, mode="nearest")
    noise = 0.02 * np.quantile(copy, 0.9)
    copy = (copy + np.random.default_rng(4).normal(0.0, noise, copy.shape)).astype(np.float32)
    free = fit_limb(copy, replace(picture.view, radius_px=None))
    assert free.radius_px == pytest.approx(scale * original.radius_px, rel=0.01)
    fixed = fit_limb(copy, replace(picture.view, radius_px=scale * picture.view.radius_px))
    assert fixed.is_usable
    assert fixed.centre_x == pytest.approx(scale * known.centre_x + 10.0 + right, abs=0.3)
    assert fixed.centre_y == pytest.approx(scale * known.centre_y + 10.0 + down, abs=0.3)


@pytest.mark.parametrize("name", ["Kc_1622", "Lp_1613", "Ms_1616", "PAH_1619"])
def test_the_night_with_another_scale_is_refused(by_path, name):
    picture = by_path[f"{OTHER_SCALE}Io_{name}UT.png"]
    with pytest.raises(AmbiguousGeometry, match=r"E206 .*the limb has a radius of about 1\d\d px"):
        finish_disc(picture.view, picture.pixels, picture.row.origin)


def test_loki_is_where_the_brightest_spot_of_december_2014_is(by_path):
    """308.4 W, 12.8 N by the table of Davies et al. 2024."""
    picture = by_path["2014dec02/Io_Lp_1541UT.png"]
    disc = placed_by_limb(picture.view, fit_limb(picture.pixels, picture.view))
    row, col = np.unravel_index(int(np.nanargmax(picture.pixels)), picture.pixels.shape)
    found = disc_pixel(disc, 12.8, -308.4)
    assert np.hypot(found.col - col - 0.5, found.row - row - 0.5) * disc.km_per_px < 160.0
    assert disc_ground(disc, picture.pixels.shape).cos_emission[row, col] > 0.7
