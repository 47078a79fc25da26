"""Hot spots of the Keck NIRC2 pictures of Io, where published sources are."""

import numpy as np
import pytest
from benchmarks.keck_catalogue import pictures, write

from iovolc.detect.heat import Thresholds, find_heat
from iovolc.detect.heatframe import frame_of
from iovolc.detect.heatrows import glows_of, unit_of
from iovolc.geometry.disc import placed_by_limb
from iovolc.geometry.limb import fit_limb
from iovolc.geometry.sphere import distance_km
from iovolc.model.observation import ObservationRecord
from real_folder import ABSENT, REAL

pytestmark = pytest.mark.real

TRUTH = {  # latitude and west longitude by Davies et al. 2024
    "2014dec02/Io_Lp_1541UT.png": (12.8, 308.4),
    "2014jan20/Io_Lp_0805UT.png": (-4.2, 39.2),
}


@pytest.fixture(scope="module")
def brightest(tmp_path_factory):
    if not (REAL / "keck_nirc2").is_dir():
        pytest.skip(f"Keck pictures {ABSENT}")
    catalogue = tmp_path_factory.mktemp("keck") / "catalogue.csv"
    write(REAL / "keck_nirc2", catalogue)
    seen = (one for one in pictures(REAL / "keck_nirc2", catalogue, frozenset({"Lp"})) if one.row.path in TRUTH)
    return {picture.row.path: spots(picture) for picture in seen}


def spots(picture):
    time = picture.row.time_utc
    record = ObservationRecord(
        id=picture.row.path, sha256="", path=picture.row.path, channel="L", quantity="relative", time_utc=time,
        start_utc=time, stop_utc=time, placement=placed_by_limb(picture.view, fit_limb(picture.pixels, picture.view)),
        band="Lp", wavelength_um=3.78, psf_km=picture.row.psf_km, sub_solar_lat=picture.view.sub_solar_lat,
        sub_solar_lon_e=picture.view.sub_solar_lon_e,
    )  # fmt: skip
    frame = frame_of(record, picture.pixels, picture.pixels >= 1.0)
    hot = find_heat(frame, Thresholds(night=5.0, day=8.0, max_emission_deg=60.0))
    return glows_of(hot, record, frame.ground, unit_of(hot, None), 10.0)


@pytest.mark.parametrize("path", TRUTH)
def test_the_brightest_spot_is_the_volcano_known_there(brightest, path):
    lat, lon_w = TRUTH[path]
    glow = brightest[path][0]
    assert float(distance_km(lat, -lon_w, glow.lat, glow.lon_e)) < np.radians(3.5) * 1821.0
    assert glow.quantity == "relative"
    assert glow.snr > 12.0
    assert glow.limit == "detection"
