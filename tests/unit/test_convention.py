import numpy as np
import pytest
from misread_sample import BASE, EVEN_BASE, REFERENCE, noisy, observed
from registration_scene import WHOLE, surface

from iovolc.archive.convention import diagnose, misreading
from iovolc.archive.mending import Mend
from iovolc.archive.origin import Origin
from iovolc.geometry.distortion import graphic_less_centric
from iovolc.geometry.warp import sample
from iovolc.model.observation import Bounds, Projected
from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

ORIGIN = Origin("a.png", 3)
METRES = 2.0 * np.pi * 1_821_490.0 / 720.0
EQUIRECTANGULAR = Projected("IAU_2015:50110", (METRES, 0.0, -360.0 * METRES, 0.0, -METRES, 180.0 * METRES))


def judged(pixels, placement=WHOLE, **facts):
    return diagnose(observed(pixels, placement, **facts), REFERENCE, EVEN_BASE, ORIGIN, default_sigma_km=10.0)


def codes(found):
    return [finding.code for finding in found.findings]


def cells(found):
    return {mend.column: mend.cell for mend in found.mends}


def edges(left, right, top="90", bottom="-90"):
    named = {"left_lon_e": left, "right_lon_e": right, "top_lat": top, "bottom_lat": bottom}
    return {"projection": "bounds", **named}


@pytest.mark.parametrize(
    ("pixels", "code", "mended"),
    [
        (BASE[:, ::-1], "E210", edges("180", "-180")),
        (BASE[::-1], "E211", {}),
        (BASE[::-1, ::-1], "E211", {}),
        (np.roll(BASE, 360, axis=1), "E212", edges("0", "360")),
        (np.roll(BASE, 180, axis=1), "E212", edges("90", "450")),
    ],
)
@pytest.mark.parametrize("placement", [WHOLE, EQUIRECTANGULAR], ids=["bounds", "metres"])
def test_a_misread_map_gets_its_number_its_margin_and_the_cells_that_mend_it(pixels, code, mended, placement):
    found = judged(noisy(pixels), placement)
    assert codes(found) == [code]
    assert cells(found) == mended
    (finding,) = found.findings
    assert finding.row == 3
    assert "correlation with the base map is" in finding.detail
    assert "sigma better over 126 blocks" in finding.detail
    assert all(f"{column}={cell}" in finding.detail for column, cell in mended.items())


@pytest.mark.parametrize("placement", [WHOLE, EQUIRECTANGULAR], ids=["bounds", "metres"])
def test_the_right_map_has_no_finding(placement):
    found = judged(noisy(BASE), placement)
    assert found.findings == ()
    assert found.mends == ()
    assert found.distortion is not None


def test_a_negative_is_mended_by_scale_and_offset():
    found = judged(255.0 - BASE, scale=1.0, offset=0.0)
    assert codes(found) == ["E410"]
    low, high = float((255.0 - BASE).min()), float((255.0 - BASE).max())
    assert float(cells(found)["scale"]) == -1.0
    assert float(cells(found)["offset"]) == pytest.approx(low + high, abs=1e-3)


@pytest.mark.parametrize("channel", ["M", "L", "uv"])
def test_where_dark_ground_may_be_bright_a_negative_is_no_fault(channel):
    found = judged(255.0 - BASE, channel=channel)
    assert found.findings == ()
    assert found.table.misread is not None


def test_a_mirrored_negative_has_both_findings():
    found = judged(-BASE[:, ::-1])
    assert codes(found) == ["E210", "E410"]
    assert {"left_lon_e", "scale"} <= set(cells(found))


@pytest.mark.parametrize("shift_px", [4, 14, -9])
def test_a_shift_beyond_the_labels_error_is_mended(shift_px):
    found = judged(np.roll(BASE, shift_px, axis=1))
    assert codes(found) == ["E215"]
    assert float(cells(found)["left_lon_e"]) == pytest.approx(-180.0 - shift_px / 2.0, abs=0.1)


def test_a_shift_within_the_labels_error_is_none():
    moved = np.roll(BASE, 4, axis=1)
    assert codes(judged(moved, registration_sigma_km=5.0)) == ["E215"]
    assert codes(judged(moved, registration_sigma_km=40.0)) == []


def test_half_a_pixel_of_a_coarse_map():
    lat, lon_e = 89.0 - np.arange(90) * 2.0, -179.0 + np.arange(180) * 2.0
    coarse = sample(BASE, WHOLE, lat[:, None], lon_e[None, :] + 1.0)
    found = judged(coarse, registration_sigma_km=5.0)
    assert codes(found) == ["E215"]
    assert float(cells(found)["left_lon_e"]) == pytest.approx(-179.0, abs=0.2)


def test_planetographic_latitudes_and_a_wrong_radius():
    lat, lon_e = 90.0 - (np.arange(360) + 0.5) / 2.0, -180.0 + (np.arange(720) + 0.5) / 2.0
    centric = np.interp(lat[::-1], (lat + graphic_less_centric(lat))[::-1], lat[::-1])[::-1]
    graphic = judged(sample(BASE, WHOLE, centric[:, None], lon_e[None, :]))
    assert codes(graphic) == ["E213"]
    assert graphic.findings[0].severity == "warning"
    reverse = judged(sample(BASE, WHOLE, (lat + graphic_less_centric(lat))[:, None], lon_e[None, :]))
    assert codes(reverse) == []
    assert reverse.distortion.graphic.value == pytest.approx(-1.0, abs=0.1)
    share = 1829.4 / 1821.49
    wide = sample(BASE, WHOLE, lat[:, None] / share, lon_e[None, :] / share)
    scaled = judged(wide, EQUIRECTANGULAR, registration_sigma_km=4.0)
    assert codes(scaled) == ["E214"]
    assert "radius of 1829" in scaled.findings[0].detail


def test_an_unlike_map_and_an_empty_one_have_no_finding():
    for pixels in (surface(seed=9), np.full((360, 720), np.nan, np.float32)):
        found = judged(pixels)
        assert found.findings == ()
        assert not found.table.can_be_told


def test_a_region_is_mended_in_its_own_frame():
    part = Bounds(40.0, 140.0, 50.0, -30.0)
    pixels = BASE[80:240, 440:640][:, ::-1]
    found = judged(pixels, part)
    assert codes(found) == ["E210"]
    assert cells(found) == edges("140", "40", "50", "-30")


def test_ingest_looks_for_gross_misreadings_alone():
    shifted = misreading(observed(np.roll(BASE, 14, axis=1)), EVEN_BASE, ORIGIN)
    assert shifted.findings == ()
    assert Mend("left_lon_e", "180") in misreading(observed(BASE[:, ::-1]), EVEN_BASE, ORIGIN).mends
