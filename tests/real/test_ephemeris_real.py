"""The thirteen Keck nights; their table comes from astronomy-engine too: this checks our use of it, not the truth."""

import csv
from datetime import UTC, datetime

import pytest

from iovolc import body
from iovolc.geometry.ephemeris import sky_from_earth
from iovolc.geometry.longitudes import difference
from real_folder import ABSENT, REAL

TABLE = REAL / "keck_nirc2" / "geometry.csv"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not TABLE.is_file(), reason=f"geometry of the Keck pictures {ABSENT}"),
]


def test_every_image_of_the_keck_table_has_our_geometry():
    """To its rounding, 0.005 degrees; its Sun is without aberration (0.006 more)."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 85
    for row in rows:
        sky = sky_from_earth(datetime.fromisoformat(row["utc"]).replace(tzinfo=UTC))
        assert abs(difference(sky.sub_observer_lon_e, -float(row["sub_obs_lon_w"]))) < 0.0051, row["file"]
        assert abs(difference(sky.sub_solar_lon_e, -float(row["sub_solar_lon_w"]))) < 0.0111, row["file"]
        assert sky.sub_observer_lat == pytest.approx(float(row["sub_obs_lat"]), abs=0.0051), row["file"]
        assert sky.angular_diameter_arcsec == pytest.approx(float(row["ang_diam_arcsec"]), abs=0.0051), row["file"]
        assert sky.range_km / body.AU_KM == pytest.approx(float(row["distance_au"]), abs=0.0051), row["file"]
        assert abs(difference(sky.pole_angle_deg, float(row["north_pole_PA_deg"]))) < 0.0051, row["file"]
