"""Coordinate systems of Io: spheres as they are, flattened ones by their geodetic latitudes."""

import math

import numpy as np
import pytest

from iovolc.errors import AmbiguousGeometry
from iovolc.geometry import crs
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Projected

FLAT = "+proj=longlat +a=1829400 +b=1815700 +no_defs"


@pytest.mark.parametrize("lat", [-80.0, -45.0, 0.0, 12.0, 45.0, 89.0])
def test_a_flattened_system_takes_planetocentric_latitudes(lat: float) -> None:
    lon, found = crs.read(FLAT).from_lon_lat.transform(33.0, lat)
    expected = math.degrees(math.atan(math.tan(math.radians(lat)) * (1829.4 / 1815.7) ** 2))
    assert (lon, found) == pytest.approx((33.0, expected), abs=1e-9)


def test_a_sphere_leaves_latitudes_alone() -> None:
    assert crs.read("IAU_2015:50100").from_lon_lat.transform(-33.0, 45.0) == pytest.approx((-33.0, 45.0))


def test_planetographic_maps_differ_by_up_to_14_km_at_45_degrees() -> None:
    transform = (0.1, 0.0, -180.0, 0.0, -0.1, 90.0)
    vectors = unit_vectors([45.0, 0.0], [10.0, 10.0])
    flat, round_ = (
        locate(source(Projected(system, transform), (1800, 3600)), vectors).row for system in (FLAT, "IAU_2015:50100")
    )
    np.testing.assert_allclose((round_ - flat) * 3.1791, [13.7, 0.0], atol=0.05)


@pytest.mark.parametrize("polar_m", [1_700_000, 1_900_000])
def test_a_polar_radius_far_from_io_is_refused(polar_m: int) -> None:
    with pytest.raises(AmbiguousGeometry, match="E202"):
        crs.read(f"+proj=longlat +a=1829400 +b={polar_m} +no_defs")
