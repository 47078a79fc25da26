import numpy as np
import pyproj
import pytest

from iovolc import body
from iovolc.demo.maps import BOUNDS, whole_frame

CODES = ["IAU_2015:50110", "IAU_2015:50115", "IAU_2015:50120", "IAU_2015:50125", "IAU_2015:50130", "IAU_2015:50135"]


@pytest.mark.parametrize("code", CODES)
def test_pixel_centres_agree_with_proj(code: str) -> None:
    frame = whole_frame(code, 300.0)
    lat, lon = frame.places()
    row, col = np.nonzero(np.isfinite(lat) & np.isfinite(lon))
    to_map = pyproj.Transformer.from_crs(body.CRS_GEOGRAPHIC, code, always_xy=True)
    x, y = to_map.transform(lon[row, col], lat[row, col])
    assert x == pytest.approx(frame.left_m + (col + 0.5) * frame.pixel_m, abs=1e-3)
    assert y == pytest.approx(frame.top_m - (row + 0.5) * frame.pixel_m, abs=1e-3)


def test_a_polar_map_ends_at_the_equator_and_a_sinusoid_at_its_seam() -> None:
    assert np.nanmin(whole_frame("IAU_2015:50130", 200.0).places()[0]) >= 0.0
    assert np.nanmax(whole_frame("IAU_2015:50135", 200.0).places()[0]) <= 0.0
    lon = whole_frame("IAU_2015:50120", 200.0).places()[1]
    assert np.isnan(lon[0, 0])
    assert np.nanmax(np.abs(lon)) <= 180.0


def test_pixels_have_the_size_asked_for() -> None:
    assert whole_frame("IAU_2015:50110", 8.0).pixel_m == pytest.approx(8000.0, rel=0.01)
    assert whole_frame("IAU_2015:50135", 8.0).pixel_m == pytest.approx(8000.0, rel=0.01)


def test_bounds_run_from_0_to_360_and_follow_the_crop() -> None:
    frame = whole_frame(BOUNDS, 500.0)
    assert frame.bounds_deg() == pytest.approx((0.0, 360.0, 90.0, -90.0))
    part = frame.cropped(1, 4, 2, 8)
    left, right, top, bottom = part.bounds_deg()
    lat, lon = part.places()
    assert (part.rows, part.cols) == (3, 6)
    assert left < lon.min() < lon.max() < right
    assert bottom < lat.min() < lat.max() < top
    assert lat == pytest.approx(frame.places()[0][1:4, 2:8])
    assert lon == pytest.approx(frame.places()[1][1:4, 2:8])
