"""Thermal images of one night, from files to light curves: what repeats bears each other out, on one scale."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from tests.small_maps import iovolc, settings, write_catalogue

from iovolc.detect.heatfilter import point
from iovolc.detect.heatframe import SIGMA_OF_FWHM
from iovolc.geometry.ellipsoid import disc_pixel
from iovolc.geometry.native import ground_of
from iovolc.model.observation import Disc

SIZE, RADIUS_PX, PSF_PX, RANGE_KM, TURN_DEG = 96, 36.0, 4.0, 6e8, 4.0
KM_PER_PX = 1821.49 / RADIUS_PX
BRIGHT, FAINT = ((10.0, 40.0, 3.0), (-25.0, 55.0, 2.0), (30.0, 20.0, 2.5)), (-5.0, 15.0, 1.1)
DIMMED = 0.7
"""What the second image shows of all spots."""


def disc(number):
    return Disc(2.0, 40.0 - TURN_DEG * number, 0.0, SIZE / 2.0, SIZE / 2.0, KM_PER_PX, RANGE_KM)


def image(number, share):
    """A limb-darkened disc with the spots (lat, lon_e, flux seen face-on) and noise."""
    mu = np.nan_to_num(ground_of(disc(number), (SIZE, SIZE)).cos_emission)
    pixels = 0.5 * (mu > 0.0) + 0.5 * mu + np.random.default_rng(number).normal(0.0, 0.01, mu.shape)
    for lat, lon_e, flux in (*BRIGHT, FAINT):
        at = disc_pixel(disc(number), lat, lon_e)
        seen = share * flux * float(at.cos_emission)
        pixels += seen * point(mu.shape, float(at.row) - 0.5, float(at.col) - 0.5, PSF_PX * SIGMA_OF_FWHM)
    return pixels.astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of three images."""
    folder = tmp_path_factory.mktemp("night")
    rows = []
    for number, share in enumerate((1.0, DIMMED, 1.0)):
        Image.fromarray(image(number, share)).save(folder / f"lp{number}.tif")
        placed = disc(number)
        rows.append({
            "path": f"lp{number}.tif", "time_utc": f"2014-02-08T0{number + 5}:00:00Z", "mission": "Keck",
            "instrument": "NIRC2", "band": "Lp", "channel": "L", "wavelength_um": 3.78, "quantity": "relative",
            "projection": "disc", "sub_observer_lat": 2.0, "sub_observer_lon_w": -placed.sub_observer_lon_e,
            "north_angle_deg": 0, "disc_x": placed.centre_x, "disc_y": placed.centre_y, "disc_radius_px": RADIUS_PX,
            "range_km": RANGE_KM, "sub_solar_lat": 2.0, "sub_solar_lon_w": -40.0, "psf_km": PSF_PX * KM_PER_PX,
        })  # fmt: skip
    catalogue = write_catalogue(folder / "catalogue.csv", rows)
    answer = iovolc("run", catalogue, "--store", folder / "store", "--out", folder / "out", *settings())
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture(scope="module")
def curves(folder):
    spots = pd.read_parquet(folder / "out" / "hotspots.parquet")
    looks = pd.read_parquet(folder / "out" / "light_curves.parquet")
    return looks.merge(spots[["site_id", "lat", "lon_e"]], on="site_id").sort_values("time_utc")


def at(curves, lat, lon_e):
    return curves[np.hypot(curves["lat"] - lat, curves["lon_e"] - lon_e) < 5.0]


@pytest.mark.parametrize("spot", BRIGHT)
def test_an_image_in_which_all_spots_are_dim_is_brought_to_the_scale_of_its_night(curves, spot):
    seen = at(curves, *spot[:2])
    values = seen["relative_value"].to_numpy()
    assert seen["limit"].tolist() == ["detection"] * 3
    assert np.abs(np.log(values / values.mean())).max() < 0.15  # -ln 0.7 is 0.36
    assert seen["night_borne_out"].tolist() == [3, 3, 3]


def test_a_spot_too_faint_for_single_images_is_told_from_their_stack(curves):
    seen = at(curves, *FAINT[:2])
    assert seen["limit"].tolist() == ["detection"] * 3
    assert any("stacked" in flags for flags in seen["flags"])
    assert seen["night_borne_out"].tolist() == [3, 3, 3]


def test_nothing_else_is_found(curves):
    assert curves["site_id"].nunique() == 1 + len(BRIGHT)


def test_where_nothing_was_found_the_limits_are_told(folder):
    """Menahka Patera is in view and dark, Janus Patera too near the limb to be searched."""
    places = ("--run", folder / "out", "--store", folder / "store")
    told = iovolc("light-curve", "Menahka", "Janus", *places, "--json").values["light_curves"]
    assert [curve["hotspot"] for curve in told] == [None, None]
    dark, behind = (curve["light_curve"] for curve in told)
    assert [row["limit"] for row in dark] == ["upper"] * 3
    assert all(row["relative_value"] > 0.0 and row["radiance_gw_um_sr"] is None for row in dark)
    assert behind == []
    text = iovolc("light-curve", "Menahka", *places).out
    assert "no hot spot was found here" in text
    assert iovolc("light-curve", "Menahka", "--run", folder / "out").code == 2
