"""Raw and calibrated products of one exposure, in either order: one epoch, and old manifests still open."""

import numpy as np
import pytest
from tests.small_maps import QUICK, TINY, iovolc, picture, row, settings, write_catalogue

from iovolc.cube.epochs import read_epoch
from iovolc.cube.manifest import read_head, read_manifest

RAW, CALIBRATED = "JNCE_2023364_57C00012_V01", "JNCR_2023364_57C00012_V01"
NEWER = "JNCR_2023364_57C00012_V02"
PLACE = {"projection": "bounds", "left_lon_e": -180, "right_lon_e": 180, "top_lat": 90, "bottom_lat": -90}
SAID = {"channel": "red", "quantity": "iof", "mission": "Juno", "instrument": "JunoCam", "band": "RED"} | PLACE
LABEL = """PDS_VERSION_ID = PDS3
RECORD_TYPE = FIXED_LENGTH
RECORD_BYTES = {bytes}
FILE_RECORDS = {records}
LABEL_RECORDS = 1
^IMAGE = 2
PRODUCT_ID = "{product}"
START_TIME = 2023-12-30T08:36:00
STOP_TIME = 2023-12-30T08:36:00
MISSION_NAME = "JUNO"
INSTRUMENT_ID = "JNC"
TARGET_NAME = "IO"
FILTER_NAME = "RED"
OBJECT = IMAGE
  LINES = {lines}
  LINE_SAMPLES = {samples}
  SAMPLE_TYPE = LSB_UNSIGNED_INTEGER
  SAMPLE_BITS = 16
  SCALING_FACTOR = 0.0001
END_OBJECT = IMAGE
END
"""


@pytest.fixture
def maps(tmp_path):
    """A PDS3 file of each product, with content of its own."""
    for seed, product in enumerate((RAW, CALIBRATED, NEWER)):
        stored = np.clip(picture(seed, shape=TINY) * 1e4, 0, 65535).astype("<u2")
        lines, samples = stored.shape
        text = LABEL.format(bytes=2 * samples, records=lines + 1, product=product, lines=lines, samples=samples)
        head = text.replace("\n", "\r\n").encode().ljust(2 * samples)
        (tmp_path / f"{product}.IMG").write_bytes(head + stored.tobytes())
    return tmp_path


def ingest(folder, store, *products):
    catalogue = write_catalogue(folder / "c.csv", [row(f"{product}.IMG", "", **SAID) for product in products])
    return iovolc("ingest", catalogue, "--store", store, "--json", *settings(*QUICK))


def held(store):
    return [entry.product_id for entry in read_head(store).entries]


def test_the_calibrated_product_is_kept_whatever_comes_first(maps, tmp_path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    first = ingest(maps, one, RAW)
    assert (first.code, held(one)) == (0, [RAW])
    assert ingest(maps, one, RAW, CALIBRATED).code == 0
    ingest(maps, other, CALIBRATED)
    late = ingest(maps, other, CALIBRATED, RAW)
    assert held(one) == held(other) == [CALIBRATED]
    (passed_over,) = late.values["passed_over"]
    assert RAW in passed_over
    assert CALIBRATED in passed_over


def test_a_newer_version_replaces_and_the_old_manifest_still_opens(maps, tmp_path) -> None:
    store = tmp_path / "store"
    ingest(maps, store, CALIBRATED)
    old = read_head(store)
    ingest(maps, store, CALIBRATED, NEWER)
    assert held(store) == [NEWER]
    (entry,) = read_manifest(store, old.number).entries
    assert read_epoch(store, entry).record.product_id == CALIBRATED


def test_passing_over_costs_nothing_the_next_time(maps, tmp_path) -> None:
    store = tmp_path / "store"
    ingest(maps, store, CALIBRATED, RAW)
    before = read_head(store)
    again = ingest(maps, store, CALIBRATED, RAW)
    assert (again.values["added"], again.values["known"], read_head(store)) == ([], 1, before)
