"""The STAC Collection and Items."""

import json

import pystac
from publish_sample import published, sample_run

from iovolc.publish.run_output import ManifestSummary
from iovolc.publish.stac import write_stac


def test_the_collection_opens_and_leads_to_the_items():
    collection = pystac.Collection.from_file(str(published() / "stac" / "collection.json"))
    items = {item.properties["iovolc:channel"]: item for item in collection.get_items()}
    assert set(items) == {"red", "green"}
    assert collection.extent.temporal.to_dict() == {"interval": [["1979-03-05T00:00:00Z", "2023-12-30T00:00:00Z"]]}
    assert {provider.name for provider in collection.providers} == {"Galileo team", "Juno team", "New Horizons team"}


def test_an_item_knows_io_and_its_projection():
    item = json.loads((published() / "stac" / "red.json").read_text())
    properties = item["properties"]
    assert properties["ssys:targets"] == ["Io"]
    assert properties["proj:code"] == "IAU_2015:50110"
    assert properties["proj:shape"] == [720, 1440]
    assert properties["datetime"] == "2023-12-30T00:00:00Z"
    assert properties["start_datetime"] == "1979-03-05T00:00:00Z"
    assert any("ssys" in extension for extension in item["stac_extensions"])


def test_every_asset_exists():
    for path in sorted((published() / "stac").iterdir()):
        for asset in json.loads(path.read_text())["assets"].values():
            assert (path.parent / asset["href"]).is_file()


def test_no_inputs_no_stac(tmp_path):
    write_stac(tmp_path, sample_run(manifest=ManifestSummary(0, "0" * 64, ())), ())
    assert not list(tmp_path.iterdir())
