"""The STAC Collection and Items."""

import json

import jsonschema
import pystac
import pytest
from publish_sample import published, sample_run
from pystac.validation.stac_validator import JsonSchemaSTACValidator
from tests import stac_rules

from iovolc.publish.run_output import ManifestSummary
from iovolc.publish.stac import write_stac


def test_the_collection_opens_and_leads_to_the_items():
    collection = pystac.Collection.from_file(str(published() / "stac" / "collection.json"))
    items = {item.properties["iovolc:channel"]: item for item in collection.get_items()}
    assert set(items) == {"red", "green"}
    assert collection.extent.temporal.to_dict() == {"interval": [["1979-03-05T00:00:00Z", "2023-12-30T00:00:00Z"]]}
    roles = {provider.name: provider.roles for provider in collection.providers}
    assert roles.pop("iovolc") == ["processor"]
    assert roles == {name: ["producer"] for name in ("Galileo team", "Juno team", "New Horizons team")}


def test_an_item_knows_io_and_its_projection():
    item = json.loads((published() / "stac" / "red.json").read_text())
    properties = item["properties"]
    assert properties["ssys:targets"] == ["Io"]
    assert properties["proj:code"] == "IAU_2015:50110"
    assert properties["proj:shape"] == [720, 1440]
    assert properties["datetime"] == "2023-12-30T00:00:00Z"
    assert properties["start_datetime"] == "1979-03-05T00:00:00Z"
    assert any("ssys" in extension for extension in item["stac_extensions"])


def written(name):
    return json.loads((published() / "stac" / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "kind", "rules"),
    [("collection", "COLLECTION", stac_rules.COLLECTION), ("red", "ITEM", stac_rules.ITEM),
     ("green", "ITEM", stac_rules.ITEM)],
)  # fmt: skip
def test_the_schemas_of_the_standard_and_its_extensions_hold(name, kind, rules):
    """The core's schemas come with pystac, so nothing is fetched."""
    found = written(name)
    JsonSchemaSTACValidator().validate_core(found, pystac.STACObjectType[kind], found["stac_version"])
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.validate(found, rules)


def test_a_wrong_field_would_be_noticed():
    found = written("red")
    for name, value in (("proj:epsg", 4326), ("proj:shape", [1]), ("ssys:targets", [])):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found | {"properties": found["properties"] | {name: value}}, stac_rules.ITEM)


def test_an_asset_says_what_its_values_are():
    assets = written("red")["assets"]
    assert (assets["difference"]["data_type"], assets["difference"]["nodata"]) == ("float32", "nan")
    assert assets["difference"]["bands"][0]["statistics"]["minimum"] == pytest.approx(-0.25)
    assert assets["value"]["unit"] == "I/F"
    assert assets["resolution_km"]["unit"] == "km"
    assert "nodata" not in assets["status"]
    assert [band["name"] for band in assets["limit_10km"]["bands"]] == [
        "contrast found in 50% of cases", "contrast found in 90% of cases",
    ]  # fmt: skip


def test_licences_are_found_from_the_item():
    found = written("red")
    assert found["properties"]["license"] == "other"
    (link,) = (link for link in found["links"] if link["rel"] == "license")
    assert (published() / "stac" / link["href"]).is_file()
    assert any("CC BY 4.0" in provider.get("description", "") for provider in found["properties"]["providers"])


def test_every_asset_exists():
    for path in sorted((published() / "stac").iterdir()):
        for asset in json.loads(path.read_text())["assets"].values():
            assert (path.parent / asset["href"]).is_file()


def test_no_inputs_no_stac(tmp_path):
    write_stac(tmp_path, sample_run(manifest=ManifestSummary(0, "0" * 64, ())), ())
    assert not list(tmp_path.iterdir())
