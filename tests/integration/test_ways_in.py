"""The same maps named by a table, by STAC items, by themselves and by a pattern."""

import json
import math
from datetime import UTC, datetime

import numpy as np
import pystac
import pytest
from tests.integration.test_product_versions import LABEL
from tests.small_maps import QUICK, TINY, iovolc, picture, settings, write_catalogue

from iovolc.cube.manifest import read_head

NAMES = ("JNCR_2023364_57C00012_V01", "JNCR_2023364_57C00013_V01")
MAPPED = """OBJECT = IMAGE_MAP_PROJECTION
  MAP_PROJECTION_TYPE = "SIMPLE CYLINDRICAL"
  POSITIVE_LONGITUDE_DIRECTION = EAST
  COORDINATE_SYSTEM_NAME = PLANETOCENTRIC
  A_AXIS_RADIUS = 1821.49 <KM>
  B_AXIS_RADIUS = 1821.49 <KM>
  C_AXIS_RADIUS = 1821.49 <KM>
  CENTER_LATITUDE = 0.0 <DEG>
  CENTER_LONGITUDE = 0.0 <DEG>
  MAP_RESOLUTION = 1.0 <PIXEL/DEG>
  MAP_SCALE = {scale!r} <KM/PIXEL>
  SAMPLE_PROJECTION_OFFSET = 179.5 <PIXEL>
  LINE_PROJECTION_OFFSET = 89.5 <PIXEL>
END_OBJECT = IMAGE_MAP_PROJECTION
END
"""
OPTIONS = settings(*QUICK)


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    """Two PDS3 maps whose labels say everything, a table, and the same in STAC."""
    folder = tmp_path_factory.mktemp("maps")
    for seed, name in enumerate(NAMES):
        stored = np.clip(picture(seed, shape=TINY) * 1e4, 0, 65535).astype("<u2")
        text = LABEL.format(bytes=720, records=TINY[0] + 2, product=name, lines=TINY[0], samples=TINY[1])
        text = text.replace("LABEL_RECORDS = 1", "LABEL_RECORDS = 2").replace("^IMAGE = 2", "^IMAGE = 3")
        text = text.replace("PRODUCT_ID", 'PRODUCT_TYPE = "RDR"\nPRODUCT_ID').replace("08:36", f"08:{30 + seed}")
        text = text.replace("\nEND\n", "\n" + MAPPED.format(scale=math.radians(1.0) * 1821.49))
        text = text.replace("SAMPLE_BITS = 16", 'SAMPLE_BITS = 16\n  UNIT = "I/F"')
        head = text.replace("\n", "\r\n").encode()
        assert len(head) <= 1440
        (folder / f"{name}.IMG").write_bytes(head.ljust(1440) + stored.tobytes())
    rows = [{"path": f"{name}.IMG"} for name in NAMES]
    write_catalogue(folder / "table.csv", rows)
    pystac.ItemCollection([item(name, 30 + seed) for seed, name in enumerate(NAMES)]).save_object(
        str(folder / "items.json")
    )
    return folder


def item(name, minute):
    """STAC wants a time; it is the label's."""
    made = pystac.Item(name, None, None, datetime(2023, 12, 30, 8, minute, tzinfo=UTC), {"ssys:targets": ["Io"]})
    made.add_asset("map", pystac.Asset(f"./{name}.IMG", roles=["data"]))
    return made


def ids(store, *inputs):
    answer = iovolc("ingest", *inputs, "--store", store, "--json", *OPTIONS)
    assert answer.code == 0, answer.err
    return [entry.observation_id for entry in read_head(store).entries]


def test_the_ids_are_the_same_however_the_maps_are_named(maps, tmp_path) -> None:
    images = [maps / f"{name}.IMG" for name in NAMES]
    ways = [[maps / "table.csv"], [maps / "items.json"], images, images[::-1], [maps / "*.IMG"]]
    found = [ids(tmp_path / str(number), *way) for number, way in enumerate(ways)]
    assert len(set(found[0])) == 2
    assert all(way == found[0] for way in found)


def test_one_map_named_in_two_ways_is_one_epoch(maps, tmp_path) -> None:
    found = ids(tmp_path / "s", maps / "*.IMG", maps / f"{NAMES[0]}.IMG")
    assert len(found) == 2


def test_another_description_of_the_same_observation_is_refused_by_number(maps, tmp_path) -> None:
    other = write_catalogue(maps / "credited.csv", [{"path": f"{NAMES[0]}.IMG", "credit": "SwRI"}])
    answer = iovolc("ingest", maps / "*.IMG", other, "--store", tmp_path / "s", "--json", *OPTIONS)
    assert (answer.code, len(answer.values["added"])) == (4, 2)
    assert "E505" in answer.err


def test_a_pattern_without_files_is_refused_with_cause_and_fix(maps, tmp_path) -> None:
    answer = iovolc("ingest", maps / "*.cub", "--store", tmp_path / "s", *OPTIONS)
    assert answer.code == 3
    assert "E506 the pattern matches no file" in answer.err
    assert "Mend:" in answer.err


def test_check_takes_them_too(maps) -> None:
    answers = [iovolc("check", way, "--json") for way in (maps / "items.json", maps / "*.IMG")]
    understood = [
        [{name: said["value"] for name, said in entry["fields"].items()} for entry in answer.values["understood"]]
        for answer in answers
    ]
    assert len(understood[0]) == 2
    assert understood[0] == understood[1]
    bad = maps / "bad.json"
    bad.write_text(json.dumps({"type": "FeatureCollection", "features": [{"id": "x"}]}), encoding="utf-8")
    answer = iovolc("check", bad)
    assert answer.code == 3
    assert "item `x`" in answer.out + answer.err
