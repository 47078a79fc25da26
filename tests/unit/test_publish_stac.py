"""The STAC Collection and Items."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import jsonschema
import pystac
import pytest
import rasterio
import shapely
from publish_sample import PLACES, published, sample_run
from pyproj import CRS
from pystac.validation.stac_validator import JsonSchemaSTACValidator
from tests import stac_rules

from iovolc.publish.run_output import ManifestSummary
from iovolc.publish.sampling import local_view
from iovolc.publish.stac import write_stac

ITEMS = ("red", "green", "completeness-obs-c", "view-evt-equator", "view-evt-pole", "view-evt-seam")


def test_the_collection_opens_and_leads_to_the_items():
    collection = pystac.Collection.from_file(str(published() / "stac" / "collection.json"))
    items = {Path(str(item.get_self_href())).stem for item in collection.get_items()}
    assert items == set(ITEMS) == {path.stem for path in (published() / "stac").iterdir()} - {"collection"}
    assert collection.providers
    assert collection.extent.temporal.to_dict() == {"interval": [["1979-03-05T00:00:00Z", "2023-12-30T00:00:00Z"]]}
    roles = {provider.name: provider.roles for provider in collection.providers}
    assert roles.pop("iovolc") == ["processor"]
    assert roles == {name: ["producer"] for name in ("Galileo team", "Juno team", "New Horizons team")}


def test_every_raster_is_told_of_with_the_place_of_its_pixels():
    told = set()
    for path in (published() / "stac").iterdir():
        found = json.loads(path.read_text())
        for asset in found["assets"].values():
            file = (path.parent / asset["href"]).resolve()
            if file.suffix != ".tif":
                continue
            facts = {**found.get("properties", {}), **asset}
            with rasterio.open(file) as dataset:
                assert facts["proj:shape"] == list(dataset.shape)
                assert facts["proj:transform"] == pytest.approx(list(dataset.transform)[:6], abs=1e-5)
                assert CRS.from_wkt(facts["proj:wkt2"]) == CRS.from_user_input(dataset.crs)
                assert len(asset["bands"]) == dataset.count
            told.add(file)
    assert told == {path.resolve() for path in published().rglob("*.tif")}


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


@pytest.mark.parametrize("name", ["collection", *ITEMS])
def test_the_schemas_of_the_standard_and_its_extensions_hold(name):
    """The core's schemas come with pystac, so nothing is fetched."""
    found = written(name)
    kind, rules = ("COLLECTION", stac_rules.COLLECTION) if name == "collection" else ("ITEM", stac_rules.ITEM)
    JsonSchemaSTACValidator().validate_core(found, pystac.STACObjectType[kind], found["stac_version"])
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.validate(found, rules)
    jsonschema.validate(found, stac_rules.PROJECTION)


def test_a_wrong_field_would_be_noticed():
    found = written("red")
    for name, value in (("ssys:targets", []), ("ssys:target", ["Io"])):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found | {"properties": found["properties"] | {name: value}}, stac_rules.ITEM)
    for name, value in (("proj:epsg", 4326), ("proj:shape", [1])):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found | {"properties": found["properties"] | {name: value}}, stac_rules.PROJECTION)


def test_a_view_knows_its_event_and_where_and_when_it_looks():
    found = written("view-evt-equator")
    facts = found["properties"]
    assert (facts["iovolc:event_id"], facts["proj:code"]) == ("evt-equator", None)
    assert (facts["start_datetime"], facts["datetime"]) == ("1999-07-03T00:00:00Z", "2023-12-30T00:00:00Z")
    assert [provider["name"] for provider in facts["providers"]] == [
        "Galileo team", "Juno team", "New Horizons team", "iovolc",
    ]  # fmt: skip
    before, _, difference, _ = found["assets"]["view"]["bands"]
    assert (before["name"], before["unit"], difference["unit"]) == ("before", "I/F", "change of ln albedo")
    assert difference["statistics"]["minimum"] == pytest.approx(-0.25, abs=0.01)


@pytest.mark.parametrize(("event_id", "parts"), [("evt-equator", 1), ("evt-seam", 2), ("evt-pole", 1)])
def test_the_outline_of_a_view_holds_its_pixels_and_is_cut_at_the_antimeridian(event_id, parts):
    found = written(f"view-{event_id}")
    outline = shapely.geometry.shape(found["geometry"])
    assert outline.is_valid
    assert len(shapely.get_parts(outline)) == parts
    lat, lon_e, *_ = PLACES[event_id]
    with rasterio.open(published() / "views" / f"{event_id}.tif") as dataset:
        half_km = dataset.bounds.right / 1000.0
    inner, outer = (local_view(lat, lon_e, factor * half_km, 8) for factor in (1.0, 1.3))
    assert shapely.contains_xy(outline, inner[1].ravel(), inner[0].ravel()).all()
    edge = [0, -1]
    assert not shapely.contains_xy(outline, outer[1][edge].ravel(), outer[0][edge].ravel()).any()
    west, south, east, north = found["bbox"]
    assert south < lat < north
    assert (west > east) == (event_id == "evt-seam")
    assert (west, east, north) == (-180.0, 180.0, 90.0) or event_id != "evt-pole"


def test_what_a_comparison_would_have_shown_has_the_time_between_the_looks():
    facts = written("completeness-obs-c")["properties"]
    assert (facts["start_datetime"], facts["datetime"]) == ("2013-12-30T00:00:00Z", "2023-12-30T00:00:00Z")
    assert [provider["name"] for provider in facts["providers"]] == ["Juno team", "iovolc"]


def test_no_item_ends_before_it_begins(tmp_path):
    run = sample_run()
    (epoch,) = run.completeness.epochs
    mosaic = replace(epoch, since_utc=epoch.seen_utc, seen_utc=epoch.since_utc)
    late = replace(run, completeness=replace(run.completeness, epochs=(mosaic,)))
    shutil.copytree(published() / "completeness", tmp_path / "completeness")
    write_stac(tmp_path, replace(late, backdrop=None), ())
    facts = json.loads((tmp_path / "stac" / "completeness-obs-c.json").read_text())["properties"]
    assert facts["start_datetime"] < facts["end_datetime"] == facts["datetime"]


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
