"""`iovolc check` on the real maps and on misread versions of them: the fault is named, the right ones are not."""

from datetime import UTC, datetime

import pytest
from misread import FAULTS, MAPS, THERMAL, row_of, write_version

from iovolc.config import Config
from iovolc.demo.replay import write_demo
from iovolc.pipeline.check import check, check_row

pytestmark = [pytest.mark.real, pytest.mark.slow]


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
    assert [finding.code for finding in checked.findings] == ([] if expected is None else [expected])
    assert checked.diagnosis.table.can_be_told
    if expected in {"E210", "E212", "E215"}:
        assert checked.diagnosis.mends


def test_the_demonstrations_maps_raise_no_alarm(tmp_path):
    report = check([write_demo(tmp_path)])
    assert report.findings == ()
    assert report.usable == 44
    assert all(checked.diagnosis.table.can_be_told for checked in report.rows)
