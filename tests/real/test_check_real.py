"""`iovolc check` on the real maps and on misread versions of them: the fault is named, the right ones are not."""

from datetime import UTC, datetime

import numpy as np
import pytest
from misread import FAULTS, MAPS, THERMAL, row_of, write_version
from PIL import Image

from iovolc.config import Config
from iovolc.demo.replay import write_demo
from iovolc.geometry.seams import find_seams
from iovolc.model.observation import Bounds
from iovolc.pipeline.check import check, check_row

pytestmark = [pytest.mark.real, pytest.mark.slow]


SEAMS = {
    "juno_photomosaic_2024_grey_180W.jpg": [(285.0, 60.0)],  # the west side of the noisy part
    "usgs_color_pj57_lighting_180W.jpg": [(28.0, 0.0), (208.0, 0.0)],  # both ends of the painted shade
    "usgs_galileo_voyager_grey_180W.jpg": [(291.0, 0.0)],
    "jpl_voyager_color_180W.jpg": [],
}
"""East longitude and latitude of seams that are seen by eye; none are hard in the old map."""


@pytest.mark.parametrize("name", SEAMS)
def test_seams_that_the_eye_sees_are_found(real_maps, name):
    with Image.open(real_maps / name) as image:
        pixels = np.asarray(image.convert("L")).astype(np.float32)
    found = find_seams(pixels, Bounds(0.0, 360.0, 90.0, -90.0))
    assert bool(found) == bool(SEAMS[name])
    for lon_e, lat in SEAMS[name]:
        assert any(abs(longitude_at(seam, lat) - lon_e) < 2.5 for seam in found), (lon_e, lat)


def longitude_at(seam, lat):
    (north, west), (south, east) = seam.start, seam.stop
    return (west + (east - west) * (north - lat) / (north - south)) % 360.0 if north > lat > south else np.inf


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", MAPS)
def test_the_fault_is_named_and_no_other(real_maps, tmp_path, name, fault):
    path = write_version(real_maps / name, tmp_path / "map.png", fault)
    checked = check_row(row_of(path, MAPS[name]), tmp_path, Config(), datetime.now(UTC))
    expected = FAULTS[fault][1]
    if name == THERMAL:
        # Hot spots in the night are not like the base map: nothing can be told, and nothing is claimed.
        assert checked.findings == ()
        assert not checked.diagnosis.table.can_be_told
        return
    # That real maps are mosaics is true of all their versions.
    codes = [finding.code for finding in checked.findings if finding.code != "E413"]
    assert codes == ([] if expected is None else [expected])
    assert checked.diagnosis.table.can_be_told
    if expected in {"E210", "E212", "E215"}:
        assert checked.diagnosis.mends


def test_the_demonstrations_maps_raise_no_alarm(tmp_path):
    report = check([write_demo(tmp_path)])
    assert report.findings == ()
    assert report.usable == 44
    assert all(checked.diagnosis.table.can_be_told for checked in report.rows)
