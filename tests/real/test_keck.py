"""The Keck NIRC2 pictures of Io, placed by their limbs."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.keck_catalogue import pictures, rows, write
from scipy import ndimage

from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.discs import finish_disc
from iovolc.archive.rows import parse_row
from iovolc.archive.understanding import understand
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.disc import placed_by_limb
from iovolc.geometry.ellipsoid import disc_lat_lon, disc_pixel
from iovolc.geometry.limb import fit_limb
from iovolc.geometry.outline import limb_km
from iovolc.geometry.sky import angle_between_points_deg
from iovolc.geometry.sphere import unit_vectors
from real_folder import ABSENT, REAL

pytestmark = pytest.mark.real

SOME = ("2013nov18/Io_Lp_1455UT.png", "2014jan20/Io_Kc_0753UT.png", "2014dec02/Io_Lp_1541UT.png",
        "2015apr01/Io_Lp_0549UT.png")  # fmt: skip
OTHER_SCALE = "2017feb05/"


@pytest.fixture(scope="module")
def folder():
    if not (REAL / "keck_nirc2").is_dir():
        pytest.skip(f"Keck pictures {ABSENT}")
    return REAL / "keck_nirc2"


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
    assert all(row.disc_x is None and row.disc_radius_px is not None for row in content.rows)


def test_the_colours_are_read(by_path):
    for path, picture in by_path.items():
        if not path.startswith(OTHER_SCALE):
            assert np.isnan(picture.pixels).mean() < 0.001, path


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


@pytest.mark.parametrize("path", SOME[1:3])
def test_filter_and_time_alone_give_the_places_of_the_table(folder, path):
    """Every place, once the table's distance, which is rounded to 0.01 au, and the fit's scatter are taken out."""
    told = next(cells for cells in rows(folder) if cells["path"] == path)
    briefly = {name: told[name] for name in ("path", "time_utc", "instrument", "band", "projection")}
    found, said = placed(briefly, folder), placed(told, folder)
    assert angle_between_points_deg(*under(found), *under(said)) < 0.01
    assert found.range_km == pytest.approx(said.range_km, rel=0.005 / 4.0)
    assert (found.centre_x, found.centre_y) == pytest.approx((said.centre_x, said.centre_y), abs=0.3)
    assert found.north_angle_deg == said.north_angle_deg == 0.0
    told |= {
        "range_km": f"{found.range_km:.3f}",
        "disc_radius_px": f"{limb_km(found.range_km) / found.km_per_px:.6f}",
        "disc_x": f"{found.centre_x:.6f}",
        "disc_y": f"{found.centre_y:.6f}",
    }
    said = placed(told, folder)
    row, col = np.mgrid[:218:4, :218:4] + 0.5
    inner = np.hypot(col - said.centre_x, row - said.centre_y) < 0.8 * limb_km(said.range_km) / said.km_per_px
    places = [unit_vectors(*disc_lat_lon(disc, col[inner], row[inner])) for disc in (found, said)]
    assert np.degrees(np.linalg.norm(places[0] - places[1], axis=-1)).max() < 0.01


def placed(cells, folder):
    return understand(parse_row(cells, number=2), folder).record.placement


def under(disc):
    return disc.sub_observer_lat, disc.sub_observer_lon_e


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
    assert found.cos_emission > 0.7
